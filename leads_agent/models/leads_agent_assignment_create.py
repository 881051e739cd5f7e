from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..arguments import takes
from ..assigning import Assigning, Request, Result, Terms
from ..tools import given
from ..tools.csv_cells import neutral

ALLOWED = frozenset(("partner_id", "agent_id", "reason"))


class Refusals(list):
    """Messages of an import about rows that were refused. A class of our own: no RPC client can send one."""

    # Environments of equal contexts are one: that of an earlier import, which has an empty list too, would be taken.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class LeadsAgentAssignment(models.Model):
    """Assignments that a manager creates or imports: rows of customer, agent and reason.

    An import is all or nothing, as Odoo's are: each refused row gets its sentence in one go, and nothing is assigned
    until all rows can be. A thousand rows cost a few queries.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        """Assign as everybody does, so that an import or an RPC client gets the same checks and sentences.

        :raises UserError: with the reason of the first customer that cannot be assigned
        """
        if not vals_list:
            return super().create(vals_list)
        records = self.browse()
        for result in self._assign_rows(vals_list):
            if result.result == "not_visible":
                raise AccessError(result.reason)
            if result.result != "assigned":
                raise UserError(result.reason)
            records += result.assignment
        return records.sudo(self.env.su)

    @api.model
    @takes()
    def get_import_templates(self):
        """The file that the import dialog offers to fill in."""
        return [
            {
                "label": self.env._("Import template for assignments"),
                "template": "/leads_agent/static/xls/leads_agent_assignment.xlsx",
            }
        ]

    @api.model
    @takes(fields=given.names, data=given.table)
    def load(self, fields, data):
        """As Odoo's import, with a line for each row that the door refuses; then nothing at all is assigned."""
        refusals = Refusals()
        savepoint = self.env.cr.savepoint()
        result = super(LeadsAgentAssignment, self.with_context(leads_import_refusals=refusals)).load(fields, data)
        savepoint.close(rollback=bool(refusals))
        if refusals:
            # A cell that Odoo could not read has its line already.
            named = {message.get("record") for message in result["messages"]}
            refusals = [message for message in refusals if message["record"] not in named]
            result.update(ids=False, messages=result["messages"] + refusals)
        return result

    def _load_records(self, data_list, update=False):
        refusals = self.env.context.get("leads_import_refusals")
        plain = all(not data.get("xml_id") and not data["values"].get("id") for data in data_list)
        if not isinstance(refusals, Refusals) or not plain:
            return super()._load_records(data_list, update)
        records = self.browse()
        for data, result in zip(
            data_list, self._assign_rows([data["values"] for data in data_list], source="import"), strict=True
        ):
            if result.result == "assigned":
                records += result.assignment
            else:
                refusals.append({**data["info"], "type": "error", "message": result.reason})
        return records.sudo(self.env.su)

    @api.model
    def _assign_rows(self, vals_list, source=None):
        """Give each row's customer to the row's agent, all together.

        :returns: one :class:`assigning.Result` per row; a customer who stands in an earlier row as well is refused, and
            so are all rows of somebody who may not hold leads
        :raises AccessError: when the user is no Leads Manager
        :raises UserError: when a row is no row of customer, agent and reason
        """
        self.env.user._check_leads_manager()
        self.check_access("create")
        for vals in vals_list:
            self._check_row(vals)
        if source is None:
            source = "import" if self.env.context.get("import_file") else "manual"
        results, rows = self._sort_rows(vals_list)
        requests = [
            Request(vals_list[row]["partner_id"], vals_list[row]["agent_id"], neutral(vals_list[row].get("reason")))
            for row in rows
        ]
        # sudo: leads.agent.assignment - only managers come here, and assigning writes columns that nobody may write
        results |= zip(rows, Assigning(self.sudo().env, Terms(source)).run(requests), strict=True)
        return [results[row] for row in range(len(vals_list))]

    def _check_row(self, vals):
        """:raises UserError: when a row says more than customer, agent and reason, or says it badly"""
        if unknown := {key for key, value in vals.items() if value} - ALLOWED:
            raise UserError(self.env._("An assignment cannot be created with: %s", ", ".join(sorted(unknown))))
        for name in ("partner_id", "agent_id"):
            if type(vals.get(name) or 0) is not int:
                raise UserError(self.env._("An assignment needs the ids of a customer and an agent."))

    def _sort_rows(self, vals_list):
        """Rows that can be refused before anything is asked of the agents, and the numbers of the others.

        :returns: ``({row: Result}, rows)``
        """
        partners = self.env["res.partner"].browse({vals.get("partner_id") or 0 for vals in vals_list} - {0}).exists()
        readable = partners._filtered_access("read")
        # sudo: res.partner - the commercial customer of what the caller named
        commercial_of = {partner.id: partner.commercial_partner_id.id for partner in partners.sudo()}
        agents = self.env["res.users"].browse({vals.get("agent_id") or 0 for vals in vals_list} - {0}).exists()
        refused, rows, first = {}, [], {}
        for row, vals in enumerate(vals_list):
            partner_id = vals.get("partner_id") or 0
            if vals.get("agent_id") not in agents._ids:
                refused[row] = self._refused_row("failed", self.env._("Choose the Leads Agent who gets the leads."))
            elif partner_id not in commercial_of:
                refused[row] = self._refused_row("gone", self._verdict_sentence("gone", "", "", ""))
            elif partner_id not in readable._ids:
                refused[row] = self._refused_row("not_visible", self.env._("You may not read this customer."))
            elif first.setdefault(commercial_of[partner_id], row) != row:
                refused[row] = self._refused_row(
                    "already",
                    self.env._("%s stands in an earlier row already.", partners.browse(partner_id).display_name),
                )
            else:
                rows.append(row)
        return refused, rows

    def _refused_row(self, result, reason):
        return Result(result, reason, self.env["res.partner"], 0, self.env["res.users"], self.browse())
