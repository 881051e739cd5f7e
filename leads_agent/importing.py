"""Assignments that a manager creates or imports: rows of customer, agent and reason.

An import is all or nothing, as in Odoo: all refused rows get their messages at once, and nothing is assigned until all
rows are valid. A thousand rows cost a few queries.
"""

from odoo.api import Environment
from odoo.exceptions import UserError

from .assigning import Assigning, Request, Result, Terms
from .tools.csv_cells import neutral

ALLOWED = frozenset(("partner_id", "agent_id", "reason"))


class Refusals(list):
    """Messages of an import about rows that were refused. A class of our own: no RPC client can send one."""

    # Equal contexts share an environment: without this, that of an earlier import with an empty list would be reused.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Rows:
    """The values of the rows, as they were sent.

    :param env: of the manager, who may create assignments
    """

    def __init__(self, env: Environment, vals_list: list[dict]):
        self.env = env
        self.vals_list = vals_list

    def assign(self, source: str) -> list[Result]:
        """Assign the customer of each row to the agent of the row, all together.

        :returns: a result per row; a customer who is in an earlier row too is refused, and so are all rows of
            users who may not hold leads
        :raises UserError: when a row is not made of customer, agent and reason
        """
        for vals in self.vals_list:
            self._check(vals)
        results, rows = self._sort()
        requests = [
            Request(vals["partner_id"], vals["agent_id"], neutral(vals.get("reason")))
            for vals in (self.vals_list[row] for row in rows)
        ]
        # sudo: leads.agent.assignment - only managers get here, and assigning writes columns that users may not write
        results |= zip(rows, Assigning(self.env(su=True), Terms(source)).run(requests), strict=True)
        return [results[row] for row in range(len(self.vals_list))]

    def _check(self, vals: dict) -> None:
        if unknown := {key for key, value in vals.items() if value} - ALLOWED:
            raise UserError(self.env._("An assignment cannot be created with: %s", ", ".join(sorted(unknown))))
        for name in ("partner_id", "agent_id"):
            if type(vals.get(name) or 0) is not int:
                raise UserError(self.env._("An assignment needs the ids of a customer and an agent."))

    def _sort(self) -> tuple[dict[int, Result], list[int]]:
        """Return the rows that can be refused before checking the agents, and the numbers of the others."""
        partners = self.env["res.partner"].browse({vals.get("partner_id") or 0 for vals in self.vals_list} - {0})
        partners = partners.exists()
        readable = partners._filtered_access("read")
        # sudo: res.partner - the commercial customer of the contacts in the rows
        commercial_of = {partner.id: partner.commercial_partner_id.id for partner in partners.sudo()}
        agents = self.env["res.users"].browse({vals.get("agent_id") or 0 for vals in self.vals_list} - {0}).exists()
        refused, rows, first = {}, [], {}
        for row, vals in enumerate(self.vals_list):
            partner_id = vals.get("partner_id") or 0
            if vals.get("agent_id") not in agents._ids:
                refused[row] = self._failure("failed", self.env._("Choose the Leads Agent who gets the leads."))
            elif partner_id not in commercial_of:
                refused[row] = self._failure("gone", self.env["leads.agent.wording"]._verdict("gone"))
            elif partner_id not in readable._ids:
                refused[row] = self._failure("not_visible", self.env._("You may not read this customer."))
            elif first.setdefault(commercial_of[partner_id], row) != row:
                name = partners.browse(partner_id).display_name
                refused[row] = self._failure("already", self.env._("%s is already in an earlier row.", name))
            else:
                rows.append(row)
        return refused, rows

    def _failure(self, result: str, reason: str) -> Result:
        nobody = self.env["res.users"]
        return Result(result, reason, self.env["res.partner"], 0, nobody, self.env["leads.agent.assignment"])
