from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.moments import to_local

from .. import preview, promising


class LeadsAgentOutcome(models.TransientModel):
    """The outcome of a call: its note, the time of the callback, and what will happen."""

    _name = "leads.agent.outcome"
    _description = "Outcome of a Call"

    call_id = Link("leads.agent.call", required=True, readonly=True)
    partner_id = Link(related="call_id.partner_id", related_sudo=False)
    available_disposition_ids = fields.Many2many(
        "leads.agent.disposition", compute="_compute_available_disposition_ids"
    )
    disposition_id = Link(
        "leads.agent.disposition", string="Outcome", domain="[('id', 'in', available_disposition_ids)]"
    )
    is_chosen = fields.Boolean(
        readonly=True,
        default=lambda self: bool(self.env.context.get("default_disposition_id")),
        help="The outcome was chosen before the form was opened: the form does not ask for it again.",
    )
    is_blocking = fields.Boolean(related="disposition_id.do_not_call")
    needs_note = fields.Boolean(related="disposition_id.needs_note")
    asks_callback = fields.Boolean(related="disposition_id.asks_callback")
    note = fields.Text(help="What the customer said. Colleagues who call later read it.")
    clock = fields.Selection(
        [("customer", "Customer's time"), ("agent", "My time")],
        required=True,
        default="customer",
        help="The time zone in which you enter the date and time.",
    )
    callback_date = fields.Date(string="Call Back on", compute="_compute_callback", store=True, readonly=False)
    callback_time = fields.Float(string="At", compute="_compute_callback", store=True, readonly=False)
    callback_times = fields.Char(string="Local Time", compute="_compute_effects")
    effects = fields.Text(string="What Will Happen", compute="_compute_effects")

    @api.depends("call_id")
    def _compute_available_disposition_ids(self):
        for wizard in self:
            wizard.available_disposition_ids = self.env["leads.agent.disposition"]._for_calls()

    @api.depends("disposition_id")
    def _compute_callback(self):
        """Compute the proposed time, from the disposition and the customer's calling hours."""
        for wizard in self:
            if wizard.disposition_id.asks_callback and wizard.call_id:
                moment, zone = promising.propose(
                    self.env, wizard.call_id.partner_id, wizard.disposition_id.callback_minutes
                )
                local = to_local(moment, zone if wizard.clock == "customer" else self._own_zone())
                wizard.callback_date, wizard.callback_time = local.date(), local.hour + local.minute / 60

    @api.depends("disposition_id", "callback_date", "callback_time", "clock", "call_id")
    def _compute_effects(self):
        for wizard in self:
            wizard.effects = wizard.callback_times = False
            disposition, call = wizard.disposition_id, wizard.call_id
            if not disposition or not call:
                continue
            due_at = False
            if disposition.asks_callback:
                try:
                    due_at, _zone = call._callback_time(disposition, wizard._callback())
                except UserError as error:
                    wizard.callback_times = str(error)
                else:
                    wizard.callback_times = wizard._both_clocks(due_at)
            wizard.effects = "\n".join(preview.sentences(preview.know(call), disposition, due_at))

    def _own_zone(self):
        return self.env.user.tz or "UTC"

    def _both_clocks(self, moment):
        """Return a moment in the local times of customer and agent, as a sentence."""
        # sudo: leads.agent.desk - the zone of the customer of the user's own call
        there = self.env["leads.agent.desk"].sudo()._zones(self.call_id.partner_id.ids)[self.call_id.partner_id.id]
        there = there or self.env.user.tz or "UTC"
        return self.env._(
            "%(there)s for the customer, %(here)s for you.",
            there=format_datetime(self.env, moment, tz=there, dt_format="EEE d MMM HH:mm"),
            here=format_datetime(self.env, moment, tz=self.env.user.tz or "UTC", dt_format="EEE d MMM HH:mm"),
        )

    def _callback(self):
        return {
            "date": self.callback_date,
            "time": self.callback_time,
            "zone": "" if self.clock == "customer" else self._own_zone(),
        }

    @takes(given.one)
    def action_confirm(self):
        """Log the outcome.

        If another user closed the call in the meantime, the note is stored and the agent is notified.

        :raises UserError: when the outcome is refused; the form stays open
        """
        self.ensure_one()
        if changes := self.call_id.keep_note(self.note or ""):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": changes,
                    "sticky": True,
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        if not self.disposition_id.exists():
            raise UserError(self.env._("Choose an outcome. It decides what happens to the lead."))
        callback = self._callback() if self.disposition_id.asks_callback else None
        self.call_id.finish(self.disposition_id.id, self.note, callback)
        return {"type": "ir.actions.act_window_close"}
