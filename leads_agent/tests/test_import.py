from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import LeadsAgentCommon

HEADER = "Customer,Leads Agent,Reason"


@tagged("post_install", "-at_install")
class TestImport(LeadsAgentCommon):
    """Odoo's import dialog: rows of customer, agent and reason, through the same checks as everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].browse([cls._lead(f"Import {nr}").id for nr in range(4)])

    def _import(self, *rows, dry=False, fields=("partner_id", "agent_id", "reason")):
        """Import a CSV file as the dialog does."""
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "leads.agent.assignment",
                    "file": "\n".join([HEADER, *rows]).encode(),
                    "file_type": "text/csv",
                    "file_name": "assignments.csv",
                }
            )
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        return wizard.execute_import(list(fields), HEADER.split(","), options, dryrun=dry)

    def _sentences(self, result):
        return [(message["rows"]["from"], message["message"]) for message in result["messages"]]

    def test_rows_become_assignments_with_source_and_reason(self):
        result = self._import("Import 0,Agent Anna,Spring fair", "Import 1,Agent Ben,")
        self.assertFalse(result["messages"])
        first, second = self._active(self.customers[0]), self._active(self.customers[1])
        self.assertEqual((first.agent_id, first.source, first.reason), (self.agent, "import", "Spring fair"))
        self.assertEqual((second.agent_id, second.source, second.reason), (self.other_agent, "import", False))
        self.assertEqual(first.assigned_by_id, self.manager)

    def test_each_refused_row_gets_one_line_and_nothing_is_assigned(self):
        self._assign(self.customers[1], self.other_agent)
        self._lead("Sold already", "sale")
        result = self._import(
            "Import 0,Agent Anna,",
            "Import 1,Agent Anna,",
            "Sold already,Agent Anna,",
            "Import 0,Agent Ben,",
            "Import 2,Plain Pat,",
        )
        self.assertFalse(result["ids"])
        sentences = dict(self._sentences(result))
        self.assertEqual(len(result["messages"]), 4)
        self.assertEqual(sentences[1], "Agent Ben already holds Import 1.")
        self.assertIn("The latest order of Sold already is confirmed", sentences[2])
        self.assertEqual(sentences[3], "Import 0 is already in an earlier row.")
        self.assertIn("Plain Pat is not a Leads Agent", sentences[4])
        self.assertFalse(self._active(self.customers[0]), "all or nothing")

    def test_a_refused_file_after_a_clean_one_in_the_same_transaction_says_so(self):
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)
        names = ["partner_id/.id", "agent_id/.id"]
        first, second = (str(customer.id) for customer in self.customers[:2])
        self.assertTrue(Assignment.load(names, [[first, str(self.agent.id)]])["ids"])
        result = Assignment.load(names, [[first, str(self.other_agent.id)], [second, str(self.other_agent.id)]])
        self.assertFalse(result["ids"])
        self.assertEqual(self._sentences(result), [(0, "Agent Anna already holds Import 0.")])
        self.assertFalse(self._active(self.customers[1]))

    def test_many_refused_rows_are_all_named(self):
        for nr in range(15):
            self._customer(f"No order {nr}")
        result = self._import(*[f"No order {nr},Agent Anna," for nr in range(15)])
        self.assertEqual([row for row, _sentence in self._sentences(result)], list(range(15)))

    def test_test_button_assigns_nothing(self):
        result = self._import("Import 0,Agent Anna,", dry=True)
        self.assertFalse(result["messages"])
        self.assertFalse(self._active(self.customers[0]))

    def test_cells_with_formulas_are_texts(self):
        self._import('Import 0,Agent Anna,"=HYPERLINK(""http://example.com"")"')
        self.assertEqual(self._active(self.customers[0]).reason, '\'=HYPERLINK("http://example.com")')

    def test_unknown_names_get_odoos_own_line(self):
        result = self._import("Nobody at all,Agent Anna,", "Import 0,Nobody,")
        self.assertEqual([row for row, _sentence in self._sentences(result)], [0, 1])
        self.assertFalse(self._active(self.customers[0]))

    def test_dialog_offers_a_template_and_the_columns(self):
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)
        [template] = Assignment.get_import_templates()
        self.assertTrue(template["template"].startswith("/leads_agent/static/"))
        offered = self.env["base_import.import"].with_user(self.manager).get_fields_tree("leads.agent.assignment")
        self.assertEqual(
            {field["name"] for field in offered if field["name"] != "id"}, {"partner_id", "agent_id", "reason"}
        )

    def test_template_itself_can_be_read(self):
        with file_open("leads_agent/static/xls/leads_agent_assignment.xlsx", "rb") as file:
            content = file.read()
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "leads.agent.assignment",
                "file": content,
                "file_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "file_name": "leads_agent_assignment.xlsx",
            }
        )
        preview = wizard.parse_preview({"has_headers": True, "quoting": '"'})
        self.assertEqual(preview["headers"], HEADER.split(","))
        self.assertEqual(preview["matches"], {0: ["partner_id"], 1: ["agent_id"], 2: ["reason"]})

    def test_forged_collector_does_not_silence_refusals(self):
        self._assign(self.customers[0])
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)
        with self.assertRefused(UserError, "already holds"):
            Assignment.with_context(leads_import_refusals=[])._load_records(
                [{"values": {"partner_id": self.customers[0].id, "agent_id": self.other_agent.id}, "info": {}}]
            )

    def test_a_hundred_rows_cost_hardly_more_queries_than_ten(self):
        partners = self.env["res.partner"].create([{"name": f"Many {nr}", "is_company": True} for nr in range(112)])
        self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager).with_context(import_file=True)
        agents = (self.agent, self.other_agent)
        costs = []
        for some in (partners[:2], partners[2:12], partners[12:]):
            rows = [
                {"partner_id": partner.id, "agent_id": agents[nr % 2].id, "reason": f"Row {nr}"}
                for nr, partner in enumerate(some)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(Assignment.create(rows)), len(rows))
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[2] - costs[1], 10, costs)
