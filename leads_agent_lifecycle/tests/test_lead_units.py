from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

# ID of the browser test suite "@leads_agent_lifecycle".
SUITE = "5e0e1ec8"


@tagged("post_install", "-at_install")
class TestLeadUnits(HttpCase):
    @no_retry
    def test_unit_tests_of_the_leads_page_pass(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={SUITE}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
