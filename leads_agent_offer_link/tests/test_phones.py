import re

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent_offer.tests.offer_common import OfferCommon

# Logs success if the page fits its window and shows the expected elements, else an error that names what does not fit.
FITS = """
(() => {{
    const page = document.scrollingElement;
    const wide = [...document.querySelectorAll("body *")].filter(
        (element) => element.getBoundingClientRect().right > window.innerWidth + 1
    );
    if (window.innerWidth > 400) {{
        console.error(`the window is ${{window.innerWidth}} wide`);
    }} else if (page.scrollWidth > window.innerWidth || wide.length) {{
        console.error(`too wide: ${{page.scrollWidth}}, ${{wide.map((element) => element.outerHTML).join(" ")}}`);
    }} else if (!document.body.innerText.includes({text})) {{
        console.error(`{text} is missing`);
    }} else {{
        console.log("it fits");
    }}
}})()
"""


@tagged("post_install", "-at_install")
class TestOfferOnThePhone(OfferCommon, HttpCase):
    """The page behind a link on a phone: nothing is wider than the screen, and no sign-in is needed."""

    browser_size = "390x844"
    touch_enabled = True

    def test_an_agent_accepts_on_the_phone(self):
        self._skill(self.agent, self._tag("solar panels on a very long roof", color=3))
        lead = self._incoming(
            "Solar panels on a very long roof",
            city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
            email_from=f"{'longest' * 8}@{'customer' * 5}.example.com",
            expected_revenue=12_000,
            leads_offer_hint="Calls back in the afternoon, or " + "never" * 15,
        )
        offer = self._live(lead)
        path = f"/leads/offer/{offer._token()}"
        self._see(path, "Accept")
        page = self.url_open(f"{path}?answer=accept").text
        self.assertNotIn("Secret", page)
        self.assertEqual(offer.state, "offered", "opening a link decides nothing")
        form = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)}
        self.assertEqual(self.url_open(f"{path}/accept", data=form).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual((lead.user_id, offer.state), (self.agent, "accepted"))
        self._see(path, "Secret Contact")

    def test_what_was_missed_and_what_is_gone_fit_on_the_phone(self):
        self._skill(self.agent, self._tag("solar"))
        lead = self._incoming()
        offer = self._live(lead)
        path = f"/leads/offer/{offer._token()}"
        offer.deadline = fields.Datetime.now()
        self._run_job()
        self._see(path, "Give Me Another Chance")
        lead.with_user(self.manager).action_leads_recall()
        self._see(path, "offer")

    def _see(self, path, text):
        self.browser_js(path, FITS.format(text=repr(text)), login=None, success_signal="it fits")
