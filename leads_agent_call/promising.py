"""How a callback is agreed on: a local time at which the customer may be called, and the values that follow from it."""

from datetime import date, datetime, time, timedelta

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError

from odoo.addons.leads_agent.tools.moments import to_moment, zone_info

from .clock import moment_text
from .tools.attempt import Attempt
from .tools.calling_hours import next_opening_everywhere

QUARTER = timedelta(minutes=15)
FARTHEST = timedelta(days=366)
# Fields that an agent may write on an own callback; all others are set automatically.
OWN_FIELDS = frozenset(("due_at", "note"))
MANAGER_FIELDS = OWN_FIELDS | {"agent_id", "team_id"}


def parse(env: Environment, customer, values):
    """Convert a local day and time to a moment in UTC.

    :param dict values: ``date``, ``time``, ``zone`` (a name, or empty for the customer's)
    :returns: ``(moment in UTC, zone)``
    :raises UserError: when the values are invalid
    """
    zone = values.get("zone")
    if not zone:
        # sudo: leads.agent.desk - the zone of a customer that the user may read
        Desk = env["leads.agent.desk"].sudo()
        facts = Desk._facts(customer.ids)[customer.id]
        if not facts.zone:
            raise UserError(Desk._unknown_zone_sentence(facts))
        zone = facts.zone
    try:
        zone_info(zone)
    except (ValueError, TypeError):
        raise UserError(env._("There is no time zone '%s'.", zone)) from None
    try:
        day = values["date"] if isinstance(values["date"], date) else date.fromisoformat(values["date"])
        hours = float(values["time"])
        if not 0 <= hours < 24:
            raise ValueError(hours)
        moment = to_moment(datetime.combine(day, time()) + timedelta(minutes=round(hours * 60)), zone)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UserError(env._("A callback needs a day and a time between 0:00 and 23:59.")) from None
    return moment, zone


def propose(env: Environment, customer, minutes):
    """Return the next full quarter of an hour after some minutes at which the customer may be called."""
    # sudo: leads.agent.desk - the hours of a customer that the user may read
    facts = env["leads.agent.desk"].sudo()._facts(customer.ids)[customer.id]
    moment = fields.Datetime.now() + timedelta(minutes=minutes)
    moment += -timedelta(minutes=moment.minute, seconds=moment.second) % QUARTER
    return next_opening_everywhere(facts.clocks, moment) or moment, facts.zone or env.user.tz or "UTC"


def next_tries(callbacks, minutes):
    """Return when to call again if nobody was reached: after some minutes, within the customers' calling hours.

    A callback keeps its exact time (N7). When a call a day early reaches nobody, the agreed call still takes place: the
    retry of the outcome is the earliest time for another attempt, and never replaces the agreed one.

    :returns: ``{id: moment in UTC}``
    """
    facts_of = callbacks.env["leads.agent.desk"]._facts(callbacks.partner_id.ids)
    retry = fields.Datetime.now() + timedelta(minutes=minutes)
    moments = {}
    for callback in callbacks:
        moment = max(retry, callback.promised_at or callback.due_at)
        moments[callback.id] = next_opening_everywhere(facts_of[callback.partner_id.id].clocks, moment) or moment
    return moments


def check_due(callbacks):
    """Check that the customers can and may be called at the time of their callbacks.

    :raises UserError: otherwise
    """
    env, now = callbacks.env, fields.Datetime.now()
    # sudo: leads.agent.desk - the hours and numbers of customers that the user may read
    Desk = env["leads.agent.desk"].sudo()
    facts_of = Desk._facts(callbacks.partner_id.ids)
    for callback in callbacks:
        facts = facts_of[callback.partner_id.id]
        zone = facts.zone or env.user.tz or "UTC"
        when = moment_text(env, callback.due_at, zone)
        if callback.due_at <= now:
            raise UserError(env._("The callback would be in the past: %s.", when))
        if callback.due_at > now + FARTHEST:
            raise UserError(env._("The callback would be more than a year away: %s.", when))
        if refusal := Desk._refusal_sentence(Attempt(facts, env.user, callback.due_at), "promise"):
            raise UserError(refusal)


def complete(env: Environment, vals):
    """Complete the values of a new callback, and refuse those that its author may not set."""
    if not env.su:
        allowed = {"partner_id", "zone"} | (
            MANAGER_FIELDS if env.user._is_leads_manager() else OWN_FIELDS | {"agent_id", "team_id"}
        )
        for name in vals.keys() - allowed:
            if vals[name] and vals[name] != env["leads.agent.callback"].default_get([name]).get(name):
                raise AccessError(env["leads.agent.callback"]._follows_sentence(name))
            del vals[name]
        if env.user._is_leads_agent() and (vals.get("agent_id") or env.uid) != env.uid:
            raise AccessError(env._("You can only promise callbacks in your own name."))
    partner = env["res.partner"].browse(vals.get("partner_id")).exists()
    if not partner:
        raise UserError(env._("A callback needs a customer."))
    partner.check_access("read")
    partner._leads_check_is_customer()
    customer = partner.commercial_partner_id
    # sudo: res.partner, res.users - the holder of a customer that the user may read
    holder = customer.sudo().leads_agent_id
    agent = env["res.users"].browse(vals.get("agent_id") or holder.id or env.uid).sudo()
    if holder and holder != agent and not env.su:
        raise UserError(
            env._("%(customer)s is the lead of %(holder)s.", customer=customer.display_name, holder=holder.name)
        )
    vals |= {
        "partner_id": customer.id,
        "agent_id": agent.id,
        "team_id": vals.get("team_id") or agent.sale_team_id.id,
        "company_id": _company_for(env, customer, agent).id,
        "promised_at": vals.get("due_at"),
    }
    # sudo: leads.agent.callback - whether there is one, whoever may read it
    open_one = env["leads.agent.callback"].sudo()._open_of(customer)
    if open_one:
        raise UserError(
            env._(
                "%(customer)s already has an open callback, for %(when)s.",
                customer=customer.display_name,
                when=open_one._when(),
            )
        )


def _company_for(env: Environment, customer, agent):
    """Return the customer's company, else that of the lead if the agent works in it."""
    # sudo: res.partner, leads.agent.assignment - the companies of a customer that the user may read
    if company := customer.sudo().company_id:
        return company
    Assignment = env["leads.agent.assignment"].sudo()
    lead = Assignment.search([("partner_id", "=", customer.id), ("state", "=", "active")], limit=1)
    worked_in = agent.company_ids
    return (lead.company_id & worked_in) or (env.company & worked_in) or agent.company_id or env.company
