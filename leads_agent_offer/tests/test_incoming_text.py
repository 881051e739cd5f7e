from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .mail_common import MailCommon


@tagged("post_install", "-at_install")
class TestIncomingText(MailCommon):
    """Tags are searched for in the readable text of a mail."""

    def _found(self, html, subject="Enquiry", text="See the other part"):
        lead = self._receive(text, subject=subject, html=html)
        return sorted(lead.leads_routing_ids.tag_ids.mapped("name"))

    def test_words_with_markup_inside_are_words(self):
        self._tag("heat pump")
        for html in (
            "<p>A <b>heat</b> <i>pump</i>, please</p>",
            "<p>A he<span>at</span> pu<wbr>mp</p>",
            "<p>A <font color='red'>h</font>eat-pump</p>",
            "<p>A heat&nbsp;pump</p>",
            "<p>A heat\n    pump</p>",
            "<p>A he&shy;at pum&#8203;p</p>",
            "<table><tr><td><b>heat</b> pump</td></tr></table>",
        ):
            with self.subTest(html):
                self.assertEqual(self._found(html), ["heat pump"])

    def test_what_nobody_reads_carries_no_tag(self):
        self._tag("boat")
        for html in (
            '<p>See <a href="https://portal.example/boat/1">my page</a></p>',
            '<p>Hello <img src="https://portal.example/boat.jpg" alt="boat"/></p>',
            "<html><head><title>boat</title></head><body><p>Hello</p></body></html>",
            '<div style="display:none">boat, hidden</div><p>Hello</p>',
            "<p>Look at https://portal.example/boat</p>",
            "<p>Yes</p><div class='gmail_quote'>On Mon, Bo wrote:<blockquote>my boat</blockquote></div>",
            "<p>Yes</p><p>-----Original Message-----<br>From: Bo<br>my boat</p>",
            "<p>Yes</p><div class='gmail_signature'>Jo, boat yard</div>",
        ):
            with self.subTest(html):
                self.assertEqual(self._found(html), [])
        for text in (
            "Yes, please\n\nOn Mon, 3 May 2027 at 10:00, Bo <bo@writer.example.org> wrote:\n> my boat\n> is blue\n",
            "Yes, please\n-- \nJo, boat yard\n",
            "Yes, please <https://portal.example/boat>",
        ):
            with self.subTest(text):
                self.assertFalse(self._receive(text).leads_routing_ids.tag_ids)

    def test_what_is_forwarded_or_alone_is_read(self):
        self._tag("boat")
        quote = "<div class='gmail_quote'>---------- Forwarded message ---------<br>From: Jo<br>my boat</div>"
        self.assertEqual(self._found(f"<p>FYI</p>{quote}", "Fwd: question"), ["boat"])
        self.assertEqual(self._found("<blockquote>my boat</blockquote>"), ["boat"])
        outlook = "<p>FYI</p><p><b>From:</b> Jo<br><b>Sent:</b> today<br><b>Subject:</b> hello</p><p>my boat</p>"
        self.assertEqual(self._found(outlook, "FW: hello"), ["boat"])
        self.assertEqual(self._found(outlook, "RE: hello"), [])

    def test_letters_of_any_spelling(self):
        for name, text in (
            ("Caf\u00e9", "a cafe\u0301 in town"),
            ("Stra\u00dfe", "in der Strasse"),
            ("grosse Halle", "eine gro\u00dfe Halle"),
            ("M\u00fcnchen", "aus MU\u0308NCHEN"),
            ("solar roof", "\uff33\uff4f\uff4c\uff41\uff52 roof"),
            ("office", "my o\ufb03ce"),
            ("\u00c5ngstr\u00f6m", "A\u030angstro\u0308m"),
        ):
            tag = self._tag(name)
            with self.subTest(name):
                self.assertEqual(self._receive(text).leads_routing_ids.tag_ids, tag)
                self.assertEqual(self._receive("Hello", subject=text).leads_routing_ids.tag_ids, tag)

    def test_an_update_makes_one_tag_of_two_spellings(self):
        self.env.cr.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%leads_agent_tag%spelling%'")
        [[index]] = self.env.cr.fetchall()
        self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        pump, same = self._tag("heat pump"), self._tag("Heat-Pump")
        small, large = self._tag("House", kind="money", high=5), self._tag("HOUSE", kind="money", low=5)
        skills = [self._skill(self.agent, same, 70), self._skill(self.other_agent, pump, 30)]
        self._skill(self.other_agent, same, 80)
        self.env["leads.agent.tag"]._join_spellings()
        self.assertEqual((pump | same | small | large).mapped("active"), [True, False, True, True])
        self.assertEqual((small.name, large.name), ("House", f"HOUSE ({large.id})"))
        self.assertEqual([(skill.tag_id, skill.weight) for skill in skills], [(pump, 70), (pump, 30)])
        self.assertEqual(len(pump.skill_ids), 2)

    def test_two_spellings_are_one_tag(self):
        self._tag("heat pump")
        self._tag("Caf\u00e9")
        self._tag("Stra\u00dfe")
        for name in ("Heat-Pump", "HEAT_PUMP", "heat.pump", " heat pump ", "cafe\u0301", "STRASSE"):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._tag(name)
        self._tag("heatpump")
        archived = self._tag("boat")
        archived.active = False
        self._tag("Boat")

    def test_cells_of_a_table_are_read_with_their_titles(self):
        self._tag("large", kind="money", low=200_000)
        html = "<table><tr><td>Budget</td><td>250000</td></tr><tr><td>Phone</td><td>5550100</td></tr></table>"
        self.assertEqual(self._found(html), ["large"])
        self._tag("heat pump")
        self.assertEqual(self._found("<table><tr><td>We heat</td><td>pump by hand</td></tr></table>"), [])
        html = "<table><tr><td>Rooms</td><td>12</td></tr><tr><td>Phone</td><td>5550100</td></tr></table>"
        self.assertEqual(self._found(html), [])
