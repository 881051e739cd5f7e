from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent_call.tools.phone_numbers import read_cell

# Where a lead is about to be given to somebody; what is held waits for its turn, and is asked for its customer then.
IN_PLAY = ("waiting", "offered", "shark_tank", "catch_all")


class CrmLead(models.Model):
    """Whom leads are about: the customer who is known, who holds them, and what else the same person asked for.

    The same person is who has the same normalised e-mail or the same number. Two leads of one person may be offered to
    two agents at once; whoever accepts first gets both, and the one customer.
    """

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # The same number
    # ------------------------------------------------------------------

    @api.model
    def _leads_number_forms(self, number):
        """The forms in which a number may be written, itself first; other addons know more of them."""
        return (number,)

    def _leads_numbers(self):
        """:returns: ``[(lead_id, number)]``: each number in each of its forms"""
        return [
            (lead.id, form)
            for lead in self
            for number in lead._leads_read_numbers()
            for form in self._leads_number_forms(number)
        ]

    def _leads_read_numbers(self):
        if not self.phone:
            return set()
        found = self.phone_sanitized or ""
        # A cell with no more digits than the number that Odoo found says nothing else.
        if found and sum(map(str.isdigit, self.phone)) < len(found):
            return {found}
        country = self.country_id or self.partner_id.country_id or self._leads_company().country_id
        cell = read_cell(self.phone, country.code)
        return {number.e164 for number in cell.numbers} | ({found} - {""})

    # ------------------------------------------------------------------
    # The customer
    # ------------------------------------------------------------------

    def _leads_known(self):
        """The customers who are known: those of the leads, else who has the e-mail, else who has the number.

        Whom somebody holds comes before whom nobody holds. Colleagues, own companies and customers of other companies
        are nobody here.

        :returns: ``{lead: (customer, holder)}``, the holder empty where nobody holds the customer
        """
        if not self:
            return {}
        self.env["res.partner"].flush_model()
        self.env["leads.agent.assignment"].flush_model(["partner_id", "agent_id", "state"])
        numbers = self._leads_numbers()
        # What is asked for stands in the query: leads that have just come are not in the statistics of their table.
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
                leads=list(self._ids),
                partners=[lead.partner_id.id or None for lead in self],
                emails=[lead.email_normalized or None for lead in self],
                companies=[lead._leads_company().id for lead in self],
                numbered=[lead_id for lead_id, _number in numbers],
                numbers=[number for _lead_id, number in numbers],
            )
        )
        # sudo: res.partner, res.users - routing knows the customer and who holds them, whoever brings the lead in
        Partner, Users = self.env["res.partner"].sudo(), self.env["res.users"].sudo()
        return {
            self.browse(lead_id): (Partner.browse(partner_id), Users.browse(holder_id or []))
            for lead_id, partner_id, holder_id in rows
        }

    def _leads_same_person(self, customer):
        """What else is in play and about the same person, also by way of a third lead that has both addresses.

        :param customer: who is known to be the person; empty: nobody yet
        """
        self.ensure_one()
        found, company = self, self._leads_company()
        while True:
            people = customer | customer.commercial_partner_id | found.partner_id
            emails = {*found.mapped("email_normalized"), *people.mapped("email_normalized")} - {False}
            numbers = {number for _lead_id, number in found._leads_numbers()} | set(people.mapped("phone_sanitized"))
            more = self.search(
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
                return found - self
            found |= more

    def _leads_take_turns_of_person(self):
        """Take the turns of a lead and of what else the person asked for: of two agents who accept, one is retried.

        :returns: the customer who is known, and who holds them; each may be empty
        """
        self.ensure_one()
        customer, holder = self._leads_known().get(self, (self.partner_id.browse(), self.user_id.browse()))
        (self | self._leads_same_person(customer))._leads_take_turns()
        return customer, holder

    # ------------------------------------------------------------------
    # Somebody holds the customer already
    # ------------------------------------------------------------------

    def _leads_ask_for_customer(self):
        """Asked before each offer: whoever holds the customer gets the lead, and who may be given to nobody waits.

        :returns: the leads that may be offered
        """
        known = self._leads_known()
        left = self - self._leads_coalesce(known)
        return left - left._leads_wait_refused(known)

    def _leads_coalesce(self, known):
        """Give repeat leads to the agent who holds the customer.

        :param dict known: as of :meth:`_leads_known`
        :returns: the leads that were given away
        """
        for lead, (customer, holder) in known.items():
            if holder and lead.leads_offer_state != "accepted" and lead._leads_company() in holder.company_ids:
                lead._leads_give(holder, "coalesced", partner=customer)
        return self.filtered(lambda lead: lead.leads_offer_state == "accepted")

    def _leads_give_others(self, agent, customer):
        """Give an agent what else the person asked for: the customer is theirs now."""
        others = self._leads_same_person(customer)
        others._leads_take_turns()
        for lead in others:
            lead._leads_give(agent, "coalesced", partner=customer, alone=True)
