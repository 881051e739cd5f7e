from odoo.addons.leads_agent.controllers.download import DownloadController


class AuditDownloadController(DownloadController):
    """The results of a visibility test are downloaded as those of a batch are."""

    def _downloads(self):
        return super()._downloads() | {"self_test": ("leads.agent.self.test", "visibility-test")}
