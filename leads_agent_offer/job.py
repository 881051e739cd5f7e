"""The job of the offers, ``crm.lead._cron_offers``, triggered when leads are due."""

from psycopg2.extensions import TransactionRollbackError

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from .holding import Holding
from .notifying import Notifying
from .process import Process
from .steps import Steps

CHUNK = 500
# Attempts per chunk when agents answer at the same moment; the rest waits for the next run.
MOST_ATTEMPTS = 5


class Job:
    """One run, for all companies. Needs an elevated environment."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def run(self):
        """Process everything that is due: missed offers, ended shark tanks, releases. Safe to run again."""
        for due in (self.expire, self.go_on):
            while count := self._attempt(due):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == CHUNK)):
                    return
        Notifying(self.env).run()

    def _attempt(self, due):
        """Process one chunk. If an agent answers at the same moment, the answer wins and the chunk starts again."""
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
        """Mark offers past their deadline as missed, and offer the leads to the next agents.

        The leads are locked first, so an agent who accepts at this moment either was faster or gets an error.

        :returns: how many offers were due
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
        Process(leads).lock()
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
        """Take the next step with leads that are due.

        :returns: how many leads were due
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
        Process(leads).lock()
        leads.invalidate_recordset(["leads_offer_state"])
        due.invalidate_recordset()
        ended, waiting, held = (
            leads.filtered(lambda lead, state=state: lead.leads_offer_state == state)
            for state in ("shark_tank", "waiting", "held")
        )
        sharks = ended._leads_open_offers()
        # These agents had already missed the lead: no second miss in points and figures.
        sharks.write({"state": "ended"})
        sharks._bus_changed()
        Steps(ended).go_on()
        # Leads that were never offered, because their customer was refused, start with the first agent. Outside the
        # operating hours they are held.
        Holding(waiting).route()
        Holding(held).go_on()
        return len(leads)
