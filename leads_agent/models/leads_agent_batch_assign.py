from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Larger selections than this are refused in one request.
MOST_ORDERS = 10_000
DIALOG = "leads_agent.leads_agent_batch_assign_view_form_dialog"


class LeadsAgentBatchAssign(models.Model):
    """A selection of orders whose customers are given to one agent, with a log that says what happened to each.

    A stored model: the log stays for whoever asks later. Several orders of one customer are one lead. Running it again
    assigns nothing twice.
    """

    _name = "leads.agent.batch.assign"
    _description = "Batch Assignment"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    agent_id = fields.Many2one(
        "res.users", string="Leads Agent", domain=[("can_hold_leads", "=", True)], ondelete="restrict"
    )
    reassign = fields.Boolean(help="Also take leads that another agent holds.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    selected_order_ids = fields.Json(
        string="Selected Orders",
        default=lambda self: self._default_selected_order_ids(),
        help="Ids of the selected orders, kept as numbers so that an order deleted meanwhile is reported as gone.",
    )
    order_count = fields.Integer(string="Orders", compute="_compute_order_count")
    selection_warning = fields.Char(compute="_compute_order_count")
    domain = fields.Char(help="Instead of a selection: the filter whose orders are meant, all of them.")
    line_ids = fields.One2many("leads.agent.batch.assign.line", "batch_id", string="Result Log", readonly=True)
    assigned_count = fields.Integer(string="Assigned", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    executed_at = fields.Datetime(string="Run On", readonly=True)

    @api.model
    def _default_selected_order_ids(self):
        if self.env.context.get("active_model") != "sale.order":
            return []
        return list(self.env.context.get("active_ids") or [])

    @api.depends("agent_id", "executed_at", "create_date")
    def _compute_name(self):
        for batch in self:
            batch.name = self.env._(
                "%(agent)s, %(date)s",
                agent=batch.agent_id.name or self.env._("No agent"),
                date=fields.Date.to_string(batch.executed_at or batch.create_date or fields.Date.today()),
            )

    def _has_field_access(self, field, operation):
        """What a batch did is written by the batch alone."""
        if operation == "write" and not self.env.su and field.name in ("state", "executed_at", "line_ids"):
            return False
        return super()._has_field_access(field, operation)

    @api.depends("selected_order_ids")
    def _compute_order_count(self):
        # sudo: ir.config_parameter - the limit of the web client is no secret
        configured = self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", "")
        limit = int(configured) if configured.isdecimal() else 20_000
        for batch in self:
            selection = batch.selected_order_ids
            batch.order_count = len(selection) if isinstance(selection, list) else 0
            batch.selection_warning = (
                self.env._(
                    "The web client hands over at most %s orders: what you selected beyond that is not in this batch.",
                    limit,
                )
                if batch.order_count >= limit
                else False
            )

    @api.depends("line_ids.result")
    def _compute_counts(self):
        counts = self.env["leads.agent.batch.assign.line"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "result"], ["__count"]
        )
        for batch in self:
            mine = {result: count for owner, result, count in counts if owner == batch}
            batch.assigned_count = mine.pop("assigned", 0)
            batch.skipped_count = sum(mine.values())

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def action_assign(self):
        """Assign the customers of the selected orders to the agent, and open the result log.

        :raises UserError: when the selection or the agent does not allow it; nothing is changed then
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("This batch has been run already. Select the orders again for another one."))
        order_ids = self._checked_order_ids()
        if not self.agent_id:
            raise UserError(self.env._("Choose the Leads Agent who gets the leads."))
        # sudo: res.users - read the two people of the story together: one query instead of two
        (self.env.user | self.agent_id).sudo().partner_id.mapped("name")
        orders, lines = self._sort_selection(order_ids)
        outcomes = (
            self.env["leads.agent.assignment"]
            # sudo: leads.agent.assignment - only managers come here; the door writes what nobody may write by hand
            .sudo()
            ._assign_leads(
                self.agent_id,
                self.env["res.partner"].browse(order.leads_commercial_partner_id.id for order in orders),
                source="batch",
                reason=self.env._("Batch by %s", self.env.user.name),
                batch=self,
                any_order=not self.agent_id.leads_partial_only,
                reassign=self.reassign,
            )
        )
        for order, outcome in zip(orders, outcomes, strict=True):
            lines.append(
                {
                    "order_id": order.id,
                    "partner_id": outcome["partner"].id,
                    "agent_id": self.agent_id.id,
                    "result": outcome["result"],
                    "reason": outcome["reason"],
                }
            )
        lines.sort(key=lambda line: line["result"] == "assigned")
        # sudo: leads.agent.batch.assign.line - the log is written by the batch alone
        self.env["leads.agent.batch.assign.line"].sudo().create([{**line, "batch_id": self.id} for line in lines])
        self.sudo().write({"state": "done", "executed_at": fields.Datetime.now()})
        return self._open_log()

    def _checked_order_ids(self):
        """The selection as clean ids without doubles.

        :raises UserError: when it is empty, too large or no list of ids
        """
        order_ids = self.selected_order_ids or []
        if self.domain and not order_ids:
            order_ids = self._filtered_order_ids()
        if not isinstance(order_ids, list) or not all(type(i) is int and 0 < i < 2**31 for i in order_ids):
            raise UserError(self.env._("The selection is no list of orders. Select them again in the order list."))
        if not order_ids:
            raise UserError(self.env._("Select at least one order."))
        if len(order_ids) > MOST_ORDERS:
            raise UserError(
                self.env._(
                    "At most %(most)s orders at a time; you selected %(count)s.", most=MOST_ORDERS, count=len(order_ids)
                )
            )
        return list(dict.fromkeys(order_ids))

    def _filtered_order_ids(self):
        """The orders of the filter that the user may see.

        :raises UserError: when the filter cannot be read
        """
        try:
            return self.env["sale.order"].search(Domain(literal_eval(self.domain)), limit=MOST_ORDERS + 1).ids
        except (ValueError, SyntaxError, TypeError, KeyError):
            raise UserError(self.env._("The filter of this batch cannot be read: %s", self.domain)) from None

    def _sort_selection(self, order_ids):
        """One order per customer, the newest of those selected, and lines for orders that cannot be judged.

        :returns: ``(orders, lines)``
        """
        Order = self.env["sale.order"]
        visible = Order.search_fetch(
            [("id", "in", order_ids)], ["leads_commercial_partner_id", "date_order"], order="date_order, id"
        )
        others = Order.browse(set(order_ids) - set(visible.ids))
        existing = others.exists() if others else others
        lines = [
            {"result": "gone", "reason": self.env._("Order no. %s no longer exists.", order.id)}
            for order in others - existing
        ] + [
            {"result": "not_visible", "reason": self.env._("You may not see order no. %s.", order.id)}
            for order in existing
        ]
        newest = {order.leads_commercial_partner_id.id: order for order in visible}
        return list(newest.values()), lines

    def _open_log(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result Log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env["ir.model.data"]._xmlid_to_res_id(DIALOG), "form")],
            "target": "new",
        }

    @api.autovacuum
    def _gc_abandoned(self):
        """Forget dialogs that were opened and left."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search([("state", "=", "draft"), ("create_date", "<", yesterday)], limit=1000).unlink()
