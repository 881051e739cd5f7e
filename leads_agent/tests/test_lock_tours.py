from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestLockTours(LeadsAgentCommon, HttpCase):
    """A locked agent who opens a customer out of sight, by any path, is sent to the customer search."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.mine, cls.theirs = cls._lead(), cls._lead("Out of sight")
        cls._assign(cls.mine)

    def _no_grace(self):
        """Set the grace to zero, which forms refuse, so that a resolved customer is out of sight at once."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_company SET leads_agent_grace_minutes = 0")
        self.env.invalidate_all()

    def test_addresses_of_a_customer_out_of_sight(self):
        addresses = [
            f"/odoo/leads-customers/{self.theirs.id}",
            f"/odoo/res.partner/{self.theirs.id}",
            f"/web#id={self.theirs.id}&model=res.partner&view_type=form",
        ]
        for path in ("customers", "contacts"):
            if self.env["ir.actions.act_window"].search([("path", "=", path)]):
                addresses.append(f"/odoo/{path}/{self.theirs.id}")
        for address in addresses:
            with self.subTest(address):
                self.start_tour(address, "leads_agent_redirect", login="agent_anna")

    def test_from_a_list_that_is_older_than_the_loss(self):
        self._no_grace()
        self.start_tour("/odoo/leads-customers", "leads_agent_redirect_from_list", login="agent_anna")

    def test_back_by_the_breadcrumb(self):
        self._no_grace()
        self.start_tour("/odoo/leads-customers", "leads_agent_redirect_from_breadcrumb", login="agent_anna")

    @mute_logger("odoo.http")
    def test_by_the_link_on_an_order(self):
        self._no_grace()
        order = self.mine.sale_order_ids
        self.start_tour(f"/odoo/leads-orders/{order.id}", "leads_agent_redirect_from_link", login="agent_anna")

    @mute_logger("odoo.http")
    def test_other_access_errors_keep_their_dialog(self):
        order = self.theirs.sale_order_ids
        self.browser_js(
            "/odoo/leads-orders",
            f"window.leadsAgentHiddenOrder = {order.id}; odoo.startTour('leads_agent_other_errors_stay')",
            ready="odoo.isTourReady('leads_agent_other_errors_stay')",
            login="agent_anna",
            success_signal="tour succeeded",
        )
