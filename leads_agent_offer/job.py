"""The job of the offers, ``crm.lead._cron_offers``: it is woken at the moments of the leads."""

from psycopg2.extensions import TransactionRollbackError

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from .holding import Holding
from .process import Process
from .steps import Steps
from .telling import Telling

CHUNK = 500
# Chunks that somebody else's answer came before, one after the other; what is left waits for the next run.
MOST_ATTEMPTS = 5


class Job:
    """One run, for all companies: whoever starts it brings an elevated environment."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def run(self):
        """Everything that is due: missed offers, shark tanks that end, leads that are released. Safe to run again."""
        for due in (self.expire, self.go_on):
            while count := self._attempt(due):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == CHUNK)):
                    return
        Telling(self.env).run()

    def _attempt(self, due):
        """One chunk. An agent who answers at this very moment goes first: then the chunk is begun again."""
        self.env["ir.cron"]._commit_progress()
        for _attempt in range(MOST_ATTEMPTS):
            try:
                count = due(CHUNK)
                self.env.flush_all()
                return count
            except TransactionRollbackError:
                self.env.cr.rollback()
        return 0

    def expire(self, limit):
        """Turn offers past their deadline into missed ones, and offer the leads to the next.

        The leads take turns first, so an agent who accepts at this moment either was faster or is told.

        :returns: how many were due
        """
        now = fields.Datetime.now()
        due = self.env["leads.agent.offer"].search(
            [("state", "=", "offered"), ("kind", "=", "exclusive"), ("deadline", "<=", now)],
            order="deadline, id",
            limit=limit,
        )
        if not due:
            return 0
        leads = due.lead_id
        Process(leads).take_turns()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_offer SET state = 'missed', missed_count = 1, write_date = %s
                 WHERE id = ANY(%s) AND state = 'offered' RETURNING id
                """,
                now,
                list(due._ids),
            )
        )
        due.invalidate_model()
        missed = due.browse([row[0] for row in rows])
        self.env["leads.agent.score.entry"]._add("missed", missed)
        missed._bus_changed()
        Steps(missed.lead_id).go_on()
        return len(due)

    def go_on(self, limit):
        """Go on with leads whose moment has come.

        :returns: how many there were
        """
        due = self.env["leads.agent.routing"].search(
            [
                ("until", "<=", fields.Datetime.now()),
                ("state", "in", ("held", "waiting", "shark_tank")),
                ("lead_id.active", "=", True),
            ],
            order="until, id",
            limit=limit,
        )
        leads = due.lead_id
        if not leads:
            return 0
        Process(leads).take_turns()
        leads.invalidate_recordset(["leads_offer_state"])
        due.invalidate_recordset()
        ended, waiting, held = (
            leads.filtered(lambda lead, state=state: lead.leads_offer_state == state)
            for state in ("shark_tank", "waiting", "held")
        )
        sharks = ended._leads_open_offers()
        # Whoever was in it had missed the lead before: no second miss, in points and in figures.
        sharks.write({"state": "ended"})
        sharks._bus_changed()
        Steps(ended).go_on()
        # What was never offered, as the customer was given to nobody, begins at the first agent. Outside the operating
        # hours all of it is held.
        Holding(waiting).route()
        Holding(held).go_on()
        return len(leads)
