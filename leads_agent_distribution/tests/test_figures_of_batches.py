from odoo.tests import tagged

from odoo.addons.leads_agent.tests.figures_common import FiguresCommon


@tagged("post_install", "-at_install")
class TestFiguresOfBatches(FiguresCommon):
    """Figures after a hand over and after undoing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._lead()
        cls.assignment = cls._assign(cls.customer)

    def _batch(self, customers, agent=None):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create(
                {
                    "agent_id": (agent or self.other_agent).id,
                    "selected_order_ids": customers.sale_order_ids.ids,
                    "reassign": True,
                }
            )
        )
        batch.action_assign()
        return batch

    def test_taken_by_a_batch_and_handed_over(self):
        second = self._lead("Second")
        self._assign(second)
        self._batch(self.customer)
        self.assertFigures(assigned=1, open=1, conversion=0.0)
        self.env["leads.agent.hand.over"].with_user(self.manager).create(
            {"agent_id": self.agent.id, "agent_ids": self.other_agent.ids}
        ).action_hand_over()
        self.assertFigures(assigned=0, open=0, conversion=False)
        self.assertFigures(self.other_agent, assigned=2, open=2, conversion=0.0)

    def test_a_batch_that_is_undone_leaves_the_figures_as_they_were(self):
        free = self._lead("Free")
        with self._later():
            before = self._figures(), self._figures(self.other_agent)
            batch = self._batch(self.customer | free)
            self.assertFigures(assigned=0, open=0, conversion=False)
            self.assertFigures(self.other_agent, assigned=2, open=2, conversion=0.0)
            batch.action_undo()
            self.assertEqual((self._figures(), self._figures(self.other_agent)), before)

    def test_an_undone_batch_does_not_touch_what_was_resolved_before(self):
        self._resolve(self.assignment)
        with self._later():
            before = self._figures()
            batch = self._batch(self.customer, self.agent)
            self.assertFigures(resolved=0, open=1)
            batch.action_undo()
            self.assertEqual(self._figures(), before)
