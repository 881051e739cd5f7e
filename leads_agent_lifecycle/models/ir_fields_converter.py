from odoo import models


class IrFieldsConverter(models.AbstractModel):
    """A name that stands in many rows of a file of leads is looked up once."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        known = self.env.context.get("import_cache") if self.env.context.get("lead_page") and not subfield else None
        if known is None:
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = (field.comodel_name, value)
        if key not in known:
            found = super().db_id_for(model, field, subfield, value, savepoint)
            if not found[0]:
                return found
            known[key] = found
        return known[key]
