from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import limits
from ..tools.eligibility import Cause, Verdict

CHUNK = 1_000
# An agent chosen by a person may be away; the sentence says so. Everybody else asks for those who are there.
CHOSEN_BY_A_PERSON = ("manual", "batch", "import")


class LeadsAgentAssignment(models.Model):
    """The limits, at every door: how much an agent may have, and whom nobody may be given now.

    An agent is full at a number of open leads, and at a number of new leads a day (settings of the company; the agent
    may have numbers of their own). Some customers are given to nobody, for the reasons of ``res.partner._refusals``.
    Which limit holds at which door is one table: ``limits.policy``.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # At the door in
    # ------------------------------------------------------------------

    @api.model
    def _apply_limits(
        self, verdicts, agent_of, *, source, unconditional=False, reassign=False, unlimited=False, order=()
    ):
        """Take back what a limit stands against, before anything is written.

        The door has taken the agents for this transaction: of two managers who fill the same agent at the same moment,
        the second is retried by Odoo and counts what the first has given.

        :param dict verdicts: ``{partner_id: Verdict}`` of :func:`eligibility.judge`
        :param dict agent_of: ``{partner_id: agent_id}``, whom each is meant for
        :param order: ids of customers; the first get what room there is
        :returns: verdicts, with ``capped`` or ``blocked`` in the place of ``assigned``
        """
        policy = limits.policy(source, unconditional=unconditional, reassign=reassign)
        wanted = sorted(p for p, verdict in verdicts.items() if verdict.result == "assigned")
        if not wanted or unlimited or policy == limits.NOTHING:
            return verdicts
        agents = self.env["res.users"].browse(sorted({agent_of[partner_id] for partner_id in wanted}))
        loads = self._agent_loads(agents, policy)
        limited = limits.limit(verdicts, agent_of, self.env["res.partner"]._refused(wanted, policy.door), loads, order)
        if source in CHOSEN_BY_A_PERSON:
            self._note_absence(limited, agent_of, agents)
        return limited

    @api.model
    def _note_absence(self, verdicts, agent_of, agents):
        """A person may give leads to an agent who is away; the sentence says that the agent is."""
        absences = agents._leads_absences()
        for partner_id, verdict in verdicts.items():
            if verdict.result == "assigned" and (absence := absences.get(agent_of.get(partner_id))):
                verdicts[partner_id] = Verdict(
                    "assigned", Cause(verdict.cause, name=absence), replaces_holder=verdict.replaces_holder
                )

    # ------------------------------------------------------------------
    # How much agents have
    # ------------------------------------------------------------------

    @api.model
    def _agent_rooms(self, agents):
        """How many more leads each agent may take now.

        :returns: ``{agent_id: int or None}``; None: any number
        """
        loads = self._agent_loads(agents)
        return {agent_id: loads[agent_id].room if agent_id in loads else None for agent_id in agents.ids}

    @api.model
    def _agent_loads(self, agents, policy=limits.EVERYTHING):
        """What agents with a cap have, in one query.

        :returns: ``{agent_id: limits.Load}``; agents without a cap are left out
        """
        caps = {
            agent_id: ((policy.open_leads and most_open) or None, (policy.today and most_today) or None)
            for agent_id, (most_open, most_today) in agents._leads_caps().items()
        }
        capped = sorted(agent_id for agent_id, most in caps.items() if any(most))
        if not capped:
            return {}
        self.flush_model(["agent_id", "state", "assigned_at", "ended_at", "end_reason", "source"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id,
                       (SELECT count(*) FROM leads_agent_assignment WHERE agent_id = t.id AND state = 'active'),
                       (SELECT count(DISTINCT partner_id) FROM leads_agent_assignment
                         WHERE agent_id = t.id AND assigned_at >= t.midnight AND source <> 'order_entry'
                           AND (state = 'active' OR ended_at >= t.midnight)
                           AND end_reason IS DISTINCT FROM 'undone')
                  FROM unnest(%s::int[], %s::timestamp[]) AS t (id, midnight)
                """,
                capped,
                [self._midnight(agent) for agent in self.env["res.users"].browse(capped).sudo()],
            )
        )
        return {agent_id: limits.Load(opened, today, *caps[agent_id]) for agent_id, opened, today in rows}

    @api.model
    def _midnight(self, agent):
        """When the day of the agent began, in UTC."""
        zone = pytz.timezone(agent.tz or "UTC")
        today = pytz.utc.localize(self.env.cr.now()).astimezone(zone).date()
        return zone.localize(datetime.combine(today, time.min)).astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _verdict_sentence(self, cause, customer, agent, holder):
        if not isinstance(cause, Cause):
            return super()._verdict_sentence(cause, customer, agent, holder)
        match cause.kind:
            case "full":
                return self.env._("%(agent)s is full: at most %(most)s open leads.", agent=agent, most=cause.most)
            case "full_today":
                return self.env._(
                    "%(agent)s is full for today: at most %(most)s new leads a day.", agent=agent, most=cause.most
                )
            case "unable":
                return cause.name
        if cause.kind in {refusal.name for refusal in self.env["res.partner"]._refusals()}:
            return self.env["res.partner"]._refusal_sentence(cause.kind, customer, cause)
        sentence = super()._verdict_sentence(cause.kind, customer, agent, holder)
        return f"{sentence} {self._absence_sentence(cause.name, agent)}"

    def _absence_sentence(self, absence, agent):
        match absence:
            case "leave":
                return self.env._("%s is on leave now.", agent)
            case "hours":
                return self.env._("%s is outside working hours now.", agent)
        return self.env._("%s is switched off for new leads.", agent)

    # ------------------------------------------------------------------
    # Untouched leads go back to the pool
    # ------------------------------------------------------------------

    @api.model
    def _cron_release_untouched(self):
        """Take leads back that nobody contacted within the days of the setting, in chunks; safe to run again."""
        # sudo: res.company, leads.agent.assignment - a job for all companies
        companies = self.env["res.company"].sudo().search([("leads_agent_untouched_days", ">", 0)])
        for company in companies:
            while True:
                released = self.sudo()._release_untouched(company)
                if not self.env["ir.cron"]._commit_progress(len(released)):
                    return
                if len(released) < CHUNK:
                    break

    @api.model
    def _release_untouched(self, company):
        """Take one chunk back. A message, note, call or done activity since the assignment is a contact."""
        days = company.leads_agent_untouched_days
        untouched = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%(contact)s IS NULL OR %(contact)s < %(assigned)s)",
                contact=SQL.identifier(alias, "last_contact_at"),
                assigned=SQL.identifier(alias, "assigned_at"),
            )
        )
        chunk = self.search(
            Domain("state", "=", "active")
            & Domain("company_id", "=", company.id)
            & Domain("assigned_at", "<", self.env.cr.now() - timedelta(days=days))
            & untouched,
            order="id",
            limit=CHUNK,
        )
        if not chunk:
            return chunk
        # The context changes words only
        return self.with_context(leads_untouched_days=days)._end(
            Domain("id", "in", chunk.ids),
            end_reason="unassigned",
            note=self.env._("Back in the pool: not contacted within %s days.", days),
        )

    @api.model
    def _post_notice(self, agent, customers, event):
        days = self.env.context.get("leads_untouched_days")
        if event != "unassigned" or not days:
            return super()._post_notice(agent, customers, event)
        return self.env["mail.thread"].message_notify(
            partner_ids=agent.partner_id.ids,
            subject=self.env._("Leads taken back"),
            body=self.env._(
                "Not contacted within %(days)s days, so no longer assigned to you: %(leads)s",
                days=days,
                leads=self._names(customers),
            ),
        )
