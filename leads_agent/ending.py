"""End assignments: the single exit point for all callers.

A plain object next to the model ``leads.agent.assignment``::

    Ending(env, "resolved", disposition=disposition, note="Has bought elsewhere").run(Domain("id", "in", ids))

It works in sets and checks no access rights: callers have checked them, and pass an elevated environment.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from . import figures, holders, notices


class Ended(NamedTuple):
    """The ids of an assignment that ended, of its commercial customer and of its agent."""

    assignment_id: int
    partner_id: int
    agent_id: int


@dataclass
class Ending:
    """Why and how assignments end.

    :param end_reason: a value of :data:`terms.END_REASONS`; ``undone`` ones count as never made
    :param sale_of: ``{partner_id: order_id}`` of the sales that resolved them
    :param is_held_on: the customers get another holder at once, who is written then
    :param tell: notify the agents
    :param untouched_days: for how many days nobody contacted them, for the notice to the agents
    """

    env: Environment
    end_reason: str
    disposition: BaseModel | None = None
    note: str = ""
    sale_of: dict[int, int] | None = None
    is_held_on: bool = False
    tell: bool = True
    untouched_days: int = 0

    @property
    def is_resolved(self) -> bool:
        return self.end_reason in ("resolved", "sale")

    def run(self, domain: Domain) -> BaseModel:
        """End the active assignments of ``domain`` in one statement.

        An assignment that another transaction has ended meanwhile is left unchanged.

        :returns: the assignments that were ended
        """
        now = self.env.cr.now().replace(microsecond=0)
        rows = self._write(domain, now)
        ended = self.env["leads.agent.assignment"].browse(row.assignment_id for row in rows)
        if not ended:
            return ended
        ended.invalidate_model()
        self.env["res.users"]._leads_forget_sight()
        if self.is_held_on:
            ended._unfollow(rows)
        else:
            holders.free(self.env, rows, ended._unfollowing(rows))
        agents = self.env["res.users"].browse({row.agent_id for row in rows})
        # sudo: res.users - the author of the entries and who is notified of them, read together
        (self.env.user | agents).sudo().mapped("partner_id")
        if self.end_reason != "undone":
            kind = self.end_reason if self.is_resolved else "unassigned"
            self.env["leads.agent.history"]._log_assignments(ended, kind, now, self.sale_of)
            figures.count_logged(ended, (self.sale_of or {}).values())
            if not self.is_resolved:
                customers = Domain("partner_id", "in", [row.partner_id for row in rows])
                ended._end_grace(customers & Domain("agent_id", "in", agents.ids))
        ended._on_ended(self.end_reason)
        by_agent = defaultdict(list)
        for row in rows:
            by_agent[agents.browse(row.agent_id)].append(row.partner_id)
        notices.tell_agents(self.env, by_agent, self.end_reason, self.tell, self.untouched_days)
        return ended

    def _write(self, domain: Domain, now) -> list[Ended]:
        assignments = self.env["leads.agent.assignment"]
        assignments.flush_model()
        self.env["res.company"].flush_model(["leads_agent_grace_minutes"])
        # sudo: leads.agent.assignment - the caller checked the right to end these assignments
        query = assignments.sudo()._search(domain & Domain("state", "=", "active"))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET state = %(state)s, end_reason = %(end_reason)s, ended_at = %(now)s, ended_by_id = %(uid)s,
                       visible_until = CASE WHEN %(state)s = 'resolved'
                           THEN %(now)s + make_interval(mins => COALESCE(
                               (SELECT leads_agent_grace_minutes FROM res_company WHERE id = a.company_id), 60))
                           ELSE %(now)s END,
                       disposition_id = %(disposition)s, note = %(note)s, sale_order_id = %(sale)s,
                       last_event_at = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                 WHERE a.id IN %(ids)s AND a.state = 'active'
             RETURNING a.id, a.partner_id, a.agent_id
                """,
                state="resolved" if self.is_resolved else "unassigned",
                end_reason=self.end_reason,
                now=now,
                uid=self.env.uid,
                disposition=self.disposition.id if self.disposition else None,
                note=self.note or None,
                sale=SQL("(%s::jsonb ->> a.partner_id::text)::int", json.dumps(self.sale_of or {})),
                ids=query.subselect(),
            )
        )
        return [Ended(*row) for row in rows]


def resolve_by_sale(orders: BaseModel) -> BaseModel:
    """Elevated: resolve the leads whose customer just completed one of ``orders``; per customer the newest counts.

    Needs no query when no customer is held: the holder is stored on the order.

    :returns: the assignments that were ended
    """
    env = orders.env
    held = orders.filtered("leads_agent_id")
    if others := (orders - held).filtered("leads_last_agent_id"):
        figures.sold_again(others)
    if not held:
        return env["leads.agent.assignment"]
    sales = {order.leads_commercial_partner_id.id: order.id for order in held.sorted("id")}
    closing = env["leads.agent.disposition"]._set_by_sale()
    ended = Ending(env, "sale", disposition=closing, sale_of=sales).run(
        Domain("partner_id", "in", held.leads_commercial_partner_id.ids)
    )
    if others := held.filtered(lambda order: order.id not in sales.values()):
        figures.recount_orders(others)
    return ended
