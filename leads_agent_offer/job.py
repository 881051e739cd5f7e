"""The job of the offers, ``crm.lead._cron_offers``: it is woken at the moments of the leads."""

from psycopg2.extensions import TransactionRollbackError

from odoo import fields
from odoo.api import Environment

from .holding import Holding
from .steps import Steps

CHUNK = 500
# Chunks that somebody else's answer came before, one after the other; what is left waits for the next run.
MOST_ATTEMPTS = 5


class Job:
    """One run, for all companies: whoever starts it brings an elevated environment."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def run(self):
        """Everything that is due: missed offers, shark tanks that end, leads that are released. Safe to run again."""
        Offer = self.env["leads.agent.offer"]
        for due in (Offer._expire_due, self.go_on):
            while count := self._attempt(due):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == CHUNK)):
                    return
        Offer._cron_tell()

    def _attempt(self, due):
        """One chunk. An agent who answers at this very moment goes first: then the chunk is begun anew."""
        self.env["ir.cron"]._commit_progress()
        for _attempt in range(MOST_ATTEMPTS):
            try:
                count = due(CHUNK)
                self.env.flush_all()
                return count
            except TransactionRollbackError:
                self.env.cr.rollback()
        return 0

    def go_on(self, limit):
        """Go on with leads whose moment has come.

        :returns: how many there were
        """
        leads = self.env["crm.lead"].search(
            [
                ("leads_offer_until", "<=", fields.Datetime.now()),
                ("leads_offer_state", "in", ("held", "waiting", "shark_tank")),
            ],
            order="leads_offer_until, id",
            limit=limit,
        )
        if not leads:
            return 0
        leads._leads_take_turns()
        leads.invalidate_recordset(["leads_offer_state", "leads_offer_until"])
        ended, waiting, held = (
            leads.filtered(lambda lead, state=state: lead.leads_offer_state == state)
            for state in ("shark_tank", "waiting", "held")
        )
        ended._leads_open_offers()._end_shark_tank()
        Steps(ended).go_on()
        # What was never offered, as the customer was given to nobody, begins at the first agent. Outside the operating
        # hours all of it is held.
        Holding(waiting).route()
        Holding(held).go_on()
        return len(leads)
