from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, clean_context
from odoo.tools.sql import column_exists, create_column

from .. import figures, newest
from ..arguments import takes
from ..ending import resolve_by_sale
from ..fields import search_flag
from ..tools import given, terms
from .product_document import READERS
from .res_groups import MANAGER

# Fields written elevated when an agent completes an order.
COMPLETION_FIELDS = {"state", "date_order"}
# The history event of each new state of an order.
EVENTS = {"draft": "reset", "sent": "sent", "cancel": "cancelled", "sale": "confirmed"}


class SaleOrder(models.Model):
    """Orders store the holder of their customer; a completed one resolves the lead, on every path to a sale."""

    _name = "sale.order"
    _inherit = ["sale.order", "leads.agent.sight.mixin", "leads.agent.offered.mixin"]

    is_partial = fields.Boolean(
        string="Partial Order",
        compute="_compute_is_partial",
        search="_search_is_partial",
        help="A quotation, whether or not it has been sent or has expired.",
    )
    leads_commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Lead",
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        readonly=True,
        help="The commercial entity of the customer.",
    )
    leads_agent_id = fields.Many2one(
        "res.users",
        compute="_compute_leads_agent_id",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
        help="The agent who holds the customer now.",
    )
    leads_last_agent_id = fields.Many2one(
        "res.users",
        string="Last Leads Agent",
        compute="_compute_leads_agent_id",
        store=True,
        precompute=True,
        readonly=True,
        copy=False,
        help="The agent who holds the customer now or held it last. Used to find what an agent can see.",
    )
    is_assignable = fields.Boolean(
        compute="_compute_is_assignable",
        compute_sudo=True,
        search="_search_is_assignable",
        groups=MANAGER,
        help="The latest order of a customer without an agent, a quotation, whose customer may be assigned now.",
    )
    tag_ids = fields.Many2many(groups=READERS)
    leads_completed_by_id = fields.Many2one(
        "res.users", string="Completed by Agent", readonly=True, copy=False, index="btree_not_null"
    )
    leads_completed_until = fields.Datetime(
        string="Visible to Agent Until",
        readonly=True,
        copy=False,
        help="Until then, the agent who completed the order may still read it.",
    )

    _leads_newest_idx = models.Index("(leads_commercial_partner_id, date_order DESC, id DESC)")
    _leads_agent_partial_idx = models.Index(
        f"(leads_agent_id, date_order DESC, id DESC) INCLUDE (company_id) WHERE {terms.IS_PARTIAL}"
    )
    # Index-only scans of what agents see, in list order: when locked, with either setting, and when not locked.
    _leads_sight_partial_idx = models.Index(
        "(leads_last_agent_id, date_order DESC, id DESC) INCLUDE (company_id, leads_agent_id, "
        "leads_commercial_partner_id, state, leads_completed_by_id, leads_completed_until) "
        f"WHERE {terms.IS_PARTIAL} OR leads_completed_by_id IS NOT NULL"
    )
    _leads_sight_idx = models.Index(
        "(leads_last_agent_id, date_order DESC, id DESC) INCLUDE (company_id, leads_agent_id, "
        "leads_commercial_partner_id) WHERE leads_last_agent_id IS NOT NULL"
    )
    _leads_partial_idx = models.Index(
        "(date_order DESC, id DESC) INCLUDE (company_id, state, leads_completed_by_id, leads_completed_until) "
        f"WHERE {terms.IS_PARTIAL} OR leads_completed_by_id IS NOT NULL"
    )

    def _auto_init(self):
        """Fill the commercial customer of existing orders in one statement; one by one would take hours."""
        if not column_exists(self.env.cr, "sale_order", "leads_commercial_partner_id"):
            create_column(self.env.cr, "sale_order", "leads_commercial_partner_id", "int4")
            create_column(self.env.cr, "sale_order", "leads_agent_id", "int4")
            create_column(self.env.cr, "sale_order", "leads_last_agent_id", "int4")
            self.env.cr.execute(
                """
                UPDATE sale_order o SET leads_commercial_partner_id = p.commercial_partner_id
                  FROM res_partner p WHERE p.id = o.partner_id
                """
            )
        return super()._auto_init()

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("state")
    def _compute_is_partial(self):
        for order in self:
            order.is_partial = order.state in terms.PARTIAL_STATES

    def _search_is_partial(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "in", terms.PARTIAL_STATES)
        return domain if True in value else ~domain

    @api.depends("state", "leads_agent_id", "date_order")
    def _compute_is_assignable(self):
        assignable = self.search(Domain("id", "in", self._origin.ids) & Domain("is_assignable", "=", True))
        for order in self:
            order.is_assignable = order._origin in assignable

    def _search_is_assignable(self, operator, value):
        """Search what a batch would assign now: one order per customer, found by the index of unassigned quotations."""

        def to_sql(model, alias, query):
            return SQL(
                """
                EXISTS (
                    SELECT FROM (SELECT %(customer)s AS id) lead
                      JOIN res_partner c ON c.id = lead.id AND c.active
                CROSS JOIN LATERAL (%(newest)s) newest
                     WHERE newest.id = %(id)s AND NOT %(refused)s)
                """,
                customer=SQL.identifier(alias, "leads_commercial_partner_id"),
                newest=newest.order_sql(model.env, SQL("c.id")),
                id=SQL.identifier(alias, "id"),
                refused=model.env["res.partner"]._refused_sql(SQL("c.id"), "share"),
            )

        self.flush_model(newest.FIELDS)
        free = Domain("is_partial", "=", True) & Domain("leads_agent_id", "=", False) & Domain.custom(to_sql=to_sql)
        return search_flag(free, operator, value)

    @api.depends("partner_id", "leads_commercial_partner_id")
    def _compute_leads_agent_id(self):
        """Copy the holder from the customer of a new or changed order; assignments write it themselves, in sets."""
        for order in self:
            order.leads_agent_id = order.leads_last_agent_id = order.partner_id.leads_agent_id

    def _compute_user_id(self):
        """Set the agent as salesperson, as core sets none for users without a Sales group."""
        result = super()._compute_user_id()
        if self.env.user._is_leads_agent():
            for order in self:
                if order.partner_id and not order.user_id:
                    order.user_id = self.env.user
        return result

    def _compute_team_id(self):
        """Set the agent's call center on orders that an agent enters."""
        entered = self.browse()
        if self.env.user._is_leads_agent():
            entered = self.filtered(lambda order: not order._origin)
            if entered:
                entered.team_id = self.env["crm.team"]._get_default_team_id(user_id=self.env.uid)
        return super(SaleOrder, self - entered.filtered("team_id"))._compute_team_id()

    def _leads_customer(self):
        """Return the commercial customer the order counts for."""
        return self.leads_commercial_partner_id

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def _compute_amounts(self):
        """Report changed amounts of held customers' quotations once per transaction."""
        super()._compute_amounts()
        held = self.filtered(lambda order: order.leads_agent_id and isinstance(order.id, int))
        if not held:
            return
        customers = self.env.cr.precommit.data.setdefault("leads_agent.worth_changed", set())
        if not customers:
            # sudo: res.partner - follows from a change of the order that the user was allowed to make
            Partner = self.env["res.partner"].sudo()

            def tell():
                Partner.browse(customers)._on_leads_changed()
                customers.clear()

            self.env.cr.precommit.add(tell)
        customers.update(held.leads_commercial_partner_id.ids)

    @api.model
    @takes(help_message=given.text)
    def get_empty_list_help(self, help_message):
        """Explain to agents why their list is empty."""
        return self.env.user._leads_explain_empty_list(super().get_empty_list_help(help_message))

    def _leads_offered_closed(self):
        return {"action_preview_sale_order", "sale.action_report_saleorder"}

    # ------------------------------------------------------------------
    # Every path to a sale
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        orders = super().create(self._leads_with_ids(vals_list))
        # sudo: leads.agent.assignment, leads.agent.history - follow from the orders the user was allowed to make
        orders_sudo = orders.sudo()
        self.env["leads.agent.history"].sudo()._log_orders(orders_sudo, "created")
        self._leads_complete(orders_sudo.filtered(lambda order: order.state == "sale"))
        return orders

    @takes(vals=given.values)
    def write(self, vals):
        if not self.env.su and self.env.user._is_leads_agent():
            # Before tracking reads the order: the current values are read elevated, without record rules.
            [vals] = self._leads_judged([vals])
        state = vals.get("state")
        if state not in EVENTS:
            return super().write(vals)
        # sudo: sale.order - only compares states; the write below checks access
        moved = self.sudo().filtered(lambda order: order.state != state)
        sold = moved.filtered(lambda order: order.state == "sale" and order.leads_last_agent_id)
        orders = self
        if state == "sale" and moved and self.env.user._is_leads_agent():
            if not self.env.su:
                self.check_access("write")
            # Only what completing needs is elevated: a value smuggled in beside the state is written with the rights
            # of the agent, while the order is still a quotation.
            if others := {name: value for name, value in vals.items() if name not in COMPLETION_FIELDS}:
                super().write(others)
            # sudo: sale.order - the right to write was checked; nothing but state, date and grace is written
            orders, vals = self.sudo(), self._leads_completion_values(vals)
        result = super(SaleOrder, orders).write(vals)
        if state == "sale":
            self._leads_complete(moved)
        else:
            # sudo: leads.agent.history - follows from the change of state that the user was allowed to make
            self.env["leads.agent.history"].sudo()._log_orders(moved, EVENTS[state])
        if sold:
            # sudo: leads.agent.assignment - a cancelled sale no longer counts, regardless of the user
            figures.recount_orders(sold.sudo())
        return result

    def _leads_completion_values(self, vals):
        """Return the values written when an agent completes orders: those of ``vals`` that it needs, and the grace.

        The statement that takes the order out of sight also starts the grace, so that tracking and the
        form do not fail.
        """
        company = self.company_id if len(self.company_id) == 1 else self.env.user.company_id
        # sudo: res.company - a setting of the company of the order
        grace = timedelta(minutes=company.sudo().leads_agent_grace_minutes or 60)
        return {
            **{name: value for name, value in vals.items() if name in COMPLETION_FIELDS},
            "leads_completed_by_id": self.env.uid,
            "leads_completed_until": fields.Datetime.now() + grace,
        }

    def _leads_complete(self, orders):
        """Resolve the leads of orders that just became sales."""
        if not orders:
            return
        # sudo: leads.agent.assignment, leads.agent.history - a sale resolves the lead, regardless of the user
        ended = resolve_by_sale(orders.sudo())
        if not ended:
            self.env["leads.agent.history"].sudo()._log_orders(orders.sudo(), "confirmed")

    def _leads_elevated(self):
        """Return these orders elevated, without defaults that a caller may have put into the context."""
        return self.with_env(self.env(su=True, context=clean_context(self.env.context)))

    @takes()
    def action_confirm(self):
        """Confirm elevated for agents, as core locks, mails and delivers after the order is out of their sight."""
        if self.env.su or not self.env.user._is_leads_agent():
            return super().action_confirm()
        self.check_access("write")
        # sudo: sale.order - the right to write was checked, and the author stays the agent
        return super(SaleOrder, self._leads_elevated()).action_confirm()

    @takes()
    def action_cancel(self):
        """Return agents to the list after cancelling, as they can no longer see the order."""
        if self.env.su or not self.env.user._is_leads_agent():
            return super().action_cancel()
        self.check_access("write")
        # sudo: sale.order - the right to write was checked; draft invoices are cancelled along
        super(SaleOrder, self._leads_elevated()).action_cancel()
        if len(self) == 1 and not self.has_access("read"):
            return self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_orders") | {"target": "main"}
        return True

    # ------------------------------------------------------------------
    # Batch
    # ------------------------------------------------------------------

    @takes()
    def action_assign_leads(self):
        """Open *Assign Leads* for the customers of these orders."""
        self.env.user._check_leads_manager()
        if not self:
            raise AccessError(self.env._("Select at least one order."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Leads"),
            "res_model": "leads.agent.batch.assign",
            "view_mode": "form",
            "views": [(self.env.ref("leads_agent.leads_agent_batch_assign_view_form_dialog").id, "form")],
            "target": "new",
            "context": {**self.env.context, "active_model": "sale.order", "active_ids": self.ids},
        }
