"""The three flows, traced: how many files of the addons each passes with everything installed."""

import sys
from contextlib import contextmanager
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import tagged

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon

HOME = Path(get_module_path("leads_agent")).parent


@contextmanager
def traced(files: set[Path]):
    """Collect the files whose functions are called."""

    def note(frame, event, _argument):
        if event == "call":
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(HOME):
                path = path.relative_to(HOME)
                if path.parts[0].startswith("leads_agent") and "tests" not in path.parts:
                    files.add(path)

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


@tagged("post_install", "-at_install")
class TestFlows(OfferCommon):
    """The limits are the numbers measured when the test was written: they may only decrease."""

    def setUp(self):
        super().setUp()
        # Clear all caches, so that the result does not depend on the order of the tests.
        self.registry.clear_all_caches()

    def assertPasses(self, most, files):
        self.assertLessEqual(len(files), most, sorted(map(str, files)))

    def test_a_batch_for_two_agents_and_a_confirmation(self):
        customers = [self._lead(f"Café {nr}") for nr in range(5)]
        orders = self.env["sale.order"].union(*(customer.sale_order_ids for customer in customers))
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .with_context(active_model="sale.order", active_ids=orders.ids)
            .create({"agent_ids": (self.agent + self.other_agent).ids})
        )
        self.env.flush_all()
        with traced(files := set()):
            batch.action_assign()
            self.env.flush_all()
        self.assertTrue(all(orders.mapped("leads_agent_id")))
        self.assertPasses(56, files)
        with traced(files := set()):
            orders[0].with_user(orders[0].leads_agent_id).action_confirm()
            self.env.flush_all()
        self.assertEqual(orders[0].state, "sale")
        self.assertPasses(32, files)

    def test_an_incoming_lead_until_it_is_accepted(self):
        with traced(files := set()):
            offer = self._incoming().leads_offer_ids
            self.env.flush_all()
        self.assertPasses(38, files)
        with traced(files):
            offer.with_user(offer.agent_id).action_accept()
            self.env.flush_all()
        self.assertEqual(offer.state, "accepted")
        self.assertPasses(72, files)
