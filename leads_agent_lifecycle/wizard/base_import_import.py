from odoo import api, models

from odoo.addons.base_import.models.base_import import FIELDS_RECURSION_LIMIT, ImportValidationError
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from ..tools import import_rows

SEPARATORS = (",", ";", "\t", "|")
# Options of the import dialog for files of leads.
TICKS = ("lead_blank_clears", "lead_moves_back")


class BaseImport(models.TransientModel):
    """Pass the options of the import dialog on the leads page to :meth:`load` of leads."""

    _inherit = "base_import.import"

    @takes(options=given.values)
    def execute_import(self, fields, columns, options, dryrun=False):
        ticked = {name: bool(options.get(name)) for name in TICKS}
        skipped = options.get("skip")
        first_line = 1 + (skipped if isinstance(skipped, int) else 0) + bool(options.get("has_headers"))
        wizard = self.with_context(**ticked, lead_first_line=first_line)
        result = super(BaseImport, wizard).execute_import(fields, columns, options, dryrun=dryrun)
        leads = result.pop("lead_of_rows", ())
        if result.get("ids") and leads:
            # The dialog adds photos by lead, not by row.
            for name, files in result.get("binary_filenames", {}).items():
                file_of = {lead_id: file for lead_id, file in zip(leads, files, strict=False) if lead_id and file}
                result["binary_filenames"][name] = [file_of.get(lead_id) for lead_id in result["ids"]]
        return result

    @api.model
    def get_fields_tree(self, model, depth=FIELDS_RECURSION_LIMIT):
        """Leave out fields that store nothing, such as the search field that Odoo suggests for *Phone Number*."""
        tree = super().get_fields_tree(model, depth=depth)
        if not self.env.context.get("lead_page"):
            return tree
        kept = {
            name for name, field in self.env[model]._fields.items() if field.store or field.inverse or field.related
        }
        # Names of properties contain a dot.
        return [one for one in tree if one["name"].split(".")[0] in kept or one["name"] == "id"]

    def _read_csv(self, options):
        """Also read rows of different lengths, old Mac line breaks and Excel's ``sep=`` line."""
        if not self.env.context.get("lead_page"):
            return super()._read_csv(options)
        file = self.file or b""
        if b"\r" in file and b"\n" not in file and b"\0" not in file:
            self.file = file.replace(b"\r", b"\n")
        length, rows = super()._read_csv(options)
        if rows and not options.get("separator"):
            options["separator"] = max(SEPARATORS, key=",".join(rows[0]).count)
            length, rows = super()._read_csv(options)
        if rows and rows[0][0].lower().startswith("sep="):
            length, rows = length - 1, rows[1:]
        return length, rows

    def _read_file(self, options):
        length, rows = super()._read_file(options)
        if self.env.context.get("lead_page"):
            try:
                rows = import_rows.rectangular(rows, options.get("has_headers"))
            except ValueError as error:
                raise ImportValidationError(
                    self.env._(
                        "Line %(line)s has more cells than the first line. Check the separator. Cells that contain the "
                        "separator need quotes.",
                        line=error.args[0] + 1,
                    )
                ) from error
            # Odoo would read blanks as an invalid date, and create a record for a blank row.
            rows = [["" if import_rows.is_blank(cell) else cell for cell in row] for row in rows]
        return length, rows

    def _handle_fallback_values(self, import_field, input_file_data, fallback_values):
        """Do not apply the fallback for unreadable values to blank cells."""
        if not self.env.context.get("lead_page"):
            return super()._handle_fallback_values(import_field, input_file_data, fallback_values)
        blanks = [[import_rows.is_blank(cell) for cell in row] for row in input_file_data]
        data = super()._handle_fallback_values(import_field, input_file_data, fallback_values)
        return [
            ["" if is_blank else cell for cell, is_blank in zip(row, blank_row, strict=True)]
            for row, blank_row in zip(data, blanks, strict=True)
        ]
