from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

# The ID of the suite "@leads_agent_call_distribution" of the JS unit tests.
SUITE = "d28c8023"


@tagged("post_install", "-at_install")
class TestHandOverUnits(HttpCase):
    @no_retry
    def test_unit_tests_of_the_floor_pass(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={SUITE}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
