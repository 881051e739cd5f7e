from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..moving import LifeCycle

# People who contacted us: name, channel, days ago, city, zip, country, year of birth, gender, marital status,
# relationship, loyalty, e-mail, phone, stage, status. Visitors without a name have given no details yet.
PEOPLE = (
    ("Amélie Renard", "chat", 0, "Lyon", "69002", "base.fr", 1991, "female", "single", "b2c", "new",
     "amelie.renard@example.com", "+33 4 55 50 11 01", "lead", "new"),
    ("Jonas Weber", "whatsapp", 0, "Köln", "50667", "base.de", 1984, "male", "married", "b2b", "new",
     None, "+49 221 555 0142", "lead", "attempted"),
    ("Priya Nair", "form", 1, "London", "E1 6AN", "base.uk", 1996, "female", "single", "b2c", "bronze",
     "priya.nair@example.com", "+44 20 5550 0117", "lead", "contacted"),
    ("Mateo García", "instagram", 1, "Valencia", "46001", "base.es", 2001, "male", "single", "b2c", "new",
     "mateo.garcia@example.com", None, "lead", "new"),
    ("Ingrid Solberg", "mail", 2, "Oslo", "0150", "base.no", 1979, "female", "married", "education", "silver",
     "ingrid.solberg@school.example.com", "+47 21 55 01 60", "prospect", "contacted"),
    ("Hassan Idrissi", "messenger", 3, "Bruxelles", "1000", "base.be", 1988, "male", "married", "b2b", "bronze",
     "hassan.idrissi@example.com", "+32 2 555 01 73", "prospect", "attempted"),
    ("Marta Kowalska", "form", 4, "Gent", "9000", "base.be", 1993, "female", "partner", "non_profit", "new",
     "marta@foodbank.example.org", "+32 9 555 01 88", "prospect", "contacted"),
    ("Tomás Oliveira", "import", 6, "Antwerpen", "2018", "base.be", 1969, "male", "divorced", "b2b", "gold",
     "tomas.oliveira@example.com", "+32 3 555 01 91", "opportunity", "contacted"),
    ("Grace Whitfield", "import", 6, "Leeds", "LS1 4AP", "base.uk", 1957, "female", "widowed", "government", "platinum",
     "g.whitfield@council.example.com", "+44 113 555 0104", "opportunity", "contacted"),
    ("Sven Dahl", "mail", 9, "Göteborg", "411 03", "base.se", 1982, "male", "married", "b2b", "silver",
     "sven.dahl@example.com", "+46 31 555 01 12", "prospect", "unresponsive"),
    ("Lucia Bianchi", "form", 18, "Milano", "20121", "base.it", 1990, "female", "single", "b2c", "bronze",
     "lucia.bianchi@example.com", "+39 02 555 0126", "lead", "attempted"),
    ("Noah Peeters", "chat", 25, "Mechelen", "2800", "base.be", 2009, "male", "single", "b2c", "new",
     "noah.peeters@example.com", None, "lead", "unresponsive"),
    (None, "chat", 0, None, None, "base.fr", None, None, None, None, None, None, None, "lead", "new"),
    (None, "chat", 1, None, None, "base.be", None, None, None, None, None, None, None, "lead", "new"),
    (None, "instagram", 2, None, None, None, None, None, None, None, None, None, None, "lead", "new"),
)  # fmt: skip
STAGES = ("lead", "prospect", "opportunity", "customer")
RESTING = ("Noah Peeters", "Sven Dahl")
DEVICES = (("iPhone", "Safari", "/shop/espresso"), ("Windows", "Firefox", "/contactus"), ("Android", "Chrome", "/shop"))


class LeadsAgentDemo(models.AbstractModel):
    """Leads of the last weeks from every channel."""

    _inherit = "leads.agent.demo"

    @api.model
    def _load_lifecycle(self):
        LifeCycle(self.env).take_in()
        officers = [self.env.ref(f"leads_agent.demo_user_{name}") for name in ("anna", "ben", "chloe")]
        for nr, person in enumerate(PEOPLE):
            lead = self._play_person(nr, *person)
            if lead.lead_info == "info":
                self.env["leads.agent.officer"].create({"partner_id": lead.id, "user_id": officers[nr % 3].id})
        self._vary_customers()

    @api.model
    def _play_person(self, nr, name, channel, days, city, zip_code, country, born, gender, marital, relationship,
                     loyalty, email, phone, stage, status):  # fmt: skip
        now = fields.Datetime.now()
        lead = self.env["res.partner"]._lead_from_channel(
            channel,
            f"demo-{nr}",
            name=name,
            email=email,
            phone=phone,
            city=city,
            zip=zip_code,
            country_id=country and self.env.ref(country).id,
            lead_birthdate=born and date(born, nr % 12 + 1, nr * 2 + 1),
            lead_gender=gender,
            lead_marital=marital,
            lead_relationship=relationship,
            lead_loyalty=loyalty,
        )
        if channel in ("chat", "form"):
            device, browser, page = DEVICES[nr % 3]
            self.env["leads.agent.visit"].create(
                {
                    "partner_id": lead.id,
                    "channel": channel,
                    "at": now - timedelta(days=days, minutes=11),
                    "device": device,
                    "browser": browser,
                    "page": page,
                    "country_id": lead.country_id.id,
                }
            )
        ref = self.env.ref
        for following in STAGES[1 : STAGES.index(stage) + 1]:
            lead.lead_stage_id = ref(f"leads_agent_lifecycle.stage_{following}")
        lead.lead_status_id = ref(f"leads_agent_lifecycle.status_{status}")
        if name in RESTING:
            lead.lead_activity = "inactive"
        lead.flush_recordset()
        since = now - timedelta(days=days, hours=nr % 7, minutes=nr * 7)
        # The time is divided equally among the stages of the lead, including the current one.
        passed = lead.lead_move_ids.sorted("id").filtered("is_stage_change")
        step = (now - since) / len(passed)
        for place, move in enumerate(passed):
            at, spent = since + place * step, step.total_seconds() / 86400 if place else 0.0
            self.env.cr.execute(SQL("UPDATE leads_agent_move SET at = %s, days = %s WHERE id = %s", at, spent, move.id))
        latest = since + (len(passed) - 1) * step
        others = (lead.lead_move_ids - passed).ids
        self.env.cr.execute(SQL("UPDATE leads_agent_move SET at = %s WHERE id = ANY(%s)", latest, others))
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET lead_at = %s, lead_event_at = %s, date_last_stage_update = %s WHERE id = %s",
                since,
                latest,
                latest,
                lead.id,
            )
        )
        self.env.invalidate_all()
        return lead

    @api.model
    def _vary_customers(self):
        """Give the customers of the base addon's demo data a profile."""
        levels = [key for key, _label in self.env["res.partner"]._fields["lead_loyalty"].selection]
        customers = self.env["res.partner"].search(
            [("lead_channel", "=", "order"), ("is_company", "=", True)], order="id"
        )
        for nr, customer in enumerate(customers):
            customer.write({"lead_loyalty": levels[nr % len(levels)], "lead_relationship": "b2b"})
