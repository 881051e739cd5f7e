import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ..arguments import takes
from ..assigning import Assigning, Request, Terms
from ..fields import Link
from ..tools import terms

_logger = logging.getLogger(__name__)


class LeadsAgentAssignment(models.Model):
    """Who holds which lead, kept as history afterwards.

    A lead is a commercial customer. Life cycle: ``active`` until it is ``resolved`` (with a disposition, or by a sale)
    or ``unassigned``. At most one assignment per customer is active in the whole database; a conditional unique index
    says so. There is one way in, whatever the caller, ``assigning.Assigning``; and out, by :meth:`_resolve` and
    :meth:`_unassign` (leads_agent_assignment_doors.py). They write in sets, keep ``leads_agent_id`` of customers,
    contacts and orders in step, feed the history and tell the agents, once per operation.

    A plain model without chatter: creating a tracked record costs ten times as much, and the history table
    already tells the story.
    """

    _name = "leads.agent.assignment"
    _inherit = ["leads.agent.assignment.effects"]
    _description = "Lead Assignment"
    _order = "assigned_at desc, id desc"
    _rec_name = "partner_id"

    # What a manager may say of a new one, as in an import; nobody has a right to write it afterwards.
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
        help="The customer's newest order when the lead was assigned.",
    )
    assigned_at = fields.Datetime(required=True, readonly=True)
    assigned_by_id = Link("res.users", readonly=True)
    ended_at = fields.Datetime(readonly=True)
    ended_by_id = Link("res.users", readonly=True)
    end_reason = fields.Selection(terms.END_REASONS, readonly=True)
    visible_until = fields.Datetime(
        readonly=True,
        help="After resolving, the agent may still read the customer until this moment.",
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
    last_event_at = fields.Datetime(readonly=True, help="When the newest entry of the customer's history was made.")
    last_contact_at = fields.Datetime(string="Last Contact", readonly=True)

    phone = fields.Char(compute="_compute_details")
    email = fields.Char(compute="_compute_details")
    city = fields.Char(compute="_compute_details")
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

    # ------------------------------------------------------------------
    # The guarantee
    # ------------------------------------------------------------------

    def _has_unique_index(self):
        """Whether PostgreSQL itself sees to it that no lead is held twice."""
        return bool(
            self.env.execute_query(
                SQL("SELECT FROM pg_indexes WHERE indexname = %s", self._one_active_per_customer.full_name(self))
            )
        )

    def _auto_init(self):
        """Odoo only warns when a unique index cannot be made. So what stands in its way is ended first."""
        if table_exists(self.env.cr, self._table) and not self._has_unique_index():
            ended = self.env.execute_query(
                SQL(
                    """
                    UPDATE leads_agent_assignment a
                       SET state = 'unassigned', end_reason = 'merged', ended_at = now() AT TIME ZONE 'UTC',
                           visible_until = now() AT TIME ZONE 'UTC'
                      FROM (
                           SELECT d.id, row_number() OVER (
                               PARTITION BY d.partner_id
                                   ORDER BY (d.agent_id = p.leads_agent_id) IS TRUE DESC, d.assigned_at DESC, d.id DESC
                           ) AS place
                             FROM leads_agent_assignment d
                             JOIN res_partner p ON p.id = d.partner_id
                            WHERE d.state = 'active'
                           ) t
                     WHERE t.id = a.id AND t.place > 1
                 RETURNING a.id, a.partner_id
                    """
                )
            )
            for assignment_id, partner_id in ended:
                _logger.warning("Assignment %s ended: customer %s was held twice.", assignment_id, partner_id)
        return super()._auto_init()

    def _register_hook(self):
        """After an install or upgrade without the index, fail; at any other start, say so in the log."""
        super()._register_hook()
        if self._has_unique_index():
            return
        message = "leads_agent_assignment has lost its unique index: a lead could be held twice. Upgrade leads_agent."
        if "leads_agent" in self.pool.updated_modules:
            raise RuntimeError(message)
        _logger.critical(message)

    @api.depends("partner_id.complete_name")
    def _compute_display_name(self):
        """The customer's name, which an old assignment keeps when the customer is out of sight."""
        # sudo: res.partner - the name alone, as every many2one shows it
        for assignment in self.sudo():
            assignment.display_name = assignment.partner_id.complete_name or ""

    @api.depends("partner_id", "order_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_details(self):
        """What the lists show of the customer and the order, empty where these are out of sight by now."""
        partners = self.partner_id._filtered_access("read")
        orders = self.order_id._filtered_access("read")
        for assignment in self:
            partner, order = assignment.partner_id & partners, assignment.order_id & orders
            assignment.phone, assignment.email, assignment.city = partner.phone, partner.email, partner.city
            assignment.amount_total, assignment.currency_id = order.amount_total, order.currency_id

    @api.depends("assigned_at", "ended_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for assignment in self:
            end = assignment.ended_at or now
            assignment.age_days = (end - (assignment.assigned_at or end)).days

    def _field_to_sql(self, alias, field_expr, query=None):
        """The age can be summed up and sorted by, although it is stored nowhere: it grows by itself."""
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
    # Buttons
    # ------------------------------------------------------------------

    @takes()
    def action_unassign(self):
        """Take the leads back. For managers; access of the agent ends at once.

        :raises AccessError: when the user is no Leads Manager
        """
        self.check_access("read")
        self.env.user._check_leads_manager()
        self._unassign("unassigned")
        return True

    @takes()
    def action_resolve(self):
        """Open *Mark Lead As Resolved* for these leads."""
        self._check_may_resolve()
        context = {"default_assignment_ids": self.ids}
        if len(self) == 1:
            context["default_assignment_id"] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark Lead As Resolved"),
            "res_model": "leads.agent.resolve",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    @takes()
    def action_reassign(self):
        """Open the form that gives these leads to another agent."""
        self.env.user._check_leads_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign Leads"),
            "res_model": "leads.agent.reassign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_assignment_ids": self.ids},
        }

    @takes()
    def action_reopen(self):
        """Give resolved leads back to their agent: a manager always, the agent while the customer is still visible.

        :raises UserError: when another agent holds one of the customers meanwhile
        """
        self.check_access("read")
        if forbidden := self.filtered(lambda a: not a.can_reopen):
            raise UserError(
                self.env._("%s can no longer be reopened by you.", forbidden[0].sudo().partner_id.display_name)
            )
        reopened, former_of = self.browse(), {}
        # sudo: leads.agent.assignment - the right to reopen was checked above; agents have no write access of their own
        for agent, assignments in self.sudo().grouped("agent_id").items():
            reason = self.env._("Reopened by %s", self.env.user.name)
            requests = [Request(customer.id, agent.id, reason) for customer in assignments.partner_id]
            for result in Assigning(self.sudo().env, Terms("manual", unconditional=True)).run(requests):
                if result.result not in ("assigned", "already"):
                    raise UserError(result.reason)
                reopened |= result.assignment
                if result.assignment:
                    former_of[result.assignment] = assignments.filtered(
                        lambda a, partner=result.partner: a.partner_id == partner
                    )[:1]
        self.sudo()._go_on_with(former_of)
        return reopened.sudo(False)._get_records_action() if len(reopened) == 1 else True

    def _check_may_resolve(self):
        """Agents resolve their own active leads; managers anybody's."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select at least one lead."))
        if self.env.su or self.env.user._is_leads_manager():
            return
        if any(assignment.agent_id != self.env.user for assignment in self):
            raise AccessError(self.env._("You can only resolve leads that are assigned to you."))
