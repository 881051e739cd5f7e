import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestHostile(LeadsAgentCommon):
    """Attacks that succeeded in a hostile review, and no longer do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.theirs = cls._lead("Mine"), cls._lead("Theirs")
        cls.assignment = cls._assign(cls.mine)
        cls._assign(cls.theirs, cls.other_agent)
        cls.order = cls.mine.sale_order_ids
        cls.as_agent = cls.env(user=cls.agent)

    def _agent(self, records):
        return self.as_agent[records._name].browse(records.ids)

    def _settle(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def test_copying_an_own_order(self):
        copy = self._agent(self.order).copy()
        self.assertEqual(copy.order_line.product_id, self.product)
        self.assertEqual((copy.user_id, copy.team_id), (self.agent, self.call_center))

    def test_email_of_a_customer_who_signs_in_is_not_corrected_by_agents(self):
        portal = new_test_user(self.env, "portal_paul", groups="base.group_portal", email="paul@example.com")
        with self.assertRefused(AccessError, "can be used to reset the password"):
            self._agent(portal.partner_id).write({"email": "evil@example.com"})
        self._agent(portal.partner_id).write({"phone": "1", "email": "paul@example.com"})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._agent(self.env.ref("base.public_partner")).write({"name": "x"})

    def test_no_signup_token_for_agents(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        self.assertEqual(self._agent(self.theirs).signup_get_auth_param(), {self.theirs.id: {}})
        self.assertIn("auth_signup_token", self.theirs.with_user(self.plain).signup_get_auth_param()[self.theirs.id])

    def test_earlier_grace_ends_when_access_ends(self):
        self.env.company.leads_agent_lock_assigned = True
        group = self.env.ref("leads_agent.group_leads_agent")
        for end in (
            lambda: self._assign(self.mine).with_user(self.manager).action_unassign(),
            lambda: self.agent.write({"group_ids": [Command.unlink(group.id)]}),
            lambda: self.mine.action_archive(),
        ):
            self._resolve(self._active(self.mine) or self._assign(self.mine))
            self._settle()
            self.assertTrue(self._agent(self.mine).has_access("read"))
            end()
            self.agent.write({"group_ids": [Command.link(group.id)]})
            self._settle()
            self.assertFalse(self._agent(self.mine).has_access("read"))
            self.mine.action_unarchive()

    def test_orders_completed_before_go_out_of_sight_when_the_role_is_lost(self):
        self._agent(self.order).action_confirm()
        group = self.env.ref("leads_agent.group_leads_agent")
        self.agent.write({"group_ids": [Command.unlink(group.id)]})
        self.agent.write({"group_ids": [Command.link(group.id)]})
        self._settle()
        self.assertFalse(self._agent(self.order).has_access("read"))

    def test_list_of_assignments_survives_orders_and_customers_out_of_sight(self):
        self.mine.phone = "+32 2 290 34 90"
        self.order.action_cancel()
        self._settle()
        fields = {name: {} for name in ("partner_id", "order_id", "phone", "city", "amount_total", "currency_id")}
        [row] = self._agent(self.assignment).web_read(fields)
        self.assertEqual((row["phone"], row["amount_total"]), ("+32 2 290 34 90", 0.0))
        self.env.company.leads_agent_lock_assigned = True
        self.assignment.with_user(self.manager).action_unassign()
        self._settle()
        [row] = self._agent(self.assignment).web_read(fields)
        self.assertFalse(row["phone"])

    def test_history_moves_along_with_contacts(self):
        self.env.company.leads_agent_lock_assigned = True
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": self.mine.id})
        order = self._order(contact)
        contact.message_post(body="Private about Joan", message_type="comment")
        order.message_post(body="Private about the order", message_type="comment")
        contact.parent_id = self.theirs
        self._settle()
        History = self.as_agent["leads.agent.history"]
        self.assertNotIn("Private about Joan", History.search([]).mapped("summary"))
        self.assertNotIn("Private about the order", History.search([]).mapped("summary"))
        seen = self.env["leads.agent.history"].with_user(self.other_agent).search([]).mapped("summary")
        self.assertIn("Private about Joan", seen)

    def test_order_with_an_address_out_of_sight_still_opens_and_saves(self):
        self.env.company.leads_agent_lock_assigned = True
        self.order.partner_invoice_id = self.theirs
        self._settle()
        order = self._agent(self.order)
        order.web_read({"partner_invoice_id": {"fields": {"display_name": {}}}})
        order.write({"partner_invoice_id": self.theirs.id, "client_order_ref": "PO 7"})
        self.assertEqual(self.order.client_order_ref, "PO 7")

    def test_merging_a_held_person_into_a_contact(self):
        person, company = self._lead("Freelancer", is_company=False), self._customer("Agency")
        contact = self.env["res.partner"].create({"name": "Freelancer", "parent_id": company.id})
        self._assign(person)
        self.env["base.partner.merge.automatic.wizard"]._merge((person | contact).ids, contact)
        self.assertEqual(company.leads_agent_id, self.agent)
        self.assertEqual(self._active(company).partner_id, company)

    def test_an_order_is_one_sale(self):
        self.order.with_user(self.salesperson).action_confirm()
        with self.assertRaises(UserError):
            self._agent(self.assignment).action_reopen()
        self.assignment.with_user(self.manager).action_reopen()
        self.order.with_user(self.salesperson).action_cancel()
        self.order.with_user(self.salesperson).action_draft()
        self.order.with_user(self.salesperson).action_confirm()
        assignments = self.mine.leads_assignment_ids
        self.assertEqual(assignments.mapped("end_reason"), ["sale", "sale"])
        self.assertEqual(sum(assignments.mapped("is_sale")), 1)

    def test_resolve_form_names_no_lead_of_others(self):
        self.env.company.leads_agent_lock_assigned = True
        theirs = self._active(self.theirs)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            Form(self.as_agent["leads.agent.resolve"].with_context(default_assignment_id=theirs.id))

    def test_managers_set_up_call_centers_and_no_more(self):
        team = self.call_center.with_user(self.manager)
        team.name = "Renamed"
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            team.write({"color": 3})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            team.create({"name": "Far", "company_id": elsewhere.id})

    def test_agents_who_leave_the_company_give_their_leads_back(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.agent.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
        self.assertEqual(self.assignment.state, "active")
        self.agent.write({"company_ids": [Command.set(company.ids)]})
        self.assertEqual((self.assignment.state, self.assignment.end_reason), ("unassigned", "role_lost"))

    def test_leads_of_another_company_are_not_taken(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "manager_far",
            "leads_agent.group_leads_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        far_agent = self._user(
            "agent_far", "leads_agent.group_leads_agent", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        order = self.env["sale.order"].create({"partner_id": self.mine.id, "company_id": company.id})
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(stranger)
            .with_company(company)
            .create({"agent_id": far_agent.id, "selected_order_ids": order.ids, "reassign": True})
        )
        batch.action_assign()
        self.assertEqual(batch.line_ids.result, "held")
        self.assertEqual(self.mine.leads_agent_id, self.agent)

    def test_hand_made_calls_get_a_sentence(self):
        dashboard = self.as_agent["leads.agent.dashboard"]
        with self.assertRefused(UserError, "must be valid text"):
            dashboard.get_data(sort=["x"], search=["x"])
        with self.assertRefused(UserError, "must be a whole number"):
            dashboard.get_data(offset=10**30)
        self.assertIn("leads", dashboard.get_data(sort="x", search="x"))
        with self.assertRefused(UserError, "must be a whole number"):
            dashboard.get_data(limit="x")
        with self.assertRefused(UserError, "needs the ids"):
            self.env["leads.agent.assignment"].create({"partner_id": "abc", "agent_id": self.agent.id})
        batch = self.env["leads.agent.batch.assign"].with_user(self.manager).create({"selected_order_ids": 5})
        self.assertEqual(batch.order_count, 0)
        with self.assertRefused(UserError, "selection is not valid"):
            batch.action_assign()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            batch.write({"state": "done"})


@tagged("post_install", "-at_install")
class TestSmuggling(LeadsAgentCommon, HttpCase):
    """Values sent along with the state of an order that an agent completes, over HTTP as an attacker would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead()
        cls.order = cls.customer.sale_order_ids
        cls.foreign = cls._order(cls._customer("Foreign"), "sale")

    def _call(self, model, method, args):
        response = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"params": {"model": model, "method": method, "args": args, "kwargs": {}}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    @mute_logger("odoo.http")
    def test_nothing_is_smuggled_in_beside_the_state(self):
        self.authenticate(self.agent.login, self.agent.login)
        line = self.foreign.order_line
        attachment = self.env["ir.attachment"].create({"name": "secret", "raw": b"CNRY", "res_model": "res.company"})
        message = self.foreign.message_post(body="hidden")
        admin = self.env.ref("base.partner_admin")
        plain = {"body": "x", "reply_to": "x@example.com", "email_from": "x@example.com"}
        for vals in (
            {"order_line": [[1, line.id, {"price_unit": 0.01}]]},
            {"order_line": [[4, line.id]]},
            {"message_ids": [[4, message.id]]},
            {"message_ids": [[0, 0, {**plain, "author_id": admin.id, "attachment_ids": [[4, attachment.id]]}]]},
            {"message_ids": [[0, 0, {**plain, "attachment_ids": [[1, attachment.id, {"res_model": "res.partner"}]]}]]},
            {"order_line": [[1, self.order.order_line.id, {"invoice_lines": [[1, 1, {"name": "pwned"}]]}]]},
            {"leads_completed_until": "2099-01-01 00:00:00"},
        ):
            with self.subTest(vals):
                answer = self._call("sale.order", "write", [self.order.ids, {"state": "sale", **vals}])
                self.assertIn("error", answer)
                self.assertIn("AccessError", answer["error"]["data"]["name"])
                self.env.invalidate_all()
                self.assertEqual(self.order.state, "draft")
        self.assertEqual((line.price_unit, line.order_id), (500.0, self.foreign))
        self.assertEqual((message.res_id, attachment.res_model), (self.foreign.id, "res.company"))
        self.assertTrue(self._call("sale.order", "write", [self.order.ids, {"state": "sale"}])["result"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.leads_completed_by_id, self.agent)
