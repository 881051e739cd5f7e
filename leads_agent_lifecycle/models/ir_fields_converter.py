from odoo import models
from odoo.tools import escape_psql

from ..tools import import_rows


class IrFieldsConverter(models.AbstractModel):
    """Look up each name in a file of leads once, ignoring case."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        known = self.env.context.get("import_cache") if self.env.context.get("lead_page") and not subfield else None
        if known is None:
            return super().db_id_for(model, field, subfield, value, savepoint)
        # Tags separated by commas have spaces after them.
        value = import_rows.stripped(value)
        key = (field.comodel_name, value)
        if key not in known:
            found = (self._lead_id_of_word(field, value), [])
            if not found[0]:
                found = super().db_id_for(model, field, subfield, value, savepoint)
            if not found[0]:
                return found
            known[key] = found
        return known[key]

    def _lead_id_of_word(self, field, value):
        """Return the only record with that name, ignoring case; None for names of people and companies."""
        if field.comodel_name == "res.partner" or not value:
            return None
        found = self.env[field.comodel_name].name_search(escape_psql(str(value)), operator="=ilike", limit=2)
        return found[0][0] if len(found) == 1 else None
