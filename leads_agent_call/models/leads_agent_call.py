from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link, search_flag
from odoo.addons.leads_agent.tools import given

from .. import finishing, meanwhile, promising, starting, undoing
from ..tools import terms
from ..tools.phone_numbers import read_cell


class LeadsAgentCall(models.Model):
    """One attempt to talk to a customer, from picking up the phone to the outcome.

    A call begins with :meth:`start` and ends with :meth:`finish`, from every entry point: dashboard, forms, a telephony
    provider. Until then no other agent can call the customer, and the agent cannot begin another call. Two unique
    indexes guarantee both.
    """

    _name = "leads.agent.call"
    _description = "Call"
    _order = "started_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = Link("res.partner", string="Customer", required=True, readonly=True, ondelete="restrict")
    agent_id = Link("res.users", required=True, readonly=True, ondelete="restrict")
    team_id = Link("crm.team", string="Call Center", readonly=True, index="btree_not_null")
    company_id = Link("res.company", required=True, readonly=True, index=True)
    assignment_id = Link("leads.agent.assignment", readonly=True, index="btree_not_null", ondelete="set null")
    source = fields.Selection(related="assignment_id.source", string="Lead Source", store=True)
    order_id = Link(
        "sale.order",
        string="Quotation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="leads_agent.group_leads_manager",
        help="The customer's latest order when the call started.",
    )
    callback_id = Link(
        "leads.agent.callback",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The callback for which the call was made.",
    )
    direction = fields.Selection(terms.DIRECTIONS, required=True, readonly=True, default="out")
    phone = fields.Char(string="Number", readonly=True)
    state = fields.Selection(terms.CALL_STATES, required=True, readonly=True, default="talking")
    started_at = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    duration = fields.Float(
        string="Talk Time", readonly=True, aggregator="sum", help="Time between picking up and hanging up, in hours."
    )
    local_hour = fields.Integer(
        string="Hour",
        readonly=True,
        aggregator=None,
        help="The hour of the day when the call started, in the customer's time zone.",
    )
    disposition_id = Link("leads.agent.disposition", readonly=True, index=True, ondelete="restrict")
    is_contact = fields.Integer(
        string="Contacts", readonly=True, default=0, aggregator="sum", help="1 if the customer was reached."
    )
    is_sale = fields.Integer(
        string="Sales",
        readonly=True,
        default=0,
        aggregator="sum",
        help="1 if the customer bought during the call, as long as the sale counts for the lead.",
    )
    contact_rate = fields.Float(
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Contacts divided by calls, when calls are grouped.",
    )
    conversion = fields.Float(
        string="Sales per Call",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Sales divided by calls, when calls are grouped.",
    )
    currency_id = Link(related="company_id.currency_id")
    revenue = fields.Monetary(
        compute="_compute_revenue",
        store=True,
        groups="leads_agent.group_leads_manager",
        help="The untaxed amount of the sale made in the call, in the company's currency, as of the time of the sale.",
    )
    note = fields.Text(readonly=True)
    closed_by_id = Link(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The user who ended the call by confirming an order or merging the customer.",
    )
    # What was before and after an outcome that can be undone, as :mod:`undoing` keeps it.
    undo = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    is_today = fields.Boolean(string="Today", compute="_compute_is_today", search="_search_is_today")

    _one_per_customer = models.UniqueIndex(
        "(partner_id) WHERE state <> 'done'", "A colleague is talking to this customer."
    )
    _one_per_agent = models.UniqueIndex("(agent_id) WHERE state <> 'done'", "Log the outcome of the last call first.")
    _partner_idx = models.Index("(partner_id, started_at DESC)")
    _agent_idx = models.Index("(agent_id, started_at DESC)")

    # ------------------------------------------------------------------
    # Measures
    # ------------------------------------------------------------------

    @api.depends("is_contact", "is_sale")
    def _compute_rates(self):
        for call in self:
            call.contact_rate, call.conversion = call.is_contact, call.is_sale

    @api.depends("is_sale")
    def _compute_revenue(self):
        for call in self:
            order = call.assignment_id.sale_order_id if call.is_sale else call.env["sale.order"]
            amount = order.amount_untaxed / (order.currency_rate or 1.0)
            if order and order.company_id.currency_id != call.currency_id:
                amount = order.company_id.currency_id._convert(
                    amount, call.currency_id, call.company_id, order.date_order.date()
                )
            call.revenue = amount

    @api.model
    def _counted(self):
        """Domain of the calls that count in the figures, with their talk time: those with an outcome.

        Calls that ended without one do not count: the customer was merged, or turned out to be one of us.
        """
        return Domain("disposition_id", "!=", False)

    @api.depends("started_at")
    def _compute_is_today(self):
        today = self.search(Domain("id", "in", self.ids) & Domain("is_today", "=", True))
        for call in self:
            call.is_today = call in today

    def _search_is_today(self, operator, value):
        companies = self.env["leads.agent.assignment"]._all_companies()
        return search_flag(companies._leads_since_midnight("started_at"), operator, value)

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    @takes(partner_id=given.record_id, direction=given.text, number=given.text)
    def start(self, partner_id, direction="out", number=""):
        """Begin a call of the current user, or continue a call with the same customer that has no outcome yet.

        :param int partner_id: the customer, or a contact
        :param str direction: ``out`` or ``in``
        :param str number: one of the customer's numbers, as in ``dial`` of ``numbers``
        :returns: dict with ``call_id``, ``phone`` and ``dial`` (what :meth:`_dial` returned); if a phone field has
            several numbers and none was chosen, no call begins, and ``numbers`` lists them
        :raises UserError: when the customer may not be called now, or another agent is calling
        """
        user = self.env.user
        if not user.can_hold_leads:
            raise AccessError(self.env._("Only users who hold leads can call."))
        if direction not in dict(terms.DIRECTIONS):
            raise UserError(self.env._("A call must be incoming or outgoing."))
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This customer no longer exists."))
        partner.check_access("read")
        customer = partner.commercial_partner_id
        partner._leads_check_is_customer()
        # sudo: leads.agent.call - the user's own, without an outcome
        running = self.sudo().search([("agent_id", "=", user.id), ("state", "!=", "done")], limit=1)
        if running.partner_id == customer:
            return running._started()
        if running:
            raise UserError(self.env._("Log the outcome of your call with %s first.", running.partner_id.complete_name))
        return starting.begin(self.env, customer, direction, number)

    @takes(given.one)
    def hang_up(self):
        """End the talk; the outcome is still to be logged. Calling this again changes nothing.

        :raises AccessError: for another user's call
        """
        self._check_mine()
        # sudo: leads.agent.call - the user's own call, checked above; users cannot write calls directly
        self.sudo()._hang_up()
        return True

    @takes(given.one, disposition_id=given.record_id, note=given.text, callback=given.values)
    def finish(self, disposition_id, note="", callback=None):
        """Log the outcome and apply its effects, all or nothing.

        :param int disposition_id: one of those that the dashboard offers
        :param str note: what the customer said
        :param dict callback: ``date`` (YYYY-MM-DD), ``time`` (hours as a float) and ``zone`` of the callback; without
            it, an outcome that requires one uses the proposed time
        :raises UserError: when the outcome is refused; nothing is changed then
        """
        self._check_not_closed()
        self._check_mine()
        disposition = self.env["leads.agent.disposition"].browse(disposition_id).exists()
        if not disposition.active:
            raise UserError(self.env._("This disposition no longer exists. Choose another one."))
        if disposition not in disposition._available_to(self.env.user) or disposition == disposition._set_by_sale():
            raise UserError(self.env._("The disposition %s is not available in your call center.", disposition.name))
        due_at, zone = self._callback_time(disposition, callback)
        # sudo: leads.agent.call - the user's own call, checked above
        finishing.finish(self.sudo(), disposition, note.strip(), due_at, zone)
        return True

    @takes(given.one, disposition_id=given.record_id)
    def log_outcome(self, disposition_id):
        """Log an outcome for which one click is enough, and open the form for any other one.

        :param int disposition_id: one of those that the dashboard offers
        :returns: dict with ``logged``, what happened as :func:`preview.logged` says it, or ``action``, the form
        :raises UserError: in a sentence; nothing is lost and nothing half done
        """
        self._check_not_closed()
        self._check_mine()
        return finishing.log(self, self.env["leads.agent.disposition"].browse(disposition_id).exists())

    @takes(given.one)
    def undo_outcome(self):
        """Take back the outcome of the user's latest call, which waits for its outcome again.

        Attempts, callback, the moment of the next try, priority and figures are what they were before. Only outcomes
        that one click logs can be undone, within a minute, and as long as nothing else happened with the customer.

        :raises AccessError: for a call of somebody else
        :raises UserError: in a sentence that says what is in the way; the outcome stays
        """
        undoing.undo(self._own())
        return True

    @api.readonly
    @takes(given.one)
    def what_happened(self):
        """Return what another user did with the lead or the call since the current user's call began.

        :returns: a sentence, empty if nothing happened
        :raises AccessError: for another user's call
        """
        return meanwhile.sentence(self._own())

    @takes(given.one, note=given.text)
    def keep_note(self, note):
        """Store the agent's note on a call that another user closed in the meantime.

        :returns: what happened, as a sentence; empty if no other user closed it, and then nothing is written
        """
        return meanwhile.keep_note(self._own(), note.strip())

    def _own(self):
        """Return the user's own call, elevated.

        :raises AccessError: for another user's call
        """
        # sudo: leads.agent.call - the user's own, also with a customer who is now out of sight
        call_sudo = self.sudo().exists()
        if call_sudo.agent_id != self.env.user:
            raise AccessError(self.env._("This call belongs to somebody else."))
        return call_sudo

    def _check_not_closed(self):
        """:raises UserError: when another user closed the user's call; the message names the user"""
        # sudo: leads.agent.call - the user's own, also with a customer who is now out of sight
        call_sudo = self.sudo()
        if call_sudo.agent_id == self.env.user and (sentence := meanwhile.closing_sentence(call_sudo)):
            raise UserError(sentence)

    def _check_mine(self):
        self.ensure_one()
        self.check_access("read")
        if self.agent_id != self.env.user:
            # sudo: res.users - the name of a colleague
            raise AccessError(self.env._("This call belongs to %s.", self.agent_id.sudo().name))

    def _callback_time(self, disposition, callback):
        """Return the time of the callback and the time zone in which it was agreed.

        :returns: ``(moment in UTC, zone)``, or ``(False, False)``
        """
        if not disposition.asks_callback:
            return False, False
        if callback:
            return promising.parse(self.env, self.partner_id, callback)
        return promising.propose(self.env, self.partner_id, disposition.callback_minutes)

    @takes(given.one)
    def action_outcome(self):
        """Open the form with the outcome of this call."""
        self._check_not_closed()
        self._check_mine()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome of the Call"),
            "res_model": "leads.agent.outcome",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "default_call_id": self.id},
        }

    # ------------------------------------------------------------------
    # During a call
    # ------------------------------------------------------------------

    def _started(self):
        return {"call_id": self.id, "phone": self.phone or "", "dial": self._dial()}

    def _dial(self):
        """Hook for telephony: dial, and return what the web client has to do.

        :returns: dict with ``url``; an addon of a provider dials itself and returns ``{}``
        """
        numbers = read_cell(self.phone).numbers if self.direction == "out" else ()
        return {"url": f"tel:{numbers[0].dial}"} if numbers else {}

    def _hang_up(self):
        """Elevated: the agent hung up."""
        for call in self:
            if call.state == "talking":
                now = fields.Datetime.now()
                call.write(
                    {
                        "state": "wrap_up",
                        "ended_at": now,
                        "duration": (now - call.started_at).total_seconds() / 3600,
                    }
                )
                call.agent_id._leads_dashboard_changed()

    def _end(self, vals):
        """Elevated: end calls.

        :param dict vals: other values to write
        """
        self._hang_up()
        self.write({"state": "done", **vals})
        self._on_call_ended()

    def _on_call_started(self):
        """Hook, elevated: calls have begun."""
        self.agent_id._leads_set_break(False)
        self.agent_id._leads_dashboard_changed()

    def _on_call_ended(self):
        """Hook, elevated: calls have ended, with or without an outcome."""
        self.agent_id._leads_dashboard_changed()

    def _on_call_resumed(self, disposition):
        """Hook, elevated: the outcome of a call was undone, and the call waits for another one.

        :param disposition: the outcome that was undone
        """
        self.agent_id._leads_dashboard_changed()

    def _outcome_state(self):
        """Hook, elevated: return the values that an outcome changes, and those that must not change before an undo.

        :returns: dict of JSON values, by the names of :meth:`_change_sentence`
        """
        return undoing.state(self)

    def _put_back(self, before):
        """Hook, elevated: restore the values that the outcome changed.

        :param dict before: :meth:`_outcome_state` before the outcome
        """
        undoing.put_back(self, before)

    def _change_sentence(self, name):
        """Hook: return the sentence that says which value of :meth:`_outcome_state` has changed since the outcome."""
        return undoing.change_sentence(self.env, name)

    @api.autovacuum
    def _gc_undo(self):
        """Clear the values of outcomes that can no longer be undone."""
        self.search([("undo", "!=", False), ("write_date", "<", fields.Datetime.now() - undoing.LIMIT)]).undo = False

    def _lead(self):
        """Elevated: return the lead of the call while its agent holds it, also if it was unassigned and returned."""
        self.ensure_one()
        Assignment = self.env["leads.agent.assignment"]
        if self.assignment_id.state == "active":
            return self.assignment_id if self.assignment_id.agent_id == self.agent_id else Assignment
        if not self.assignment_id:
            return Assignment
        mine = Domain("partner_id", "=", self.partner_id.id) & Domain("agent_id", "=", self.agent_id.id)
        return Assignment.search(mine & Domain("state", "=", "active"), limit=1)
