from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..arguments import takes
from ..tools import given
from ..tools.csv_cells import neutral

ALLOWED = frozenset(("partner_id", "agent_id", "reason"))


class Refusals(list):
    """Messages of an import about rows that were refused. A class of our own: no RPC client can send one."""

    # Environments of equal contexts are one: that of an earlier import, which has an empty list too, would be taken.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class LeadsAgentAssignment(models.Model):
    """Assignments that a manager creates or imports: rows of customer, agent and reason, through the one door.

    An import is all or nothing, as Odoo's are: each refused row gets its sentence in one go, and nothing is assigned
    until all rows can be. The rows of one agent are one call of the door, so a thousand rows cost a few queries.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        """Assign through the one door, so that an import or an RPC client gets the same checks and sentences.

        :raises UserError: with the reason of the first customer that cannot be assigned
        """
        if not vals_list:
            return super().create(vals_list)
        records = self.browse()
        for outcome in self._assign_rows(vals_list):
            if outcome["result"] == "not_visible":
                raise AccessError(outcome["reason"])
            if outcome["result"] != "assigned":
                raise UserError(outcome["reason"])
            records += outcome["assignment"]
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
        for data, outcome in zip(
            data_list, self._assign_rows([data["values"] for data in data_list], source="import"), strict=True
        ):
            if outcome["result"] == "assigned":
                records += outcome["assignment"]
            else:
                refusals.append({**data["info"], "type": "error", "message": outcome["reason"]})
        return records.sudo(self.env.su)

    @api.model
    def _assign_rows(self, vals_list, source=None):
        """Give each row's customer to the row's agent, in one call of the door per agent.

        :returns: one outcome per row, as of :meth:`_assign_leads`; a customer who stands in an earlier row as well is
            refused, and so are all rows of somebody who may not hold leads
        :raises AccessError: when the user is no Leads Manager
        :raises UserError: when a row is no row of customer, agent and reason
        """
        self.env.user._check_leads_manager()
        self.check_access("create")
        for vals in vals_list:
            self._check_row(vals)
        if source is None:
            source = "import" if self.env.context.get("import_file") else "manual"
        # sudo: leads.agent.assignment - only managers come here, and the door writes columns that nobody may write
        Door = self.env["leads.agent.assignment"].sudo()
        outcomes, rows_of = self._sort_rows(vals_list)
        for agent_id, rows in rows_of.items():
            agent = self.env["res.users"].browse(agent_id)
            partners = self.env["res.partner"].browse(vals_list[row]["partner_id"] for row in rows)
            try:
                answers = Door._assign_leads(agent, partners, source=source)
            except UserError as error:
                answers = [{"result": "failed", "reason": str(error), "assignment": Door.browse()}] * len(rows)
            outcomes.update(zip(rows, answers, strict=True))
        self._write_reasons(
            {
                outcome["assignment"].id: neutral(vals_list[row]["reason"])
                for row, outcome in outcomes.items()
                if outcome["assignment"] and vals_list[row].get("reason")
            }
        )
        return [outcomes[row] for row in range(len(vals_list))]

    def _check_row(self, vals):
        """:raises UserError: when a row says more than customer, agent and reason, or says it badly"""
        if unknown := {key for key, value in vals.items() if value} - ALLOWED:
            raise UserError(self.env._("An assignment cannot be created with: %s", ", ".join(sorted(unknown))))
        for name in ("partner_id", "agent_id"):
            if type(vals.get(name) or 0) is not int:
                raise UserError(self.env._("An assignment needs the ids of a customer and an agent."))

    def _sort_rows(self, vals_list):
        """Rows by agent, without those that can be refused before asking the door.

        :returns: ``(outcomes of refused rows, rows of each agent)``
        """
        partners = self.env["res.partner"].browse({vals.get("partner_id") or 0 for vals in vals_list} - {0}).exists()
        readable = partners._filtered_access("read")
        # sudo: res.partner - the commercial customer of what the caller named
        commercial_of = {partner.id: partner.commercial_partner_id.id for partner in partners.sudo()}
        outcomes, rows_of, first = {}, {}, {}
        for row, vals in enumerate(vals_list):
            partner_id = vals.get("partner_id") or 0
            if partner_id not in commercial_of:
                outcomes[row] = self._refused_row("gone", self._verdict_sentence("gone", "", "", ""))
            elif partner_id not in readable._ids:
                outcomes[row] = self._refused_row("not_visible", self.env._("You may not read this customer."))
            elif first.setdefault(commercial_of[partner_id], row) != row:
                outcomes[row] = self._refused_row(
                    "already",
                    self.env._("%s stands in an earlier row already.", partners.browse(partner_id).display_name),
                )
            else:
                rows_of.setdefault(vals.get("agent_id") or 0, []).append(row)
        return outcomes, rows_of

    def _refused_row(self, result, reason):
        return {"result": result, "reason": reason, "assignment": self.browse()}

    def _write_reasons(self, reasons):
        """Write the reason of each row, in one statement."""
        if not reasons:
            return
        self.env.cr.execute(
            """
            UPDATE leads_agent_assignment a SET reason = t.reason
              FROM unnest(%s::int[], %s::text[]) AS t (id, reason)
             WHERE a.id = t.id
            """,
            [list(reasons), list(reasons.values())],
        )
        self.invalidate_model(["reason"], flush=False)
