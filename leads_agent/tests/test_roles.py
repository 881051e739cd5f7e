from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .. import home
from .common import AGENT, MANAGER, LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestRoles(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("leads_agent.action_dashboard")
        cls.agent_group = cls.env.ref(AGENT)
        cls.manager_group = cls.env.ref(MANAGER)
        cls.sales_group = cls.env.ref("sales_team.group_sale_salesman")

    def _new_user_form(self):
        """The admin's form of a new user, whose default groups include Sales."""
        self.env.ref("base.default_user_group").implied_ids += self.env.ref("sales_team.group_sale_manager")
        form = Form(self.env["res.users"].with_user(self.env.ref("base.user_admin")), view="base.view_users_form")
        form.name = "Nina New"
        form.login = "nina"
        return form

    def test_choosing_agent_for_a_new_user_takes_the_sales_groups_away_and_saves(self):
        form = self._new_user_form()
        self.assertIn(self.env.ref("sales_team.group_sale_manager").id, form.group_ids.ids)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form.group_ids.add(self.agent_group)
        self.assertIn("These groups were removed: Sales / Administrator", logs.output[0])
        user = form.save()
        self.assertTrue(user.is_leads_agent)
        self.assertFalse(user.has_group("sales_team.group_sale_salesman"))
        self.assertTrue(user.has_group("base.group_user"))
        self.assertEqual(user.action_id.id, self.dashboard.id)

    def test_rpc_refuses_agents_with_excluded_groups_from_the_side_of_the_user(self):
        for xmlid in (
            "sales_team.group_sale_salesman",
            "sales_team.group_sale_manager",
            "account.group_account_invoice",
            "base.group_partner_manager",
            "base.group_system",
            MANAGER,
        ):
            with self.subTest(xmlid), self.assertRefused(ValidationError, "cannot be a Leads Agent and belong to"):
                self.agent.group_ids += self.env.ref(xmlid)

    def test_rpc_refuses_agents_with_excluded_groups_from_the_side_of_the_group(self):
        with self.assertRefused(ValidationError, "cannot be a Leads Agent and belong to"):
            self.sales_group.user_ids += self.agent
        with self.assertRefused(ValidationError, "cannot be a Leads Agent and belong to"):
            self.agent_group.user_ids += self.salesperson
        with self.assertRefused(ValidationError, "cannot get rights of Sales"):
            self.agent_group.implied_ids += self.sales_group
        self.env.registry.clear_cache("groups")  # what a refused request does
        marker = self.env["res.groups"].create({"name": "Marker", "user_ids": [Command.link(self.agent.id)]})
        with self.assertRefused(ValidationError, "cannot be a Leads Agent and belong to"):
            marker.implied_ids += self.sales_group

    def test_agent_has_no_group_of_another_app(self):
        excluded = self.env["res.groups"]._leads_excluded_groups()
        self.assertFalse(self.agent.all_group_ids & excluded)
        self.assertIn(self.env.ref("sales_team.group_sale_manager"), excluded)

    def test_home_action_is_the_dashboard_unless_another_one_was_chosen(self):
        self.assertEqual(self.agent.action_id.id, self.dashboard.id)
        chosen = self.env.ref("leads_agent.action_orders")
        user = new_test_user(self.env, "picky", groups="base.group_user", action_id=chosen.id)
        user.group_ids += self.agent_group
        self.assertEqual(user.action_id.id, chosen.id)
        user.group_ids -= self.agent_group
        self.assertEqual(user.action_id.id, chosen.id)

    def test_losing_the_role_gives_the_home_action_back(self):
        self.agent.group_ids = self.env.ref("base.group_user")
        self.assertFalse(self.agent.action_id)
        self.assertFalse(self.plain.action_id)

    def test_agent_may_choose_another_home_action(self):
        orders = self.env.ref("leads_agent.action_orders")
        self.agent.with_user(self.agent).action_id = orders.id
        self.assertEqual(self.agent.action_id.id, orders.id)

    # ------------------------------------------------------------------
    # Home action of managers
    # ------------------------------------------------------------------

    def _home(self, user):
        """The home action as the database has it."""
        self.env.flush_all()
        self.env.invalidate_all()
        return user.action_id.id

    def test_managers_land_on_their_agents_and_on_the_dashboard_while_they_hold_leads(self):
        candidates = self.manager._home_action()
        self.assertEqual(candidates[-1], self.env.ref("leads_agent.action_agents").id)
        self.assertEqual(self._home(self.manager), candidates[0])
        as_manager = self.manager.with_user(self.manager)
        as_manager.action_toggle_leads_may_hold()
        self.assertEqual(self._home(self.manager), self.dashboard.id)
        as_manager.action_toggle_leads_may_hold()
        self.assertEqual(self._home(self.manager), candidates[0])
        self.manager_group.user_ids -= self.manager
        self.assertFalse(self._home(self.manager))
        self.manager_group.user_ids += self.manager
        self.assertEqual(self._home(self.manager), candidates[0])

    def test_manager_keeps_a_home_action_of_their_own_choice(self):
        marker = self.env["res.groups"].create({"name": "Marker"})
        self.manager.with_user(self.manager).action_id = self.dashboard.id
        self.manager.group_ids += marker
        self.assertEqual(self._home(self.manager), self.dashboard.id)
        for chosen in (self.env.ref("leads_agent.action_orders").id, False):
            with self.subTest(chosen):
                self.manager.with_user(self.manager).action_id = chosen
                self.manager.group_ids += marker
                self.assertEqual(self._home(self.manager), chosen)
                self.manager.leads_may_hold = True
                self.assertEqual(self._home(self.manager), chosen)
                self.manager.write({"leads_may_hold": False, "group_ids": [Command.unlink(marker.id)]})
                self.assertEqual(self._home(self.manager), chosen)

    def test_form_of_a_user_shows_the_home_action_that_is_saved(self):
        form = self._new_user_form()
        form.group_ids.add(self.manager_group)
        user = form.save()
        self.assertEqual(self._home(user), user._home_action()[0])
        with Form(user.with_user(self.env.ref("base.user_admin")), view="base.view_users_form") as form:
            form.group_ids.remove(self.manager_group.id)
        self.assertFalse(self._home(user))

    def test_users_with_settings_get_a_home_action_only_from_who_gives_them_the_role(self):
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.is_leads_manager)
        self.assertFalse(admin.action_id, "the installation has given the role")
        admin.group_ids += self.env["res.groups"].create({"name": "Marker"})
        self.assertFalse(self._home(admin))
        admin.group_ids -= self.manager_group
        admin.group_ids += self.manager_group
        self.assertEqual(self._home(admin), admin._home_action()[0])

    def _from_before(self, user):
        """A user who had the role before it gave a home action."""
        user.write({"action_id": False, "leads_home_id": False})
        return user.with_user(user)

    def test_home_action_is_offered_once_to_who_had_the_role_before(self):
        manager = self._from_before(self.manager)
        floor = self.manager._home_action()[0]
        self.assertEqual(home.offered(manager).id, floor)
        manager.action_leads_home(False)
        self.assertFalse(home.offered(manager))
        manager.action_leads_home(True)
        self.assertFalse(self._home(self.manager), "the offer was declined")
        self._from_before(self.manager).action_leads_home(True)
        self.assertEqual(self._home(self.manager), floor)
        self.assertFalse(home.offered(manager))
        self.manager_group.user_ids -= self.manager
        self.assertFalse(self._home(self.manager))

    def test_home_action_is_offered_neither_to_others_nor_to_who_has_one(self):
        self.assertFalse(home.offered(self.manager))
        for user in (self.plain, self.salesperson, self.env.ref("base.user_admin")):
            self.assertFalse(home.offered(self._from_before(user)), user.login)
        with self.assertRefused(AccessError, "your own home page"):
            self._from_before(self.agent).with_user(self.manager).action_leads_home(True)

    def test_losing_the_role_or_being_archived_gives_the_leads_back(self):
        customer = self._lead()
        for lose, reason in (
            (lambda: self.agent.write({"group_ids": [Command.unlink(self.agent_group.id)]}), "role_lost"),
            (lambda: self.agent_group.write({"user_ids": [Command.unlink(self.agent.id)]}), "role_lost"),
            (lambda: self.agent.write({"active": False}), "archived"),
        ):
            assignment = self._assign(customer)
            lose()
            self.assertEqual((assignment.state, assignment.end_reason), ("unassigned", reason))
            self.assertFalse(customer.leads_agent_id)
            self.agent.write({"active": True, "group_ids": [Command.link(self.agent_group.id)]})

    def test_manager_holds_leads_only_when_allowed(self):
        customer = self._lead()
        with self.assertRefused(UserError, "is not a Leads Agent"):
            self._assign(customer, self.manager)
        self.manager.with_user(self.manager).action_toggle_leads_may_hold()
        self.assertEqual(self.manager.action_id.id, self.dashboard.id)
        self._assign(customer, self.manager)
        self.assertEqual(customer.leads_agent_id, self.manager)
        self.manager.with_user(self.manager).action_toggle_leads_may_hold()
        self.assertFalse(customer.leads_agent_id)
        self.assertNotEqual(self.manager.action_id.id, self.dashboard.id)

    def test_only_managers_pass_the_buttons_of_managers(self):
        customer = self._lead()
        assignment = self._assign(customer)
        for user in (self.agent, self.other_agent, self.salesperson, self.plain):
            for call in (
                lambda user=user: assignment.with_user(user).action_unassign(),
                lambda user=user: self.manager.with_user(user).action_toggle_leads_may_hold(),
                lambda user=user: self.env["leads.agent.assign"].with_user(user).create({}).action_assign(),
                lambda user=user: self.env["leads.agent.batch.assign"].with_user(user).create({}).action_assign(),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError), mute_logger("odoo.models"):
                    call()
        self.assertEqual(assignment.state, "active")

    def test_manager_needs_neither_sales_group_nor_settings(self):
        as_manager = self.env(user=self.manager)
        customer = self._lead()
        self._assign(customer)
        self.assertIn(customer, as_manager["sale.order"].search([]).partner_id)
        agents = as_manager["res.users"].search([("can_hold_leads", "=", True)])
        self.assertIn(self.agent, agents)
        self.assertNotIn(self.plain, agents)
        self.assertEqual(agents.filtered(lambda user: user == self.agent).leads_open_count, 1)
        form = Form(as_manager["leads.agent.disposition"])
        form.name = "Moved away"
        form.save()
        team = Form(as_manager["crm.team"], view="leads_agent.crm_team_view_form_call_center")
        team.name = "Call Center South"
        team.save()
        with self.assertRaises(AccessError):
            as_manager["sale.order"].search([], limit=1).write({"note": "x"})
        with self.assertRaises(AccessError):
            as_manager["res.users"].browse(self.agent.id).write({"login": "hacked"})

    def test_forced_by_sql_the_restriction_of_the_agent_wins(self):
        for group in (self.manager_group, self.env.ref("sales_team.group_sale_manager")):
            self.env.cr.execute(
                "INSERT INTO res_groups_users_rel (uid, gid) VALUES (%s, %s)", (self.agent.id, group.id)
            )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        sold = self._lead("Sold", "sale")
        self.assertFalse(self.env["sale.order"].with_user(self.agent).search([("partner_id", "=", sold.id)]))
        with self.assertRaises(AccessError):
            self.env["leads.agent.assign"].with_user(self.agent).create({}).action_assign()

    def test_users_with_assignments_cannot_be_deleted(self):
        self._assign(self._lead())
        with self.assertRefused(UserError, "Archive the user instead"):
            self.agent.unlink()
