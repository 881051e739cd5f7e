import re
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_offer.notifying import Notifying

from .canary_common import CANARIES, CanaryCommon


@tagged("post_install", "-at_install")
class TestNotices(CanaryCommon):
    """Notifications: recipients, content, channels and failures."""

    def setUp(self):
        super().setUp()
        self.notifying = Notifying(self.env(su=True))
        self.profile = self.profiles[self.agent]

    def _notify(self):
        self.notifying.notify_offered(100)
        self.notifying.notify_accepted(100)

    def _mails(self, offer=None):
        return self.env["mail.mail"].search([("leads_offer_id", "=", (offer or self.offer).id)], order="id")

    def _texts(self, offer=None):
        return self.env["sms.sms"].search([("leads_offer_id", "=", (offer or self.offer).id)], order="id")

    def test_the_mail_has_both_links_and_no_contact(self):
        self._notify()
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.agent.partner_id)
        self.assertFalse(mail.model or mail.res_id, "it hangs on no document, so nobody reads it there")
        self.assertNoCanary(mail.subject, mail.body_html, mail.body, mail.headers)
        links = re.findall(r'href="([^"]+)"', mail.body_html)
        self.assertEqual(links, [self.offer._offer_url(answer) for answer in ("accept", "decline")])
        for text in ("solar", "Ghent", self.offer.value_band, self.offer._deadline_text()):
            self.assertIn(text, mail.body_html)
        self.assertEqual(self.offer.state, "offered")

    def test_the_text_message_has_the_link_and_no_contact(self):
        self.profile.write({"by_sms": True, "by_email": False})
        self._notify()
        self.assertFalse(self._mails())
        text = self._texts()
        self.assertEqual(text.number, "+32475000001")
        self.assertNoCanary(text.body)
        self.assertIn(self.offer._offer_url(), text.body)

    def test_told_once_by_two_runs(self):
        self.profile.by_sms = True
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1.0):
            self.notifying.run()
            self.notifying.run()
        self.assertTrue(self.offer.told_at)
        self.assertEqual((len(self._mails()), len(self._texts())), (1, 1))
        self.assertEqual(self.notifying.notify_offered(100), 0)

    def test_nobody_is_told_of_what_is_over(self):
        self._pass_time(minutes=6)
        self.assertEqual(self.offer.state, "missed")
        self._notify()
        self.assertFalse(self._mails())

    def test_the_client_is_told_without_content(self):
        sent = []
        send = type(self.env["bus.bus"])._sendone
        with patch.object(
            type(self.env["bus.bus"]), "_sendone", lambda bus, *args: (sent.append(args), send(bus, *args))
        ):
            self._notify()
            self.offer.with_user(self.agent).action_accept()
        # Demo offers send notifications too, and the dashboard has messages of its own.
        notices = [
            (kind, message)
            for channel, kind, message in sent
            if channel == self.agent.partner_id and kind.startswith("leads_agent_offer")
        ]
        self.assertEqual(notices, [("leads_agent_offer/offered", {}), ("leads_agent_offer/changed", {})])

    def test_channels_that_are_off(self):
        self.profile.write({"by_app": True, "by_email": False, "by_sms": False})
        self._notify()
        self.assertTrue(self.offer.told_at)
        self.assertFalse(self._mails() or self._texts())

    def test_a_copy_with_all_details_after_acceptance(self):
        self._notify()
        self.profile.write({"by_sms": True, "forward_email": "assistant@example.com"})
        self.offer.with_user(self.agent).action_accept()
        self._notify()
        self._notify()
        offered, copy, forwarded = self._mails()
        self.assertNoCanary(offered.body_html)
        self.assertEqual(copy.recipient_ids, self.agent.partner_id)
        self.assertEqual((forwarded.recipient_ids.ids, forwarded.email_to), ([], "assistant@example.com"))
        for mail in (copy, forwarded):
            self.assertEqual(self._found(mail.body_html), [*CANARIES])
            self.assertFalse(mail.model or mail.res_id)
        self.assertEqual(len(self._texts()), 1)
        self.assertTrue(self._found(self._texts().body))
        self.assertFalse(self.offer.tell_error)

    def test_no_copy_of_a_lead_that_is_gone_by_then(self):
        self.offer.with_user(self.agent).action_accept()
        self.lead.user_id = self.other_agent
        self._notify()
        self.assertFalse(self._mails())

    def test_a_mail_server_that_is_down_stops_nothing(self):
        self._notify()
        refused = ConnectionRefusedError(111, "Connection refused")
        with patch.object(self.env.registry["ir.mail_server"], "_connect__", side_effect=refused):
            self._mails().send()
        self.assertEqual(self._mails().state, "exception")
        self.assertIn("Connection refused", self.offer.with_user(self.manager).tell_error)
        self.offer.with_user(self.agent).action_accept()
        self.assertEqual(self.offer.state, "accepted")

    def test_a_text_message_that_fails_stops_nothing(self):
        self.profile.by_sms = True
        self._notify()
        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", side_effect=ConnectionError("down")):
            self._texts().send()
        self.assertIn("The text message was not sent", self.offer.tell_error)
        self.assertEqual(self.offer.state, "offered")

    def test_an_agent_who_cannot_be_reached(self):
        self.profile.by_sms = True
        self.agent.partner_id.write({"email": False, "phone": False})
        self._notify()
        self.assertIn("has no e-mail address", self.offer.tell_error)
        self.assertIn("has no phone number", self.offer.tell_error)
        self.assertTrue(self.offer.told_at)

    def test_a_broken_template_stops_nothing(self):
        other = self._live(self._incoming("solar"))
        broken = ValueError("There is no such place-holder.")
        with (
            patch.object(self.env.registry["leads.agent.offer"], "_kind_text", side_effect=broken),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            self._notify()
        self.assertTrue(self.offer.tell_error and other.tell_error)
        self.assertTrue(self.offer.told_at and other.told_at)

    def test_the_menu_bar_knows_ones_own_live_offers(self):
        offers = self.env["leads.agent.offer"].with_user(self.agent).get_live_offers()
        self.assertNoCanary(offers)
        self.assertEqual([offer["id"] for offer in offers], self.offer.ids)
        self.assertEqual(offers[0]["tags"], [{"name": "solar", "color": 3}])
        self.assertEqual((offers[0]["city"], offers[0]["kind"]), ("Ghent", "exclusive"))
        self.assertTrue(0 < offers[0]["seconds_left"] <= 300)
        self.assertEqual(self.env["leads.agent.offer"].with_user(self.other_agent).get_live_offers(), [])
        self.assertEqual(self.env["leads.agent.offer"].with_user(self.plain).get_live_offers(), [])
        self.offer.deadline = fields.Datetime.now()
        self.assertEqual(self.env["leads.agent.offer"].with_user(self.agent).get_live_offers(), [])
