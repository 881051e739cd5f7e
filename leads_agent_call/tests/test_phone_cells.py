from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .desk_common import WORKDAY, DeskCommon

COUNTRIES = ("AR", "AU", "BE", "BR", "CA", "DE", "GB", "MX", "RU", "TH", "XI")


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestPhoneCells(DeskCommon):
    """What users type in the phone field, and what is dialled: a valid number, or nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = {code: cls.env["res.country"].search([("code", "=", code)]) for code in COUNTRIES}

    def _with_phone(self, phone, country="BE", **vals):
        """Create a lead of the agent with the phone exactly as given: the form would format it."""
        code = self.country[country].id if country else False
        customer = self._lead("Cell", country_id=code, phone=phone, **vals)
        self._assign(customer)
        return customer

    def _start_by_rpc(self, customer, **kwargs):
        return self.env["leads.agent.call"].with_user(self.agent).start(customer.id, **kwargs)

    def _dialled(self, customer, **kwargs):
        """Return the link to dial, and end the call, so that the next one may begin."""
        started = self._start_by_rpc(customer, **kwargs)
        call = self.env["leads.agent.call"].with_user(self.agent).browse(started["call_id"])
        call.finish(self.disposition.id)
        return started["dial"].get("url")

    def test_a_cell_is_dialled_as_parsed(self):
        for phone, country, url in (
            ("+44 (0)20 7946 0000", "BE", "tel:+442079460000"),
            ("+49 (0)30 901820", "GB", "tel:+4930901820"),
            ("+33 (0)1 42 68 53 00", "BE", "tel:+33142685300"),
            ("+39 (0)6 6982 0000", "BE", "tel:+390669820000"),
            ("+1 650-253-0000 x136", "BE", "tel:+16502530000;ext=136"),
            ("tel:+44-114-272-6444;ext=1234", "GB", "tel:+441142726444;ext=1234"),
            ("034116999#2405", "TH", "tel:+6634116999;ext=2405"),
            ("0114 272 6444 extension 7", "GB", "tel:+441142726444;ext=7"),
            ("030 901820/12", "DE", "tel:+4930901820"),
            ("02/633 12 34", "BE", "tel:+3226331234"),
            # Examples from issues of phone libraries
            ("0234/123456-106", "DE", "tel:+49234123456106"),
            ("+1 (415) 555-2671 ext. 89, ask for Sam", None, "tel:+14155552671;ext=89"),
            ("+7 495 123-45-67 \u0434\u043e\u0431. 12", None, "tel:+74951234567;ext=12"),
            ("(0xx11) 3071-0000", "BR", "tel:+551130710000"),
            ("011 15-1234-5678", "AR", "tel:+5491112345678"),
            ("028 9012 3456", "XI", "tel:+442890123456"),
            ("+870 773 123456", "BE", "tel:+870773123456"),
            ("+39 06 6982 0000", "DE", "tel:+390669820000"),
            ("02 633 12 34 / 35 / 36", "BE", "tel:+3226331234"),
            ("0475 55 01 03 (after 6 pm)", "BE", "tel:+32475550103"),
            ("030 1234567 6 pm", "DE", "tel:+49301234567"),
            ("office 9-17 h: 02 633 12 34", "BE", "tel:+3226331234"),
            ("\u0660\u0664\u0667\u0665 \u0665\u0665 \u0660\u0661 \u0660\u0663", "BE", "tel:+32475550103"),
            (
                "\uff0b\uff14\uff14 \uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff11\uff12\uff13",
                None,
                "tel:+442079460123",
            ),
            ("0044 20 7946 0123", None, "tel:+442079460123"),
            ("\u202a+32 475 55 01 03\u202c", None, "tel:+32475550103"),
        ):
            with self.subTest(phone):
                self.assertEqual(self._dialled(self._with_phone(phone, country)), url)

    def test_cells_of_a_file_are_dialled_the_same(self):
        """Odoo's own import of contacts, which formats valid numbers."""
        for nr, (phone, country, url) in enumerate(
            (
                ("+46 (0)8-123 456 78", "Belgium", "tel:+46812345678"),
                ("020 7946 0123 ext 12", "United Kingdom", "tel:+442079460123;ext=12"),
                ("0475/55.01.03 (before 10)", "Belgium", "tel:+32475550103"),
                ("00 32 475 55 01 03", "Germany", "tel:+32475550103"),
                ("\u06f0\u06f4\u06f7\u06f5 \u06f5\u06f5 \u06f0\u06f1 \u06f0\u06f3", "Belgium", "tel:+32475550103"),
            )
        ):
            with self.subTest(phone):
                loaded = self.env["res.partner"].load(
                    ["name", "phone", "country_id"], [[f"Loaded {nr}", phone, country]]
                )
                customer = self.env["res.partner"].browse(loaded["ids"])
                self._order(customer)
                self._assign(customer)
                self.assertEqual(self._dialled(customer), url)

    def test_of_two_numbers_the_agent_chooses(self):
        for phone, country, dials in (
            ("03 227 01 02 / 0475 55 01 03", "BE", ["+3232270102", "+32475550103"]),
            ("0475550103;032270102", "BE", ["+32475550103", "+3232270102"]),
            ("+32475550103+3232270102", None, ["+32475550103", "+3232270102"]),
            ("030 1234567 040 7654321", "DE", ["+49301234567", "+49407654321"]),
            ("020 7946 0123 or 0114 272 6444 ext. 9", "GB", ["+442079460123", "+441142726444;ext=9"]),
            ("T: 03 227 01 02 M: 0475 55 01 03", "BE", ["+3232270102", "+32475550103"]),
            ("+61 2 9374 4000 (AH 0412 345 678)", "AU", ["+61293744000", "+61412345678"]),
            ("8 (495) 123-45-67, 8 (495) 765-43-21", "RU", ["+74951234567", "+74957654321"]),
            ("(514) 555-0199 x 22 or cell 438-555-0188", "CA", ["+15145550199;ext=22", "+14385550188"]),
            ("020 7946 0123 x1/x2", "GB", ["+442079460123;ext=1", "+442079460123;ext=2"]),
        ):
            with self.subTest(phone):
                customer = self._with_phone(phone, country)
                started = self._start_by_rpc(customer)
                self.assertEqual((started["call_id"], started["dial"]), (False, {}))
                self.assertEqual([number["dial"] for number in started["numbers"]], dials)
                self.assertFalse(self.env["leads.agent.call"].search([("partner_id", "=", customer.id)]))
                self.assertEqual(self._dialled(customer, number=dials[1]), f"tel:{dials[1]}")

    def test_only_a_number_of_the_customer_is_dialled(self):
        customer = self._with_phone("03 227 01 02 / 0475 55 01 03")
        for number in (
            "+32475550104",
            "+3232270102;ext=1",
            "0475550103",
            "tel:+32475550103",
            32475550103,
            [],
            {"a": 1},
        ):
            with (
                self.subTest(number),
                self.assertRefused(UserError, "is not a phone number of Cell|must be valid text"),
            ):
                self._start_by_rpc(customer, number=number or "x")

    def test_a_number_of_a_contact_may_be_chosen(self):
        customer = self._with_phone("03 227 01 02")
        self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id, "phone": "0475 55 01 03"})
        self.assertEqual(self._dialled(customer, number="+32475550103"), "tel:+32475550103")

    def test_a_contact_is_reached_where_the_own_cell_has_no_number(self):
        customer = self._with_phone("ask Joan")
        self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id, "phone": "0475 55 01 03"})
        self.assertEqual(self._dialled(customer), "tel:+32475550103")

    def test_what_nobody_can_dial_is_a_sentence_and_a_mark(self):
        for phone, country, sentence in (
            ("0475 55 01 03", None, "It is not clear how to dial '0475 55 01 03'"),
            ("020 7946 0123", None, "It is not clear how to dial"),
            ("+44 20 79", "GB", "is not a phone number"),
            ("ask the neighbour", "BE", "'ask the neighbour' is not a phone number"),
            ("1-555-010", "GB", "is not a phone number"),
            ("112", "BE", "is not a phone number"),
            ("0475 55 01", "BE", "is not a phone number"),
            ("0475 55 0l 03", "BE", "is not a phone number"),
            ("BE71 0961 2345 6769", "BE", "is not a phone number"),
            ("+52 1 55 1234 5678", "MX", "is not a phone number"),
        ):
            with self.subTest(phone):
                customer = self._with_phone(phone, country)
                with self.assertRefused(UserError, sentence):
                    self._start_by_rpc(customer)
                dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
                lead = dashboard.get_lead(customer.id)
                self.assertRegex(lead["phone_note"], sentence)
                self.assertEqual(lead["numbers"], [])
                [row] = [row for row in dashboard.get_data()["leads"] if row["partner_id"] == customer.id]
                self.assertRegex(row["phone_note"], sentence)
                self.assertRegex(customer.with_user(self.agent).leads_phone_note, sentence)

    def test_the_mark_goes_when_the_country_is_entered(self):
        customer = self._with_phone("0475 55 01 03", None)
        with Form(customer.with_user(self.agent)) as form:
            self.assertRegex(form.leads_phone_note, "It is not clear how to dial")
            form.country_id = self.belgium
            self.assertFalse(form.leads_phone_note)
        self.assertEqual(self._dialled(customer), "tel:+32475550103")

    def test_the_country_of_the_company_makes_no_number(self):
        """Odoo formats with it if the customer has no country: that may be a stranger's number."""
        self.env.company.country_id = self.country["GB"]
        customer = self._with_phone("020 7946 0123", None)
        self.assertEqual(customer.phone_sanitized, "+442079460123")
        with self.assertRefused(UserError, "It is not clear how to dial"):
            self._start_by_rpc(customer)

    def test_a_contact_without_a_country_is_in_that_of_the_customer(self):
        customer = self._with_phone(False)
        self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id, "phone": "0475 55 01 03"})
        self.assertEqual(self._dialled(customer), "tel:+32475550103")

    def test_each_number_of_a_cell_is_looked_for_on_the_list(self):
        for phone in ("03 227 01 02 / 0475 55 01 03", "0475 55 01 03 ext. 4", "0475 55 01 03 (mobile, after 6 pm)"):
            with self.subTest(phone):
                customer = self._with_phone(phone)
                entry = self.env["phone.blacklist"].add("+32475550103")
                with self.assertRefused(UserError, "do-not-call list"):
                    self._start_by_rpc(customer)
                entry.active = False

    def test_the_pane_offers_all_numbers(self):
        customer = self._with_phone("03 227 01 02 / 0475 55 01 03")
        self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id, "phone": "+44 20 7946 0123 ext. 12"})
        numbers = self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(customer.id)["numbers"]
        self.assertEqual(
            [(number["dial"], number["contact"]) for number in numbers],
            [("+3232270102", ""), ("+32475550103", ""), ("+442079460123;ext=12", "Joan")],
        )

    def test_call_on_the_form_asks_which_number(self):
        customer = self._with_phone("03 227 01 02 / 0475 55 01 03").with_user(self.agent)
        action = customer.action_leads_call()
        self.assertEqual((action["tag"], len(action["params"]["numbers"])), ("leads_agent.choose_number", 2))
        action = customer.action_leads_call(number="+32475550103")
        self.assertEqual(self.env["leads.agent.call"].browse(action["res_id"]).phone, "+32 475 55 01 03")
