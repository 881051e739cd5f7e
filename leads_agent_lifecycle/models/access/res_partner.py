from odoo import api, models
from odoo.fields import Domain

from ...profile import PROFILE_FIELDS


class ResPartner(models.Model):
    """Officers see their leads; agents may write the profile fields of leads."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _leads_correctable_fields(self):
        return super()._leads_correctable_fields() | PROFILE_FIELDS

    def _leads_filter_in_sight(self):
        in_sight = super()._leads_filter_in_sight()
        if others := self - in_sight:
            theirs = self.env["leads.agent.officer"]._lead_ids()
            in_sight += others.filtered(lambda partner: partner.id in theirs)
        return in_sight

    def _leads_sight_domain(self):
        domain = super()._leads_sight_domain()
        theirs = self.env["leads.agent.officer"]._lead_ids()
        return domain | Domain("id", "in", theirs) if theirs else domain
