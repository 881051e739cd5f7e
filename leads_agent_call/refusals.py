"""Reasons not to call a customer. Some of them are also reasons not to assign the customer."""

from odoo import fields
from odoo.tools import SQL

from odoo.addons.leads_agent.tools.moments import to_local
from odoo.addons.leads_agent.tools.refusals import Refusal

from .clock import moment_text, time_text
from .tools.calling_hours import next_opening_everywhere, open_everywhere
from .tools.phone_numbers import choices, is_blocked

# ----------------------------------------------------------------------
# Conditions
# ----------------------------------------------------------------------


def _is_cell(customer):
    """SQL condition: contact ``p`` belongs to the customer, is not archived, and has a text in its phone field."""
    return SQL(
        "p.commercial_partner_id = %(id)s AND (p.active OR p.id = %(id)s) AND p.phone <> ''",
        id=customer,
    )


def _is_blacklisted(env, customer):
    """SQL for :func:`phone_numbers.is_blocked`: the own number is on the list, or all numbers are."""
    return SQL(
        """(
        SELECT COALESCE(bool_or(b.id IS NOT NULL AND p.id = %(id)s) OR bool_and(b.id IS NOT NULL), FALSE)
          FROM res_partner p
     LEFT JOIN phone_blacklist b ON b.number = p.phone_sanitized AND %(in_force)s
         WHERE %(is_cell)s)""",
        id=customer,
        is_cell=_is_cell(customer),
        in_force=env["phone.blacklist"]._leads_in_force_sql("b"),
    )


def has_odd_cells(customer):
    """SQL condition: a phone field has no number found by Odoo, or more digits than that number."""
    return SQL(
        r"""EXISTS (
        SELECT FROM res_partner p
         WHERE %(is_cell)s
           AND length(regexp_replace(p.phone, '\D', '', 'g')) >= length(COALESCE(p.phone_sanitized, '')))""",
        is_cell=_is_cell(customer),
    )


def _needs_phone(env, customer):
    # sudo: res.company - a setting
    if not env.company.sudo().leads_agent_need_phone:
        return SQL("FALSE")
    return SQL(
        """NOT EXISTS (
        SELECT FROM res_partner p
         WHERE %(is_cell)s)""",
        is_cell=_is_cell(customer),
    )


# ----------------------------------------------------------------------
# Sentences
# ----------------------------------------------------------------------


def _closed_sentence(env, facts, moment):
    """Return the local time where calls are not allowed at a moment, and when they are."""
    opening = _opening_sentence(env, facts, moment)
    if moment > fields.Datetime.now():
        zone = facts.zone or env.user.tz or "UTC"
        return env._(
            "%(customer)s may not be called then: it would be %(when)s there. %(hours)s",
            customer=facts.name,
            when=moment_text(env, moment, zone),
            hours=opening,
        )
    closed = {to_local(moment, clock.zone): clock.zone for clock in facts.clocks if not clock.is_open(moment)}
    first, last = (time_text(env, moment, closed[local], "EEE") for local in (min(closed), max(closed)))
    if first == last:
        sentence = env._("%(customer)s may not be called now: it is %(there)s there.", customer=facts.name, there=first)
    else:
        sentence = env._(
            "%(customer)s may not be called now: it may be %(first)s there, or %(last)s.",
            customer=facts.name,
            first=first,
            last=last,
        )
    return f"{sentence} {opening}"


def _opening_sentence(env, facts, moment):
    opening = next_opening_everywhere(facts.clocks, moment)
    if not opening:
        return env._("There is no time at which calls are allowed in all time zones where the customer may be.")
    when = moment_text(env, opening, env.user.tz)
    return env._("Calls are allowed again from %s, by your clock.", when)


# ----------------------------------------------------------------------
# The list
# ----------------------------------------------------------------------

ALL = frozenset(("give", "share", "call", "promise", "keep"))
CALLS = frozenset(("call", "promise"))
NOW = frozenset(("call",))

CALL_REFUSALS = (
    Refusal(
        "ours",
        CALLS | {"keep"},
        judge=lambda attempt: attempt.facts.is_ours,
        sentence=lambda env, customer, _known: env["res.partner"]._leads_ours_sentence(customer),
    ),
    Refusal(
        "colleague",
        NOW,
        judge=lambda attempt: attempt.is_of_a_colleague,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._holder_sentence(attempt.facts),
    ),
    Refusal(
        "on_the_phone",
        NOW,
        judge=lambda attempt: attempt.facts.caller_id and attempt.facts.caller_id != attempt.user.id,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._caller_sentence(attempt.facts),
    ),
    Refusal(
        "opted_out",
        ALL,
        condition=lambda env, customer: env["leads.agent.opt.out"]._condition(customer),
        sentence=lambda env, customer, _known: env._("%s does not want to be called.", customer),
        title=lambda env: env._("Do not want to be called"),
    ),
    Refusal(
        "blacklisted",
        ALL,
        condition=_is_blacklisted,
        judge=lambda attempt: is_blocked(attempt.facts.lines),
        sentence=lambda env, customer, _known: env._(
            "Do not call: the number of %s is on the do-not-call list.", customer
        ),
        title=lambda env: env._("Their number is on the do-not-call list"),
    ),
    Refusal(
        "no_phone",
        NOW | {"give", "share"},
        condition=_needs_phone,
        judge=lambda attempt: not attempt.facts.lines,
        sentence=lambda env, customer, _known: env._("%s has no phone number.", customer),
        title=lambda env: env._("No phone number"),
    ),
    Refusal(
        "unreadable",
        NOW,
        judge=lambda attempt: not choices(attempt.facts.lines),
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._number_sentence(attempt.facts.lines[0]),
    ),
    Refusal(
        "most_calls",
        NOW,
        judge=lambda attempt: 0 < attempt.facts.most_calls <= attempt.facts.calls_today,
        sentence=lambda env, customer, attempt: env._(
            "%(customer)s has already been called %(most)s times today, the maximum per day.",
            customer=customer,
            most=attempt.facts.most_calls,
        ),
    ),
    Refusal(
        "unknown_zone",
        CALLS,
        judge=lambda attempt: not attempt.facts.clocks,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._unknown_zone_sentence(attempt.facts),
    ),
    Refusal(
        "hours",
        CALLS,
        judge=lambda attempt: not open_everywhere(attempt.facts.clocks, attempt.at),
        sentence=lambda env, _customer, attempt: _closed_sentence(env, attempt.facts, attempt.at),
    ),
)
