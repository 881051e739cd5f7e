import os
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.figures_common import FiguresCommon

from .marks import WHOLE, figure

SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
SEQUENCES = 1_000 if WHOLE else 4
ANY = settings(
    max_examples=SEQUENCES, deadline=None, database=None, print_blob=False, suppress_health_check=list(HealthCheck)
)
# Late in the evening in Brussels, so that sequences cross midnight
BEGIN = datetime(2026, 7, 9, 20)
# Midnight in Brussels, in UTC, by the day of the month in Brussels
MIDNIGHT = timedelta(hours=22)
DEEDS = ("assign", "reassign", "batch", "undo", "unassign", "resolve", "reopen", "sell", "cancel", "reset", "quote")
DEED = st.tuples(
    st.sampled_from((*DEEDS, "assign", "resolve", "reopen", "sell", "cancel", "reset")),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from((1, 7, 55, 300, 1_000, 15_000)),
)


@dataclass(eq=False)
class Turn:
    """An assignment of an agent until it ended. ``after`` is the earlier one that it continues."""

    agent: int
    order: int
    at: datetime
    after: "Turn | None" = None
    end: str = ""
    ended_at: datetime | None = None
    sold: int = 0


@dataclass(eq=False)
class Log:
    """A log of actions, and the figures computed from it in a slow and simple way."""

    entries: list = field(default_factory=list)

    # -- Playing the log

    def _play(self):
        """Compute the turns of all agents, and the state of each order."""
        self.turns, self.holder, self.states, self.sellers, batches = [], {}, {}, {}, {}
        for entry in self.entries:
            match entry:
                case ("quote", order):
                    self.states[order] = "draft"
                case ("give", at, customer, agent, order, entry_point):
                    before = self._before(customer, agent, order, entry_point)
                    taken = self._end(customer, "reassigned", at)
                    turn = Turn(agent, order, at, before)
                    self.turns.append((customer, turn))
                    self.holder[customer] = turn
                    batches.setdefault(entry_point, {})[customer] = (turn, taken)
                case ("end", at, customer, reason):
                    self._end(customer, reason, at)
                case ("sell", at, customer, order):
                    self.states[order] = "sale"
                    if turn := self._end(customer, "sale", at):
                        turn.sold = order
                        self.sellers[order] = turn
                case ("state", order, state):
                    self.states[order] = state
                case ("undo", customer, batch):
                    # As if it had never existed
                    turn, taken = batches[batch][customer]
                    self.turns.remove((customer, turn))
                    self.holder[customer] = taken
                    if taken:
                        taken.end, taken.ended_at = "", None

    def _end(self, customer, reason, at):
        turn = self.holder.pop(customer, None)
        if turn:
            turn.end, turn.ended_at = reason, at
        return turn

    def _before(self, customer, agent, order, entry_point):
        """Return the agent's turn that is reopened, or the last one for the same order of the customer."""
        for other, turn in reversed(self.turns):
            if other == customer and turn.agent == agent:
                if turn.end in ("resolved", "sale") if entry_point == "reopen" else order in (turn.order, turn.sold):
                    return turn
        return None

    # -- Counting

    def _is_credited(self, turn):
        return turn.end == "sale" and self.sellers[turn.sold] is turn and self.states[turn.sold] == "sale"

    def _leads(self, agent):
        """Return the leads of an agent that count, each as a list of turns; the last turn decides its state."""
        leads = []
        mine = [turn for _customer, turn in self.turns if turn.agent == agent]
        for first in mine:
            if first.after in mine:
                continue
            lead, chain = [], [first]
            for turn in mine:
                if turn.after in chain:
                    chain.append(turn)
            for turn in chain:
                lead.append(turn)
                if turn.end == "reassigned":
                    lead = []
                elif self._is_credited(turn):
                    leads.append(lead)
                    lead = []
            if lead:
                leads.append(lead)
        return leads

    def figures(self, agent, midnight):
        self._play()
        assigned = resolved = sold = 0
        orders = {}
        for lead in self._leads(agent):
            last, order = lead[-1], lead[-1].sold or lead[-1].order
            is_today = last.ended_at and last.ended_at >= midnight
            assigned += lead[0].at >= midnight
            resolved += bool(last.end in ("resolved", "sale") and is_today)
            sold += bool(self._is_credited(last) and is_today)
            if last.end and last.ended_at < midnight - timedelta(days=30):
                continue
            if self._is_credited(last):
                orders.setdefault((id(last), order), 1)
            elif self.states[order] != "sale":
                orders.setdefault((id(last), order), 0)
        return {
            "assigned": assigned,
            "resolved": resolved,
            "sold": sold,
            "open": sum(turn.agent == agent for turn in self.holder.values() if turn),
            "conversion": sum(orders.values()) / len(orders) if orders else False,
        }


