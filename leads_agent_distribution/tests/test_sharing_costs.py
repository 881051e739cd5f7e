from odoo.tests import tagged

from odoo.addons.leads_agent.tests.query_counts_common import QueryCountsCommon


@tagged("post_install", "-at_install")
class TestSharingCosts(QueryCountsCommon):
    def test_sharing_out_costs_at_most_45_and_n_over_20_and_a_notice_per_agent(self):
        """Limits, rooms and turns are read for all agents together; an inbox notification takes Odoo nine queries."""
        agents = self.agent | self.other_agent
        agents.notification_type = "inbox"
        for count in (1, 100, 400):
            partners = self._leads(count, f"S{count}")
            batch = (
                self.env["leads.agent.batch.assign"]
                .with_user(self.manager)
                .create({"agent_ids": agents.ids, "selected_order_ids": partners.sale_order_ids.ids})
            )
            with self._count() as counted:
                batch.action_assign()
            with self.subTest(count):
                self.assertEqual(batch.assigned_count, count)
                if count > 1:
                    self.assertLessEqual(counted["queries"], 45 + count / 20 + 10 * len(agents) + self.beside["assign"])
