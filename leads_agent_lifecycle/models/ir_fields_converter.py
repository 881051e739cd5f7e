from odoo import models
from odoo.tools import escape_psql

from ..tools import import_rows


class IrFieldsConverter(models.AbstractModel):
    """A name that stands in many rows of a file of leads is looked up once, and may be in capitals."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        known = self.env.context.get("import_cache") if self.env.context.get("lead_page") and not subfield else None
        if known is None:
            return super().db_id_for(model, field, subfield, value, savepoint)
        # Of tags that are parted by commas, the spaces after them.
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
        """The only record of that name, in whatever case. Names of people and companies are not words."""
        if field.comodel_name == "res.partner" or not value:
            return None
        found = self.env[field.comodel_name].name_search(escape_psql(str(value)), operator="=ilike", limit=2)
        return found[0][0] if len(found) == 1 else None
