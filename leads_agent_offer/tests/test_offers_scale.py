from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOffersScale(OfferCommon):
    """The job works in sets."""

    def test_expiring_costs_no_queries_per_offer(self):
        costs = []
        for count in (4, 32):
            leads = self.env["crm.lead"].union(*[self._incoming(f"Lead {nr}") for nr in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
                before = self.env.cr.sql_log_count
                self.env["leads.agent.offer"]._expire_due(500)
                self.env.flush_all()
                costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(leads.leads_offer_ids), 2 * count)
            leads.unlink()
        self.assertLessEqual(costs[1], costs[0] + 4, costs)
