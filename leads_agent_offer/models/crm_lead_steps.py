from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models

CHUNK = 500
# Chunks that somebody else's answer came before, one after the other; what is left waits for the next run.
MOST_ATTEMPTS = 5


class CrmLead(models.Model):
    """The job of the offers."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    def _leads_open_offers(self, but=None):
        offers = self.env["leads.agent.offer"].search([("lead_id", "in", self.ids), ("state", "=", "offered")])
        return offers - but if but else offers

    def _leads_withdraw(self, reason, *, state, keep_owner=False):
        """Take back what is being offered; nobody loses points."""
        if not self:
            return
        self._leads_take_turns()
        self._leads_open_offers()._recall()
        hold = "manager" if state == "held" else None
        self._leads_move(state, reason=None if keep_owner else reason, hold=hold)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_offers(self):
        """Everything that is due: missed offers, shark tanks that end, leads that are released. Safe to run again."""
        # sudo: crm.lead, leads.agent.offer - a job for all companies
        Lead, Offer = self.sudo(), self.env["leads.agent.offer"].sudo()
        for due in (Offer._expire_due, Lead._leads_due):
            while count := self._leads_attempt(due):
                if not self.env["ir.cron"]._commit_progress(count, remaining=int(count == CHUNK)):
                    return
        Offer._cron_tell()

    @api.model
    def _leads_attempt(self, due):
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

    @api.model
    def _leads_due(self, limit):
        """Go on with leads whose moment has come.

        :returns: how many there were
        """
        leads = self.search(
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
        ended._leads_continue()
        # What was never offered, as the customer was given to nobody, begins at the first agent. Outside the operating
        # hours all of it is held.
        waiting._leads_route()
        held._leads_due_held()
        return len(leads)
