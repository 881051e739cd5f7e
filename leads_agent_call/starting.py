"""How a call begins: whether the customer may be called now, and at which number."""

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError

from odoo.addons.leads_agent.tools.moments import to_local

from .tools.attempt import Attempt
from .tools.phone_numbers import choices, dialable


def begin(env: Environment, customer, direction: str, number: str) -> dict:
    """Begin a call of the current user with a customer that the user may read.

    :param number: one of the customer's numbers, if chosen
    :returns: the result of ``leads.agent.call.start``
    :raises UserError: when the customer may not be called now
    """
    user = env.user
    # sudo: leads.agent.desk - also reads data of colleagues to decide on the call; returns only sentences
    Desk = env["leads.agent.desk"].sudo()
    facts = Desk._facts(customer.ids)[customer.id]
    # sudo: leads.agent.callback - only whether there is one that the user may keep
    callback = env["leads.agent.callback"].sudo()._kept_by(user, customer)
    numbers = _numbers(env, facts, number)
    if direction == "out":
        attempt = Attempt(facts, user, fields.Datetime.now(), bool(callback))
        reasons = [Desk._refusal_sentence(attempt._replace(facts=Desk._at_number(facts, nr))) for nr in numbers]
        if all(reasons):
            raise UserError(reasons[0] if reasons else Desk._refusal_sentence(attempt))
        numbers = [nr for nr, reason in zip(numbers, reasons, strict=True) if not reason]
        if len(numbers) > 1:
            values = [number_values(nr) for nr in numbers]
            return {"call_id": False, "phone": "", "dial": {}, "numbers": values}
    if facts.caller_id:
        raise UserError(Desk._caller_sentence(facts))
    now = fields.Datetime.now()
    # sudo: leads.agent.call - users cannot write calls directly; all values are set here
    call = (
        env["leads.agent.call"]
        .sudo()
        .create(
            {
                "partner_id": customer.id,
                "agent_id": user.id,
                "team_id": user.sudo().sale_team_id.id,
                "company_id": env.company.id,
                "assignment_id": facts.assignment_id,
                "order_id": facts.order_id,
                "callback_id": callback.id,
                "direction": direction,
                "phone": numbers[0].shown if numbers else False,
                "started_at": now,
                "local_hour": to_local(now, facts.zone or "UTC").hour,
            }
        )
    )
    call._on_call_started()
    return call._started()


def _numbers(env: Environment, facts, chosen=""):
    """Return the numbers to dial: the chosen one, else those of the first phone field that has any.

    :raises UserError: when the customer does not have the number
    """
    if not chosen:
        return choices(facts.lines)
    numbers = [number for number in dialable(facts.lines) if number.dial == chosen]
    if not numbers:
        raise UserError(
            env._("'%(number)s' is not a phone number of %(customer)s.", number=chosen, customer=facts.name)
        )
    return numbers


def number_values(number) -> dict:
    return {"dial": number.dial, "name": number.shown}
