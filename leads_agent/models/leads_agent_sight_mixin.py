from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

# Documents that agents see in part only.
DOCUMENTS = ("res.partner", "sale.order")


class LeadsAgentSightMixin(models.AbstractModel):
    """What hangs on a document by its model and id, and must go out of sight together with it.

    Odoo lets authors, recipients and responsible users read it anyway; a record rule on ``leads_in_sight`` does not,
    neither agents nor those who were (``leads_needs_sight`` of the user).
    """

    _name = "leads.agent.sight.mixin"
    _description = "In Sight Together With Its Document"

    leads_in_sight = fields.Boolean(
        compute="_compute_leads_in_sight", search="_search_leads_in_sight", export_string_translation=False
    )

    @api.model
    def _leads_document_fields(self):
        """Names of the fields with the model and the id of the document."""
        return ("model", "res_id") if "model" in self._fields else ("res_model", "res_id")

    @api.depends(lambda self: self._leads_document_fields())
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_leads_in_sight(self):
        model_field, id_field = self._leads_document_fields()
        by_model = defaultdict(list)
        # sudo: mail.message, mail.activity - only the document is read here, to find out whether the user may read it
        for record in self.sudo():
            if record[model_field] in DOCUMENTS:
                by_model[record[model_field]].append(record[id_field])
        readable = {
            model: set(self.env[model].sudo(False).browse(ids).exists()._filtered_access("read")._ids)
            for model, ids in by_model.items()
        }
        for record, record_sudo in zip(self, self.sudo(), strict=True):
            ids = readable.get(record_sudo[model_field])
            record.leads_in_sight = ids is None or record_sudo[id_field] in ids

    def _search_leads_in_sight(self, operator, value):
        if operator != "in":
            return NotImplemented
        model_field, id_field = self._leads_document_fields()
        domain = Domain(model_field, "not in", DOCUMENTS) | Domain(model_field, "=", False)
        for model in filter(lambda name: self.env[name].sudo(False).has_access("read"), DOCUMENTS):
            readable = self.env[model].sudo(False).with_context(active_test=False)._search([])
            domain |= Domain(model_field, "=", model) & Domain(id_field, "in", readable)
        return domain if True in value else ~domain
