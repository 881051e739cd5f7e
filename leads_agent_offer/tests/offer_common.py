from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent_offer.job import Job


class OfferCommon(LeadsAgentCommon):
    """Two agents on the roster of a call center whose incoming leads are offered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Regardless of the demo data
        cls.env["crm.lead"].with_context(active_test=False).search([("leads_offer_state", "!=", "none")]).unlink()
        cls.env["leads.agent.profile"].search([]).unlink()
        cls.env["leads.agent.tag"].search([]).unlink()
        cls.env.cr.execute("DELETE FROM leads_agent_score_entry")
        cls.env.company.write(
            {
                "leads_offer_minutes": 5,
                "leads_offer_most_agents": 8,
                "leads_offer_shark_minutes": 0,
                "leads_offer_catch_all_ids": [Command.clear()],
                "leads_offer_calendar_id": False,
                "leads_offer_override": False,
                "leads_offer_intercept": False,
            }
        )
        cls.call_center.leads_offer_routing = True
        cls.profiles = {user: cls._profile(user) for user in (cls.agent, cls.other_agent)}

    @classmethod
    def _profile(cls, user, **vals):
        return cls.env["leads.agent.profile"].create({"user_id": user.id, **vals})

    @classmethod
    def _tag(cls, name, **vals):
        return cls.env["leads.agent.tag"].create({"name": name, **vals})

    @classmethod
    def _skill(cls, user, tag, weight=50):
        profile = cls.env["leads.agent.profile"].search([("user_id", "=", user.id)])
        return cls.env["leads.agent.skill"].create({"profile_id": profile.id, "tag_id": tag.id, "weight": weight})

    @classmethod
    def _incoming(cls, name="Solar roof for a bakery", **vals):
        """Create an incoming lead without an owner."""
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "contact_name": "Secret Contact",
                "email_from": "secret@customer.example.com",
                "phone": "+32 470 12 34 56",
                "street": "Secret Street 1",
                "team_id": cls.call_center.id,
                "user_id": False,
                **vals,
            }
        )

    @classmethod
    def _live(cls, lead):
        """Return the offers of a lead that wait for an answer."""
        return lead.leads_offer_ids.filtered(lambda offer: offer.state == "offered")

    @classmethod
    def _holder(cls, lead):
        return cls._live(lead).agent_id

    def _run_job(self):
        self.env.flush_all()
        self.env.invalidate_all()
        Job(self.env).go_on(500)
        while Job(self.env).expire(500):
            pass
        while Job(self.env).go_on(500):
            pass
        self.env.invalidate_all()

    def _pass_time(self, **duration):
        """Move the clock forward and run the job."""
        with freeze_time(fields.Datetime.now() + timedelta(**duration)) as clock:
            self._run_job()
        return clock
