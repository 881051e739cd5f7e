import random
import re
import socket
from base64 import b32encode
from datetime import timedelta
from urllib.parse import quote

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import HOST, TEST_CURSOR_COOKIE_NAME

from odoo.addons.leads_agent_offer.notifying import Notifying
from odoo.addons.leads_agent_offer.tests.canary_common import CANARIES
from odoo.addons.leads_agent_offer_link.models.leads_agent_offer import ID_BYTES, LINK_DAYS, SIGNATURE_BYTES

from .link_common import LinkCase

SEED = 20261126
FUZZED_REQUESTS = 600


@tagged("post_install", "-at_install")
class TestOfferPage(LinkCase):
    """The page of an offer: content and forms."""

    def test_the_page_tells_of_the_lead_and_not_who_it_is(self):
        page = self._get(self.path)
        self.assertShut(page, 200)
        for text in (
            "solar",
            "Ghent",
            "Calls back in the afternoon",
            "offered to you alone",
            'role="timer"',
        ):
            self.assertIn(text, page.text)
        self.assertRegex(page.text, r"\d minutes? ago")
        self.assertIn(self.offer.value_band, page.text)
        self.assertIn(self.offer._in_words_of_agent()._deadline_text(), page.text)

    def test_opening_a_link_decides_nothing(self):
        for path in ("?answer=accept", "?answer=decline", "/accept", "/decline", "/again", "/send-access-link"):
            response = self._get(self.path + path)
            self.assertShut(response, 200 if path.startswith("?") else 303)
        self.assertEqual(self.opener.head(self.base_url() + self.path).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.offer.state, "offered")
        self.assertFalse(self.env["mail.mail"].search([("leads_offer_id", "=", self.offer.id)]))

    def test_numbers_of_an_accepted_lead_are_dialled_as_parsed(self):
        belgium, london = self.env.ref("base.be"), self.env.ref("base.uk")
        self._send(self.path, "accept")
        for phone, country, links in (
            ("+44 (0)20 7946 0000", belgium, ["tel:+442079460000"]),
            ("0114 272 6444 ext. 12", london, ["tel:+441142726444;ext=12"]),
            ("03 227 01 02 / 0475 55 01 03", belgium, ["tel:+3232270102", "tel:+32475550103"]),
            ("0475 55 01 03 (after 6 pm)", belgium, ["tel:+32475550103"]),
            ("\u0660\u0664\u0667\u0665550103", belgium, ["tel:+32475550103"]),
            ("0475 55 01 03", self.env["res.country"], []),
            ("see the e-mail", belgium, []),
        ):
            with self.subTest(phone):
                self.lead.write({"phone": phone, "country_id": country.id})
                page = self._get(self.path)
                self.assertEqual(re.findall(r'href="(tel:[^"]*)"', page.text), links)
                said = "It is not clear how to dial" if not country else "is not a phone number"
                self.assertEqual(said in page.text, not links)

    def test_accepting_shows_everything(self):
        response = self._send(self.path, "accept")
        self.assertShut(response, 303)
        self.assertEqual((self.offer.state, self.lead.user_id), ("accepted", self.agent))
        page = self._get(response.headers["Location"])
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self._found(page.text), [*CANARIES], "all details are there")
        self.assertIn('href="tel:+32470123456"', page.text)
        self.assertIn('href="mailto:secret@customer.example.com"', page.text)
        self.assertIn(f"/odoo/leads-accepted/{self.lead.id}", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(self._send(self.path, "accept").status_code, 303, "the button was pressed twice")

    def test_what_the_agent_writes_is_theirs(self):
        self._send(self.path, "accept")
        self.assertEqual(self.offer.write_uid, self.agent)

    def test_a_form_without_its_token_is_shown_again(self):
        for token in ("", "o1", "\x00", "é" * 40, "éo99999999999", "1o99999999999"):
            for answer in ("accept", "decline", "again", "send-access-link"):
                response = self._send(self.path, answer, csrf_token=token)
                self.assertShut(response, 400)
                self.assertIn("confirm your answer again", response.text)
        self.assertEqual(self.offer.state, "offered")

    def test_declining_with_a_reason_and_a_note(self):
        reason = self.env.ref("leads_agent_offer.decline_reason_busy")
        response = self._send(self.path, "decline", reason=reason.id, note="In a\x00 meeting")
        self.assertShut(response, 303)
        self.assertEqual((self.offer.state, self.offer.decline_reason_id), ("declined", reason))
        self.assertEqual(self.offer.decline_note, "In a meeting")
        self.assertEqual(self._holder(self.lead), self.other_agent)
        self.assertShut(self._get(self.path), 410)
        self.assertShut(self._send(self.path, "accept"), 409)

    def test_a_reason_that_is_none(self):
        for value in ("", "0", "abc", "-1", str(10**30), "1 OR 1=1", "\x00"):
            lead = self._incoming("solar")
            offer = self._live(lead)
            self._send(f"/leads/offer/{offer._token()}", "decline", reason=value)
            self.assertEqual((offer.state, len(offer.decline_reason_id)), ("declined", 0))

    def test_missed_and_another_chance(self):
        self._pass_time(minutes=6)
        page = self._get(self.path)
        self.assertShut(page, 200)
        self.assertIn("Give Me Another Chance", page.text)
        self.assertShut(self._send(self.path, "accept"), 409)
        self.assertShut(self._send(self.path, "again"), 303)
        self.assertEqual(self.offer.state, "requeued")
        self.assertEqual(self._holder(self.lead), self.other_agent, "nothing is taken from whoever has it")
        self.assertIn("back in the queue", self._get(self.path).text)
        self.assertShut(self._send(self.path, "again"), 409)

        self._live(self.lead).with_user(self.other_agent).action_decline()
        self.assertEqual(self._holder(self.lead), self.agent)
        response = self._get(self.path)
        self.assertShut(response, 303)
        anew = response.headers["Location"]
        self.assertIn(self._live(self.lead)._token(), anew)
        self._send(anew.removeprefix(self.base_url()), "accept")
        self.assertEqual(self.lead.user_id, self.agent)

    def test_past_the_deadline_though_no_job_ran(self):
        self.offer.deadline = fields.Datetime.now() - timedelta(seconds=1)
        self.assertShut(self._get(self.path), 410)
        response = self._send(self.path, "accept")
        self.assertShut(response, 409)
        self.assertIn("The time to answer is over", response.text)
        self.assertEqual(self.offer.state, "offered")

    def test_a_lead_that_somebody_else_has(self):
        self.lead.user_id = self.salesperson
        page = self._get(self.path)
        self.assertShut(page, 410)
        self.assertIn("no longer available", page.text)
        self.assertShut(self._send(self.path, "accept"), 409)

    def test_a_lead_whose_customer_somebody_holds_by_now(self):
        """*Accept* gives the lead to the holder of the customer; the page reveals neither."""
        self._assign(self._lead("Known", email=self.lead.email_from), self.other_agent)
        self.assertEqual(self._send(self.path, "accept").status_code, 303)
        page = self._get(self.path)
        self.assertShut(page, 410)
        self.assertIn("no longer available", page.text)
        self.assertEqual((self.lead.user_id, self.offer.state), (self.other_agent, "recalled"))

    def test_details_are_gone_when_the_lead_is_gone(self):
        self._send(self.path, "accept")
        self.assertTrue(self._found(self._get(self.path).text))
        self.lead.user_id = self.other_agent
        self.assertShut(self._get(self.path), 410)
        self.lead.user_id = self.agent
        self.assertTrue(self._found(self._get(self.path).text))
        self.agent.group_ids = self.env.ref("base.group_user")
        self.assertShut(self._get(self.path), 410)
        self.agent.active = False
        self.assertShut(self._get(self.path), 404)

    def test_links_of_a_manager_show_what_the_manager_took_and_no_more(self):
        """A manager may read every lead in Odoo; a link shows only those of its user."""
        self.company.leads_offer_catch_all_ids = self.manager
        for _nr in range(2):
            offer = self._live(self.lead)
            offer.with_user(offer.agent_id).action_decline()
        caught = self._live(self.lead)
        self.assertEqual((caught.agent_id, caught.kind), (self.manager, "catch_all"))
        path = f"/leads/offer/{caught._token()}"
        self.assertFalse(self._found(self._get(path).text), "not before acceptance, though it could be read in Odoo")
        other = self._incoming(
            "solar", email_from="other@customer.example.com", contact_name="Other Person", phone=False
        )
        offer = self._live(other)
        offer.with_user(offer.agent_id).action_accept()
        self._send(path, "accept")
        self.assertEqual(self.lead.user_id, self.manager)
        page = self._get(path).text
        self.assertIn("Secret Contact", page)
        mine = f"/leads/mine/{self.env['leads.agent.offer']._agent_token(self.manager)}"
        self.assertShut(self._get(mine), 404)
        self.manager.leads_may_hold = True
        page = self._get(mine).text
        self.assertIn("Canary subject", page)
        self.assertNotIn("Other Person", page)
        Offer = self.env["leads.agent.offer"]
        self.assertEqual(Offer._leads_in_sight(self.manager, []), self.lead)
        self.assertEqual(Offer._leads_in_sight(offer.agent_id, []), other)
        self.assertTrue(other.with_user(self.manager).has_access("read"))
        self.lead.user_id = self.other_agent
        self.assertShut(self._get(path), 410)

    def test_a_lost_lead_still_shows(self):
        self._send(self.path, "accept")
        self.lead.action_set_lost()
        self.assertEqual(self._get(self.path).status_code, 200)

    def test_terms_are_agreed_to(self):
        self.company.leads_offer_terms = "<p>Call within the hour.</p>"
        page = self._get(self.path).text
        self.assertIn("Call within the hour.", page)
        self.assertRegex(page, r'<input[^>]*name="terms"[^>]*required')
        response = self._send(self.path, "accept")
        self.assertShut(response, 409)
        self.assertIn("agree to the terms", response.text)
        self.assertEqual(self.offer.state, "offered")
        self._send(self.path, "accept", terms="agreed")
        self.assertEqual(self.offer.state, "accepted")
        self.company.leads_offer_terms = "<p><br></p>"
        lead = self._incoming("solar", email_from="other@customer.example.com", phone=False)
        self.assertNotIn('name="terms"', self._get(f"/leads/offer/{self._live(lead)._token()}").text)

    def test_both_links_of_the_mail_open_the_page(self):
        Notifying(self.env(su=True)).notify_offered(100)
        mail = self.env["mail.mail"].search([("leads_offer_id", "=", self.offer.id)])
        links = re.findall(r'href="([^"]+)"', mail.body_html)
        self.assertEqual(links, [f"{self.base_url()}{self.path}?answer={answer}" for answer in ("accept", "decline")])
        for link in links:
            self.assertShut(self._get(link.removeprefix(self.base_url())), 200)
        self.assertEqual(self.offer.state, "offered")

    def test_the_terms_are_asked_for_at_the_link_of_the_mail(self):
        self.company.leads_offer_terms = "<p>Call within the hour.</p>"
        link = self.offer._offer_url("accept").removeprefix(self.base_url())
        self.assertIn("Call within the hour.", self._get(link).text)
        path = link.partition("?")[0]
        for form in ({}, {"terms": ""}):
            self.assertEqual(self._send(path, "accept", **form).status_code, 409)
        self.assertEqual((self.offer.state, len(self.lead.user_id)), ("offered", 0))
        self.assertEqual(self._send(path, "accept", terms="agreed").status_code, 303)
        self.assertEqual(self.offer.state, "accepted")

    def test_links_are_bound_to_offer_and_agent(self):
        Offer = self.env["leads.agent.offer"]
        token = self.offer._token()
        self.assertEqual(Offer._from_token(token), self.offer)
        self.assertEqual(Offer._agent_from_token(Offer._agent_token(self.agent)), self.agent)
        self.assertFalse(Offer._agent_from_token(token))
        self.assertFalse(Offer._from_token(Offer._agent_token(self.agent)))
        for forged in (
            "",
            "-",
            token[:-1],
            "a" * 32,
            "é" * 10,
            "1-2-3-4",
            token + "0",
        ):
            with self.subTest(forged):
                self.assertFalse(Offer._from_token(forged))

    def test_links_that_do_not_count_look_all_the_same(self):
        token = self.offer._token()
        mine = self.env["leads.agent.offer"]._agent_token(self.agent)
        with freeze_time("2020-01-01"):
            old = self.env["leads.agent.offer"]._agent_token(self.agent)
        foreign = mine.replace(f"{self.agent.id}-", f"{self.other_agent.id}-", 1)
        unknown = "a" * 32
        forged = token[:-1] + ("a" if token[-1] != "a" else "b")
        bodies = set()
        for bad in (old, foreign, mine, unknown, forged, "x", "---", "é", "%00", "a/%0A%00", token.upper(), token * 50):
            for path in (f"/leads/offer/{bad}", f"/leads/mine/{bad if bad != mine else token}"):
                response = self._get(path)
                self.assertShut(response, 404)
                bodies.add(response.text)
            response = self.url_open(f"/leads/offer/{bad}/accept", data={"terms": "on"})
            self.assertShut(response, 404)
            bodies.add(response.text)
        self.assertEqual(len(bodies), 1, "nobody learns what is wrong with a link")
        self.assertEqual(self.offer.state, "offered")

    def test_a_short_link_holds_by_each_of_its_letters(self):
        token = self.offer._token()
        self.assertRegex(token, "^[a-z2-7]{32}$")
        Offer = self.env["leads.agent.offer"]
        self.assertEqual(Offer._from_token(token), self.offer)
        for place, letter in enumerate(token):
            for other in {"a", "q", "7"} - {letter}:
                self.assertFalse(Offer._from_token(token[:place] + other + token[place + 1 :]), (place, other))
        other = self._live(self._incoming("solar", email_from="other@customer.example.com", phone=False))
        self.assertFalse(Offer._from_token(other._token()[:7] + token[7:]), "the seal is of one offer")

    def test_a_short_link_is_of_one_agent_and_ends(self):
        self.assertShut(self._get(self.path), 200)
        self.offer.agent_id = self.other_agent
        self.assertShut(self._get(self.path), 404)
        self.offer.agent_id = self.agent
        Offer = self.env["leads.agent.offer"]
        end = self.offer.offered_at + timedelta(days=LINK_DAYS)
        for moment, counts in ((end, True), (end + timedelta(seconds=1), False)):
            with freeze_time(moment):
                self.assertEqual(bool(Offer._from_token(self.offer._token())), counts, moment)
        self.offer.offered_at -= timedelta(days=1)
        self.assertShut(self._get(self.path), 404)

    def test_a_parameter_of_an_unlucky_name(self):
        # Odoo's own pages answer this parameter with a server error: see `ir_http.py`.
        for name in ("self", "token", "answer", "endpoint", "params", "cls", "rest"):
            self.assertShut(self._get(f"{self.path}?{name}=1"), 200)
            self.assertShut(self._get(f"{self.path}/accept?{name}=1"), 303)
            self.assertShut(self._get(f"/leads/mine/x?{name}=1"), 404)
            self.assertShut(self._get(f"/leads/offer/x/y/z?{name}=1"), 404)

    def test_the_shark_tank_and_the_catch_all_say_what_they_are(self):
        self.company.write({"leads_offer_shark_minutes": 30, "leads_offer_catch_all_ids": self.manager.ids})
        self._pass_time(minutes=6)
        self._pass_time(minutes=12)
        sharks = self._live(self.lead)
        self.assertEqual(sharks.mapped("kind"), ["shark_tank"] * 2)
        page = self._get(self.path)
        self.assertIn(sharks.filtered(lambda offer: offer.agent_id == self.agent)._token(), page.headers["Location"])
        page = self._get(page.headers["Location"])
        self.assertShut(page, 200)
        self.assertIn("the first to accept gets it", page.text)
        self._pass_time(minutes=60)
        page = self._get(f"/leads/offer/{self._live(self.lead)._token()}")
        self.assertShut(page, 200)
        self.assertIn("No agent took this lead", page.text)
        self.assertNotIn('role="timer"', page.text)

    def test_in_the_language_of_the_agent(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.agent.write({"lang": "fr_FR", "tz": "Asia/Tokyo"})
        page = self._get(self.path).text
        self.assertIn('lang="fr-FR"', page)
        self.assertIn("(Asia/Tokyo)", page)


@tagged("post_install", "-at_install")
class TestAccessLink(LinkCase):
    """The *Manage All My Leads* link: read-only, valid for seven days, for one agent."""

    def _my_leads(self, user=None):
        return f"/leads/mine/{self.env['leads.agent.offer']._agent_token(user or self.agent)}"

    def test_only_what_the_agent_accepted(self):
        self.assertShut(self._get(self._my_leads()), 200)
        self._send(self.path, "accept")
        page = self._get(self._my_leads())
        for text in (self.lead.name, "Ghent", f"/odoo/leads-accepted/{self.lead.id}"):
            self.assertIn(text, page.text)
        self.assertNotIn("secret@customer", page.text)
        self.assertShut(self._get(self._my_leads(self.other_agent)), 200)
        self.lead.user_id = self.other_agent
        self.assertShut(self._get(self._my_leads()), 200)

    def test_it_ends(self):
        path = self._my_leads()
        with freeze_time("2020-01-01"):
            ended = self.env["leads.agent.offer"]._agent_token(self.agent)
        self.assertShut(self._get(f"/leads/mine/{ended}"), 404)
        self.assertEqual(self._get(path).status_code, 200)
        self.assertIn(self._get(path.replace("/mine/", "/offer/")).status_code, (404,))
        self.agent.group_ids = self.env.ref("base.group_user")
        self.assertShut(self._get(path), 404)

    def test_it_is_mailed_to_the_agent_and_not_too_often(self):
        response = self._send(self.path, "send-access-link", email="somebody@else.example.com")
        self.assertShut(response, 200)
        self.assertNotIn("/leads/mine/", response.text, "the link goes to the mailbox only")
        mail = self.env["mail.mail"].search([("leads_offer_id", "=", self.offer.id)])
        self.assertEqual(mail.recipient_ids, self.agent.partner_id)
        self.assertFalse(mail.email_to)
        path = re.search(r"/leads/mine/[\w-]+", mail.body_html).group()
        self.assertEqual(self._get(path).status_code, 200)
        self.assertShut(self._send(self.path, "send-access-link"), 409)
        self.assertEqual(self.env["mail.mail"].search_count([("leads_offer_id", "=", self.offer.id)]), 1)


@tagged("post_install", "-at_install")
class TestLinkFuzz(LinkCase):
    """No request to these addresses causes a server error, reveals a contact or decides an offer."""

    def _raw(self, method, target, headers=(), body=b""):
        """Send a request as raw bytes, which browsers and libraries would normalise.

        :returns: ``(status, response)``
        """
        with self.allow_requests():
            cookies = {
                "session_id": self.session.sid,
                TEST_CURSOR_COOKIE_NAME: self.opener.cookies[TEST_CURSOR_COOKIE_NAME],
            }
            lines = [
                method + b" " + target + b" HTTP/1.1",
                f"Host: {HOST}:{self.http_port()}".encode(),
                b"Connection: close",
                b"Cookie: " + "; ".join(f"{key}={value}" for key, value in cookies.items()).encode(),
                *headers,
                f"Content-Length: {len(body)}".encode(),
            ]
            with socket.create_connection((HOST, self.http_port()), timeout=30) as link:
                link.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
                answer = b""
                while piece := link.recv(65536):
                    answer += piece
        status = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return (int(status.group(1)) if status else 0), answer.decode("utf-8", "replace")

    def _token_like(self, chance, good):
        """Return a random value in place of a token."""
        kind = chance.randrange(15)
        if kind in (0, 12, 13):
            return good.encode()
        if kind == 1:
            place = chance.randrange(len(good))
            return (good[:place] + chance.choice("0123456789abcdef-_~") + good[place + 1 :]).encode()
        if kind == 2:
            return good[: chance.randrange(len(good))].encode()
        if kind == 3:
            return (good * chance.choice((2, 20, 200))).encode()
        if kind == 4:
            return quote(bytes(chance.randrange(256) for _nr in range(chance.randrange(1, 80))), safe="").encode()
        if kind == 5:
            # Bytes not allowed in an address, except line breaks and spaces, which would break the request line.
            odd = [byte for byte in range(33, 256) if byte not in (0x7F, 0x85, 0xA0)]
            return bytes(chance.choice(odd) for _nr in range(chance.randrange(1, 60)))
        if kind == 6:
            return chance.choice((b"%00", b"%00%00", good.encode() + b"%00", b"%00" + good.encode(), b"%ff%fe", b"%"))
        if kind == 7:
            return b"-".join(str(chance.choice((0, -1, 10**30, self.offer.id))).encode() for _nr in range(4))
        if kind == 8:
            odd = ("é-1-2-3", "1-2-3-é", "٣-٣-٣-٣", "💣", b"\xed\xa0\x80", b"\xc3", "../../etc", "a/b/c", "\\..\\")
            return quote(chance.choice(odd)).encode()
        if kind == 9:
            return chance.choice((b"", b".", b"..", b"%2e%2e", b"%2F", b"accept", b"{{7*7}}", b"${7*7}", b"<script>"))
        if kind == 10:
            return b"A" * chance.choice((255, 256, 257, 2_000, 20_000))
        if kind == 11:
            return b";".join((good.encode(), b"x=1"))
        number = chance.choice((0, 1, self.offer.id, 2**31 - 1, 2**31, 2**32 - 1))
        return b32encode(number.to_bytes(ID_BYTES, "big") + chance.randbytes(SIGNATURE_BYTES)).lower()

    def _body_like(self, chance):
        """Return a random form body and its header."""
        kind = chance.randrange(9)
        value = chance.choice((b"", b"1", b"%00", b"%ff", b"\xff\xfe\x00", b"'%3B--", b"9" * 400, "é".encode()))
        name = chance.choice((b"csrf_token", b"reason", b"note", b"terms", b"token", b"answer", b"offer", b"", b"%00"))
        form = name + b"=" + value + b"&" + name + b"=" + value
        if kind < 3:
            return (b"Content-Type: application/x-www-form-urlencoded",), form
        if kind == 3:
            return (
                b"Content-Type: application/x-www-form-urlencoded; charset=" + chance.choice((b"utf-7", b"x")),
            ), form
        if kind == 4:
            return (b"Content-Type: multipart/form-data",), form
        if kind == 5:
            part = (
                b'--x\r\nContent-Disposition: form-data; name="note"; filename="a\x00b"\r\n\r\n'
                + value
                + b"\r\n--x--\r\n"
            )
            return (b"Content-Type: multipart/form-data; boundary=x",), part
        if kind == 6:
            return (b"Content-Type: application/json",), b'{"params": {"token": "x"}}'
        if kind == 7:
            return (b"Content-Type: \xff/\xfe", b"Accept-Language: " + b"x" * 500), form
        return (), b"\x00" * chance.randrange(2_000)

    def test_fuzz(self):
        chance = random.Random(SEED)
        links = (self.offer._token(),)
        mine = self.env["leads.agent.offer"]._agent_token(self.agent)
        bad, counts = [], {}
        for nr in range(FUZZED_REQUESTS):
            method = chance.choice(
                (b"GET", b"GET", b"POST", b"POST", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"BREW")
            )
            page = chance.choice((b"offer", b"offer", b"mine"))
            good = chance.choice(links) if page == b"offer" else mine
            target = b"/leads/" + page + b"/" + self._token_like(chance, good)
            target += chance.choice(
                (b"", b"/accept", b"/decline", b"/again", b"/send-access-link", b"/x/y", b"/%00", b"/")
            )
            target += chance.choice(
                (b"", b"?answer=accept", b"?answer=%ff%00", b"?token=x&offer=1", b"?self=1", b"?" + b"a=1&" * 300)
            )
            headers, body = self._body_like(chance) if method in (b"POST", b"PUT", b"PATCH") else ((), b"")
            status, answer = self._raw(method, target, headers, body)
            counts[status] = counts.get(status, 0) + 1
            if status >= 500 or not status or self._found(answer):
                bad.append((nr, method, target[:200], headers, body[:100], status))
        self.env.invalidate_all()
        self._logger.info("Fuzzed with seed %s: %s", SEED, dict(sorted(counts.items())))
        self.assertFalse(bad, f"seed {SEED}: {len(bad)} of {FUZZED_REQUESTS}")
        self.assertEqual((self.offer.state, self.lead.leads_offer_state), ("offered", "offered"))
        self.assertGreater(counts.get(200, 0), 10, "some of the links were good")
        # The check finds the contact where it is shown.
        self._send(self.path, "accept")
        self.assertTrue(self._found(self._raw(b"GET", self.path.encode())[1]))
