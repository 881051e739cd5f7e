from odoo import api, fields, models

from odoo.addons.leads_agent.models.res_groups import MANAGER


class ResPartner(models.Model):
    """Add to customers which agents can see them, and why."""

    _inherit = "res.partner"

    leads_who_can_see = fields.Html(
        string="Who Can See This Customer, and Why",
        compute="_compute_leads_who_can_see",
        groups=MANAGER,
        sanitize=False,
        export_string_translation=False,
    )

    @api.depends("commercial_partner_id", "company_id", "partner_share", "leads_agent_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_leads_who_can_see(self):
        answers = self.env["leads.agent.who.can.see"]._answers(self._origin)
        for partner in self:
            partner.leads_who_can_see = answers.get(partner._origin, False)
