"""B5: confirming orders of assigned customers, with all effects, compared with Odoo's own confirmation.

The effects: the lead is resolved and credited; customer, contacts and orders are unassigned; the history has its
entries; the agent is notified and the dashboard refreshes.

The peer confirms *the very same orders* in the same database, as the same salesperson, without the addon: its ``write``
and ``action_confirm`` of orders and its ``create`` of messages are temporarily removed from their classes, so that
Odoo's methods run as without the addon. Orders of other customers cannot be compared, because a confirmation takes
longer with more orders and messages. The addon's columns and indexes remain: PostgreSQL maintains them in both cases.

A third candidate confirms orders of customers who were never assigned, which is the cost for companies without
agents; a fourth those of customers who were assigned before, whose sale may still be credited.
"""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api

from odoo.addons.leads_agent.models import mail_message, sale_order
from odoo.addons.mail.models.mail_message import MailMessage
from odoo.addons.sale.models.sale_order import SaleOrder

from ..measure import Candidate, interleave
from ..report import Row

# How many orders are confirmed in one call, and the maximum ratio to the peer's time.
BATCHES = {1: 1.25, 10: 1.20}
MOST_QUERIES, MOST_QUERIES_UNHELD = 7, 1
HOOKS = (
    (sale_order.SaleOrder, SaleOrder, "write"),
    (sale_order.SaleOrder, SaleOrder, "action_confirm"),
    (mail_message.MailMessage, MailMessage, "create"),
)


def run(registry, scale, rounds, record) -> None:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seller = env["res.users"].search([("login", "=", "bench_all")]).id
        held, unheld = _orders(cr, "IS NOT NULL", max(BATCHES)), _orders(cr, "IS NULL", max(BATCHES))
    for count, limit in BATCHES.items():
        candidates = {
            "ours": Candidate(seller, _confirm(held[:count])),
            "peer": Candidate(seller, _confirm_plain(held[:count])),
            "before": Candidate(seller, _confirm(unheld[:count])),
            "unheld": Candidate(seller, _confirm(unheld[:count]), _as_if_never_held(unheld[:count])),
            "unheld plain": Candidate(seller, _confirm_plain(unheld[:count])),
        }
        timings = interleave(registry, candidates, rounds)
        what = "confirm 1 order" if count == 1 else f"confirm {count} orders"
        record(_row(scale, what, "held", count, timings["ours"], timings["peer"], limit))
        record(_row(scale, what, "held before", count, timings["before"], timings["unheld plain"], 0))
        record(_row(scale, what, "held by nobody", count, timings["unheld"], timings["unheld plain"], 0))
        for shape, ours, plain, most in (
            ("held", "ours", "peer", MOST_QUERIES),
            ("held by nobody", "unheld", "unheld plain", MOST_QUERIES_UNHELD),
        ):
            more = timings[ours].queries - timings[plain].queries
            record(
                Row("B5", scale.name, f"{what}: queries more", shape, count, more, more, more, "allowed", most, "G7", 1)
            )


def _orders(cr, held, count):
    """Return quotations of different customers who have a few orders each, as most have."""
    cr.execute(
        f"""
        SELECT min(id) FILTER (WHERE state IN ('draft', 'sent'))
          FROM sale_order WHERE leads_agent_id {held}
      GROUP BY leads_commercial_partner_id
        HAVING count(*) BETWEEN 3 AND 8 AND count(*) FILTER (WHERE state IN ('draft', 'sent')) > 0
      ORDER BY leads_commercial_partner_id LIMIT %s
        """,
        [count],
    )
    return [row[0] for row in cr.fetchall()]


def _confirm(order_ids):
    def work(env, _prepared=None):
        orders = env["sale.order"].browse(order_ids)
        orders.action_confirm()
        return set(orders.mapped("state"))

    return work


def _as_if_never_held(order_ids):
    def prepare(env):
        env.cr.execute("UPDATE sale_order SET leads_last_agent_id = NULL WHERE id = ANY(%s)", [order_ids])
        env.invalidate_all()

    return prepare


def _confirm_plain(order_ids):
    confirm = _confirm(order_ids)

    def work(env):
        with _bypassed():
            return confirm(env)

    return work


@contextmanager
def _bypassed():
    """Use Odoo's methods instead of ours; ours flush before they return."""
    with ExitStack() as stack:
        for ours, core, name in HOOKS:
            stack.enter_context(patch.object(ours, name, _next(ours, core, name)))
        yield


def _next(ours, core, name):
    """Return the method that would run if ``ours`` did not exist."""

    def bypass(self, *args, **kwargs):
        return getattr(super(ours, self), name)(*args, **kwargs)

    bypass.__name__ = name
    method = vars(core)[name]
    for attribute, value in vars(method).items():
        setattr(bypass, attribute, value)
    return bypass


def _row(scale, what, shape, size, ours, peer, limit):
    return Row(
        case="B5",
        scale=scale.name,
        what=what,
        shape=shape,
        size=size,
        ours_ms=ours.median,
        ours_p95=ours.p95,
        queries=ours.queries,
        peer="plain action_confirm",
        peer_ms=peer.median,
        goal="G7" if limit else "",
        limit=limit,
    )
