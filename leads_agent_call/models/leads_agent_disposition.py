from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, format_date, format_datetime
from odoo.tools.sql import column_exists

from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.tools import limits

from ..tools import policy

MINUTES_A_DAY, MINUTES_AN_HOUR = 24 * 60, 60
IN_VAIN = {"fate": "keep", "is_contact": False}
# Settings of the shipped dispositions, by XML ID without `leads_agent.disposition_`; companies may change them.
SHIPPED = {
    "callback": {"fate": "keep", "asks_callback": True},
    "interested": {"fate": "keep", "retry_minutes": 2880},
    "no_answer": IN_VAIN | {"retry_minutes": 240, "most_attempts": 6, "exhausted": "release"},
    "busy": IN_VAIN | {"retry_minutes": 30, "most_attempts": 10, "exhausted": "release"},
    "voicemail": IN_VAIN | {"retry_minutes": 1440, "most_attempts": 4, "exhausted": "close"},
    "already_bought": {"quotation": "cancel"},
    "unreachable": {"is_contact": False},
    "wrong_number": {"is_contact": False},
    "do_not_call": {"do_not_call": True},
    "complaint": {"fate": "keep", "needs_note": True},
    "order_question": {"fate": "keep"},
}


class Effect(NamedTuple):
    """An effect of an outcome on customers.

    :param sentence: what will happen, for the agent; empty where it goes without saying
    :param apply: does it with the customers it is given, elevated
    :param is_reversible: ``leads.agent.call._put_back`` takes it back; outcomes with other effects cannot be undone
    """

    sentence: str
    apply: Callable[[models.BaseModel], object]
    is_reversible: bool = False


