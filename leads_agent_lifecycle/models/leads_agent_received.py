import json

from odoo import models
from odoo.exceptions import UserError

from ..tools import meta


class LeadsAgentReceived(models.Model):
    _inherit = "leads.agent.received"

    def _take_in(self):
        """Process messages of Meta's webhook in the order of arrival, and restore leads marked as spam."""
        again = self.filtered(lambda row: row.holding == "released" and row.message_id.model == "res.partner")
        again.partner_id.active = True
        for row in again:
            row._became("lead", lead=row.partner_id)
        self -= again
        mine = self.filtered(lambda row: row.channel in (*meta.CHANNELS.values(), "other"))
        Inbound = self.env["leads.agent.inbound"]
        for company in mine.company_id:
            rows = mine.filtered(lambda row, company=company: row.company_id == company)
            Inbound.with_company(company)._take_in_all([(row, row._said()) for row in rows])
        return super(LeadsAgentReceived, self - mine)._take_in()

    def _said(self):
        """Parse the stored payload of Meta's webhook again."""
        try:
            return meta.said(json.loads(self.body))
        except (TypeError, ValueError, RecursionError):
            raise UserError(self.env._("The message cannot be read: %s", self.key)) from None

    def _lead_document(self, model, res_id):
        """Return the document if a reply to it comes from a lead: a contact or quotation of a lead."""
        if model in ("res.partner", "sale.order") and (document := self.env[model].browse(res_id).exists()):
            customer = document if model == "res.partner" else document.partner_id
            entity = customer.commercial_partner_id
            if customer.lead_stage_id or entity.lead_stage_id or entity.child_ids.filtered("lead_stage_id"):
                return document
        return super()._lead_document(model, res_id)

    def _set_lead_aside(self):
        """Archive leads created by spam, unless they were assigned or have orders."""
        leads = self.filtered(lambda row: row.message_id.model == "res.partner").partner_id
        leads.filtered(lambda lead: not lead.leads_assignment_ids and not lead.sale_order_ids).active = False
        return super()._set_lead_aside()
