from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.models.res_groups import MANAGER

from .. import following, meanwhile
from ..tools import policy


class LeadsAgentAssignment(models.Model):
    """Calls of a lead: its priority, attempts and callback, and the effects of an outcome on the lead.

    The disposition decides what an outcome does, in the transaction that logs it: all or nothing.
    """

    _inherit = "leads.agent.assignment"

    priority = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="The logarithm of the lead's expected value, without the effect of the time of day.",
    )
    next_call_at = fields.Datetime(
        string="Not Before",
        readonly=True,
        help="The Next lead button skips this lead until then, because the last attempt was unsuccessful.",
    )
    attempt_count = fields.Integer(
        string="Attempts",
        readonly=True,
        aggregator=None,
        help="Unsuccessful calls since the customer was last reached.",
    )
    first_call_at = fields.Datetime(string="First Call", readonly=True)
    hours_to_call = fields.Float(
        string="Hours to First Call",
        readonly=True,
        aggregator="avg",
        help="Time from the assignment to the agent's first call.",
    )
    call_ids = fields.One2many("leads.agent.call", "assignment_id", string="Calls", readonly=True)
    callback_id = Link(
        "leads.agent.callback",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
        help="The callback that had been promised to the customer when the lead was assigned.",
    )
    callback_agent_id = Link(
        "res.users",
        string="Callback Promised By",
        readonly=True,
        ondelete="set null",
        groups=MANAGER,
        help="The agent who had the callback before the lead was assigned.",
    )

    _agent_priority_idx = models.Index("(agent_id, priority DESC NULLS LAST, partner_id) WHERE state = 'active'")

    # ------------------------------------------------------------------
    # Hooks of leads
    # ------------------------------------------------------------------

    def _on_started(self):
        self._refresh_priorities(Domain("id", "in", self.ids))
        following.follow_started(self)
        meanwhile.follow_leads(self)
        return super()._on_started()

    def _on_ended(self, end_reason):
        following.follow_ended(self, end_reason)
        meanwhile.follow_leads(self, end_reason)
        return super()._on_ended(end_reason)

    def _on_undone(self):
        following.follow_undone(self)
        return super()._on_undone()

    @api.model
    def _on_events(self, partner_ids):
        self._refresh_priorities(Domain("partner_id", "in", list(partner_ids)))
        return super()._on_events(partner_ids)

    def _on_sales_changed(self):
        meanwhile.follow_sales(self)
        self._refresh_priorities(Domain("partner_id", "in", self.partner_id.ids))
        return super()._on_sales_changed()

    @api.model
    def _against_undo(self):
        for model in ("leads.agent.call", "leads.agent.callback"):
            self.env[model].flush_model()
        on_the_phone = SQL("EXISTS (SELECT FROM leads_agent_call WHERE partner_id = a.partner_id AND state <> 'done')")
        promised = SQL(
            """EXISTS (
            SELECT FROM leads_agent_callback c
             WHERE c.partner_id = a.partner_id AND c.state = 'open' AND c.id IS DISTINCT FROM a.callback_id)"""
        )
        return [
            ("call", on_the_phone, self.env._("Somebody is on the phone with the customer.")),
            *super()._against_undo(),
            ("promise", promised, self.env._("A callback was promised in the meantime.")),
        ]

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def _count_attempt(self, disposition):
        """Elevated: count another call with an outcome."""
        self.ensure_one()
        now = fields.Datetime.now()
        vals = {"attempt_count": 0 if disposition.is_contact else self.attempt_count + 1, "next_call_at": False}
        if not self.first_call_at:
            vals |= {"first_call_at": now, "hours_to_call": (now - self.assigned_at).total_seconds() / 3600}
        self.write(vals)

    def _apply_outcome(self, disposition, call, note="", *, due_at=False, zone=False):
        """Elevated: apply the outcome of a call to its active lead and to the customer.

        :param due_at: when to call back, in UTC
        :param zone: the time zone in which the callback was agreed on
        """
        is_promised = bool(self.env["leads.agent.callback"]._open_of(self.partner_id))
        result = policy.outcome(disposition._policy(), self.attempt_count, is_promised)
        self._apply_to_customers(disposition, self.partner_id)
        match result.fate:
            case "close":
                self._end("resolved", disposition=disposition, note=note)
                return
            case "release":
                self._end("unassigned", note=self.env._("Back in the pool: %s", disposition.name))
                return
        if due_at:
            self.env["leads.agent.callback"]._promise(self.agent_id, self.partner_id, due_at, zone, note, call)
        if result.retry_minutes:
            self.next_call_at = fields.Datetime.now() + timedelta(minutes=result.retry_minutes)
        self.env["leads.agent.history"]._refresh_last_events(self.partner_id.ids)
        self.agent_id._leads_dashboard_changed()

    @api.model
    def _apply_to_customers(self, disposition, customers):
        """Elevated: apply the effects of a disposition on customers, whoever holds them."""
        for effect in disposition.with_env(self.env)._effects():
            effect.apply(customers)

    # ------------------------------------------------------------------
    # Priorities
    # ------------------------------------------------------------------

    @api.model
    def _refresh_priorities(self, domain):
        """Compute the stored part of the expected value again, in one statement."""
        self.flush_model()
        self.env["sale.order"].flush_model(["amount_total", "currency_rate", "date_order", "state"])
        # sudo: leads.agent.assignment - the priority of a lead does not depend on the user who changes it
        query = self.sudo()._search(domain & Domain("state", "=", "active"))
        self.env.cr.execute(
            SQL(
                "UPDATE leads_agent_assignment a SET priority = %s WHERE a.id IN %s",
                self.env["leads.agent.desk"]._priority_sql("a"),
                query.subselect(),
            )
        )
        self.invalidate_model(["priority"], flush=False)
