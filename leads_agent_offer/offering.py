"""Offer leads to agents, in sets: the only place where offers are made.

A plain object beside the model ``leads.agent.offer``. Needs an elevated environment::

    Offering(env).make([(lead.id, agent.id, routing_id, "exclusive")], company)
"""

from datetime import timedelta

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from .process import Process


class Offering:
    """Makes offers."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def make(self, rows, company, until=None):
        """Offer leads, in sets.

        :param rows: ``(lead_id, agent_id, routing_id, kind)``, all of one kind
        :param until: the deadline; None for the company's time to answer (no deadline for the catch-all)
        """
        if not rows:
            return self.env["leads.agent.offer"]
        kind = rows[0][3]
        now = fields.Datetime.now()
        deadlines = self._deadlines({row[1] for row in rows}, company) if kind == "exclusive" else {}
        due = [deadlines.get(row[1], until) for row in rows]
        leads = self.env["crm.lead"].browse(row[0] for row in rows)
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_offer (lead_id, agent_id, routing_id, kind, state, company_id, offered_at,
                       deadline, country_id, region_id, response_seconds, accepted_count, declined_count, missed_count,
                       create_uid, create_date, write_uid, write_date)
                SELECT t.lead_id, t.agent_id, t.routing_id, %(kind)s, 'offered', %(company)s, %(now)s, t.deadline,
                       t.country_id, t.region_id, NULL, 0, 0, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(leads)s::int[], %(agents)s::int[], %(routings)s::int[], %(due)s::timestamp[],
                              %(countries)s::int[], %(regions)s::int[])
                       AS t (lead_id, agent_id, routing_id, deadline, country_id, region_id)
             RETURNING id
                """,
                kind=kind,
                company=company.id,
                now=now,
                uid=self.env.uid,
                leads=list(leads._ids),
                agents=[row[1] for row in rows],
                routings=[row[2] for row in rows],
                due=due,
                countries=[lead.country_id.id or None for lead in leads],
                regions=[lead.state_id.id or None for lead in leads],
            )
        )
        offers = self.env["leads.agent.offer"].browse([row[0] for row in created])
        offers.invalidate_model()
        until_of = {row[0]: deadline for row, deadline in zip(rows, due, strict=True)}
        leads = self.env["crm.lead"].browse(until_of)
        process = Process(leads)
        process.move("offered" if kind == "exclusive" else kind, until_of)
        if kind == "exclusive":
            self.env["leads.agent.profile"]._note_served([row[1] for row in rows])
        process.schedule({now})
        offers._bus_changed()
        return offers

    def _deadlines(self, agent_ids, company):
        """Return ``{agent_id: deadline}`` of an offer made now."""
        now = fields.Datetime.now()
        minutes = timedelta(minutes=company.leads_offer_minutes)
        if not company.leads_offer_stop_clock:
            return dict.fromkeys(agent_ids, now + minutes)
        # sudo: res.users - only the calling hours of agents
        agents = self.env["res.users"].sudo().browse(agent_ids)
        return {
            agent.id: (agent.leads_calendar_id and agent.leads_calendar_id._leads_after(now, minutes)) or now + minutes
            for agent in agents
        }

    def accepted(self, lead, agent, cause, routing_id):
        """Create an accepted offer for a repeat lead, or one assigned by the catch-all.

        :param str cause: ``coalesced`` or ``assigned``
        """
        now = fields.Datetime.now()
        # A lead has one accepted offer: an offer just recalled must be flushed first.
        Offer = self.env["leads.agent.offer"]
        Offer.flush_model(["state"])
        return Offer.create(
            {
                "lead_id": lead.id,
                "agent_id": agent.id,
                "routing_id": routing_id,
                "company_id": lead._leads_company().id,
                "kind": cause,
                "state": "accepted",
                "offered_at": now,
                "answered_at": now,
            }
        )
