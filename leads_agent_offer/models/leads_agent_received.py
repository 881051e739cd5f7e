from odoo import api, models

from odoo.addons.leads_agent.fields import Link

# Fields of a website form that are copied to a lead created later.
FORM_FIELDS = ("name", "contact_name", "partner_name", "email_from", "phone", "street", "city", "zip", "description")


class LeadsAgentReceived(models.Model):
    """Mail and forms that create offered leads."""

    _inherit = "leads.agent.received"

    lead_id = Link("crm.lead", string="Incoming Lead", readonly=True, ondelete="set null", index="btree_not_null")

    @api.model
    def _takes_mail_as(self, model):
        return model == "crm.lead" or super()._takes_mail_as(model)

    def _lead_document(self, model, res_id):
        if model == "crm.lead":
            lead = self.env[model].browse(res_id).exists()
            return lead if lead.team_id.leads_offer_routing else None
        return super()._lead_document(model, res_id)

    @api.model
    def _links_to(self, document):
        links = super()._links_to(document)
        if document and document._name == "crm.lead":
            links |= {"lead_id": document.id, "company_id": (document.company_id or self.env.company).id}
        return links

    def _set_lead_aside(self):
        """Archive the lead, which takes back its offer."""
        self.lead_id.active = False
        return super()._set_lead_aside()

    def _take_in(self):
        """Restore and route leads that were marked as spam by mistake."""
        again = self.filtered(lambda row: row.holding == "released" and row.lead_id)
        for row in again:
            row.lead_id.active = True
            row._became("lead", lead=row.lead_id.partner_id)
        again.lead_id._leads_route_incoming()
        return super(LeadsAgentReceived, self - again)._take_in()

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    @api.model
    def _takes_form(self, params):
        if params.get("model_name") == "crm.lead" and self._form_team(params).leads_offer_routing:
            return True
        return super()._takes_form(params)

    @api.model
    def _form_team(self, params):
        """Return the call center named in the form, else that of the website."""
        named = str(params.get("team_id") or "")
        if not named.isdecimal() and "website" in self.env:
            website = self.env["website"].get_current_website()
            return website.crm_default_team_id if "crm_default_team_id" in website else self.env["crm.team"]
        return self.env["crm.team"].browse(int(named[:9] or 0)).exists()

    def _form_made(self, record):
        if record._name != "crm.lead":
            return super()._form_made(record)
        return self._became("lead", lead=record.partner_id, **self._links_to(record))

    def _form_again(self, model, params):
        if model != "crm.lead":
            return super()._form_again(model, params)
        values = {name: params[name] for name in FORM_FIELDS if params.get(name)}
        others = [f"{name}: {value}" for name, value in params.items() if name not in (*FORM_FIELDS, "team_id")]
        values["description"] = "\n".join(filter(None, (values.get("description"), *others)))
        lead = self.env[model].create(
            {
                **values,
                "name": values.get("name") or self.subject or self.env._("Website form"),
                "team_id": self._form_team(params).id,
                "user_id": False,
            }
        )
        self._sources().write({"res_model": lead._name, "res_id": lead.id})
        return lead
