from odoo import api, models


class LeadsAgentDocumentSightMixin(models.AbstractModel):
    """Messages, activities and ratings of projects and tasks go out of sight together with these."""

    _inherit = "leads.agent.document.sight.mixin"

    @api.model
    def _leads_documents(self):
        return (*super()._leads_documents(), "project.project", "project.task", "project.milestone", "project.update")
