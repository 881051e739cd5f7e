from odoo import api, fields, models

from ..arguments import takes
from ..tools import given
from ..tools.offered_view import offered_view


class LeadsAgentOfferedMixin(models.AbstractModel):
    """Documents whose views do not offer agents what rules and access rights would refuse."""

    _name = "leads.agent.offered.mixin"
    _description = "Offers What Is Allowed"

    leads_is_closed = fields.Boolean(
        string="Read Only", compute="_compute_leads_is_closed", export_string_translation=False
    )

    @api.depends(lambda self: [name for name in ("state", "leads_agent_id") if name in self._fields])
    @api.depends_context("uid")
    def _compute_leads_is_closed(self):
        """True for agents who may read the record but not change it."""
        self.leads_is_closed = False
        if self.env.user._is_leads_agent():
            saved = self._origin
            closed = saved - saved._filtered_access("write")
            self.filtered(lambda record: record._origin in closed).leads_is_closed = True

    @api.model
    @takes(view_id=given.optional(given.link), view_type=given.text)
    def get_view(self, view_id=None, view_type="form", **options):
        view = super().get_view(view_id, view_type, **options)
        if self.env.user._is_leads_agent():
            described = self.fields_get(attributes=["readonly"])
            editable = {name for name, description in described.items() if not description["readonly"]}
            refused, closed = self._leads_refused_buttons(), self._leads_offered_closed()
            view["arch"] = offered_view(view["arch"], editable, refused, closed)
        return view

    @api.model
    def _leads_refused_buttons(self):
        """Hook: return the names of the buttons that agents are never offered."""
        return {"create_company"}

    @api.model
    def _leads_offered_closed(self):
        """Return the names of the buttons that agents are still offered on a closed record; None: all."""
        return None
