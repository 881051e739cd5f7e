"""Whatever else happens to a lead that is routed: somebody decides about it, it comes back, or it is merged.

A plain object beside the model ``crm.lead``; whoever uses it brings elevated leads::

    Deciding(leads).settled()
"""

from odoo.models import BaseModel

from .holding import Holding
from .process import Process

# Where the routing has something to do, now or at a moment.
UNDER_WAY = ("held", "waiting", "offered", "shark_tank", "catch_all")


class Deciding:
    """Leads about which something was decided, by whichever way."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def settled(self):
        """Take back the offers of leads that were given to somebody, won, lost or archived by another way."""
        settled = self.leads.filtered(
            lambda lead: (
                lead.leads_offer_state in UNDER_WAY
                and lead._leads_is_settled()
                # What a manager holds is held when it is restored, too.
                and (lead.active or lead.leads_hold != "manager")
            )
        )
        if settled:
            Process(settled).withdraw(self.env._("The lead was decided in another way."), state="none", keep_owner=True)

    def resume(self):
        """Leads that nobody owns any more, or that were restored, go on where they were."""
        back = self.leads.filtered(
            lambda lead: (
                not lead._leads_is_settled()
                and lead.leads_offer_state in ("none", "accepted")
                and lead._leads_is_incoming()
            )
        )
        if back:
            # Whoever had accepted a lead that nobody owns any more has it no longer.
            back.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")._recall()
            Process(back).move("none")
            Holding(back).route()

    def take_over(self, others):
        routings, offers = others.leads_routing_ids, others.leads_offer_ids
        if self.leads.leads_offer_ids.filtered(lambda offer: offer.state == "accepted"):
            offers = offers.filtered(lambda offer: offer.state != "accepted")
        accepted = offers.filtered(lambda offer: offer.state == "accepted")
        # One owner a lead: of two who accepted, the newer one is the owner of both.
        offers -= accepted.sorted("id")[:-1]
        if self.leads.leads_routing_ids:
            routings.is_again = True
        routings.lead_id = self.leads
        offers.lead_id = self.leads
