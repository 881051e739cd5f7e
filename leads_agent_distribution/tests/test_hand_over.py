from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon

from .hand_over_common import HandOverCommon


class LeadsCommon(LeadsAgentCommon):
    """A lead held by the agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._callable("Harbour Café")
        cls.assignment = cls._assign(cls.customer)

    @classmethod
    def _callable(cls, name):
        cls.phones = getattr(cls, "phones", 0) + 1
        return cls._lead(name, phone=f"+32 2 555 01 {cls.phones:02}")


@tagged("post_install", "-at_install")
class TestHandOver(HandOverCommon, LeadsCommon):
    """No lead of an agent who leaves is lost."""

    def test_to_several_in_equal_shares(self):
        agents = self.other_agent | self.third_agent
        self._assign(self._callable("Mill Pharmacy"))
        message = self._hand_over(agents)
        self.assertEqual(message, "Assigned to Agent Ben: 2. Assigned to Agent Cleo: 2.")
        self.assertEqual(agents.mapped("leads_open_count"), [2, 2])

    def test_the_form_says_before_how_many_go_where(self):
        self.other_agent.leads_max_open = 1
        form = Form(
            self.env["leads.agent.hand.over"].with_user(self.manager).with_context(default_agent_id=self.agent.id)
        )
        self.assertEqual(form.preview, "Leads to hand over: 3.")
        form.agent_ids.add(self.other_agent)
        self.assertEqual(
            form.preview, "Leads to hand over: 3 (Agent Ben 1). Back to the pool: 2, as the agents are full."
        )
        form.agent_ids.add(self.third_agent)
        self.assertEqual(form.preview, "Leads to hand over: 3 (Agent Ben 1, Agent Cleo 2).")
        wizard = form.save()
        wizard.action_hand_over()
        self.assertEqual(wizard.summary, "Assigned to Agent Ben: 1. Assigned to Agent Cleo: 2.")
        with self.assertRefused(UserError, "handed over already"):
            wizard.action_hand_over()

    def test_undone_it_is_as_it_was(self):
        self.third_agent.leads_max_open = 1
        before = self.leads.leads_assignment_ids
        values = before.read(["agent_id", "assigned_at", "reason", "is_assigned"])
        wizard = self._handed_over(self.third_agent)
        self.assertEqual(
            wizard.summary, "Assigned to Agent Cleo: 1. No room for 2 more: the agents are full. Back in the pool: 2."
        )
        wizard.action_undo()
        self.assertEqual((wizard.state, wizard.summary), ("undone", "Returned to Agent Anna: 3."))
        self.assertEqual(self.leads.leads_agent_id, self.agent)
        self.assertEqual(self.agent.leads_open_count, 3)
        self.assertEqual(self.third_agent.leads_open_count, 0)
        self.assertEqual(before.read(["agent_id", "assigned_at", "reason", "is_assigned"]), values)
        with self.assertRefused(UserError, "Nothing to undo"):
            wizard.action_undo()

    def test_undoing_leaves_what_somebody_has_worked_on(self):
        wizard = self._handed_over(self.other_agent)
        self._resolve(self._active(self.leads[0]))
        self.leads[1].with_user(self.other_agent).message_post(body="Rang", subtype_xmlid="mail.mt_note")
        wizard.action_undo()
        self.assertEqual(
            wizard.summary,
            "Returned to Agent Anna: 1. Not changed, because somebody has worked on them since: 2.",
        )
        self.assertEqual(self.leads.mapped("leads_agent_id.name"), ["Agent Ben", "Agent Anna"])

    def test_leads_that_others_gave_are_not_undone(self):
        wizard = self._handed_over(self.other_agent)
        [given] = self._active(self.leads[0])
        given.assigned_by_id = self.env.ref("base.user_admin")
        wizard.action_undo()
        self.assertEqual(self._active(self.leads[0]), given)
        self.assertEqual(self.agent.leads_open_count, 2)

    def test_it_costs_no_queries_per_lead(self):
        def cost(count, sender, receivers):
            partners = self.env["res.partner"].create([{"name": f"{sender.name} {nr}"} for nr in range(count)])
            self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
            self._give(partners, sender)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._hand_over(receivers, agent_id=sender.id)
            return self.env.cr.sql_log_count - before

        cost(10, self.third_agent, self.agent | self.other_agent)
        few = cost(10, self.third_agent, self.agent | self.other_agent)
        many = cost(400, self.third_agent, self.agent | self.other_agent)
        self.assertLessEqual(many, few + 400 / 20)

    def test_what_finds_no_room_goes_back_to_the_pool_and_is_told(self):
        self.other_agent.leads_max_open = 1
        self.third_agent.leads_max_per_day = 1
        message = self._hand_over(self.other_agent | self.third_agent)
        self.assertEqual(
            message,
            "Assigned to Agent Ben: 1. Assigned to Agent Cleo: 1. No room for 1 more: the agents are full. "
            "Back in the pool: 1.",
        )
        self.assertEqual(sorted(self.leads.mapped("leads_agent_id.name")), ["Agent Ben", "Agent Cleo"])

    def test_who_must_not_be_called_goes_back_to_the_pool_with_the_reason(self):
        self.env["phone.blacklist"].add(self.customer.phone_sanitized)
        message = self._hand_over(self.other_agent)
        self.assertEqual(
            message,
            "Assigned to Agent Ben: 2. Do not call: the number of Harbour Café is on the do-not-call list. "
            "Back in the pool: 1.",
        )

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
