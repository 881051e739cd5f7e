"""What an agent should see, in SQL: the specification that the visibility test compares the record rules with.

It uses the settings and the assignments, not the record rules or what these depend on: it reads neither the stored
holders nor the properties of the user. So a wrong stored holder shows as a difference too.
"""

from dataclasses import dataclass
from datetime import datetime

from odoo.tools import SQL

from odoo.addons.leads_agent.tools.terms import PARTIAL_STATES

# Models with a specification of their own: model -> method of Sight.
SPECIFIED = {
    "res.partner": "partner",
    "sale.order": "order",
    "sale.order.line": "line",
    "leads.agent.assignment": "assignment",
    "leads.agent.history": "history",
}


@dataclass(frozen=True)
class Sight:
    """The sight of one agent, by the strictest of the agent's companies.

    Each method returns a condition on the row of an alias.
    """

    agent_id: int
    # Companies of the agent, and these with their parent companies, whose customers belong to the branches too.
    company_ids: tuple[int, ...]
    ancestor_ids: tuple[int, ...]
    locked: bool
    partial_only: bool
    now: datetime

    def _held(self, customer: SQL) -> SQL:
        """Condition that the agent holds this commercial customer, or is in the grace after resolving."""
        return SQL(
            """EXISTS (
                SELECT FROM leads_agent_assignment held
                 WHERE held.partner_id = %s AND held.agent_id = %s
                   AND (held.state = 'active' OR held.visible_until > %s))""",
            customer,
            self.agent_id,
            self.now,
        )

    def _customer_locked_away(self, alias: str) -> SQL:
        return SQL(
            """(%(share)s IS TRUE AND NOT %(held)s
                AND NOT EXISTS (SELECT FROM res_company own WHERE own.partner_id = %(id)s))""",
            share=SQL.identifier(alias, "partner_share"),
            held=self._held(SQL.identifier(alias, "commercial_partner_id")),
            id=SQL.identifier(alias, "id"),
        )

    def _order_locked_away(self, alias: str) -> SQL:
        """Condition that the order is out of sight by the settings, regardless of its company."""
        reasons = []
        if self.partial_only:
            reasons.append(SQL("%s NOT IN %s", SQL.identifier(alias, "state"), PARTIAL_STATES))
        if self.locked:
            reasons.append(
                SQL(
                    "NOT EXISTS (SELECT FROM res_partner ordering WHERE ordering.id = %s AND %s)",
                    SQL.identifier(alias, "partner_id"),
                    self._held(SQL.identifier("ordering", "commercial_partner_id")),
                )
            )
        if not reasons:
            return SQL("FALSE")
        return SQL(
            "((%s) AND (%s = %s AND %s > %s) IS NOT TRUE)",
            SQL(" OR ").join(reasons),
            SQL.identifier(alias, "leads_completed_by_id"),
            self.agent_id,
            SQL.identifier(alias, "leads_completed_until"),
            self.now,
        )

    def _of_companies(self, alias: str, column: str = "company_id") -> SQL:
        return SQL("%s IN %s", SQL.identifier(alias, column), self.company_ids)

    def _customer_of_companies(self, alias: str) -> SQL:
        column = SQL.identifier(alias, "company_id")
        return SQL("(%s IS NULL OR %s IN %s)", column, column, self.ancestor_ids)

    # ------------------------------------------------------------------
    # Visible rows, by model
    # ------------------------------------------------------------------

    def partner(self, alias: str) -> SQL:
        """Customers of the companies, only the held ones when locked; always colleagues and the own companies."""
        seen = SQL("(%s OR %s IS NOT TRUE)", self._customer_of_companies(alias), SQL.identifier(alias, "partner_share"))
        return SQL("(%s AND NOT %s)", seen, self._customer_locked_away(alias)) if self.locked else seen

    def order(self, alias: str) -> SQL:
        return SQL("(%s AND NOT %s)", self._of_companies(alias), self._order_locked_away(alias))

    def line(self, alias: str) -> SQL:
        return SQL(
            "EXISTS (SELECT FROM sale_order seen_order WHERE seen_order.id = %s AND %s)",
            SQL.identifier(alias, "order_id"),
            self.order("seen_order"),
        )

    def assignment(self, alias: str) -> SQL:
        return SQL("(%s = %s AND %s)", SQL.identifier(alias, "agent_id"), self.agent_id, self._of_companies(alias))

    def history(self, alias: str) -> SQL:
        """History of customers in sight, about documents in sight."""
        conditions = [
            SQL(
                "EXISTS (SELECT FROM res_partner about WHERE about.id = %s AND %s%s)",
                SQL.identifier(alias, "partner_id"),
                self._customer_of_companies("about"),
                SQL(" AND NOT %s", self._customer_locked_away("about")) if self.locked else SQL(),
            ),
            SQL("(%s IS NULL OR %s)", SQL.identifier(alias, "order_id"), self.line(alias)),
            SQL(
                """(%(assignment)s IS NULL OR EXISTS (
                    SELECT FROM leads_agent_assignment about WHERE about.id = %(assignment)s AND %(company)s))""",
                assignment=SQL.identifier(alias, "assignment_id"),
                company=self._of_companies("about"),
            ),
        ]
        return SQL("(%s)", SQL(" AND ").join(conditions))

    # ------------------------------------------------------------------
    # Rows linked to records out of sight
    # ------------------------------------------------------------------

    def hides(self, model: str) -> bool:
        """Whether the settings hide any customers, or orders, from this agent."""
        return self.locked if model == "res.partner" else self.locked or self.partial_only

    def hidden(self, model: str, record_id: SQL) -> SQL:
        """Condition that the customer or order with this ID exists and is out of sight by the settings."""
        table, condition = (
            ("res_partner", self._customer_locked_away("hidden"))
            if model == "res.partner"
            else ("sale_order", self._order_locked_away("hidden"))
        )
        return SQL(
            "EXISTS (SELECT FROM %s hidden WHERE hidden.id = %s AND %s)", SQL.identifier(table), record_id, condition
        )
