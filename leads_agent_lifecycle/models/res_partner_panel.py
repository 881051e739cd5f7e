from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Beyond so many, the panel says "more": a count that walks every lead would take longer than the page itself.
COUNTED = 1000
# Of cities and zip codes, the panel lists the commonest.
PLACES = 20
# Places and companies are chosen in the panel by the text itself: who writes by the website types the company.
TEXTS = {"lead_city": "city", "lead_zip": "zip", "lead_company": "commercial_company_name"}


def _counted_by(column):
    """An index that answers the panel by itself: it has whatever the page and the rule of companies ask of a lead."""
    besides = ", ".join(name for name in ("lead_activity", "active", "partner_share", "company_id") if name != column)
    return models.Index(f"({column}, {besides}) WHERE lead_stage_id IS NOT NULL")


class ResPartner(models.Model):
    """The panel at the left of the leads page: a count for each value, which ends at a thousand.

    Odoo counts with one grouping over all records for each dimension. Here each value is counted through its index up
    to :data:`COUNTED`, which takes as long for 200,000 leads as for 2,000.
    """

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    lead_city = fields.Selection(
        "_selection_of_texts",
        string="City of the Lead",
        compute="_compute_texts",
        search="_search_lead_city",
        export_string_translation=False,
        help="For the panel alone.",
    )
    lead_company = fields.Selection(
        "_selection_of_texts",
        string="Company of the Lead",
        compute="_compute_texts",
        search="_search_lead_company",
        export_string_translation=False,
        help="For the panel alone.",
    )
    lead_zip = fields.Selection(
        "_selection_of_texts",
        string="Zip of the Lead",
        compute="_compute_texts",
        search="_search_lead_zip",
        export_string_translation=False,
        help="For the panel alone.",
    )

    _lead_activity_idx = _counted_by("lead_activity")
    _lead_info_idx = _counted_by("lead_info")
    _lead_channel_idx = _counted_by("lead_channel")
    _lead_stage_idx = _counted_by("lead_stage_id")
    _lead_status_idx = _counted_by("lead_status_id")
    _lead_account_type_idx = _counted_by("lead_account_type")
    _lead_contact_role_idx = _counted_by("lead_contact_role")
    _lead_loyalty_idx = _counted_by("lead_loyalty")
    _lead_company_idx = _counted_by("commercial_company_name")
    _lead_relationship_idx = _counted_by("lead_relationship")
    _lead_gender_idx = _counted_by("lead_gender")
    _lead_marital_idx = _counted_by("lead_marital")
    _lead_birthdate_idx = _counted_by("lead_birthdate")
    _lead_city_idx = _counted_by("city")
    _lead_country_idx = _counted_by("country_id")
    _lead_state_idx = _counted_by("state_id")

    @api.model
    def _selection_of_texts(self):
        return []

    def _compute_texts(self):
        self.lead_city = False
        self.lead_zip = False
        self.lead_company = False

    def _search_lead_city(self, operator, value):
        return Domain("city", operator, value)

    def _search_lead_zip(self, operator, value):
        return Domain("zip", operator, value)

    def _search_lead_company(self, operator, value):
        return Domain("commercial_company_name", operator, value)

    @api.model
    def _search_panel_domain_image(self, field_name, domain, set_count=False, limit=False):
        if not field_name.startswith("lead_") and not self.env.context.get("lead_page"):
            return super()._search_panel_domain_image(field_name, domain, set_count, limit)
        domain = Domain(domain) & Domain("lead_stage_id", "!=", False)
        values = self._lead_panel_values(field_name, domain)
        if field_name in TEXTS or not values:
            return values
        counts = self._lead_panel_counts(field_name, domain, list(values))
        return {
            value: {**element, "__count": counts[value]} if set_count else element
            for value, element in values.items()
            if counts[value]
        }

    @api.model
    def _lead_panel_values(self, field_name, domain):
        """The values of a dimension that are worth counting, as the panel wants them."""
        if field_name in TEXTS:
            return self._lead_panel_texts(TEXTS[field_name], domain)
        field = self._fields[field_name]
        if field.type == "selection":
            labels = field._description_selection(self.env)
            return {value: {"id": value, "display_name": label} for value, label in labels}
        # A leap through the index from one value to the next: as many steps as there are values.
        self.flush_model([field_name, "lead_stage_id"])
        column = SQL.identifier(field_name)
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
        records = self.env[field.comodel_name].browse(row[0] for row in rows)._filtered_access("read")
        return {record.id: {"id": record.id, "display_name": record.display_name} for record in records.sorted()}

    @api.model
    def _lead_panel_counts(self, field_name, domain, values):
        """How many leads have each value, up to :data:`COUNTED` and one, in one statement.

        What is searched for is worked out once; only the value differs.
        """
        query = self._search(domain)
        stored = self._fields[field_name].store
        self.flush_model([field_name if stored else "lead_birthdate"])
        if stored:
            column = self._field_to_sql(self._table, field_name, query)
        selects = []
        for place, value in enumerate(values):
            condition = SQL("%s = %s", column, value) if stored else self._lead_age_sql(value)
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

    @api.model
    def _lead_panel_texts(self, column, domain):
        """The commonest places among the newest leads that fit."""
        query = self._search(domain & Domain(column, "!=", False), order="lead_at DESC, id DESC", limit=COUNTED)
        self.flush_model([column])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(column)s, count(*) FROM res_partner WHERE id IN %(ids)s
              GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
                """,
                column=SQL.identifier(column),
                ids=query.subselect(),
                limit=PLACES,
            )
        )
        return {text: {"id": text, "display_name": text, "__count": count} for text, count in rows}
