from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.eligibility import Cause

CHUNK = 1_000


class LeadsAgentAssignment(models.Model):
    """The limits, at every door: whom nobody may be given now. Addons limit how much agents have.

    Some customers are given to nobody, for the reasons of ``res.partner._refusals``.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # At the door in
    # ------------------------------------------------------------------

    @api.model
    def _limit(self, verdicts, agent_of, terms):
        """The hook: take back what stands against giving that much to an agent, before anything is written.

        :param dict verdicts: ``{partner_id: Verdict}``, in the order in which they were asked for
        :param dict agent_of: ``{partner_id: agent_id}``, whom each is meant for
        :param assigning.Terms terms: by what they were judged
        :returns: verdicts, with ``capped`` in the place of ``assigned``
        """
        return verdicts

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _verdict_sentence(self, cause, customer, agent, holder):
        if not isinstance(cause, Cause):
            return super()._verdict_sentence(cause, customer, agent, holder)
        if cause.kind == "unable":
            return cause.name
        return self.env["res.partner"]._refusal_sentence(cause.kind, customer, cause)

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
