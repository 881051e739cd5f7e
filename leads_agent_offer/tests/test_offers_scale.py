from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_offer.job import Job
from odoo.addons.leads_agent_offer.notifying import Notifying

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestOffersScale(OfferCommon):
    """The job works in sets."""

    def test_expiring_costs_no_queries_per_offer(self):
        costs = []
        for count in (4, 32):
            leads = self.env["crm.lead"].union(*[self._incoming(f"Lead {nr}") for nr in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
                before = self.env.cr.sql_log_count
                Job(self.env).expire(500)
                self.env.flush_all()
                costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(leads.leads_offer_ids), 2 * count)
            leads.unlink()
        self.assertLessEqual(costs[1], costs[0] + 4, costs)

    def test_telling_agents_costs_no_queries_per_offer(self):
        for profile in self.profiles.values():
            profile.write({"by_app": True, "by_email": True, "by_sms": True})
        (self.agent | self.other_agent).partner_id.phone = "+32 470 00 00 01"
        costs, mails = [], self.env["mail.mail"]
        # The first run fills caches and is not counted.
        for count in (1, 4, 40):
            self._drop_leads()
            for nr in range(count):
                self._incoming(f"Lead {nr}", email_from=f"told{nr}@example.com", phone=False)
            self.env.flush_all()
            self.env.invalidate_all()
            offers = self.env["leads.agent.offer"].search([("state", "=", "offered")])
            before = self.env.cr.sql_log_count
            self.assertEqual(Notifying(self.env(su=True)).notify_offered(100), count)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            mails = mails.search([("leads_offer_id", "in", offers.ids)])
            self.assertEqual(len(mails), count)
            self.assertEqual(self.env["sms.sms"].search_count([("leads_offer_id", "in", offers.ids)]), count)
            for mail in mails:
                self.assertEqual(mail.recipient_ids, mail.leads_offer_id.agent_id.partner_id)
                self.assertIn(mail.leads_offer_id._offer_url(), mail.body_html)
                self.assertFalse(mail.model or mail.res_id)
        self.assertLessEqual(costs[2], costs[1] + 8, costs)
        self.assertLessEqual(costs[2], 50, costs)

    def test_accepting_costs_a_known_number_of_queries(self):
        costs = []
        # The first run of each agent fills caches and is not counted.
        for nr in range(3):
            offer = self._live(self._incoming(f"Lead {nr}", email_from=f"taken{nr}@taken{nr}.example.com", phone=False))
            offer = offer.with_user(offer.agent_id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            offer.action_accept()
            self.env.flush_all()
            self.env.cr.precommit.run()
            costs.append(self.env.cr.sql_log_count - before)
            activities = offer.sudo().lead_id.activity_ids
            self.assertEqual(len(activities), 3)
            self.assertEqual(activities.user_id, offer.agent_id)
        self.assertLessEqual(costs[2], 86, costs)

    def test_a_message_that_cannot_be_made_keeps_no_other_back(self):
        self._incoming("Lead 1", email_from="one@example.com", phone=False)
        self._incoming("Lead 2", email_from="two@example.com", phone=False)
        bad, good = self.env["leads.agent.offer"].search([("state", "=", "offered")], order="id")
        kind_text = type(bad)._kind_text

        def fail(offer):
            if offer.id == bad.id:
                raise ValueError("no words")
            return kind_text(offer)

        with patch.object(type(bad), "_kind_text", fail), mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            Notifying(self.env(su=True)).notify_offered(100)
        self.assertTrue(bad.told_at and good.told_at)
        self.assertEqual(
            self.env["mail.mail"].search([("leads_offer_id", "in", (bad | good).ids)]).leads_offer_id, good
        )
        self.assertIn("could not be created", bad.tell_error)
        self.assertFalse(good.tell_error)

    def _drop_leads(self):
        self.env["crm.lead"].search([("leads_offer_state", "!=", "none")]).unlink()
