from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..job import Job

# Enquiries: subject, contact, company, city, zip, country, value, text, age in hours, and the answers of the agents in
# order: accept, decline or miss.
ENQUIRIES = (
    ("Espresso machine for a new office in Ghent", "Lotte Claes", "Claes & Partners", "Ghent", "9000", "base.be", 2400,
     "We move into a new office with 25 people in spring and look for an espresso machine with a milk system.",
     52, ("accept",)),
    ("Service contract for six machines", "Hugh Barrow", "Barrow Hotels", "Leeds", "LS1 4AP", "base.uk", 4100,
     "Our six machines are three years old. What does a service contract cost, with a spare machine?",
     30, ("miss", "accept")),
    ("Machines de bureau", "Margaux Petit", "Atelier Petit", "Namur", "5000", "base.be", 1800,
     "Merci de me rappeler en français : deux machines pour un atelier de douze personnes.", 28, ("accept",)),
    ("Coffee corner for a showroom", "Emre Kaya", "Kaya Interiors", "Antwerp", "2000", "base.be", 6200,
     "A coffee corner for our showroom: espresso machine, grinder, counter. Budget about 6,200 EUR.",
     7, ("decline", "accept")),
    ("Espresso bar in our lobby", "Sanne Visser", "Visser Living", "Rotterdam", "3011", "base.nl", 12500,
     "We plan an espresso bar in the lobby of a block of 120 flats, a large order if it works out.", 3, ("decline",)),
    ("Office coffee for 40 people", "Tom Ashby", "Ashby Legal", "London", "EC1A 1BB", "base.uk", 900,
     "Office coffee for 40 people, beans and a machine on lease.", 1, ("miss",)),
    ("Question about descaling", "Inge Maes", False, "Bruges", "8000", "base.be", 0,
     "My machine asks to be descaled. Do you do that?", 0, ()),
    ("Espresso for a bakery", "Yusuf Demir", "Bakkerij Demir", "Genk", "3600", "base.be", 3300,
     "An espresso machine with two groups, and a grinder, for a bakery with ten seats.", 0, ()),
)  # fmt: skip


class LeadsAgentDemo(models.AbstractModel):
    """Incoming leads of the last two days, created and answered by the methods that users call."""

    _inherit = "leads.agent.demo"

    @api.model
    def _load_offers(self):
        team = self.env.ref("leads_agent_offer.demo_call_center_web")
        for nr, enquiry in enumerate(ENQUIRIES):
            self._play_enquiry(team, nr, *enquiry)

    @api.model
    def _play_enquiry(self, team, nr, name, contact, company, city, zip_code, country, value, text, hours, answers):
        lead = self.env["crm.lead"].create(
            {
                "name": name,
                "contact_name": contact,
                "partner_name": company,
                "email_from": f"{contact.split()[0].lower()}@enquiry{nr}.example.com",
                "phone": f"+32 2 555 07 {nr:02}",
                "city": city,
                "zip": zip_code,
                "country_id": self.env.ref(country).id,
                "expected_revenue": value,
                "description": text,
                "team_id": team.id,
                "user_id": False,
                "type": "lead",
            }
        )
        for answer in answers:
            offer = lead.leads_offer_ids.filtered(lambda offer: offer.state == "offered")[:1]
            if answer == "accept":
                offer.with_user(offer.agent_id).action_accept()
            elif answer == "decline":
                reason = self.env.ref("leads_agent_offer.decline_reason_region")
                offer.with_user(offer.agent_id).action_decline(reason.id)
            else:
                offer.flush_recordset()
                offer.deadline = fields.Datetime.now()
                Job(self.env).expire(10)
        self._date_back(lead, timedelta(hours=hours))

    @api.model
    def _date_back(self, lead, duration):
        """Move past events of a lead back in time; live offers stay offered now."""
        self.env.flush_all()
        ended = lead.leads_offer_ids.filtered(lambda offer: offer.state != "offered")
        for table, columns, ids in (
            ("crm_lead", ("create_date", "date_open"), lead.ids),
            ("leads_agent_routing", ("accepted_at",), lead.leads_routing_id.ids),
            ("leads_agent_routing", ("at",), lead.leads_routing_ids.ids),
            ("leads_agent_offer", ("offered_at", "deadline", "answered_at"), ended.ids),
            (
                "leads_agent_score_entry",
                ("at",),
                self.env["leads.agent.score.entry"].search([("offer_id", "in", ended.ids)]).ids,
            ),
        ):
            changes = SQL(", ").join(
                SQL("%s = %s - %s", SQL.identifier(column), SQL.identifier(column), duration) for column in columns
            )
            self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = ANY(%s)", SQL.identifier(table), changes, ids))
        # An answer takes a few minutes.
        self.env.cr.execute(
            SQL(
                "UPDATE leads_agent_offer SET answered_at = offered_at + (60 + id %% 7 * 25) * interval '1 second',"
                " response_seconds = 60 + id %% 7 * 25 WHERE id = ANY(%s) AND answered_at IS NOT NULL",
                ended.ids,
            )
        )
        self.env.invalidate_all()