class LeadsAgentDisposition(models.Model):
    """What an outcome does: with the lead, its quotation and its number, and what happens next.

    Settings that contradict each other cannot be saved. The form describes in sentences what an outcome will do
    (:meth:`_effect_sentences`); ``leads.agent.assignment._apply_outcome`` does it. Both use :meth:`_effects`.
    """

    _inherit = "leads.agent.disposition"

    fate = fields.Selection(
        policy.FATES,
        string="The Lead",
        required=True,
        default="close",
        help="Closed: resolved with this disposition. Stays: the agent calls again. Back to the pool: a "
        "manager or a rule assigns it again.",
    )
    is_contact = fields.Boolean(
        string="Customer Reached",
        default=True,
        help="The agent talked to the customer. Unsuccessful attempts are counted until somebody is reached.",
    )
    needs_note = fields.Boolean(string="Note Required", help="The outcome cannot be logged without a note.")
    asks_callback = fields.Boolean(
        string="Agree on a Callback", help="The agent enters when the customer wants to be called again."
    )
    callback_minutes = Bounded(
        string="Proposed in",
        most=policy.MOST_MINUTES,
        default=MINUTES_A_DAY,
        help="The time that the form suggests, in minutes from now, moved into the customer's calling hours.",
    )
    retry_minutes = Bounded(
        string="Try Again After",
        most=policy.MOST_MINUTES,
        help="Next skips the lead for this many minutes. 0: it is not skipped.",
    )
    most_attempts = Bounded(
        string="Attempts",
        most=policy.MOST_ATTEMPTS,
        help="After this many unsuccessful attempts, the next setting applies. 0: no limit.",
    )
    exhausted = fields.Selection(
        policy.FATES, string="After the Last Attempt", required=True, default="close", help="What happens to the lead."
    )
    quotation = fields.Selection(
        policy.QUOTATIONS,
        string="The Quotation",
        required=True,
        default="keep",
        help="The customer's open quotations.",
    )
    quotation_days = Bounded(string="Valid for", most=limits.MOST_DAYS, help="In days from the call.")
    do_not_call = fields.Boolean(
        help="The customer and all its contacts are not called at any number, and the numbers are added to "
        "the do-not-call list (Phone Blacklist)."
    )
    do_not_call_days = Bounded(
        string="Do Not Call for",
        most=limits.MOST_DAYS,
        help="Days after which the customer may be called again. 0: never again.",
    )
    activity_type_id = Link(
        "mail.activity.type",
        string="Plan Activity",
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'res.partner'))]",
        help="Planned on the customer, for the agent who logs the outcome.",
    )
    mail_template_id = Link(
        "mail.template",
        string="Send E-mail",
        ondelete="restrict",
        domain="[('model', '=', 'res.partner')]",
        help="Sent to the customer when the outcome is logged.",
    )

    def _auto_init(self):
        """Keep the behaviour of existing dispositions: calls without a sale do not change the lead."""
        is_new = not column_exists(self.env.cr, self._table, "fate")
        result = super()._auto_init()
        if is_new:
            self.env.cr.execute("UPDATE leads_agent_disposition SET fate = 'keep' WHERE type = 'service'")
            self.pool.post_init(self._ship_policies)
        return result

    @api.model
    def _ship_policies(self):
        for name, policy_values in SHIPPED.items():
            disposition = self.env.ref(f"leads_agent.disposition_{name}", raise_if_not_found=False)
            if disposition:
                disposition.write(policy_values)

    @api.model
    def _closing_domain(self):
        return super()._closing_domain() & Domain("fate", "=", "close")

    @api.model
    def _for_calls(self):
        """Return the dispositions that the current user may choose for a call; a sale is set automatically."""
        return self.search_fetch(self._offered_to(self.env.user) & Domain("id", "not in", self._set_by_sale().ids))

    def _policy(self):
        """Return this disposition for the arithmetic."""
        self.ensure_one()
        return policy.Policy(
            fate=self.fate,
            callback=self.asks_callback,
            retry_minutes=self.retry_minutes,
            most_attempts=self.most_attempts,
            exhausted=self.exhausted,
            quotation=self.quotation,
            extend_days=self.quotation_days,
            block=self.do_not_call,
        )

    @api.constrains(
        "fate",
        "asks_callback",
        "retry_minutes",
        "most_attempts",
        "exhausted",
        "quotation",
        "quotation_days",
        "do_not_call",
        "mail_template_id",
    )
    def _check_policy(self):
        sale = self._set_by_sale()
        for disposition in self:
            if found := policy.contradictions(disposition._policy()):
                raise ValidationError(
                    self.env._("The settings of '%s' contradict each other.", disposition.name)
                    + " "
                    + disposition._contradiction_sentence(found[0])
                )
            # sudo: mail.template - which model the template is for
            template_sudo = disposition.mail_template_id.sudo()
            if template_sudo and template_sudo.model != "res.partner":
                raise ValidationError(self.env._("The e-mail template '%s' is not for contacts.", template_sudo.name))
            if disposition == sale and disposition.fate != "close":
                raise ValidationError(self.env._("A sale always closes the lead."))

    def _is_one_click(self, attempt):
        """Whether one click logs the outcome: nobody was reached, nothing is asked, and all that it does can be undone.

        The last attempt, after which the lead goes elsewhere, is no such outcome.

        :param int attempt: the number of the attempt that this outcome ends, from 1
        """
        self.ensure_one()
        return (
            not (self.is_contact or self.asks_callback or self.needs_note)
            and policy.outcome(self._policy(), attempt).fate == "keep"
            and all(effect.is_reversible for effect in self._effects())
        )

    def _contradiction_sentence(self, name):
        """Return the sentence for a name of :func:`policy.contradictions`."""
        match name:
            case "callback_needs_lead":
                return self.env._("Only a lead that stays with the agent can be called back.")
            case "retry_needs_lead":
                return self.env._("Only a lead that stays with the agent can be tried again.")
            case "callback_or_retry":
                return self.env._("Choose either a callback or a time after which to try again, not both.")
            case "attempts_need_retry":
                return self.env._("To limit the number of attempts, set a time after which to try again.")
            case "blocked_is_kept":
                return self.env._("A customer who may not be called cannot stay with the agent as a lead.")
            case "cancelled_is_kept":
                return self.env._("Without a quotation there is no lead that could stay with the agent.")
        return self.env._("Enter the number of days by which the quotation is extended.")

    def _effect_sentences(self, attempt, callback_at=False, tz=False, *, is_promised=False):
        """Return sentences on what the outcome will do, in order.

        :param int attempt: the number of the attempt that this outcome ends, from 1
        :param callback_at: the agreed moment in UTC, if already known
        :param str tz: the time zone of the sentences
        :param bool is_promised: the customer has an open callback
        """
        self.ensure_one()
        result = policy.outcome(self._policy(), attempt, is_promised)
        sentences = []
        if result.is_exhausted:
            sentences.append(self.env._("That was attempt %(nr)s of %(most)s.", nr=attempt, most=self.most_attempts))
        elif self.most_attempts and self.retry_minutes:
            sentences.append(self.env._("Attempt %(nr)s of %(most)s.", nr=attempt, most=self.most_attempts))
        match result.fate:
            case "close":
                sentences.append(
                    self.env._("The lead is closed, and not assigned again for %s days.", self.cooling_days)
                    if self.cooling_days
                    else self.env._("The lead is closed.")
                )
            case "release":
                sentences.append(self.env._("The lead goes back to the pool."))
            case _ if self.asks_callback and callback_at:
                when = format_datetime(self.env, callback_at, tz=tz or None, dt_format="short")
                sentences.append(self.env._("You call back on %s.", when))
            case _ if self.asks_callback:
                sentences.append(self.env._("You agree on a callback."))
            case _ if result.retry_minutes:
                sentences.append(self.env._("The lead comes back to you in %s.", self._duration(result.retry_minutes)))
            case _:
                sentences.append(self.env._("The lead stays with you."))
        return sentences + self._customer_sentences()

    def _customer_sentences(self):
        """Return sentences on the effects on the customer, whether or not it is the agent's lead."""
        return [effect.sentence for effect in self._effects() if effect.sentence]

    def _effects(self):
        """Hook: return the effects of the outcome on customers, whoever holds them. The form shows their sentences.

        :returns: list of :class:`Effect`, in the order in which they are applied
        """
        self.ensure_one()
        effects = []
        if self.quotation == "cancel":
            effects.append(Effect(self.env._("The quotation is cancelled."), self._cancel_quotations))
        elif self.quotation == "extend":
            until = format_date(self.env, self._valid_until())
            effects.append(Effect(self.env._("The quotation is valid until %s.", until), self._extend_quotations))
        if self.do_not_call:
            effects.append(Effect(self._block_sentence(), self._block_calls))
        if self.activity_type_id:
            # sudo: mail.activity.type - its name, as on every activity
            name = self.activity_type_id.sudo().name
            effects.append(Effect(self.env._("Activity planned: %s.", name), self._plan_activity))
        if self.mail_template_id:
            # sudo: mail.template - its name only; agents may not read templates
            name = self.mail_template_id.sudo().name
            effects.append(Effect(self.env._("E-mail sent: %s.", name), self._send_mail))
        return effects

    def _block_sentence(self):
        if self.do_not_call_days:
            return self.env._("The customer is not called for %s days, at any number.", self.do_not_call_days)
        return self.env._("The customer is never called again, at any number.")

    def _cancel_quotations(self, customers):
        self._quotations(customers).action_cancel()

    def _extend_quotations(self, customers):
        self._quotations(customers).validity_date = self._valid_until()

    def _quotations(self, customers):
        """Return, elevated, the quotations in the user's companies that the user logging the outcome may see."""
        orders = self.env["sale.order"].with_env(self.env(su=False))
        orders = orders.search([("leads_commercial_partner_id", "in", customers.ids), ("is_partial", "=", True)])
        # sudo: sale.order - a manager configured this effect on the disposition
        return orders.with_env(self.env(su=True, context=clean_context(self.env.context)))

    def _block_calls(self, customers):
        days = self.do_not_call_days
        until = days and fields.Datetime.now() + timedelta(days=days)
        self.env["leads.agent.opt.out"]._record(customers.commercial_partner_id, self, until)

    def _plan_activity(self, customers):
        for customer in customers:
            customer.activity_schedule(activity_type_id=self.activity_type_id.id, user_id=self.env.user.id)

    def _send_mail(self, customers):
        if reachable := customers.filtered(lambda customer: customer.email_normalized and not customer.is_blacklisted):
            self.mail_template_id.send_mail_batch(reachable.ids)

    def _duration(self, minutes):
        if minutes % MINUTES_A_DAY == 0:
            return self.env._("%s days", minutes // MINUTES_A_DAY)
        if minutes % MINUTES_AN_HOUR == 0:
            return self.env._("%s hours", minutes // MINUTES_AN_HOUR)
        return self.env._("%s minutes", minutes)

    def _valid_until(self):
        return fields.Date.add(fields.Date.context_today(self), days=self.quotation_days)
