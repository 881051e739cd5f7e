from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.test_concurrency import RaceCase

ADDRESS = "imported-{}@race.example.org"
ROWS = 20


@tagged("post_install", "-at_install")
class TestImportRaces(RaceCase):
    """Several managers import files with the same people at the same time."""

    LEADS = 1
    RUNS = 3

    def _clean(self):
        with self._env() as env:
            env["res.partner"].search([("email_normalized", "=like", ADDRESS.format("%"))]).unlink()
        return super()._clean()

    def _importing(self, columns, rows):
        """Return a call for :meth:`_race` that imports a file."""
        file = "\n".join([",".join(columns), *(",".join(row) for row in rows)]).encode()
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "limit": 2000}

        def execute(env):
            imports = env(context={"lead_page": True, "lead_new": True})["base_import.import"]
            wizard = imports.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
            return wizard.execute_import(columns, columns, dict(options))["messages"]

        return execute

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_lead_for_each_person(self):
        for run in range(self.RUNS):
            people = [(f"Ada {nr}", ADDRESS.format(f"{run}-{nr}")) for nr in range(ROWS)]
            calls = (
                self._importing(["name", "email"], people),
                self._importing(["name", "email"], reversed(people)),
                self._importing(["email", "function", "name"], [(mail, "Chef", name) for name, mail in people]),
            )
            self.assertEqual(self._race(*calls), [[]] * 3)
            with self._env() as env:
                found = env["res.partner"].search([("email_normalized", "=like", ADDRESS.format(f"{run}-%"))])
                self.assertCountEqual(found.mapped("email"), [mail for _name, mail in people])
                self.assertEqual(set(found.mapped("function")), {"Chef"})
