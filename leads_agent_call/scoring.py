"""The terms whose sum is the stored part of a lead's expected value, and the sentence of each term.

The arithmetic is :func:`next_lead.standing`; a test compares the two.
"""

from collections.abc import Callable
from typing import NamedTuple

from odoo import fields
from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools import SQL, format_amount

from odoo.addons.leads_agent import newest

from .facts import Facts, standing_sql
from .tools import next_lead


class Term(NamedTuple):
    """A term of the priority of a lead.

    :param sql: of an active assignment, as a logarithm of base 2
    :param sentence: function of the facts of a customer and the currency of the company; empty if there is nothing to
        say
    """

    sql: SQL
    sentence: Callable[[Facts, BaseModel], str]


def terms(env: Environment, alias: str) -> list[Term]:
    """Return the terms of every lead: its quotation, the attempts and the sales.

    :param alias: of an active assignment in SQL
    """
    weights = env.company._leads_weights()
    partner = SQL.identifier(alias, "partner_id")
    companies = SQL(
        "(SELECT m.cid FROM res_company_users_rel m WHERE m.user_id = %s)", SQL.identifier(alias, "agent_id")
    )
    quotation = SQL(
        """
        COALESCE(
            (SELECT max(%(standing)s) FROM sale_order o
              WHERE o.leads_commercial_partner_id = %(partner)s AND %(is_partial)s
                AND o.company_id IN %(companies)s),
            extract(epoch FROM %(assigned)s - %(epoch)s::timestamp) / 86400 / %(half_life)s)
        """,
        companies=companies,
        standing=standing_sql(env, "o", weights.half_life),
        partner=partner,
        is_partial=newest.is_partial_sql("o"),
        assigned=SQL.identifier(alias, "assigned_at"),
        epoch=next_lead.EPOCH,
        half_life=weights.half_life,
    )
    attempts = SQL("COALESCE(%s, 0) * ln(%s::float) / ln(2)", SQL.identifier(alias, "attempt_count"), weights.fatigue)
    sales = SQL(
        """
        ln(1 + %(loyalty)s * LEAST(%(most)s, (
            SELECT count(*) FROM leads_agent_assignment s
             WHERE s.partner_id = %(partner)s AND s.is_sale = 1
               AND s.company_id IN %(companies)s))::float) / ln(2)
        """,
        companies=companies,
        partner=partner,
        loyalty=weights.loyalty,
        most=next_lead.MOST_SALES,
    )
    return [Term(quotation, _quotation), Term(attempts, _attempts), Term(sales, _sales)]


def _quotation(facts: Facts, currency: BaseModel) -> str:
    env = currency.env
    if not facts.best_order_id:
        return ""
    days = (fields.Datetime.now() - facts.ordered_at).days
    if currency.compare_amounts(facts.amount, 0) <= 0:
        if days > 0:
            return env._("Quotation with no amount yet, %s days old.", days)
        return env._("Quotation with no amount yet, created today.")
    amount = format_amount(env, facts.amount, currency)
    if days > 0:
        return env._("Quotation for %(amount)s, %(days)s days old.", amount=amount, days=days)
    return env._("Quotation for %s, created today.", amount)


def _attempts(facts: Facts, currency: BaseModel) -> str:
    if facts.lead.attempts:
        return currency.env._("%s unsuccessful attempts.", facts.lead.attempts)
    return currency.env._("No unsuccessful attempts yet.")


def _sales(facts: Facts, currency: BaseModel) -> str:
    return currency.env._("Bought before: %s times.", facts.lead.sales) if facts.lead.sales else ""
