"""The process of incoming leads: the state of each in the routing, and until when.

A plain object beside the model ``leads.agent.routing``, which stores it in the open row of each lead. The caller
passes elevated leads::

    Process(leads).lock()
    Process(leads).move("waiting", tomorrow, "Nobody is there.")
"""

from odoo import fields
from odoo.models import BaseModel
from odoo.tools import SQL


class Process:
    """The routing state of some leads. Only this class writes it."""

    def __init__(self, leads: BaseModel) -> None:
        # A client may pass a lead twice.
        self.leads = leads.union()
        self.env = leads.env

    def lock(self):
        """Lock the leads: of two transactions that move a lead, Odoo retries the second one.

        The rows are updated, not only locked. A lead without an open row has no offers yet; its first move updates the
        lead itself.
        """
        if self.leads:
            self.env["crm.lead"].flush_model()
            # Two statements without a join: the statistics of the table do not include the newest leads.
            ids = list(self.leads._ids)
            self.env.cr.execute(SQL("SELECT FROM crm_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", ids))
            self.env.cr.execute(
                SQL("UPDATE leads_agent_routing SET step = step + 1 WHERE lead_id = ANY(%s) AND state IS NOT NULL", ids)
            )

    def move(self, state, until=None, reason=None, hold=None):
        """Store the state of the leads, in one query.

        :param until: a moment in UTC, or ``{lead_id: moment}``
        :param reason: why the leads are unassigned: a sentence, or ``{lead_id: sentence}``
        :param hold: for held leads: a value of ``hold``, or ``{lead_id: hold}``
        """
        if not self.leads:
            return
        self.leads.flush_recordset()
        self.env["leads.agent.routing"].flush_model()
        ids = self.leads._ids
        untils, reasons, holds = (
            [value.get(nr) if isinstance(value, dict) else value for nr in ids] for value in (until, reason, hold)
        )
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (
                    INSERT INTO leads_agent_routing AS r (lead_id, company_id, at, state, step, hold, until, reason,
                           accepted_at, create_uid, create_date, write_uid, write_date)
                    SELECT t.lead_id, t.company_id, %(now)s, %(state)s, 0, t.hold, t.until, t.reason, %(accepted)s,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM unnest(%(leads)s::int[], %(companies)s::int[], %(untils)s::timestamp[], %(reasons)s::text[],
                                  %(holds)s::text[]) AS t (lead_id, company_id, until, reason, hold)
                        ON CONFLICT (lead_id) WHERE state IS NOT NULL
                        DO UPDATE SET company_id = EXCLUDED.company_id, state = EXCLUDED.state, hold = EXCLUDED.hold,
                           until = EXCLUDED.until, reason = EXCLUDED.reason,
                           accepted_at = COALESCE(EXCLUDED.accepted_at, r.accepted_at),
                           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 RETURNING id, lead_id)
                UPDATE crm_lead l SET leads_offer_state = %(state)s, leads_routing_id = m.id
                  FROM moved m WHERE l.id = m.lead_id
                """,
                now=now,
                uid=self.env.uid,
                state=state,
                accepted=now if state == "accepted" else None,
                leads=list(ids),
                companies=[lead._leads_company().id for lead in self.leads],
                untils=untils,
                reasons=reasons,
                holds=holds,
            )
        )
        self.env["leads.agent.routing"].invalidate_model()
        self.leads.invalidate_recordset(self.leads._leads_process_fields)
        self.schedule({moment for moment in untils if moment})

    def schedule(self, moments):
        """Schedule the job of the offers at these moments."""
        if moments:
            # sudo: ir.cron - the job is triggered regardless of the current user
            self.env.ref("leads_agent_offer.cron_offers").sudo()._trigger(at=sorted(moments))

    def withdraw(self, reason, *, state, keep_owner=False):
        """Take back live offers; no agent loses points."""
        if not self.leads:
            return
        self.lock()
        self.leads._leads_open_offers()._recall()
        self.move(state, reason=None if keep_owner else reason, hold="manager" if state == "held" else None)
