from odoo import models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

# What somebody may tick beside a file of leads.
TICKS = ("lead_blank_clears", "lead_moves_back")


class BaseImport(models.TransientModel):
    """What may be ticked in the import dialog of the leads page, told to :meth:`load` of the leads."""

    _inherit = "base_import.import"

    @takes(options=given.values)
    def execute_import(self, fields, columns, options, dryrun=False):
        ticked = {name: bool(options.get(name)) for name in TICKS}
        skipped = options.get("skip")
        first_line = 1 + (skipped if isinstance(skipped, int) else 0) + bool(options.get("has_headers"))
        wizard = self.with_context(**ticked, lead_first_line=first_line)
        return super(BaseImport, wizard).execute_import(fields, columns, options, dryrun=dryrun)

    def _convert_import_data(self, fields, options):
        data, names = super()._convert_import_data(fields, options)
        if self.env.context.get("lead_page"):
            # Odoo would take blanks for a date that cannot be read.
            data = [["" if isinstance(cell, str) and not cell.strip() else cell for cell in row] for row in data]
        return data, names
