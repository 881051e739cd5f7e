from odoo import api, fields, models

from odoo.addons.leads_agent.fields import Link

# Days for which the report of an import is kept.
KEPT_DAYS = 90


class LeadsAgentImportLine(models.Model):
    """A row of an imported file of leads, and the result."""

    _name = "leads.agent.import.line"
    _description = "Imported Row"
    _order = "id desc"
    _rec_name = "partner_id"

    company_id = Link("res.company", required=True, readonly=True, ondelete="cascade")
    row = fields.Integer(
        string="Line",
        readonly=True,
        aggregator=None,
        help="In the file, with its header as line 1. Empty lines are not counted.",
    )
    partner_id = Link("res.partner", string="Lead", readonly=True, ondelete="cascade", index=True)
    result = fields.Selection(
        [("entered", "Entered"), ("changed", "Changed"), ("same", "Unchanged")], required=True, readonly=True
    )
    matched_by = fields.Selection(
        [("id", "ID"), ("code", "Contact Code"), ("email", "E-mail"), ("phone", "Phone"), ("row", "Same as Line")],
        readonly=True,
        help="How the row was matched with a known lead. Empty for a new lead.",
    )
    changes = fields.Text(readonly=True)
    left_alone = fields.Text(readonly=True, help="Values of the file that were not imported, and why.")

    _newest = models.Index("(create_date)")

    @api.model
    def _report(self, lines):
        """Elevated: store the results of the rows of a file.

        :param lines: list of values
        """
        self.create([{"company_id": self.env.company.id, **line} for line in lines])

    @api.autovacuum
    def _gc_old(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("create_date", "<", before)], limit=10_000).unlink()
