from odoo import http
from odoo.http import content_disposition, request

# What can be downloaded, and what the file is called.
MODELS = {
    "self_test": ("leads.agent.self.test", "visibility-test"),
    "batch": ("leads.agent.batch.assign", "batch"),
}


class DownloadController(http.Controller):
    @http.route("/leads_agent/<string:kind>/<int:record_id>.csv", type="http", auth="user", readonly=True)
    def download(self, kind, record_id):
        """The results of a visibility test or a batch, for whoever may read it."""
        if kind not in MODELS:
            raise request.not_found()
        model, name = MODELS[kind]
        record = request.env[model].browse(record_id)
        record.check_access("read")
        if not record.exists():
            raise request.not_found()
        # The mark at the start tells spreadsheets that it is UTF-8.
        return request.make_response(
            "\ufeff" + record._csv(),
            headers=[
                ("Content-Type", "text/csv;charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}-{record_id}.csv")),
            ],
        )
