from odoo.tests import HttpCase, tagged

from .common import LeadsAgentCommon
from .exporting import exported


@tagged("post_install", "-at_install")
class TestExports(LeadsAgentCommon, HttpCase):
    def test_managers_export_the_result_log_without_a_formula(self):
        lead = self._lead("=HYPERLINK(A1)")
        held = self._lead("Held")
        self._assign(held, self.other_agent)
        batch = self.env["leads.agent.batch.assign"].with_user(self.manager)
        batch = batch.create({"agent_id": self.agent.id, "selected_order_ids": (lead | held).sale_order_ids.ids})
        batch.action_assign()
        names = ["partner_id", "order_id", "agent_id", "result", "reason"]
        rows = {row["partner_id"]: row for row in exported(self, "manager_mia", batch.line_ids, names)}
        self.assertEqual(rows.keys(), {"'=HYPERLINK(A1)", "Held"})
        row = rows["'=HYPERLINK(A1)"]
        self.assertEqual((row["order_id"], row["agent_id"]), (lead.sale_order_ids.name, self.agent.name))
        self.assertEqual(row["result"], "Assigned")
        self.assertEqual(rows["Held"]["reason"], "Held by another agent")
        self.assertIsNone(exported(self, "agent_anna", batch.line_ids, names))
