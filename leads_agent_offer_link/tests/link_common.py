import re

from odoo.tests import HttpCase

from odoo.addons.leads_agent_offer.tests.canary_common import CanaryCommon


class LinkCase(CanaryCommon, HttpCase):
    """An agent with a live offer who has only its link."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.path = f"/leads/offer/{self.offer._token()}"

    # ------------------------------------------------------------------
    # Browser requests
    # ------------------------------------------------------------------

    def _get(self, path, **kwargs):
        response = self.url_open(path, allow_redirects=False, **kwargs)
        self.env.invalidate_all()
        return response

    def _send(self, path, answer, **form):
        """Open the page, fill in its form and submit it."""
        if "csrf_token" not in form:
            token = re.search(r'name="csrf_token" value="([^"]+)"', self._get(path).text)
            form["csrf_token"] = token.group(1) if token else ""
        response = self.url_open(f"{path}/{answer}", data=form, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def assertShut(self, response, status):
        """Check that the response shows no contact and cannot be cached."""
        self.assertEqual(response.status_code, status)
        self.assertNoCanary(response.text, response.headers)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertIn("frame-ancestors 'none'", response.headers["Content-Security-Policy"])
