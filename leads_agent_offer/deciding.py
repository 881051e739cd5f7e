"""Changes to routed leads from outside the routing: a lead gets an owner, is won, lost, restored or merged.

A plain object beside the model ``crm.lead``. The caller passes elevated leads::

    Deciding(leads).settled()
"""

from odoo.models import BaseModel

from .holding import Holding
from .process import Process

# States in which the routing has a next step, now or later.
UNDER_WAY = ("held", "waiting", "offered", "shark_tank", "catch_all")


class Deciding:
    """Leads that were changed from outside the routing."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def settled(self):
        """Take back the offers of leads that got an owner, or were won, lost or archived."""
        settled = self.leads.filtered(
            lambda lead: (
                lead.leads_offer_state in UNDER_WAY
                and lead._leads_is_settled()
                # A lead held by a manager is still held after it is restored.
                and (lead.active or lead.leads_hold != "manager")
            )
        )
        if settled:
            Process(settled).withdraw(self.env._("The lead was routed in another way."), state="none", keep_owner=True)

    def resume(self):
        """Continue the routing of leads that lost their owner or were restored."""
        back = self.leads.filtered(
            lambda lead: (
                not lead._leads_is_settled()
                and lead.leads_offer_state in ("none", "accepted")
                and lead._leads_is_incoming()
            )
        )
        if back:
            # The agent who accepted the lead no longer has it.
            back.leads_offer_ids.filtered(lambda offer: offer.state == "accepted")._recall()
            Process(back).move("none")
            Holding(back).route()

    def take_over(self, others):
        routings, offers = others.leads_routing_ids, others.leads_offer_ids
        if self.leads.leads_offer_ids.filtered(lambda offer: offer.state == "accepted"):
            offers = offers.filtered(lambda offer: offer.state != "accepted")
        accepted = offers.filtered(lambda offer: offer.state == "accepted")
        # A lead has one owner: of two accepted offers, the newer one counts.
        offers -= accepted.sorted("id")[:-1]
        if self.leads.leads_routing_ids:
            routings.is_again = True
        routings.lead_id = self.leads
        offers.lead_id = self.leads
