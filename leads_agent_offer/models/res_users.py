from odoo import api, models

from ..steps import pass_on


class ResUsers(models.Model):
    _inherit = "res.users"

    def _leads_release_orphans(self):
        """Pass on the offers of users who no longer hold leads, without points."""
        result = super()._leads_release_orphans()
        self._leads_pass_offers_on()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_pass_offers_on(self):
        """Archive users before they are deleted, so that their offers do not return to them."""
        # sudo: leads.agent.offer - follows from the change of the user
        offers = self.env["leads.agent.offer"].sudo().search([("agent_id", "in", self.ids), ("state", "=", "offered")])
        offers.agent_id.filtered("active").active = False

    def _leads_pass_offers_on(self):
        """Take back offers of users who may no longer accept them; an empty recordset means all users."""
        # sudo: leads.agent.offer - as above
        Offer = self.env["leads.agent.offer"].sudo()
        domain = [("state", "=", "offered")] + ([("agent_id", "in", self.ids)] if self else [])
        pass_on(
            Offer.search(domain, order="id").filtered(
                lambda offer: (
                    not offer.agent_id._leads_may_accept(offer.company_id, is_caught=offer.kind == "catch_all")
                )
            )
        )

    def _leads_may_accept(self, company, *, is_caught=False):
        """Elevated: whether a user may accept leads of a company.

        :param bool is_caught: for leads of the catch-all, which managers may accept too
        """
        self.ensure_one()
        may_accept = self.can_hold_leads or (is_caught and self.is_leads_manager)
        return self.active and may_accept and (not company or company in self.company_ids)
