import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_meta import LOGGER, MetaCommon, whatsapp
from .test_meta_words import whatsapp_of

# Content that makes one message fail, while others are processed.
BAD = [
    ("timestamp", "next Tuesday"),
    ("timestamp", {"seconds": 1}),
    ("type", ["text"]),
    ("type", 7),
    ("from", "9" * 4000),
    ("id", None),
]
# Random, so that compression cannot make it fit into an index.
LONG_NAME = "".join(hashlib.sha256(bytes([nr])).hexdigest() for nr in range(64))[:4000]


@tagged("post_install", "-at_install")
class TestReceived(MetaCommon):
    """Messages from the webhook, and their results."""

    def _rows(self, **values):
        domain = [("id", ">", self.before), *((name, "=", value) for name, value in values.items())]
        return self.env["leads.agent.received"].search(domain)

    def test_what_became_of_it(self):
        self._post(whatsapp(("w1", "Hello", 20), ("w2", "Anybody?", 10)))
        new, again = self._rows().sorted("id")
        self.assertEqual((new.state, again.state), ("lead", "message"))
        self.assertEqual(new.partner_id, self._leads())
        self.assertEqual((new | again).mapped("body"), [False, False], "the words stand in the chatter")
        self.assertEqual(new.message_id.preview, "Hello")

    @mute_logger(LOGGER)
    def test_one_bad_message_among_others(self):
        for nr, (name, value) in enumerate(BAD):
            with self.subTest(name=name, value=str(value)[:20]):
                keys = [f"r{nr}-{part}" for part in range(3)]
                sender = f"331555504{nr:02}"
                payload = whatsapp(*((key, key, 10 - part) for part, key in enumerate(keys)), sender=sender)
                payload["entry"][0]["changes"][0]["value"]["messages"][1][name] = value
                payload["entry"][0]["changes"][0]["value"].pop("contacts")
                self.assertEqual(self._post(payload).status_code, 200)
                self.assertEqual(self._said(self._leads(sender)), [keys[0], keys[2]])
                failed = self._rows(state="failed").filtered(lambda row, key=keys[1]: key in row.body)
                self.assertTrue(failed.reason)

    @mute_logger(LOGGER)
    def test_a_very_long_name(self):
        payload = whatsapp(("w1", "Hello", 10), name=LONG_NAME)
        other = whatsapp(("w2", "Hello too", 10), sender="33155550999")
        payload["entry"] += other["entry"]
        self.assertEqual(self._post(payload).status_code, 200)
        self.assertEqual(self._said(self._leads("33155550999")), ["Hello too"])
        self.assertEqual(self._said(self._leads()), ["Hello"])
        self.assertLessEqual(len(self._leads().name), 250)

    @mute_logger(LOGGER)
    def _failed(self, key="w1"):
        """Deliver a message that fails."""
        Partner = self.env.registry["res.partner"]
        original = Partner.message_post
        self.patch(Partner, "message_post", lambda *args, **kwargs: 1 / 0)
        self._post(whatsapp((key, "Hello", 10)))
        self.patch(Partner, "message_post", original)
        row = self._rows(key=key)
        self.assertEqual((row.state, row.reason), ("failed", "ZeroDivisionError: division by zero"))
        self.assertFalse(self._leads())
        return row

    def test_a_manager_tries_again(self):
        row = self._failed().with_user(self.manager)
        row.action_try_again()
        self.assertEqual((row.state, row.reason, row.body), ("lead", False, False))
        self.assertEqual(self._said(self._leads()), ["Hello"])
        with self.assertRaisesRegex(UserError, "None of the selected messages has failed"):
            row.action_try_again()
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertEqual(self._said(self._leads()), ["Hello"], "once")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_for_managers_of_the_company_alone(self):
        row = self._failed()
        far = self.env["res.company"].create({"name": "Far"})
        row.company_id = far
        self.assertFalse(row.with_user(self.manager).search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            row.with_user(self.manager).action_try_again()
        row.company_id = self.env.company
        for method in ("read", "action_try_again"):
            with self.assertRaises(AccessError):
                getattr(row.with_user(self.agent), method)()
        for values in ({"state": "message"}, {"body": "x"}):
            with self.assertRaises(AccessError):
                row.with_user(self.manager).write(values)

    def test_a_picture_is_taken_in_after_a_failure_too(self):
        payload = whatsapp_of("document", {"filename": "plan.pdf"})
        self.patch(self.env.registry["leads.agent.inbound"], "_words", lambda *args: 1 / 0)
        with mute_logger(LOGGER):
            self._post(payload)
        self.assertEqual(self._rows(key="w1").state, "failed")
        self.assertIn("plan.pdf", self._rows(key="w1").body)
