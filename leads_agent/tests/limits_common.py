from .common import LeadsAgentCommon


class LimitsCommon(LeadsAgentCommon):
    """Customers to assign, and the ways to assign them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disposition.cooling_days = 10
        cls.customers = cls.env["res.partner"].browse(
            [cls._lead(f"Customer {nr}", phone=f"+32 2 555 01 0{nr}").id for nr in range(6)]
        )

    def _batch(self, customers, agent=None, **vals):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create(
                {
                    "agent_id": (agent or self.agent).id,
                    "selected_order_ids": customers.sale_order_ids.ids,
                    **vals,
                }
            )
        )
        batch.action_assign()
        return {line.partner_id: line for line in batch.line_ids}

    def _results(self, customers, **kwargs):
        lines = self._batch(customers, **kwargs)
        return [lines[customer].result for customer in customers]

    def _import(self, customers, agent=None):
        return (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .with_context(import_file=True)
            .create([{"partner_id": customer.id, "agent_id": (agent or self.agent).id} for customer in customers])
        )
