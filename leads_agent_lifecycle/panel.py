"""The panel on the left of the leads page, with a count per value up to one thousand.

Odoo counts with one grouping over all records per dimension. Here each value is counted through its index up to
:data:`COUNTED`, which takes as long for 200,000 leads as for 2,000.
"""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .profile import age_sql

# Above this, the panel shows "more": counting every lead would take longer than the page itself.
COUNTED = 1000
# Maximum cities and zip codes in the panel, the most common ones first.
PLACES = 20
# Places and companies are filtered by text: leads from the website have only a typed company name.
TEXTS = {"lead_city": "city", "lead_zip": "zip", "lead_company": "commercial_company_name"}


def counted_by(column):
    """Return an index that covers the counts: it has the columns in the domain of the page and the company rule."""
    besides = ", ".join(name for name in ("lead_activity", "active", "partner_share", "company_id") if name != column)
    return models.Index(f"({column}, {besides}) WHERE lead_stage_id IS NOT NULL")


def text_of_panel(label, column):
    """Return a field by which the panel filters places or companies."""
    return fields.Selection(
        selection=lambda partners: [],
        string=label,
        compute="_compute_texts",
        search=lambda partners, operator, value: Domain(column, operator, value),
        export_string_translation=False,
        help="Used in the search panel only.",
    )


class Panel:
    """One dimension of the panel: a field of the leads."""

    def __init__(self, partners, field_name):
        self.env, self.partners, self.field_name = partners.env, partners, field_name

    def image(self, domain, set_count):
        """Return the values of the dimension among the leads of a domain, with counts.

        :returns: as Odoo's ``_search_panel_domain_image``
        """
        domain = Domain(domain) & Domain("lead_stage_id", "!=", False)
        values = self._values(domain)
        if self.field_name in TEXTS or not values:
            return values
        counts = self._counts(domain, list(values))
        return {
            value: {**element, "__count": counts[value]} if set_count else element
            for value, element in values.items()
            if counts[value]
        }

    def _values(self, domain):
        """Return the values of a dimension as elements of the panel."""
        if self.field_name in TEXTS:
            return self._texts(TEXTS[self.field_name], domain)
        field = self.partners._fields[self.field_name]
        if field.type == "selection":
            labels = field._description_selection(self.env)
            return {value: {"id": value, "display_name": label} for value, label in labels}
        # An index skip scan, from one value to the next: as many steps as there are values.
        self.partners.flush_model([self.field_name, "lead_stage_id"])
        column = SQL.identifier(self.field_name)
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE t AS (
                    (SELECT %(column)s AS v FROM res_partner WHERE lead_stage_id IS NOT NULL AND %(column)s IS NOT NULL
                   ORDER BY %(column)s LIMIT 1)
                    UNION ALL
                    SELECT (SELECT %(column)s FROM res_partner
                             WHERE lead_stage_id IS NOT NULL AND %(column)s > t.v ORDER BY %(column)s LIMIT 1)
                      FROM t WHERE t.v IS NOT NULL)
                SELECT v FROM t WHERE v IS NOT NULL LIMIT 200
                """,
                column=column,
            )
        )
        records = self.env[field.comodel_name].browse(value for (value,) in rows)._filtered_access("read")
        return {record.id: {"id": record.id, "display_name": record.display_name} for record in records.sorted()}

    def _counts(self, domain, values):
        """Return the number of leads with each value, up to :data:`COUNTED` plus one, in one statement.

        The domain is compiled once; only the value differs.
        """
        query = self.partners._search(domain)
        stored = self.partners._fields[self.field_name].store
        self.partners.flush_model([self.field_name if stored else "lead_birthdate"])
        if stored:
            column = self.partners._field_to_sql(self.partners._table, self.field_name, query)
        selects = []
        for place, value in enumerate(values):
            condition = SQL("%s = %s", column, value) if stored else age_sql(self.partners, value)
            selects.append(
                SQL(
                    "SELECT %s, (SELECT count(*) FROM (SELECT FROM %s WHERE %s AND %s LIMIT %s) t)",
                    place,
                    query.from_clause,
                    query.where_clause,
                    condition,
                    COUNTED + 1,
                )
            )
        return {values[place]: count for place, count in self.env.execute_query(SQL(" UNION ALL ").join(selects))}

    def _texts(self, column, domain):
        """Return the most common texts among the newest leads of the domain."""
        query = self.partners._search(
            domain & Domain(column, "!=", False), order="lead_at DESC, id DESC", limit=COUNTED
        )
        # sudo: res.partner - only counts of leads that the user may read
        newest = self.partners.sudo().with_context(active_test=False)
        groups = newest._read_group(
            Domain("id", "in", query), [column], ["__count"], order=f"__count DESC, {column}", limit=PLACES
        )
        return {text: {"id": text, "display_name": text, "__count": count} for text, count in groups}
