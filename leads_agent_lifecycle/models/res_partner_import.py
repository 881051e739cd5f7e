import itertools

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from ..tools import codes


class ResPartner(models.Model):
    """Leads from a file: who is known by code, e-mail or number is corrected, the others are entered."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes()
    def get_import_templates(self):
        """On the leads page, the import dialog offers a file with the columns of a lead."""
        if not self.env.context.get("lead_page"):
            return super().get_import_templates()
        return [
            {
                "label": self.env._("Import template for leads"),
                "template": "/leads_agent_lifecycle/static/csv/leads_agent_lifecycle_leads.csv",
            }
        ]

    @api.model
    @takes(fields=given.names, data=given.table)
    def load(self, fields, data):
        """On the leads page, rows of known leads get their ids; a file that names ids itself is taken as it is."""
        if self.env.context.get("lead_page") and not {"id", ".id"} & set(fields):
            # Of a long file, Odoo hands over all that is left, and takes in so many rows of it.
            ids = self._lead_match_rows(fields, data[: self.env.context.get("_import_limit")])
            fields = [*fields, ".id"]
            data = [[*row, lead_id and str(lead_id)] for row, lead_id in itertools.zip_longest(data, ids)]
        return super().load(fields, data)

    @api.model
    def _lead_match_rows(self, fields, data):
        """The customer whom each row of a file is about, or False: by code, else by e-mail, else by number.

        Of several, the oldest counts. Customers out of the user's sight are nobody's match.
        """
        found = [False] * len(data)
        for column, stored, read in (
            ("lead_code", "lead_code", codes.clean_code),
            ("email", "email_normalized", email_normalize),
            ("phone", "phone_sanitized", lambda text: self._phone_format(number=text) if text else False),
        ):
            if column not in fields:
                continue
            place = fields.index(column)
            keys = [read(row[place]) or None if place < len(row) else None for row in data]
            domain = Domain(stored, "in", list({key for key in keys if key})) & Domain("partner_share", "=", True)
            known = {lead[stored]: lead.id for lead in self.search(domain, order="id desc")}
            found = [lead_id or known.get(key, False) for lead_id, key in zip(found, keys, strict=True)]
        return found
