"""People: the customers of leads, who holds them, and the other leads of the same person.

A plain object beside the model ``crm.lead``::

    left = People(leads).ask_for_customer()

Leads of one person have the same normalised e-mail or the same number. Two of them may be offered to two agents at
once; the agent who accepts first gets both, and the customer. The caller passes elevated leads.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from odoo.addons.leads_agent_call.tools.phone_numbers import read_cell

from .process import Process

# States in which a lead may be given to somebody; held leads are checked at their release.
IN_PLAY = ("waiting", "offered", "shark_tank", "catch_all")
# When to look again for an available agent.
LOOK_AGAIN = timedelta(minutes=5)
# When to check a refused customer again.
LOOK_AGAIN_AT_REFUSED = timedelta(days=1)


class People:
    """The people of some leads; methods about one person take one lead."""

    def __init__(self, leads: BaseModel) -> None:
        self.leads = leads
        self.env = leads.env

    def numbers(self):
        """Return ``[(lead_id, number)]``, with each number in all its forms."""
        return [
            (lead.id, form)
            for lead in self.leads
            for number in self._read_numbers(lead)
            for form in lead._leads_number_forms(number)
        ]

    def _read_numbers(self, lead):
        if not lead.phone:
            return set()
        found = lead.phone_sanitized or ""
        # The cell has fewer digits than the number that Odoo found, so it holds no second number.
        if found and sum(map(str.isdigit, lead.phone)) < len(found):
            return {found}
        country = lead.country_id or lead.partner_id.country_id or lead._leads_company().country_id
        cell = read_cell(lead.phone, country.code)
        return {number.e164 for number in cell.numbers} | ({found} - {""})

    # ------------------------------------------------------------------
    # The customer
    # ------------------------------------------------------------------

    def known(self):
        """Return the known customers: those of the leads, else with the same e-mail, else with the same number.

        Customers with a holder come first. Colleagues, own companies and customers of other companies do not count.

        :returns: ``{lead: (customer, holder)}``, with an empty holder if the customer is unassigned
        """
        if not self.leads:
            return {}
        self.env["res.partner"].flush_model()
        self.env["leads.agent.assignment"].flush_model(["partner_id", "agent_id", "state"])
        numbers = self.numbers()
        # The values are passed in, not joined: the statistics of the table do not include the newest leads.
        rows = self.env.execute_query(
            SQL(
                """
                WITH asked AS MATERIALIZED (
                    SELECT *
                      FROM unnest(%(leads)s::int[], %(partners)s::int[], %(emails)s::text[], %(companies)s::int[])
                           AS t (lead_id, partner_id, email, company_id))
                SELECT DISTINCT ON (t.lead_id) t.lead_id, p.id, a.agent_id
                  FROM (SELECT lead_id, partner_id, 0 AS place FROM asked WHERE partner_id IS NOT NULL
                     UNION ALL
                        SELECT l.lead_id, p.id, 1
                          FROM asked l JOIN res_partner p ON p.email_normalized = l.email
                     UNION ALL
                        SELECT n.lead_id, p.id, 2
                          FROM unnest(%(numbered)s::int[], %(numbers)s::text[]) AS n (lead_id, number)
                          JOIN res_partner p ON p.phone_sanitized = n.number) t
                  JOIN asked l ON l.lead_id = t.lead_id
                  JOIN res_partner p ON p.id = t.partner_id
                  JOIN res_partner c ON c.id = p.commercial_partner_id
             LEFT JOIN leads_agent_assignment a ON a.partner_id = c.id AND a.state = 'active'
                 WHERE t.place = 0
                    OR (p.partner_share AND c.partner_share
                        AND COALESCE(p.company_id, c.company_id, l.company_id) = l.company_id
                        AND NOT EXISTS (SELECT FROM res_company WHERE partner_id IN (p.id, c.id)))
              ORDER BY t.lead_id, a.id IS NULL, t.place, NOT (p.active AND c.active), p.id
                """,
                leads=list(self.leads._ids),
                partners=[lead.partner_id.id or None for lead in self.leads],
                emails=[lead.email_normalized or None for lead in self.leads],
                companies=[lead._leads_company().id for lead in self.leads],
                numbered=[lead_id for lead_id, _number in numbers],
                numbers=[number for _lead_id, number in numbers],
            )
        )
        # sudo: res.partner, res.users - routing finds customers and holders, regardless of the current user
        Partner, Users = self.env["res.partner"].sudo(), self.env["res.users"].sudo()
        return {
            self.leads.browse(lead_id): (Partner.browse(partner_id), Users.browse(holder_id or []))
            for lead_id, partner_id, holder_id in rows
        }

    def _same_person(self, customer):
        """Return other leads of the same person in play, also if linked through a third lead with both addresses.

        :param customer: the known customer; empty if unknown
        """
        found, company = self.leads, self.leads._leads_company()
        while True:
            people = customer | customer.commercial_partner_id | found.partner_id
            emails = {*found.mapped("email_normalized"), *people.mapped("email_normalized")} - {False}
            numbers = {number for _lead_id, number in People(found).numbers()} | set(people.mapped("phone_sanitized"))
            more = self.leads.search(
                Domain("leads_offer_state", "in", IN_PLAY)
                & Domain("id", "not in", found.ids)
                & Domain.OR(
                    [
                        Domain("email_normalized", "in", list(emails)),
                        Domain("phone_sanitized", "in", list(numbers - {False})),
                        Domain("partner_id.commercial_partner_id", "in", people.commercial_partner_id.ids),
                    ]
                )
            ).filtered(lambda lead: lead._leads_company() == company)
            if not more:
                return found - self.leads
            found |= more

    def lock(self):
        """Lock a lead and the other leads of the person: if two agents accept, one transaction is retried.

        :returns: the known customer and the holder; each may be empty
        """
        lead = self.leads.ensure_one()
        customer, holder = self.known().get(lead, (lead.partner_id.browse(), lead.user_id.browse()))
        Process(lead | self._same_person(customer)).lock()
        return customer, holder

    # ------------------------------------------------------------------
    # Customers with a holder
    # ------------------------------------------------------------------

    def ask_for_customer(self):
        """Before each offer: give leads to the holder of their customer, and let leads with a refused customer wait.

        :returns: the leads that may be offered
        """
        known = self.known()
        left = self.leads - self.coalesce(known)
        return left - People(left)._wait_refused(known)

    def coalesce(self, known):
        """Give repeat leads to the agent who holds the customer.

        :param dict known: from :meth:`known`
        :returns: the leads that now have an owner
        """
        for lead, (customer, holder) in known.items():
            if holder and lead.leads_offer_state != "accepted" and lead._leads_company() in holder.company_ids:
                lead._leads_give(holder, "coalesced", partner=customer)
        return self.leads.filtered(lambda lead: lead.leads_offer_state == "accepted")

    def give_others(self, agent, customer):
        """Give an agent the person's other leads too, since the agent holds the customer now."""
        others = self._same_person(customer)
        Process(others).lock()
        for lead in others:
            lead._leads_give(agent, "coalesced", partner=customer, alone=True)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def refused(self, known):
        """Return why leads may not be given to anybody now, from the list of refusals (``res.partner._refusals``).

        A lead without a customer is also checked by its number.

        :param dict known: from :meth:`known`
        :returns: ``{lead: (sentence, end)}``, with the end in UTC, or None if it is not known
        """
        # sudo: res.partner, phone.blacklist - refusals do not depend on the current user
        Partner = self.env["res.partner"].sudo()
        refused = {}
        for company, leads in self.leads.grouped(lambda lead: lead._leads_company()).items():
            # sudo: res.partner - as above
            customer_of = {
                lead: (lead.partner_id.sudo() or known[lead][0]).commercial_partner_id
                for lead in leads
                if lead in known
            }
            causes = Partner.with_company(company)._refused([customer.id for customer in customer_of.values()], "share")
            for lead, customer in customer_of.items():
                if cause := causes.get(customer.id):
                    sentence = Partner._refusal_sentence(cause.kind, customer.complete_name, cause)
                    refused[lead] = sentence, cause.until
                elif (holder := known[lead][1]) and company not in holder.company_ids:
                    refused[lead] = self._foreign_sentence(customer, company), fields.Datetime.now() + LOOK_AGAIN
            rest = leads - leads.browse().union(*refused)
            strangers = rest.filtered(lambda lead: lead.phone_sanitized and not lead.partner_id)
            numbers = strangers.mapped("phone_sanitized")
            blocked = self.env["phone.blacklist"]._leads_blocked(numbers) if numbers else ()
            for lead in strangers.filtered(lambda lead, blocked=blocked: lead.phone_sanitized in blocked):
                name = lead.contact_name or lead.partner_name or lead.name
                refused[lead] = Partner._refusal_sentence("blacklisted", name, None), None
        return refused

    def _foreign_sentence(self, customer, company):
        return self.env._(
            "%(customer)s is assigned to an agent who does not work in %(company)s. Assign the customer to "
            "an agent who does.",
            customer=customer.complete_name,
            company=company.name,
        )

    def _wait_refused(self, known):
        """Let refused leads wait with the reason, to be checked again later.

        :returns: these leads
        """
        refused = self.refused(known) if self.leads else {}
        later = fields.Datetime.now() + LOOK_AGAIN_AT_REFUSED
        leads = self.leads.browse([lead.id for lead in refused])
        Process(leads).move(
            "waiting",
            {lead.id: until or later for lead, (_sentence, until) in refused.items()},
            {lead.id: sentence for lead, (sentence, _until) in refused.items()},
        )
        return leads
