from odoo import http
from odoo.http import content_disposition, request


class SelfTestController(http.Controller):
    @http.route("/leads_agent/self_test/<int:test_id>.csv", type="http", auth="user", readonly=True)
    def download(self, test_id):
        """The results of a visibility test, for whoever may read it."""
        test = request.env["leads.agent.self.test"].browse(test_id)
        test.check_access("read")
        if not test.exists():
            raise request.not_found()
        # The mark at the start tells spreadsheets that it is UTF-8.
        return request.make_response(
            "\ufeff" + test._csv(),
            headers=[
                ("Content-Type", "text/csv;charset=utf-8"),
                ("Content-Disposition", content_disposition(f"visibility-test-{test_id}.csv")),
            ],
        )
