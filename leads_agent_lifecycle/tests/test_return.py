from odoo.tests import tagged

from .test_leads import LifecycleCommon, WithAlias
from .test_meta import MetaCommon, whatsapp
from .test_meta_names import both, nameless

NUMBER = "33155550123"


class ReturnCommon:
    """Checks that a sender is one active contact, visible to the managers of a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.far = cls.env["res.company"].create({"name": "Far East"})
        cls.far_manager = cls._user("far_fay", "leads_agent.group_leads_manager", company_id=cls.far.id)
        cls.far_manager.company_ids = cls.far

    def _count(self):
        return self.env["res.partner"].with_context(active_test=False).search_count([])

    def _sees(self, user, lead):
        self.env.flush_all()
        self.env.invalidate_all()
        return lead in lead.with_user(user).search([("id", "=", lead.id)])


@tagged("post_install", "-at_install")
class TestReturn(ReturnCommon, MetaCommon):
    """An archived contact, or one known only in another company, writes by Meta's channels."""

    def test_an_archived_contact_is_active_again(self):
        for nr, (kind, values) in enumerate(
            (
                ("known by the number", {"phone": "+33 1 55 55 01 00"}),
                ("a lead", {"phone": "+33 1 55 55 01 01", "lead_stage_id": self.stages["prospect"].id}),
                ("another form", {"phone": "01 55 55 01 02", "country_id": self.env.ref("base.fr").id}),
                ("a person", {"phone": "+33155550103", "is_company": False}),
                ("inactive", {"phone": "+33155550104", "lead_stage_id": 1, "lead_activity": "inactive"}),
            )
        ):
            with self.subTest(kind=kind):
                if values.get("lead_stage_id") == 1:
                    values["lead_stage_id"] = self.stages["lead"].id
                customer = self._customer(f"Café {nr}", **values)
                customer.active = False
                before = self._count()
                self.assertEqual(
                    self._post(whatsapp((f"a{nr}", "Me again", 10), sender=f"331555501{nr:02}")).status_code, 200
                )
                self.assertEqual(self._count(), before)
                self.assertEqual((customer.active, customer.lead_activity), (True, "active"))
                self.assertEqual(self._said(customer), ["Me again"])
                self.assertTrue(self._sees(self.manager, customer))

    def test_an_archived_lead_of_a_channel_is_active_again(self):
        self._post(whatsapp(("w1", "Hello", 20)))
        self._post(self._messaging("page", text="Hello"))
        self._post(self._messaging("instagram", text="Hello"))
        self._post(nameless(("FR.13491208655302741918", "Cleo Kay", "cleo", "Hello")))
        leads = self._leads() | self._leads("7001") | self._leads("FR.13491208655302741918")
        self.assertEqual(len(leads), 4)
        leads.active = False
        self._post(whatsapp(("w2", "Me again", 10)))
        for kind in ("page", "instagram"):
            self._post(self._messaging(kind, mid="m2", text="Me again"))
        self._post(nameless(("FR.13491208655302741918", "Cleo Kay", "cleo", "Me again")))
        self.assertEqual(self._leads() | self._leads("7001") | self._leads("FR.13491208655302741918"), leads)
        for lead in leads:
            with self.subTest(channel=lead.lead_channel):
                self.assertTrue(lead.active)
                self.assertCountEqual(self._said(lead), ["Hello", "Me again"])

    def test_a_contact_comes_back_with_its_company(self):
        company = self._customer("Moreau & Co")
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": company.id, "phone": "+33155550123"})
        (company | person).active = False
        self._post(whatsapp(("w1", "Me again", 10)))
        self.assertEqual((company | person).mapped("active"), [True, True])

    def test_the_one_who_is_not_archived_is_meant(self):
        archived = self._customer("Old", phone="+33155550123", active=False)
        current = self._customer("New", phone="+33155550123")
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertEqual(self._said(current), ["Hello"])
        self.assertFalse(archived.active)

    def test_who_asks_to_be_left_alone_stays_archived(self):
        customer = self._customer(phone="+33155550123", active=False)
        before = self._count()
        self._post(whatsapp(("w1", "STOP", 10)))
        self.assertEqual((customer.active, self._count()), (False, before))
        self.assertTrue(self.env["leads.agent.opt.out"].search([("partner_id", "=", customer.id)]))

    def test_who_is_known_in_another_company_is_shared(self):
        for nr, values in enumerate(
            (
                {},
                {"active": False},
                {"lead_stage_id": self.stages["prospect"].id},
                {"is_company": False},
            )
        ):
            with self.subTest(values=values):
                customer = self._customer(f"Café {nr}", phone=f"+331555502{nr:02}", company_id=self.far.id, **values)
                before = self._count()
                self.assertFalse(self._sees(self.manager, customer))
                self._post(whatsapp((f"f{nr}", "Hello", 10), sender=f"331555502{nr:02}"))
                self.assertEqual(self._count(), before)
                self.assertEqual(self._said(customer), ["Hello"])
                self.assertTrue(self._sees(self.manager, customer))
                self.assertTrue(self._sees(self.far_manager, customer))
                row = self.env["leads.agent.received"].search([("key", "=", f"f{nr}")])
                self.assertEqual((row.company_id, row.partner_id), (self.env.company, customer))
                self.assertTrue(any("Far East" in message.body for message in customer.message_ids))

    def test_a_contact_is_shared_with_its_company_and_its_colleagues(self):
        company = self._customer("Moreau & Co", company_id=self.far.id)
        people = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": company.id, "phone": phone, "company_id": self.far.id}
                for name, phone in (("Ada", "+33155550123"), ("Ben", "+33155550199"))
            ]
        )
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertFalse((company | people).company_id)

    def test_who_is_known_in_both_companies_is_the_one_of_the_company(self):
        self._customer("There", phone="+33155550123", company_id=self.far.id)
        here = self._customer("Here", phone="+33155550123", company_id=self.env.company.id)
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertEqual(self._said(here), ["Hello"])
        self.assertEqual(here.company_id, self.env.company)

    def test_who_is_held_in_another_company_stays_held(self):
        far_agent = self._user("far_finn", "leads_agent.group_leads_agent", company_id=self.far.id)
        far_agent.company_ids = self.far
        customer = self._customer(phone="+33155550123", company_id=self.far.id)
        self._order(customer, company_id=self.far.id)
        self.env["leads.agent.assign"].with_user(self.far_manager).create(
            {"agent_id": far_agent.id, "partner_id": customer.id}
        ).action_assign()
        self.assertEqual(customer.leads_agent_id, far_agent)
        self._post(whatsapp(("w1", "Hello", 10)))
        self.assertEqual(customer.leads_agent_id, far_agent)
        self.assertTrue(self._sees(self.manager, customer))

    def test_an_id_whose_contact_was_archived_tells_its_number(self):
        self._post(nameless(("FR.13491208655302741918", "Ada", "ada", "Hello")))
        lead = self._leads("FR.13491208655302741918")
        lead.active = False
        before = self._count()
        self._post(both("FR.13491208655302741918", NUMBER, "Me again"))
        self.assertEqual(self._count(), before)
        self.assertEqual((lead.active, lead.phone), (True, "+33155550123"))


