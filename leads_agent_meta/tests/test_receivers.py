import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_lifecycle.tests.test_meta import MetaCommon, whatsapp


@tagged("post_install", "-at_install")
class TestReceivers(MetaCommon):
    """Numbers and pages of several companies share one webhook."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.far = cls.env["res.company"].create({"name": "Far East"})
        cls.far_manager = cls._user("far_fay", "leads_agent.group_leads_manager", company_id=cls.far.id)
        cls.far_manager.company_ids = cls.far
        cls.Receiver = cls.env["leads.agent.meta.receiver"]
        for channel, key in (("whatsapp", "106"), ("messenger", "208"), ("instagram", "310")):
            cls.Receiver.create({"name": key, "channel": channel, "key": key, "company_id": cls.far.id})

    def _whatsapp(self, *messages, to="106", **values):
        payload = whatsapp(*messages, **values)
        if to:
            payload["entry"][0]["changes"][0]["value"]["metadata"] = {
                "display_phone_number": "15550100100",
                "phone_number_id": to,
            }
        return payload

    def _to_page(self, kind, to, key, **event):
        payload = self._messaging(kind, text="Hello", mid=key)
        payload["entry"][0]["id"] = to
        payload["entry"][0]["messaging"][0]["sender"]["id"] = f"sender {key}"
        payload["entry"][0]["messaging"][0] |= event
        return payload

    def _row(self, key):
        return self.env["leads.agent.received"].search([("key", "=", key)])

    def _sees(self, user, lead):
        self.env.flush_all()
        self.env.invalidate_all()
        return bool(lead.with_user(user).search([("id", "=", lead.id)]))

    def test_a_listed_number_or_page_is_its_company_s(self):
        standby = self._to_page("page", "208", "p2")
        standby["entry"][0]["standby"] = standby["entry"][0].pop("messaging")
        for key, payload in (
            ("w1", self._whatsapp(("w1", "Hello", 10))),
            ("p1", self._to_page("page", "208", "p1")),
            ("p2", standby),
            ("i1", self._to_page("instagram", "310", "i1")),
            ("w2", self._whatsapp(("w2", "Hello", 10), to=106, sender="33155550199")),
        ):
            with self.subTest(key=key):
                self.assertEqual(self._post(payload).status_code, 200)
                row = self._row(key)
                self.assertEqual((row.state, row.company_id, row.partner_id.company_id), ("lead", self.far, self.far))
                self.assertTrue(self._sees(self.far_manager, row.partner_id))
                self.assertFalse(self._sees(self.manager, row.partner_id))
                self.assertFalse(row.with_user(self.manager).search([("id", "=", row.id)]))

    def test_any_other_is_the_default_company_s(self):
        for key, payload in (
            ("w1", self._whatsapp(("w1", "Hello", 10), to="107")),
            ("w2", self._whatsapp(("w2", "Hello", 10), to=None, sender="33155550199")),
            ("w3", self._whatsapp(("w3", "Hello", 10), to={"id": 106}, sender="33155550198")),
            ("p1", self._to_page("page", "106", "p1")),
            ("i1", self._to_page("instagram", "208", "i1")),
        ):
            with self.subTest(key=key):
                self.assertEqual(self._post(payload).status_code, 200)
                row = self._row(key)
                self.assertEqual((row.state, row.company_id), ("lead", self.env.company))
                self.assertTrue(self._sees(self.manager, row.partner_id))

    def test_messages_to_two_companies_in_one_payload(self):
        payload = self._whatsapp(("w1", "one", 20))
        payload["entry"] += self._whatsapp(("w2", "two", 10), to="107", sender="33155550199")["entry"]
        self._post(payload)
        self.assertEqual((self._row("w1").company_id, self._row("w2").company_id), (self.far, self.env.company))

    def test_who_writes_to_both_is_one_contact_that_both_see(self):
        self._post(self._whatsapp(("w1", "one", 20)))
        lead = self._leads()
        self._post(self._whatsapp(("w2", "two", 10), to="107"))
        self.assertEqual(self._leads(), lead)
        self.assertEqual(self._said(lead), ["one", "two"])
        self.assertTrue(self._sees(self.manager, lead))
        self.assertTrue(self._sees(self.far_manager, lead))
        self.assertEqual(self._row("w2").company_id, self.env.company)

    def test_a_known_customer_of_the_company_stays_there(self):
        customer = self._customer(phone="+33155550123", company_id=self.far.id, active=False)
        self._post(self._whatsapp(("w1", "one", 20)))
        self.assertEqual((customer.active, customer.company_id), (True, self.far))
        self.assertEqual(self._said(customer), ["one"])

    def test_what_failed_is_tried_again_for_its_company(self):
        Partner = self.env.registry["res.partner"]
        original = Partner.message_post
        self.patch(Partner, "message_post", lambda *args, **kwargs: 1 / 0)
        with mute_logger("odoo.addons.leads_agent_channel.models.leads_agent_received"):
            self._post(self._whatsapp(("w1", "Hello", 10)))
        self.patch(Partner, "message_post", original)
        row = self._row("w1")
        self.assertEqual((row.state, row.company_id), ("failed", self.far))
        row.with_user(self.far_manager).action_try_again()
        self.assertEqual((row.state, row.partner_id.company_id), ("lead", self.far))

    def test_it_counts_from_the_next_message_on(self):
        receiver = self.Receiver.search([("key", "=", "106")])
        self._post(self._whatsapp(("w1", "one", 30)))
        receiver.company_id = self.env.company
        self._post(self._whatsapp(("w2", "two", 20), sender="33155550199"))
        receiver.unlink()
        self._post(self._whatsapp(("w3", "three", 10), sender="33155550198"))
        self.assertEqual([self._row(key).company_id for key in ("w1", "w2", "w3")], [self.far, *[self.env.company] * 2])
        self.assertFalse(self._row("w3").partner_id.company_id)

    def test_managers_and_administrators_list_them(self):
        for user in (self.manager, self._user("admin_ari", "base.group_system")):
            with self.subTest(user=user.login):
                with Form(self.Receiver.with_user(user)) as form:
                    form.name, form.channel, form.key = "Shop", "whatsapp", f" 50{user.id} "
                self.assertEqual((form.record.key, form.record.company_id), (f"50{user.id}", self.env.company))
                self.assertEqual(self.Receiver.with_user(user).search([]).company_id, self.env.company)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else_and_not_those_of_other_companies(self):
        theirs = self.Receiver.search([("key", "=", "106")])
        for user in (self.agent, self.salesperson, self.plain):
            self.assertFalse(self.Receiver.with_user(user).has_access("read"), user.login)
        for attack in (
            lambda: theirs.with_user(self.manager).write({"company_id": self.env.company.id}),
            lambda: theirs.with_user(self.manager).unlink(),
            lambda: theirs.with_user(self.manager).read(["name"]),
            lambda: self.Receiver.with_user(self.manager).create({"name": "x", "key": "9", "company_id": self.far.id}),
        ):
            with self.assertRaises(AccessError):
                attack()
        own = self.Receiver.with_user(self.manager).create({"name": "x", "key": "9"})
        with self.assertRaises(AccessError):
            own.company_id = self.far

    def test_what_is_no_id(self):
        for key in ("+32 2 555 01 99", "shop", "9" * 33, "", "１０６"):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                self.Receiver.create({"name": "Shop", "key": key})
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"):
            self.Receiver.create({"name": "Shop", "channel": "whatsapp", "key": "106"})
