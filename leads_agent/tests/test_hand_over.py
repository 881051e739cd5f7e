from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestHandOver(DeskCommon):
    """An agent leaves: nothing of what they held is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third_agent = cls._user("agent_cleo", "leads_agent.group_leads_agent")
        cls.leads = cls.customer | cls._callable("Quayside Books") | cls._callable("Hill Bakery")
        cls._assign(cls.leads - cls.customer)

    def _hand_over(self, to=None, user=None, **vals):
        wizard = (
            self.env["leads.agent.hand.over"]
            .with_user(user or self.manager)
            .create(
                {
                    "agent_id": self.agent.id,
                    "receiver": "agents" if to else "pool",
                    "agent_ids": [Command.set(to.ids if to else [])],
                    **vals,
                }
            )
        )
        self.env.invalidate_all()
        return wizard.action_hand_over()["params"]["message"]

    def test_the_form_shows_what_the_agent_holds(self):
        callback = self._callback()
        quotation = self.customer.sale_order_ids
        quotation.user_id = self.agent
        foreign = self._lead("Not Theirs").sale_order_ids
        foreign.user_id = self.agent
        action = self.agent.with_user(self.manager).action_leads_hand_over()
        form = Form(self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]))
        self.assertEqual((form.lead_count, form.callback_count, form.order_count), (3, 1, 1))
        self.assertEqual(form.callback_ids[:], callback)
        self.assertFalse(form.can_archive, "a Leads Manager archives nobody")
        form.agent_ids.add(self.other_agent)
        wizard = form.save()
        wizard.action_hand_over()
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
        self.assertEqual(quotation.user_id, self.agent, "managers change no orders")

    def test_to_one_agent_callbacks_follow(self):
        callback = self._callback()
        message = self._hand_over(self.other_agent, reason="moves to Lisbon")
        self.assertEqual(message, "Given to Agent Ben: 3.")
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
        self.assertEqual((callback.agent_id, callback.state), (self.other_agent, "open"))
        [assignment] = self._active(self.customer)
        self.assertEqual(assignment.reason, "Handed over from Agent Anna by Manager Mia: moves to Lisbon")
        self.assertEqual(self.assignment.end_reason, "reassigned")
        self.assertFalse(self.agent.leads_open_count)

    def test_to_several_in_equal_shares(self):
        agents = self.other_agent | self.third_agent
        self._assign(self._callable("Mill Pharmacy"))
        message = self._hand_over(agents)
        self.assertEqual(message, "Given to Agent Ben: 2. Given to Agent Cleo: 2.")
        self.assertEqual(agents.mapped("leads_open_count"), [2, 2])

    def test_it_costs_no_queries_per_lead(self):
        def cost(count, sender, receivers):
            partners = self.env["res.partner"].create([{"name": f"{sender.name} {nr}"} for nr in range(count)])
            self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
            self.env["leads.agent.assignment"]._assign_leads(sender, partners, source="manual")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._hand_over(receivers, agent_id=sender.id)
            return self.env.cr.sql_log_count - before

        cost(10, self.third_agent, self.agent | self.other_agent)
        few = cost(10, self.third_agent, self.agent | self.other_agent)
        many = cost(400, self.third_agent, self.agent | self.other_agent)
        self.assertLessEqual(many, few + 400 / 20)

    def test_back_to_the_pool_opens_the_callbacks(self):
        callback = self._callback()
        message = self._hand_over()
        self.assertEqual(message, "Back in the pool: 3. Callbacks open to the call center: 1.")
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, callback.state, callback.team_id), (False, "open", self.call_center))
        self.assertEqual(self._hand_over(), "Agent Anna holds nothing.")

    def test_what_finds_no_room_goes_back_to_the_pool_and_is_told(self):
        self.other_agent.leads_max_open = 1
        self.third_agent.leads_max_per_day = 1
        message = self._hand_over(self.other_agent | self.third_agent)
        self.assertEqual(
            message,
            "Given to Agent Ben: 1. Given to Agent Cleo: 1. No room for 1 more: the agents are full. "
            "Back in the pool: 1.",
        )
        self.assertEqual(sorted(self.leads.mapped("leads_agent_id.name")), ["Agent Ben", "Agent Cleo"])

    def test_who_must_not_be_called_goes_back_to_the_pool_with_the_reason(self):
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)
        message = self._hand_over(self.other_agent)
        self.assertEqual(
            message,
            "Given to Agent Ben: 2. Do not call: the number of Harbour Café is on the do-not-call list. "
            "Back in the pool: 1.",
        )

    def test_promises_to_customers_of_others_are_opened_to_the_call_center(self):
        callback = self._callback()
        # A colleague got the lead, and the promise was given back by hand.
        self._hand_over(self.other_agent)
        callback.agent_id = self.agent
        message = self._hand_over(self.third_agent)
        self.assertEqual(message, "Given to Agent Cleo: 0. Callbacks open to the call center: 1.")
        self.assertFalse(callback.agent_id)

    def test_leads_keep_their_company(self):
        company = self.env["res.company"].create({"name": "Overseas"})
        everybody = self.agent | self.other_agent | self.manager
        everybody.write({"company_ids": [Command.link(company.id)]})
        lead = self._callable("Far Away")
        self._assign(lead)
        self._active(lead).sudo().company_id = company
        companies = (self.env.company | company).ids
        wizard = (
            self.env["leads.agent.hand.over"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=companies)
            .create({"agent_id": self.agent.id, "agent_ids": [Command.set(self.other_agent.ids)]})
        )
        wizard.action_hand_over()
        self.assertEqual(self._active(lead).company_id, company)
        self.assertEqual(self._active(self.customer).company_id, self.env.company)

    def test_somebody_who_can_must_be_chosen(self):
        wizard = self.env["leads.agent.hand.over"].with_user(self.manager).create({"agent_id": self.agent.id})
        with self.assertRefused(UserError, "Choose who gets the leads"):
            wizard.action_hand_over()
        with self.assertRefused(UserError, "cannot take over from themselves"):
            self._hand_over(self.agent)
        with self.assertRefused(UserError, "Plain Pat is not a Leads Agent"):
            self._hand_over(self.plain)
        self.assertEqual(self.leads.leads_agent_id, self.agent)

    def test_only_managers(self):
        for user in (self.agent, self.other_agent, self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                self._hand_over(self.other_agent, user=user)
            with self.assertRefused(AccessError, "Only Leads Managers"):
                self.agent.with_user(user).action_leads_hand_over()

    def test_a_leads_manager_cannot_archive_by_it(self):
        with self.assertRaises(AccessError):
            self._hand_over(self.other_agent, archive=True)
        self.assertTrue(self.agent.active)

    def test_archiving_from_the_list_of_agents_hands_over_first(self):
        admin = self._user("admin_ada", "base.group_system,leads_agent.group_leads_manager")
        agent = self.agent.with_user(admin)
        action = agent.with_context(leads_hand_over=True).action_archive()
        self.assertTrue(agent.active, "the form comes first")
        form = Form(self.env[action["res_model"]].with_user(admin).with_context(**action["context"]))
        self.assertTrue(form.archive)
        form.agent_ids.add(self.other_agent)
        form.save().action_hand_over()
        self.assertFalse(agent.active)
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
        agent.active = True
        self.assertIs(agent.with_context(leads_hand_over=True).action_archive(), True, "holds nothing: no form")
        self.assertFalse(agent.active)
        with self.assertRefused(UserError, "Agent Ben still holds leads. Archive agents one by one."):
            (self.other_agent | self.third_agent).with_user(admin).with_context(leads_hand_over=True).action_archive()

    def test_archived_directly_nothing_is_orphaned(self):
        """The promise is open to the call center, and a call without an outcome keeps nobody from calling."""
        callback = self._callback()
        call = self._start(self.leads[1])
        self.agent.active = False
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, callback.state), (False, "open"))
        self.assertEqual(call.state, "done")
        self.assertIn(callback, callback.search(callback._for_user(self.other_agent)))
        self._assign(self.leads[1], self.other_agent)
        self.assertEqual(self._start(self.leads[1], self.other_agent).state, "talking")

    def test_role_taken_away_directly_nothing_is_orphaned(self):
        callback = self._callback()
        call = self._start(self.leads[1])
        self.agent.group_ids = [Command.unlink(self.env.ref("leads_agent.group_leads_agent").id)]
        self.assertFalse(self.leads.leads_agent_id)
        self.assertEqual((callback.agent_id.id, call.state), (False, "done"))

    def test_a_leave_takes_nothing_by_itself(self):
        callback = self._callback()
        resource = self.env["resource.resource"].create({"name": "Anna", "user_id": self.agent.id})
        self.env["resource.calendar.leaves"].create(
            {"resource_id": resource.id, "date_from": "2026-11-25 00:00:00", "date_to": "2026-12-25 00:00:00"}
        )
        self.assertEqual((self.agent.leads_desk_state, self.leads.leads_agent_id), ("off", self.agent))
        self.assertEqual(callback.agent_id, self.agent)
        with freeze_time("2026-11-26 14:00:00"):
            self.env.flush_all()
            with self.enter_registry_test_mode():
                self.env.ref("leads_agent.cron_callbacks").method_direct_trigger()
            self.env.invalidate_all()
            self.assertFalse(callback.agent_id, "due, and the agent is not there: open to the call center")
        self._hand_over(self.other_agent)
        self.assertEqual(self.leads.leads_agent_id, self.other_agent)