@tagged("post_install", "-at_install")
class TestReturnByMail(ReturnCommon, WithAlias, LifecycleCommon):
    """The same by mail: to the leads address, and as a reply."""

    def _receive(self, sender, number, to="hello@leads.example.com", **headers):
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        text = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: A machine for our office\r\n{more}"
            f"Message-Id: <r{number}@example.com>\r\nContent-Type: text/plain\r\n\r\nPlease call me back.\r\n"
        )
        # Like the gateway: no model other than that of the alias.
        return self.env["res.partner"].browse(self.env["mail.thread"].message_process(None, text))

    def test_an_archived_contact_is_active_again(self):
        for nr, values in enumerate(
            (
                {},
                {"lead_stage_id": self.stages["prospect"].id},
                {"is_company": False},
                {"company_id": self.far.id},
                {"company_id": self.env.company.id},
            )
        ):
            with self.subTest(values=values):
                customer = self._customer(f"Café {nr}", email=f"Cafe{nr}@example.com", active=False, **values)
                before = self._count()
                self.assertEqual(self._receive(f'"Somebody" <cafe{nr}@example.com>', nr), customer)
                self.assertEqual(self._count(), before)
                self.assertEqual((customer.active, customer.lead_activity), (True, "active"))
                [mail] = customer.message_ids.filtered(lambda message: message.message_type == "email")
                self.assertEqual((mail.author_id, mail.subject), (customer, "A machine for our office"))
                self.assertTrue(self._sees(self.manager, customer))
                self.assertEqual(self.alias.alias_status, "valid")
        self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "@example.com")]), "nothing bounced")

    def test_an_archived_customer_answers(self):
        customer = self._lead(email="harbour@example.com")
        order = customer.sale_order_ids
        for nr, document in enumerate((customer, order)):
            with self.subTest(document=document):
                ours = document.with_user(self.salesperson).message_post(
                    body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment"
                )
                customer.active = False
                before = self._count()
                self._receive(
                    "harbour@example.com", 10 + nr, to="catchall@leads.example.com", In_Reply_To=ours.message_id
                )
                self.assertEqual(self._count(), before)
                self.assertTrue(customer.active)
                self.assertEqual(document.message_ids[0].author_id, customer)

    def test_the_company_is_that_of_the_address(self):
        self.domain.company_ids = self.far
        customer = self._customer(email="harbour@example.com", company_id=self.env.company.id)
        known = self._customer(email="east@example.com", company_id=self.far.id)
        self._receive("east@example.com", 20)
        self.assertEqual(known.company_id, self.far)
        self._receive("harbour@example.com", 21)
        self.assertTrue(self._sees(self.far_manager, customer))
