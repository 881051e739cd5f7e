from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.leads_agent_call.tests.desk_common import DeskCommon
from odoo.addons.leads_agent_lifecycle.moving import EVENT_FIELDS, LifeCycle

PLACE = ["lead_stage_id", "lead_status_id", "date_last_stage_update", *EVENT_FIELDS]


@tagged("post_install", "-at_install")
class TestUndoneOutcome(DeskCommon):
    """An outcome moved a lead by a rule; undone, the lead is where it was, and waits for an answer as before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.lifecycle.rule"].search([("trigger", "=", "called")]).active = False
        cls.env["leads.agent.lifecycle.rule"].create(
            {
                "name": "Tried",
                "trigger": "called",
                "stage_id": cls.env.ref("leads_agent_lifecycle.stage_opportunity").id,
            }
        )
        cls.customer.write({"lead_waits_since": "2026-11-20 09:00:00", "lead_event_at": "2026-11-20 09:00:00"})

    def _place(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.customer.read(PLACE)

    def _log(self):
        call = self._start()
        self.assertIn("logged", call.log_outcome(self.no_answer.id))
        return call

    def test_the_lead_goes_back_and_its_moves_say_why(self):
        before = self._place()
        call = self._log()
        self.assertEqual(self.customer.lead_stage_id, self.env.ref("leads_agent_lifecycle.stage_opportunity"))
        self.assertFalse(self.customer.lead_waits_since)
        call.undo_outcome()
        self.assertEqual(self._place(), before)
        self.assertEqual(self.customer.lead_move_ids.sorted("id")[-1].reason, "The outcome of a call was undone")

    def test_a_lead_that_moved_since_stays(self):
        call = self._log()
        customer = self.env.ref("leads_agent_lifecycle.stage_customer")
        LifeCycle(self.env).move({self.customer.id: (customer.id, customer._statuses()[customer.id][:1][0])})
        with self.assertRefused(UserError, "moved in the life cycle since"):
            call.undo_outcome()
        self.assertEqual((self.customer.lead_stage_id, self.assignment.attempt_count), (customer, 1))
