from odoo import http
from odoo.http import content_disposition, request


class DownloadController(http.Controller):
    @http.route("/leads_agent/<string:kind>/<int:record_id>.csv", type="http", auth="user", readonly=True)
    def download(self, kind, record_id):
        """The results of a batch, or of what another addon adds, for whoever may read it."""
        downloads = self._downloads()
        if kind not in downloads:
            raise request.not_found()
        model, name = downloads[kind]
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

    def _downloads(self):
        """What can be downloaded: the model, and what the file is called. Other addons add to it."""
        return {"batch": ("leads.agent.batch.assign", "batch")}
