from contextlib import contextmanager

from .common import LeadsAgentCommon


class QueryCountsCommon(LeadsAgentCommon):
    """How many queries a piece of work costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.notification_type = "inbox"
        # The optional life cycle addon extends the same hooks: its additional queries are bounded here, too.
        lifecycle = "leads.agent.move" in cls.env
        # Odoo reads the alias domain of the company, if there is one, with each notification.
        alias = int(bool(cls.env.company.alias_domain_id))
        cls.beside = {"assign": 10 * lifecycle + alias, "order": 1 * lifecycle, "sale": 4 * lifecycle}

    @contextmanager
    def _count(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        counted = {}
        before = self.env.cr.sql_log_count
        yield counted
        self.env.flush_all()
        self.env.cr.precommit.run()
        counted["queries"] = self.env.cr.sql_log_count - before

    def _leads(self, count, name):
        partners = self.env["res.partner"].create([{"name": f"{name} {i}", "is_company": True} for i in range(count)])
        self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        return partners

    def _batch(self, partners):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "selected_order_ids": partners.sale_order_ids.ids})
        )
        with self._count() as counted:
            batch.action_assign()
        self.assertEqual(set(batch.line_ids.mapped("result")), {"assigned"})
        return counted["queries"]
