from odoo.tests import tagged

from .test_meta import MetaCommon, whatsapp

ADA, BEN = "FR.13491208655302741918", "BE.2049120865530274"


def nameless(*senders):
    """Return a payload of people without a number, given as (id, name, username, text)."""
    payload = whatsapp(*((f"k{user_id}-{text}", text, 10) for user_id, _name, _username, text in senders))
    value = payload["entry"][0]["changes"][0]["value"]
    value["contacts"] = [
        {"profile": {"name": name, "username": username}, "user_id": user_id}
        for user_id, name, username, _text in senders
    ]
    for message, (user_id, *_rest) in zip(value["messages"], senders, strict=True):
        del message["from"]
        message["from_user_id"] = user_id
    return payload


def both(user_id, number, text, ago=5):
    """Return a payload of the same person with a number."""
    payload = whatsapp((f"b{number}-{text}", text, ago), sender=number)
    value = payload["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["user_id"] = user_id
    value["messages"][0]["from_user_id"] = user_id
    return payload


@tagged("post_install", "-at_install")
class TestMetaNames(MetaCommon):
    """People identified on WhatsApp by an ID, a number, or both."""

    def _keys(self, lead):
        return sorted(lead.lead_identity_ids.mapped("key"))

    def test_two_without_a_number_are_two_leads(self):
        payload = nameless((ADA, "Ada Moreau", "ada.m", "Hello"), (BEN, "Ben Sato", "ben", "Bonjour"))
        self.assertEqual(self._post(payload).status_code, 200)
        ada, ben = self._leads(ADA), self._leads(BEN)
        self.assertEqual((ada.name, ben.name), ("Ada Moreau", "Ben Sato"))
        self.assertEqual((self._said(ada), self._said(ben)), (["Hello"], ["Bonjour"]))
        self.assertEqual((ada.phone, ada.lead_info), (False, "info"))
        self._post(nameless((ADA, "Ada Moreau", "ada.m", "Again")))
        self.assertCountEqual(self._said(self._leads(ADA)), ["Hello", "Again"])

    def test_a_username_where_there_is_no_name(self):
        self._post(nameless((ADA, "", "ada.m", "Hello")))
        self.assertEqual(self._leads(ADA).name, "ada.m")

    def test_the_id_stands_beside_the_message_alone(self):
        payload = nameless((ADA, "Ada Moreau", "ada.m", "Hello"))
        del payload["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
        self._post(payload)
        self.assertEqual(self._leads(ADA).name, "Ada Moreau")

    def test_a_number_later(self):
        self._post(nameless((ADA, "Ada Moreau", "ada.m", "Hello")))
        lead = self._leads(ADA)
        self._post(both(ADA, "33155550123", "My number"))
        self.assertEqual((self._leads("33155550123"), self._leads(ADA)), (lead, lead))
        self.assertEqual(lead.phone, "+33155550123")
        self.assertEqual(self._keys(lead), ["33155550123", ADA])
        self.assertEqual(self._said(lead), ["Hello", "My number"])

    def test_no_number_any_more(self):
        self._post(both(ADA, "33155550123", "Hello"))
        lead = self._leads("33155550123")
        self._post(nameless((ADA, "Ada", "ada.m", "Without")))
        self.assertEqual(sorted(self._said(lead)), ["Hello", "Without"])
        self.assertEqual(self.env["res.partner"].search_count([("name", "in", ("Ada", "Ada Moreau"))]), 1)

    def test_the_number_is_that_of_a_customer(self):
        customer = self._customer(phone="+33155550123")
        self._post(nameless((ADA, "Ada Moreau", "ada.m", "Hello")))
        before = self._leads(ADA)
        self.assertNotEqual(before, customer)
        self._post(both(ADA, "33155550123", "It is me"))
        self.assertEqual((self._leads(ADA), self._leads("33155550123")), (customer, customer))
        self.assertIn(customer.display_name, "".join(before.message_ids.mapped("body")))
        self.assertIn("Ada Moreau", "".join(customer.message_ids.mapped("body")))

    def test_a_new_id(self):
        self._post(both(ADA, "33155550123", "Hello"))
        lead = self._leads(ADA)
        payload = nameless((ADA, "Ada Moreau", "ada.m", ""))
        [message] = payload["entry"][0]["changes"][0]["value"]["messages"]
        del message["text"]
        system = {"type": "user_changed_user_id", "user_id": BEN, "previous_user_id": ADA}
        message.update(type="system", system=system)
        self._post(payload)
        self.assertEqual(self._keys(lead), ["33155550123", BEN])

    def test_preferences_of_somebody_without_a_number(self):
        self._post(nameless((ADA, "Ada Moreau", "ada.m", "Hello")))
        preference = {"user_id": ADA, "category": "marketing_messages", "value": "stop", "timestamp": self.now}
        value = {"user_preferences": [preference]}
        change = {"field": "user_preferences", "value": value}
        self._post({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
        self.assertEqual(self._leads(ADA).lead_blocked_channels, "WhatsApp")

    def test_stop_by_number_and_start_by_id_in_any_order(self):
        self._post(both(ADA, "33155550123", "STOP", ago=30))
        lead = self._leads(ADA)
        self._post(both(ADA, "33155550123", "START", ago=8))
        payload = nameless((ADA, "Ada Moreau", "ada.m", "STOP"))
        self._post(payload)
        self.assertEqual(sorted(self._said(lead)), ["START", "STOP", "STOP"])
        self.assertFalse(lead.lead_blocked_channels)

    def test_nothing_is_dropped_without_a_row(self):
        for nr, spoil in enumerate(("from", "id", "timestamp", "type")):
            with self.subTest(without=spoil):
                payload = whatsapp((f"q{nr}", "Hello", 10), sender=f"331555503{nr:02}")
                value = payload["entry"][0]["changes"][0]["value"]
                del value["messages"][0][spoil]
                del value["contacts"]
                before = self.env["leads.agent.identity"].search_count([])
                self.assertEqual(self._post(payload).status_code, 200)
                self.assertEqual(self.env["leads.agent.identity"].search_count([]), before)
                row = self.env["leads.agent.received"].search([], limit=1)
                self.assertEqual(row.state, "failed")
                self.assertIn("Hello", row.body)
