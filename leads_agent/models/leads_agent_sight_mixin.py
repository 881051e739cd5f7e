from odoo import api, models
from odoo.fields import Domain

from ..fields import InSight


class LeadsAgentSightMixin(models.AbstractModel):
    """Records that may be out of an agent's sight. Record rules ask for ``leads_in_sight``.

    A model defines sight twice: for records at hand, and as a domain that PostgreSQL evaluates with an index. Neither
    may be cached: sight changes with time.
    """

    _name = "leads.agent.sight.mixin"
    _description = "Visible to Agents"

    leads_in_sight = InSight(
        compute="_compute_leads_in_sight", search="_search_leads_in_sight", export_string_translation=False
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_leads_in_sight(self):
        # sudo: only what decides on the sight is read
        in_sight = set(self.sudo()._leads_filter_in_sight()._ids)
        for record in self:
            record.leads_in_sight = record.id in in_sight

    def _search_leads_in_sight(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._leads_sight_domain()
        # sudo: the model itself - a negation of SQL would pass over rows with empty columns
        return domain if True in value else Domain("id", "not in", self.sudo()._search(domain, active_test=False))

    def _leads_filter_in_sight(self):
        """Return those of these elevated records that are in sight of the current user."""
        return self.with_context(active_test=False).search(Domain("id", "in", self.ids) & self._leads_sight_domain())

    @api.model
    def _leads_sight_domain(self):
        """Return the domain of records in sight of the current user."""
        raise NotImplementedError
