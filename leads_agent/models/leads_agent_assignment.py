from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import index_exists, table_exists

from .. import figures, guarantee, untouched
from ..arguments import takes
from ..assigning import reopen
from ..ending import Ending
from ..fields import Link, search_flag
from ..importing import Refusals, Rows
from ..tools import given, terms


class LeadsAgentAssignment(models.Model):
    """Who holds which lead, kept as history afterwards.

    A lead is a commercial customer. Life cycle: ``active`` until it is ``resolved`` (with a disposition, or by a sale)
    or ``unassigned``. At most one assignment per customer is active in the whole database, by a conditional
    unique index. All assignments start in ``assigning.Assigning`` and end in ``ending.Ending``. These write in
    sets, update ``leads_agent_id`` of customers, contacts and orders, record the history and notify the agents,
    once per operation. Other models extend the hooks.

    A plain model without chatter: creating a tracked record costs ten times as much, and the history table
    already tells the story.
    """

    _name = "leads.agent.assignment"
    _description = "Lead Assignment"
    _order = "assigned_at desc, id desc"
    _rec_name = "partner_id"

    # Fields that a manager may set on a new one, as in an import; nobody may write them afterwards.
    partner_id = Link("res.partner", string="Customer", required=True, index=True, ondelete="restrict")
    agent_id = Link("res.users", string="Leads Agent", required=True, ondelete="restrict")
    company_id = Link("res.company", required=True, readonly=True)
    state = fields.Selection(terms.STATES, required=True, readonly=True, default="active")
    source = fields.Selection(terms.SOURCES, required=True, readonly=True, default="manual")
    reason = fields.Char(help="Why this agent got the lead.")
    batch_id = Link("leads.agent.batch.assign", readonly=True, index="btree_not_null", ondelete="set null")
    order_id = Link(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer's latest order when the lead was assigned.",
    )
    assigned_at = fields.Datetime(required=True, readonly=True)
    assigned_by_id = Link("res.users", readonly=True)
    ended_at = fields.Datetime(readonly=True)
    ended_by_id = Link("res.users", readonly=True)
    end_reason = fields.Selection(terms.END_REASONS, readonly=True)
    visible_until = fields.Datetime(
        readonly=True,
        help="After resolving the lead, the agent can still see the customer until this time.",
    )
    disposition_id = Link("leads.agent.disposition", readonly=True, index="btree_not_null", ondelete="restrict")
    note = fields.Text(readonly=True)
    sale_order_id = Link(
        "sale.order",
        string="Sale",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The sale that resolved the lead.",
    )
    last_event_at = fields.Datetime(readonly=True, help="Date of the latest entry in the customer's history.")
    last_contact_at = fields.Datetime(string="Last Contacted On", readonly=True)

    first_id = Link(
        "leads.agent.assignment",
        string="First Assignment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The agent's later assignment that continues this one: the lead was reopened, or assigned "
        "again for the same order.",
    )
    is_assigned = fields.Integer(
        string="Assigned",
        readonly=True,
        aggregator="sum",
        help="1 if the lead was assigned to the agent. A lead that comes back counts once. A lead that "
        "went to somebody else, or whose batch was undone, does not count.",
    )
    is_resolved = fields.Integer(
        string="Resolved",
        readonly=True,
        aggregator="sum",
        help="1 if the agent closed the lead, with a disposition or a sale. A reopened lead does not count "
        "as resolved.",
    )
    is_sale = fields.Integer(
        string="Sales",
        readonly=True,
        aggregator="sum",
        help="1 if a sale resolved the lead. A cancelled sale no longer counts. If it is confirmed again, "
        "it counts for the agent who holds the lead at that time.",
    )
    conversion = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Sales as a share of all sales, quotations and cancelled orders. Each order counts once.",
    )
    is_assigned_today = fields.Boolean(
        string="Assigned Today", compute="_compute_is_today", search="_search_is_assigned_today"
    )
    is_ended_today = fields.Boolean(string="Ended Today", compute="_compute_is_today", search="_search_is_ended_today")
    is_recent = fields.Boolean(
        string="Counted in the Conversion",
        compute="_compute_is_today",
        search="_search_is_recent",
        help="Leads of the last 30 days whose order is a sale, a quotation or cancelled.",
    )

    phone = fields.Char(compute="_compute_details")
    email = fields.Char(compute="_compute_details")
    city = fields.Char(compute="_compute_details")
    current_order_id = Link(
        "sale.order",
        compute="_compute_details",
        help="The customer's latest quotation. Of a lead that has ended: the order it was about.",
    )
    amount_total = fields.Monetary(compute="_compute_details")
    currency_id = Link("res.currency", compute="_compute_details")
    age_days = fields.Integer(string="Age (days)", compute="_compute_age_days", aggregator="avg")
    can_reopen = fields.Boolean(compute="_compute_can_reopen")

    _one_active_per_customer = models.UniqueIndex(
        "(partner_id) WHERE state = 'active'", "Another Leads Agent already holds this customer."
    )
    _agent_active_idx = models.Index("(agent_id, last_event_at DESC) WHERE state = 'active'")
    _agent_partner_idx = models.Index("(agent_id, visible_until, partner_id)")
    _ended_idx = models.Index("(ended_at, agent_id)")
    # How often a customer bought, which is part of the priority of each new lead.
    _sales_idx = models.Index("(partner_id) WHERE is_sale = 1")

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    def _has_unique_index(self):
        """Whether the unique index exists, so that no lead can be held twice."""
        return bool(index_exists(self.env.cr, self._one_active_per_customer.full_name(self)))

    def _auto_init(self):
        if table_exists(self.env.cr, self._table) and not self._has_unique_index():
            guarantee.end_second_holders(self.env)
        return super()._auto_init()

    def _register_hook(self):
        super()._register_hook()
        guarantee.check(self)

    @api.depends("assigned_at", "ended_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for assignment in self:
            end = assignment.ended_at or now
            assignment.age_days = (end - (assignment.assigned_at or end)).days

    def _field_to_sql(self, alias, field_expr, query=None):
        """Compute the age in SQL for sums and sorting; it is not stored, as it grows with time."""
        if field_expr != "age_days":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "EXTRACT(day FROM COALESCE(%s, %s) - %s)::int",
            self._field_to_sql(alias, "ended_at", query),
            fields.Datetime.now(),
            self._field_to_sql(alias, "assigned_at", query),
        )

    @api.depends("state", "visible_until")
    @api.depends_context("uid")
    def _compute_can_reopen(self):
        now = fields.Datetime.now()
        manager = self.env.user._is_leads_manager()
        for assignment in self:
            assignment.can_reopen = assignment.state != "active" and (
                manager
                or (
                    assignment.agent_id == self.env.user
                    and assignment.end_reason == "resolved"
                    and bool(assignment.visible_until and assignment.visible_until > now)
                )
            )

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    @api.model
    def _all_companies(self):
        # sudo: res.company - only when the day of each began; record rules still limit the rows
        return self.env["res.company"].sudo().search(Domain.TRUE)

    @api.model
    def _recent_domain(self, companies):
        """Return the domain of the conversion: leads held in the last 30 days."""
        return Domain("state", "=", "active") | companies._leads_since_midnight("ended_at", figures.CONVERSION_DAYS)

    @api.depends("assigned_at", "ended_at", "state")
    def _compute_is_today(self):
        for name in ("is_assigned_today", "is_ended_today", "is_recent"):
            found = self.search(Domain("id", "in", self.ids) & Domain(name, "=", True))
            for assignment in self:
                assignment[name] = assignment in found

    def _search_is_assigned_today(self, operator, value):
        return search_flag(self._all_companies()._leads_since_midnight("assigned_at"), operator, value)

    def _search_is_ended_today(self, operator, value):
        return search_flag(self._all_companies()._leads_since_midnight("ended_at"), operator, value)

    def _search_is_recent(self, operator, value):
        return search_flag(self._recent_domain(self._all_companies()) & figures.in_conversion(), operator, value)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        """Create through the regular assigning, so that imports and RPC clients get the same checks and messages.

        :raises UserError: with the reason of the first customer that cannot be assigned
        """
        if not vals_list:
            return super().create(vals_list)
        records = self.browse()
        for result in self._assign_rows(vals_list, "import" if self.env.context.get("import_file") else "manual"):
            if result.result == "not_visible":
                raise AccessError(result.reason)
            if result.result != "assigned":
                raise UserError(result.reason)
            records += result.assignment
        return records.sudo(self.env.su)

    @api.model
    @takes()
    def get_import_templates(self):
        """Return the template that the import dialog offers."""
        return [
            {
                "label": self.env._("Import template for assignments"),
                "template": "/leads_agent/static/xls/leads_agent_assignment.xlsx",
            }
        ]

    @api.model
    @takes(fields=given.names, data=given.table)
    def load(self, fields, data):
        """Import with a message for each refused row; if there is any, nothing is assigned."""
        refusals = Refusals()
        savepoint = self.env.cr.savepoint()
        result = super(LeadsAgentAssignment, self.with_context(leads_import_refusals=refusals)).load(fields, data)
        savepoint.close(rollback=bool(refusals))
        if refusals:
            # A cell that Odoo could not read has its message already.
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
        results = self._assign_rows([data["values"] for data in data_list], "import")
        for data, result in zip(data_list, results, strict=True):
            if result.result == "assigned":
                records += result.assignment
            else:
                refusals.append({**data["info"], "type": "error", "message": result.reason})
        return records.sudo(self.env.su)

    @api.model
    def _assign_rows(self, vals_list, source):
        self.env.user._check_leads_manager()
        self.check_access("create")
        return Rows(self.env, vals_list).assign(source)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes()
    def action_unassign(self):
        """Take the leads back. For managers; access of the agent ends at once.

        :raises AccessError: when the user is not a Leads Manager
        """
        self.check_access("read")
        self.env.user._check_leads_manager()
        self._end("unassigned")
        return True

    @takes()
    def action_resolve(self):
        """Open *Mark Lead As Resolved* for these leads."""
        self._check_may_resolve()
        one = {"default_assignment_id": self.id} if len(self) == 1 else {}
        return self._form("leads.agent.resolve", self.env._("Mark Lead As Resolved"), **one)

    @takes()
    def action_reassign(self):
        """Open the form that gives these leads to another agent."""
        self.env.user._check_leads_manager()
        return self._form("leads.agent.reassign", self.env._("Reassign Leads"))

    def _form(self, model, name, **defaults):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_assignment_ids": self.ids, **defaults},
        }

    @takes()
    def action_reopen(self):
        """Give resolved leads back to their agent. Managers always may, agents while they can see the customer.

        :raises UserError: when another agent holds one of the customers meanwhile
        """
        self.check_access("read")
        if forbidden := self.filtered(lambda a: not a.can_reopen):
            # The name is read elevated: an old assignment keeps it when the customer is out of sight.
            raise UserError(self.env._("You can no longer reopen %s.", forbidden[0].display_name))
        # sudo: leads.agent.assignment - the right to reopen was checked above; agents have no write access of their own
        reopened = reopen(self.sudo())
        return reopened.sudo(False)._get_records_action() if len(reopened) == 1 else True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _end(self, end_reason, **terms):
        """End those of these leads that are active.

        :param terms: of :class:`ending.Ending`
        :returns: the assignments that were active until now
        """
        return Ending(self.env, end_reason, **terms).run(Domain("id", "in", self.ids))

    @api.model
    def _cron_release_untouched(self):
        """Take leads back that nobody contacted within the days of the setting."""
        # sudo: res.company, leads.agent.assignment - a job for all companies
        untouched.release_all(self.sudo().env)

    # ------------------------------------------------------------------
    # Hooks on changes of holders. Called elevated, once per operation
    # ------------------------------------------------------------------

    def _on_started(self):
        """Hook: these assignments just began; holders and history are updated already."""

    def _on_ended(self, end_reason):
        """Hook: these assignments just ended.

        For ``reassigned`` ones, :meth:`_on_started` of the new assignments is called next.

        :param str end_reason: a value of :data:`terms.END_REASONS`
        """

    def _on_undone(self):
        """Hook: these assignments count as never made; :meth:`_on_ended` was called for them before."""

    @api.model
    def _on_events(self, partner_ids):
        """Hook: the history of these commercial customers changed."""

    def _on_sales_changed(self):
        """Hook: sales of these assignments started or stopped counting."""

    @api.model
    def _against_undo(self):
        """Hook: return the obstacles to undoing an active assignment, the most serious first.

        :returns: list of ``(name, condition, sentence)``: SQL over ``a``, the assignment, and ``h.at``, when somebody
            last worked on the lead
        """
        return [("worked", SQL("h.at IS NOT NULL"), "")]

    @api.model
    def _limit(self, verdicts, agent_of, terms):
        """Hook: reject verdicts beyond the limits of an agent, before anything is written.

        :param dict verdicts: ``{partner_id: Verdict}``, in the order of the requests
        :param dict agent_of: ``{partner_id: agent_id}``, the intended agents
        :param assigning.Terms terms: the terms of the verdicts
        :returns: verdicts, with ``capped`` in the place of ``assigned``
        """
        return verdicts
