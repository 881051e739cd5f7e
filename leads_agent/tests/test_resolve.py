from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestResolve(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead()
        cls.assignment = cls._assign(cls.customer)

    def _form(self, assignments, user):
        action = assignments.with_user(user).action_resolve()
        return Form(self.env["leads.agent.resolve"].with_user(user).with_context(**action["context"]))

    def test_agent_resolves_with_a_disposition_and_a_note(self):
        form = self._form(self.assignment, self.agent)
        form.disposition_id = self.disposition
        form.note = "Bought a <b>kettle</b> \u05e9\u05dc\u05d5\u05dd"
        form.save().action_resolve()
        assignment = self.assignment
        self.assertEqual(
            (assignment.state, assignment.end_reason, assignment.disposition_id, assignment.ended_by_id),
            ("resolved", "resolved", self.disposition, self.agent),
        )
        self.assertEqual(assignment.note, "Bought a <b>kettle</b> \u05e9\u05dc\u05d5\u05dd")
        self.assertFalse(self.customer.leads_agent_id)
        self.assertEqual(assignment.visible_until, assignment.ended_at + timedelta(minutes=60))

    def test_what_will_happen_is_said_before(self):
        self.disposition.cooling_days = 90
        form = self._form(self.assignment, self.agent)
        self.assertFalse(form.effects)
        form.disposition_id = self.disposition
        closed = "The lead is closed, and not assigned again for 90 days."
        self.assertEqual(form.effects, f"{closed}\nYou can reopen it for 60 minutes.")
        at_once = self.env["leads.agent.disposition"].create({"name": "At once"})
        form.disposition_id = at_once
        self.assertEqual(form.effects, "The lead is closed.\nYou can reopen it for 60 minutes.")
        second = self._assign(self._lead("Second"), self.other_agent)
        for leads, disposition, sentence in (
            (self.assignment, self.disposition, closed),
            (self.assignment | second, self.disposition, "2 leads are closed, and not assigned again for 90 days."),
            (self.assignment | second, at_once, "2 leads are closed."),
        ):
            form = self._form(leads, self.manager)
            form.disposition_id = disposition
            self.assertEqual(form.effects, sentence)

    def test_resolving_twice_gets_a_sentence(self):
        form = self._form(self.assignment, self.agent)
        form.disposition_id = self.disposition
        wizard = form.save()
        wizard.action_resolve()
        with self.assertRefused(UserError, "somebody else closed or reassigned"):
            wizard.action_resolve()
        self.assertEqual(self.assignment.disposition_id, self.disposition)

    def test_grace_is_that_of_the_company(self):
        self.env.company.leads_agent_grace_minutes = 15
        self._resolve(self.assignment)
        self.assertEqual(self.assignment.visible_until - self.assignment.ended_at, timedelta(minutes=15))

    def test_grace_has_bounds(self):
        for minutes in (0, -5, 10_081):
            with self.subTest(minutes), self.assertRefused(ValidationError, "one week"):
                self.env.company.leads_agent_grace_minutes = minutes

    def test_only_sales_dispositions_of_the_agents_call_centers_are_offered(self):
        other_team = self.env["crm.team"].create({"name": "Elsewhere"})
        Disposition = self.env["leads.agent.disposition"]
        ours = Disposition.create({"name": "Ours", "team_ids": self.call_center.ids})
        theirs = Disposition.create({"name": "Theirs", "team_ids": other_team.ids})
        service = Disposition.create({"name": "Service", "type": "service"})
        form = self._form(self.assignment, self.agent)
        offered = form.available_disposition_ids
        self.assertIn(ours.id, offered.ids)
        self.assertIn(self.disposition.id, offered.ids)
        for other in (theirs, service, self.env.ref("leads_agent.disposition_sale")):
            self.assertNotIn(other.id, offered.ids)
            with self.assertRefused(UserError, "cannot be used to close this lead"):
                self._resolve(self.assignment, disposition=other)
        self.assertEqual(self.assignment.state, "active")

    def test_blank_disposition_gets_a_sentence_and_the_note_is_kept(self):
        wizard = (
            self.env["leads.agent.resolve"]
            .with_user(self.agent)
            .create({"assignment_id": self.assignment.id, "note": "Long story"})
        )
        with self.assertRefused(UserError, "Choose a disposition"):
            wizard.action_resolve()
        self.assertEqual(wizard.note, "Long story")

    def test_agents_resolve_their_own_leads_only(self):
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._resolve(self.assignment, self.other_agent)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.assignment.with_user(self.other_agent).action_resolve()
        self.assertEqual(self.assignment.state, "active")

    def test_manager_resolves_for_others_in_bulk(self):
        second = self._assign(self._lead("Second"), self.other_agent)
        form = self._form(self.assignment | second, self.manager)
        self.assertEqual(form.lead_count, 2)
        form.disposition_id = self.disposition
        form.save().action_resolve()
        self.assertEqual(set((self.assignment | second).mapped("state")), {"resolved"})
        self.assertEqual((self.assignment | second).ended_by_id, self.manager)

    def test_resolving_what_somebody_else_closed_gets_a_sentence(self):
        form = self._form(self.assignment, self.agent)
        form.disposition_id = self.disposition
        wizard = form.save()
        self.assignment.with_user(self.manager).action_unassign()
        with self.assertRefused(UserError, "somebody else closed or reassigned"):
            wizard.action_resolve()
        self.assertEqual(self.assignment.state, "unassigned")

    def test_reopening_within_the_hour_by_the_agent_and_later_by_a_manager(self):
        self._resolve(self.assignment)
        self.assertTrue(self.assignment.with_user(self.agent).can_reopen)
        self.assignment.with_user(self.agent).action_reopen()
        again = self._active(self.customer)
        self.assertEqual(again.agent_id, self.agent)
        self.assertNotEqual(again, self.assignment)
        self._resolve(again)
        again.sudo().visible_until = fields.Datetime.now() - timedelta(seconds=2)
        with self.assertRefused(UserError, "can no longer reopen"):
            again.with_user(self.agent).action_reopen()
        again.with_user(self.manager).action_reopen()
        self.assertEqual(self._active(self.customer).agent_id, self.agent)

    def test_reopening_a_lead_that_somebody_holds_gets_a_sentence(self):
        self._resolve(self.assignment)
        self._assign(self.customer, self.other_agent)
        with self.assertRefused(UserError, "Agent Ben already holds"):
            self.assignment.with_user(self.manager).action_reopen()

    def test_other_agents_cannot_reopen(self):
        self._resolve(self.assignment)
        with self.assertRaises(AccessError):
            self.assignment.with_user(self.other_agent).action_reopen()

    def test_used_dispositions_are_archived_never_deleted(self):
        self._resolve(self.assignment)
        with self.assertRefused(UserError, "Archive it instead"):
            self.disposition.with_user(self.manager).unlink()
        self.disposition.with_user(self.manager).active = False
        self.assertEqual(self.assignment.disposition_id, self.disposition)
        unused = self.env["leads.agent.disposition"].create({"name": "Unused"})
        unused.with_user(self.manager).unlink()
        with self.assertRefused(UserError, "is set by every sale"):
            self.env.ref("leads_agent.disposition_sale").with_user(self.manager).unlink()

    def test_disposition_needs_a_name(self):
        with self.assertRefused(ValidationError, "needs a name"):
            self.env["leads.agent.disposition"].create({"name": "   "})

    def test_call_center_form_has_the_dispositions(self):
        form = Form(self.call_center.with_user(self.manager), view="leads_agent.crm_team_view_form_call_center")
        form.leads_disposition_ids.add(self.disposition)
        form.save()
        self.assertEqual(self.disposition.team_ids, self.call_center)
