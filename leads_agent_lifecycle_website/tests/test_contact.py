import json

from odoo.tests import Form, HttpCase, tagged

from odoo.addons.leads_agent_lifecycle.tests.test_leads import LifecycleCommon


@tagged("post_install", "-at_install")
class TestContact(LifecycleCommon, HttpCase):
    """Leads from the website form, as a browser sends it."""

    def _send(self, files=None, **typed):
        typed = {"name": "Ada Moreau", "email": "ada@example.com", "message": "Please call me back.", **typed}
        response = self.url_open("/website/form/leads.agent.enquiry", data=typed, files=files)
        self.assertEqual(response.status_code, 200)
        return json.loads(response.text)

    def _leads(self, email="ada@example.com"):
        return self.env["res.partner"].search([("email_normalized", "=", email)])

    def _said(self, lead):
        return lead.message_ids.filtered(lambda message: message.author_id == lead)

    def test_a_stranger_becomes_a_lead(self):
        self.opener.cookies.update({"odoo_utm_source": "Fair", "odoo_utm_campaign": "Spring"})
        answer = self._send(phone="+33 1 55 55 01 23", company="Moreau", zip="75011", city="Paris", consent="Yes")
        self.assertEqual(answer.keys(), {"id"})
        lead = self._leads()
        self.assertEqual((lead.name, lead.phone, lead.lead_channel), ("Ada Moreau", "+33 1 55 55 01 23", "form"))
        self.assertEqual((lead.company_name, lead.zip, lead.city), ("Moreau", "75011", "Paris"))
        self.assertEqual((lead.lead_source_id.name, lead.lead_campaign_id.name), ("Fair", "Spring"))
        self.assertTrue(lead.lead_consent_at)
        self.assertPlace(lead, "lead", "new")
        self.assertIn("Please call me back.", self._said(lead).body)

    def test_the_country(self):
        for nr, (typed, phone, country) in enumerate(
            (
                ({"country": "BE"}, False, "BE"),
                ({"country": "BE", "phone": "0475 55 01 03"}, "+32475550103", "BE"),
                ({"country": "be", "phone": "+33 1 55 55 01 23"}, "+33155550123", "BE"),
                ({"country": "Belgium"}, False, "BE"),
                ({"phone": "+33 1 55 55 01 24"}, "+33155550124", "FR"),
                ({"country": ""}, False, False),
                ({"country": "Atlantis"}, False, False),
            )
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self._send(email=f"ada{nr}@example.com", **typed).keys(), {"id"})
                lead = self._leads(f"ada{nr}@example.com")
                self.assertEqual((lead.phone_sanitized, lead.country_id.code), (phone, country))
                self.assertEqual("Country: Belgium" in self._said(lead).body, country == "BE")
        self.assertIn('<option value="BE">Belgium</option>', self.url_open("/leads/contact").text)

    def test_the_country_finds_who_is_known_by_a_national_number(self):
        customer = self._customer(phone="0475 55 01 03", country_id=self.env.ref("base.be").id)
        self._send(email="other@example.com", phone="0475/55.01.03", country="BE")
        self.assertIn("Please call me back.", self._said(customer).body)

    def test_the_company_is_seen_and_found(self):
        self._send(company="Moreau & Co")
        lead = self._leads()
        lead.country_id = self.env.ref("base.fr")
        form = Form(lead.with_user(self.manager), "leads_agent_lifecycle.res_partner_view_lead_form")
        self.assertEqual(form.company_name, "Moreau & Co")
        partners = self.env["res.partner"].with_user(self.manager).with_context(lead_page=True)
        found = partners.search_panel_select_multi_range(
            "lead_company", search_domain=[("id", "=", lead.id)], enable_counters=True
        )
        values = found["values"]
        self.assertIn({"id": "Moreau & Co", "display_name": "Moreau & Co", "__count": 1}, values)
        self.assertEqual(partners.search([("lead_company", "in", ["Moreau & Co"])]), lead)

    def test_the_privacy_notice(self):
        self.assertIn('href="/leads/contact/privacy"', self.url_open("/leads/contact").text)
        self.assertIn(self.env.company.name, self.url_open("/leads/contact/privacy").text)
        view = self.env["ir.ui.view"].create({"name": "Ours", "type": "qweb", "key": "x.ours", "arch": "<p>Ours</p>"})
        self.env["website.page"].create({"url": "/privacy", "view_id": view.id, "is_published": True})
        self.assertIn('href="/privacy"', self.url_open("/leads/contact").text)

    def test_without_consent(self):
        self._send()
        self.assertFalse(self._leads().lead_consent_at)
        self.assertIn("I agree to be contacted about offers: no", self._said(self._leads()).body)

    def test_the_same_person_by_mail_or_number_is_the_same_lead(self):
        self._send(phone="+33 1 55 55 01 23")
        self._send(email="ADA@example.com ", message="Me again.")
        self._send(email="other@example.com", phone="+33155550123", message="And again.")
        lead = self._leads()
        self.assertEqual(len(lead), 1)
        self.assertEqual(len(self._said(lead)), 3)
        self.assertFalse(self._leads("other@example.com"))

    def test_a_known_customer_stays_as_they_are_and_nobody_learns_that_they_are_known(self):
        customer = self._customer(email="harbour@example.com", city="Ghent")
        stranger = self._send(email="stranger@example.com")
        known = self._send(
            name="Somebody Else", email="harbour@example.com", phone="+33 1 55 55 99 99", city="Paris", consent="Yes"
        )
        self.assertEqual(known.keys(), stranger.keys())
        self.assertNotIn(customer.id, known.values())
        self.assertRecordValues(
            customer,
            [
                {
                    "name": "Harbour Café",
                    "email": "harbour@example.com",
                    "phone": False,
                    "city": "Ghent",
                    "lead_consent_at": False,
                    "lead_channel": "form",
                }
            ],
        )
        said = self._said(customer).body
        for typed in ("Somebody Else", "+33 1 55 55 99 99", "Paris"):
            self.assertIn(typed, said)

    def test_an_archived_customer_is_active_again(self):
        for nr, values in enumerate(
            (
                {"email": "harbour@example.com"},
                {"phone": "+33 1 55 55 01 23"},
                {"phone": "+33155550123", "lead_stage_id": self.stages["prospect"].id},
                {"email": "HARBOUR@example.com", "is_company": False},
                {"email": "harbour@example.com", "lead_activity": "inactive"},
            )
        ):
            with self.subTest(values=values):
                customer = self._customer(f"Harbour {nr}", active=False, **values)
                before = self.env["res.partner"].with_context(active_test=False).search_count([])
                self.assertEqual(self._send(email="harbour@example.com", phone="+33 1 55 55 01 23").keys(), {"id"})
                after = self.env["res.partner"].with_context(active_test=False).search_count([])
                self.assertEqual(after, before)
                self.assertTrue(customer.active)
                self.assertIn("Please call me back.", self._said(customer).body)
                customer.write({"email": False, "phone": False})

    def test_a_customer_of_another_company_stays_there(self):
        """Anybody may type the address of another company's customer, which must not reveal the customer."""
        far = self.env["res.company"].create({"name": "Far East"})
        customer = self._customer(email="harbour@example.com", company_id=far.id, active=False)
        self._send(email="harbour@example.com")
        self.assertEqual((customer.active, customer.company_id), (True, far))
        self.assertEqual(len(self._leads("harbour@example.com")), 1)
        self.assertIn("Please call me back.", self._said(customer).body)

    def test_a_colleague_is_nobodys_lead(self):
        self._send(email=self.agent.email)
        self.assertFalse(self.agent.partner_id.lead_stage_id)
        self.assertFalse(self._said(self.agent.partner_id))

    def test_what_is_ours_is_nobodys(self):
        company = self.env.company.partner_id
        company.write({"email": "office@example.com", "phone": "+33 1 55 55 07 00"})
        self.agent.partner_id.phone = "+33 1 55 55 07 01"
        before = self.env["res.partner"].search_count([])
        for typed in (
            {"email": "office@example.com"},
            {"email": "Office@example.com", "phone": "+33155550701"},
            {"email": self.agent.email},
            {"email": "", "phone": "+33 1 55 55 07 00"},
            {"email": "office@example.com", "phone": "+33 1 55 55 07 00", "own_field": "x"},
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self._send(message="Secret words", **typed).keys(), {"id"})
                row = self.env["leads.agent.received"].search([("channel", "=", "form")], limit=1)
                self.assertEqual((row.state, row.reason), ("ignored", "One of our own addresses or numbers"))
                self.assertIn("Secret words", row.body)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.env["mail.message"].search([("body", "ilike", "Secret words")]))
        self._send(email="office@example.com", phone="+33 1 55 55 01 23")
        lead = self.env["res.partner"].search([("phone", "=", "+33 1 55 55 01 23")])
        self.assertEqual((lead.name, lead.email), ("Ada Moreau", False))
        self.assertIn("office@example.com", self._said(lead).body)

    def test_what_cannot_be_answered_is_refused(self):
        before = self.env["res.partner"].search_count([])
        for typed, sentence in (
            ({"email": "", "phone": ""}, "an e-mail address or a phone number"),
            ({"email": "ada"}, "not a valid e-mail address"),
            ({"email": "ada@example.com, ben@example.com"}, "not a valid e-mail address"),
            ({"message": "x" * 10_001}, "too long"),
            ({"city": "x" * 201}, "too long"),
            ({"anything": "x" * 10_001}, "too long"),
        ):
            with self.subTest(typed=str(typed)[:60]):
                self.assertIn(sentence, self._send(**typed).get("error", ""))
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_only_the_fields_of_the_form_are_taken(self):
        customer = self._customer(email="harbour@example.com")
        self._send(lead_id=customer.id, campaign_id=1, lead_stage_id=self.stages["customer"].id, user_id=2)
        self.assertPlace(self._leads(), "lead", "new")
        self.assertFalse(self._leads().user_id)
        self.assertFalse(self._leads().lead_campaign_id)
        self.assertFalse(self._said(customer))

    def test_words_are_no_markup(self):
        self._send(name="<b>Ada</b>", message="<script>alert(1)</script>\nSecond line", own_field="<i>x</i>")
        said = " ".join(self._said(self._leads()).mapped("body"))
        for tag in ("<b>", "<script>", "<i>"):
            self.assertNotIn(tag, said)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;<br>Second line", said)
        self.assertIn("own_field", said)

    def test_a_file_comes_to_the_lead(self):
        self._send(files={"roof": ("roof.txt", b"Flat", "text/plain")})
        attachment = self._said(self._leads()).attachment_ids
        self.assertEqual((attachment.res_model, attachment.res_id), ("res.partner", self._leads().id))

    def test_agents_do_not_read_what_was_typed(self):
        self._send()
        self.assertFalse(self.env["leads.agent.enquiry"].with_user(self.agent).has_access("read"))

    def test_the_page(self):
        page = self.url_open("/leads/contact").text
        self.assertIn('data-model_name="leads.agent.enquiry"', page)
        self.assertIn("Thank you!", self.url_open("/leads/contact/thanks").text)

    def test_a_visitor_on_a_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.start_tour("/leads/contact?utm_source=Fair", "leads_agent_lifecycle_website.contact")
        lead = self._leads()
        self.assertEqual((lead.name, lead.lead_channel, lead.lead_source_id.name), ("Ada Moreau", "form", "Fair"))
        self.assertTrue(lead.lead_consent_at)


@tagged("post_install", "-at_install")
class TestSignIn(LifecycleCommon, HttpCase):
    def test_agents_land_on_their_dashboard(self):
        self.agent.password = "a-long-password"
        page = self.url_open("/web/login").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"login": self.agent.login, "password": "a-long-password", "csrf_token": token}
        landed = self.url_open("/web/login", data=data)
        self.assertRegex(landed.url, r"/odoo(\?|$)")
        session = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertEqual(session["home_action_id"], self.env.ref("leads_agent.action_dashboard").id)
