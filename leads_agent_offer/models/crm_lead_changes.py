from odoo import models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from .crm_lead import UNDER_WAY

# What decides whether somebody owns a lead, and whether there is still something to decide.
DECIDES = {"user_id", "active", "stage_id", "probability"}


class CrmLead(models.Model):
    """Whatever else happens to a lead that is routed: somebody decides about it, or it comes back."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    @takes(vals=given.values)
    def write(self, vals):
        decides = vals.keys() & DECIDES
        # Read as the user who writes: Odoo reads the same before it writes these fields.
        was_settled = self.filtered(lambda lead: lead._leads_is_settled()) if decides else self.browse()
        result = super().write(vals)
        if decides:
            # sudo: crm.lead - whoever decides about a lead ends what the routing was doing with it, or has it go on
            self.sudo()._leads_settled()
            was_settled.sudo()._leads_resume()
        return result

    def _leads_is_settled(self):
        """Whether somebody owns the lead, or there is nothing to decide any more."""
        return bool(self.user_id or not self.active or self.won_status != "pending")

    def _leads_settled(self):
        """Take back the offers of leads that were given to somebody, won, lost or archived by another way."""
        settled = self.filtered(
            lambda lead: (
                lead.leads_offer_state in UNDER_WAY
                and lead._leads_is_settled()
                # What a manager holds is held when it is restored, too.
                and (lead.active or lead.leads_hold != "manager")
            )
        )
        if settled:
            settled._leads_withdraw(
                self.env._("Somebody decided about the lead by another way."), state="none", keep_owner=True
            )

    def _leads_resume(self):
        """Leads that nobody owns any more, or that were restored, go on where they were."""
        back = self.filtered(
            lambda lead: (
                not lead._leads_is_settled()
                and lead.leads_offer_state in ("none", "accepted")
                and lead._leads_is_incoming()
            )
        )
        if back:
            # Whoever had accepted a lead that nobody owns any more has it no longer.
            back.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")._recall()
            back._leads_move("none")
            back._leads_route()

    # ------------------------------------------------------------------
    # Merged
    # ------------------------------------------------------------------

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """The lead that is left says more now, and goes on where it was; who declined one of them has declined it."""
        # sudo: crm.lead - whoever merges leads ends what the routing was doing with each of them
        under_way = self.sudo().filtered(
            lambda lead: lead.leads_offer_state in UNDER_WAY and lead.leads_hold != "manager"
        )
        under_way._leads_withdraw(self.env._("Merged with another lead."), state="none", keep_owner=True)
        merged = super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)
        # sudo: crm.lead - as above: the routing goes on with the one that is left
        merged.sudo()._leads_resume()
        return merged

    def _merge_dependences(self, opportunities):
        """Before the others are deleted, what was offered and decided for them passes to the lead that is left."""
        # sudo: crm.lead - as above
        self.sudo()._leads_take_over(opportunities.sudo())
        return super()._merge_dependences(opportunities)

    def _leads_take_over(self, others):
        routings, offers = others.leads_routing_ids, others.leads_offer_ids
        if self.leads_offer_ids.filtered(lambda offer: offer.state == "accepted"):
            offers = offers.filtered(lambda offer: offer.state != "accepted")
        accepted = offers.filtered(lambda offer: offer.state == "accepted")
        # One owner a lead: of two who accepted, the newer one is the owner of both.
        offers -= accepted.sorted("id")[:-1]
        if self.leads_routing_ids:
            routings.is_again = True
        routings.lead_id = self
        offers.lead_id = self