@tagged("post_install", "-at_install", "leads_prove")
class TestFiguresAny(FiguresCommon):
    """After random actions on leads and orders, all users and reports read the figures of a simple recount.

    In full: 1,000 sequences of up to 14 actions. As a slice: 4.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_view_non_partial = True
        cls.agents = (cls.agent, cls.other_agent)
        cls.customers = [cls._customer(name) for name in ("Harbour Café", "Hill Bakery")]

    # -- Actions, each by the entry point that users use

    def _quote(self, customer):
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "date_order": fields.Datetime.now(), "company_id": self.env.company.id}
        )
        self._note("quote", order.id)
        return order

    def _deed_quote(self, customer, _agent):
        self._quote(customer)

    def _deed_assign(self, customer, agent):
        self._given(
            customer,
            lambda: (
                self.env["leads.agent.assign"]
                .with_user(self.manager)
                .create({"agent_id": agent.id, "partner_id": customer.id})
                .action_assign()
            ),
        )

    def _deed_reassign(self, customer, agent):
        active = self._active(customer)
        wizard = self.env["leads.agent.reassign"].with_user(self.manager)
        self._given(
            customer, lambda: wizard.create({"assignment_ids": active.ids, "agent_id": agent.id}).action_reassign()
        )

    def _deed_batch(self, _customer, agent):
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create(
                {
                    "agent_id": agent.id,
                    "selected_order_ids": [
                        order.id for customer in self.customers for order in customer.sale_order_ids
                    ],
                    "reassign": True,
                }
            )
        )
        before = {customer: self._active(customer) for customer in self.customers}
        batch.action_assign()
        for customer in self.customers:
            self._note_given(customer, before[customer], batch.id)
        self.batches.append(batch)

    def _deed_undo(self, _customer, _agent):
        if not self.batches:
            return
        batch = self.batches.pop()
        batch.action_undo()
        for line in batch.line_ids:
            if line.undone == "undone":
                self._note("undo", self.customers.index(line.partner_id), batch.id)

    def _deed_unassign(self, customer, _agent):
        if active := self._active(customer):
            active.with_user(self.manager).action_unassign()
            self._note("end", self.now, self.customers.index(customer), "unassigned")

    def _deed_resolve(self, customer, _agent):
        if active := self._active(customer):
            self._resolve(active)
            self._note("end", self.now, self.customers.index(customer), "resolved")

    def _deed_reopen(self, customer, agent):
        ended = customer.leads_assignment_ids.filtered(
            lambda a: a.agent_id == agent and a.state == "resolved" and a.end_reason != "undone"
        )
        if ended:
            last = ended.sorted("id")[-1].with_user(self.manager)
            self._given(customer, last.action_reopen, "reopen")

    def _orders(self, customer, states):
        return self.env["sale.order"].search(
            [("partner_id", "=", customer.id), ("state", "in", states)], order="id desc", limit=1
        )

    def _deed_sell(self, customer, agent):
        if order := self._orders(customer, ("draft", "sent")):
            was = self._active(customer)
            order.with_user(self.salesperson).action_confirm()
            self._note("sell", self.now, self.customers.index(customer), order.id)
            self.assertEqual(bool(was), was.state == "resolved")

    def _deed_cancel(self, customer, _agent):
        if order := self._orders(customer, ("draft", "sent", "sale")):
            order.with_user(self.salesperson).action_cancel()
            self._note("state", order.id, "cancel")

    def _deed_reset(self, customer, _agent):
        if order := self._orders(customer, ("cancel",)):
            order.with_user(self.salesperson).action_draft()
            self._note("state", order.id, "draft")

    # -- The log

    def _note(self, *entry):
        self.log.entries.append(entry)

    def _given(self, customer, do, entry_point="form"):
        before = self._active(customer)
        do()
        self._note_given(customer, before, entry_point)

    def _note_given(self, customer, before, entry_point):
        """Log an assignment.

        :param entry_point: ``form``, ``reopen``, or the number of a batch
        """
        after = self._active(customer)
        if after != before:
            nr, agent = self.customers.index(customer), self.agents.index(after.agent_id)
            self._note("give", self.now, nr, agent, after.order_id.id, entry_point)

    # -- Playing and comparing

    @contextmanager
    def _undone(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.flush_all()
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.cr.precommit.clear()

    def _do(self, deed, customer, agent):
        """Run an action; a refused one is not logged."""
        savepoint = self.env.cr.savepoint()
        before = len(self.log.entries)
        try:
            getattr(self, f"_deed_{deed}")(self.customers[customer], self.agents[agent])
            self.env.flush_all()
        except UserError:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            del self.log.entries[before:]
        else:
            savepoint.close(rollback=False)

    def _check(self):
        midnight = self.now.replace(hour=0, minute=0) + MIDNIGHT
        midnight -= timedelta(days=midnight > self.now)
        for nr, agent in enumerate(self.agents):
            found, expected = self._figures(agent), self.log.figures(nr, midnight)
            self.assertAlike(found, expected, f"{agent.name}, after {self.log.entries}")

    def test_any_sequence(self):
        figure("figures", "seed (LEADS_SEED)", SEED)
        counted = {"sequences": 0, "deeds": 0}

        @seed(SEED)
        @ANY
        @given(st.lists(DEED, min_size=6, max_size=14))
        def check(deeds):
            self.log, self.batches, self.now = Log(), [], BEGIN
            with self._undone():
                with self._at_time(str(self.now)):
                    for customer in self.customers:
                        self._quote(customer)
                for deed, customer, agent, minutes in deeds:
                    self.now += timedelta(minutes=minutes)
                    with self._at_time(str(self.now)):
                        self._do(deed, customer, agent)
                with self._at_time(str(self.now)):
                    self._check()
            counted["sequences"] += 1
            counted["deeds"] += len(self.log.entries)

        check()
        for name, count in counted.items():
            figure("figures", name, count)
        self.assertGreaterEqual(counted["sequences"], SEQUENCES)
