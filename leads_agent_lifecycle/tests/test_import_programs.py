import csv
import io

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_import import ImportCase

UNSEEN = "\N{ZERO WIDTH SPACE}"
FIRM = "\N{NO-BREAK SPACE}"


@tagged("post_install", "-at_install")
class TestFilesOfPrograms(ImportCase):
    """Files as exported by spreadsheets, address books and other sales programs."""

    def _each(self, cases):
        """Import each case separately, and roll it back."""
        for case in cases:
            with self.env.cr.savepoint() as savepoint:
                yield case
                savepoint.rollback()
                self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Blank cells
    # ------------------------------------------------------------------

    def test_cells_with_nothing_that_is_seen_are_blank(self):
        columns = ["function", "street", "phone", "country_id", "lead_stage_id", "lead_loyalty", "lead_birthdate"]
        belgium = self.env.ref("base.be").id
        for blank in self._each((UNSEEN, FIRM, "\N{BYTE ORDER MARK}", f" {UNSEEN} ", "\N{RIGHT-TO-LEFT MARK}")):
            lead = self._known(country_id=belgium, lead_loyalty="gold", lead_birthdate="1990-04-01")
            before = lead.read(columns)
            row = ",".join([blank] * len(columns))
            self.assertEqual(self._entered(f"email,{','.join(columns)}\nada@example.com,{row}\n"), lead)
            self.assertEqual(lead.read(columns), before)

    def test_a_value_chosen_for_what_cannot_be_read_is_not_for_blank_cells(self):
        for name, has, wrong, chosen, kind in self._each(
            (
                ("lead_loyalty", "gold", "foo", "silver", "selection"),
                ("lead_relationship", "b2b", "?", "b2c", "selection"),
                ("lead_gender", "female", "x", "other", "selection"),
                ("lead_contact_role", "primary", "boss", "other", "selection"),
                ("is_company", True, "perhaps", "false", "boolean"),
            )
        ):
            lead = self._known(**{name: has})
            chosen = {name: {"fallback_value": chosen, "field_model": "res.partner", "field_type": kind}}
            text = f"name,email,{name}\nAda Moreau,ada@example.com,\nBen,ben@example.com,{wrong}\n"
            self._entered(text, fallback_values=chosen)
            self.assertEqual(lead[name], has)

    def test_blank_clears_nothing_that_a_lead_keeps(self):
        columns = ["name", "lead_stage_id", "lead_status_id", "lead_code", "is_company", "active"]
        lead = self._known(is_company=True)
        lead.with_user(self.manager).lead_stage_id = self.stages["prospect"]
        before = lead.read(columns)
        text = f"email,function,{','.join(columns)}\nada@example.com,,,,,,,\nben@example.com,Chef,Ben,,,,,\n"
        leads = self._entered(text, lead_blank_clears=True)
        self.assertEqual(lead.read(columns), before)
        self.assertFalse(lead.function)
        ben = leads - lead
        self.assertPlace(ben, "lead", "new")
        self.assertTrue(ben.lead_code and ben.active)

    def test_no_is_no_blank_where_rows_are_skipped(self):
        lead = self._known(is_company=True)
        other = self._known(email="cleo@example.com", name="Cleo", phone=False, is_company=True)
        rows = ["Ada,ada@example.com,no", "Ben,ben@example.com,perhaps", "Cleo,cleo@example.com,"]
        leads = self._entered("\n".join(["name,email,is_company", *rows]), import_skip_records=["is_company"])
        self.assertEqual(leads, lead | other)
        self.assertEqual((lead | other).mapped("is_company"), [False, True])

    # ------------------------------------------------------------------
    # Identity
    # ------------------------------------------------------------------

    def test_addresses_as_programs_write_them(self):
        lead = self._known(phone=False)
        for cell in (
            f"{UNSEEN}ada@example.com{UNSEEN}",
            "'ada@example.com'",
            "ada@example.com.",
            "mailto:ADA@example.com",
            "ada@example.com ::: ada@home.example",
            '="ada@example.com"',
            "Moreau <ada@example.com>;",
        ):
            with self.subTest(cell):
                self.assertEqual(self._entered(f"name;email\nAda;{self._quoted(cell)}\n"), lead)
                self.assertEqual(lead.email_normalized, "ada@example.com")

    def test_somebody_known_by_a_second_address(self):
        for address in self._each(("ada@example.com", "office@example.com", "ADA@example.com", "<ada@example.com>")):
            lead = self._known(email="office@example.com, ada@example.com", phone=False)
            self.assertEqual(self._entered(f"name,email\nAda Moreau,{address}\n"), lead)

    def test_numbers_as_programs_write_them(self):
        lead = self._known(email=False)
        for cell in (
            '="0470123456"',
            "'0470123456",
            f"\N{LEFT-TO-RIGHT EMBEDDING}+32 470 12 34 56{UNSEEN}",
            f"0470{FIRM}12{FIRM}34{FIRM}56",
            "\uff10\uff14\uff17\uff10\uff11\uff12\uff13\uff14\uff15\uff16",
            "0032470123456",
        ):
            with self.subTest(cell):
                self.assertEqual(self._entered(f"name;phone\nAda;{self._quoted(cell)}\n"), lead)
                self.assertEqual(lead.phone_sanitized, "+32470123456")
                self.assertRegex(lead.phone, r"^[+\d]")

    def test_two_columns_of_numbers_that_a_spreadsheet_changed(self):
        lead = self._known(email=False)
        for one, other in (
            ("25550101", "470123456"),
            ("470123456", "25550101"),
            ("3225550101", "32470123456"),
            ("", "32470123456"),
            ("+3225550101", "470123456.0"),
        ):
            with self.subTest(one=one, other=other):
                text = f"name;Business Phone;Mobile\nAda;{one};{other}\n"
                self.assertEqual(self._entered(text, columns=["name", "phone", "phone"]), lead)

    def test_countries_by_any_column(self):
        lead = self._known(phone="+44 20 7946 0123", email=False)
        kingdom = self.env.ref("base.uk")
        for column, cell in (
            ("country_id/id", "base.uk"),
            ("country_id/.id", str(kingdom.id)),
            ("country_id", "gb"),
            ("country_id", "UNITED KINGDOM"),
            ("country_id", f"{FIRM}United Kingdom "),
        ):
            with self.subTest(column=column, cell=cell):
                self.assertEqual(self._entered(f"name,phone,{column}\nAda,020 7946 0123,{cell}\n"), lead)
                self.assertEqual(lead.country_id, kingdom)

    def test_words_in_any_case(self):
        self.env["res.partner.category"].create([{"name": "Fair"}, {"name": "VIP"}])
        for stage, status, tags in self._each(
            (
                ("prospect", "contacted", "fair"),
                ("PROSPECT", "CONTACTED", "VIP,FAIR"),
                (" Prospect", "Contacted ", '"Fair, VIP"'),
                (f"Prospect{FIRM}", f"{UNSEEN}Contacted", "Fair"),
                ("pROSPECT", "contacteD", "vip"),
            )
        ):
            tags = tags.strip('"')
            lead = self._entered(f'name;lead_stage_id;lead_status_id;category_id\nBen;{stage};{status};"{tags}"\n')
            self.assertPlace(lead, "prospect", "contacted")
            self.assertEqual(len(lead.category_id), len(tags.split(",")))

    def test_two_people_of_one_office_address(self):
        for rows in self._each(
            (
                ("C-1,Ada Moreau,info@office.example", "C-2,Ben Sato,info@office.example"),
                ("C-1,Ada Moreau,ada@example.com", "C-2,Ben Sato,ada@example.com"),
                ("C-2,Ben Sato,ADA@example.com", "C-1,Ada Moreau,ada@example.com"),
                ("C-1,Cleo,x@office.example", "C-2,Dora,x@office.example", "C-3,Eve,x@office.example"),
                ("C-1,Hotel Astoria,desk@office.example", "C-2,J. Peeters,desk@office.example"),
            )
        ):
            self._known()
            leads = self._entered("\n".join(["lead_code,name,email", *rows]))
            told = {(row.split(",")[0], row.split(",")[1]) for row in rows}
            self.assertEqual({(lead.lead_code, lead.name) for lead in leads}, told)

    def test_somebody_archived_is_no_second_lead(self):
        lead = self._known(lead_code="ADA-1")
        lead.active = False
        for row in ("ADA-1,Ada,", ",Ada,ada@example.com", ",Ada,ADA@example.com", "ada-1,Ada,a@example.org"):
            with self.subTest(row):
                self.assertEqual(self._entered(f"lead_code,name,email\n{row}\n"), lead)
                self.assertFalse(lead.active)
        twin = self._known(email=lead.email, phone=False)
        self.assertEqual(self._entered(f"name,email\nAda,{lead.email}\n"), twin)

    def test_a_contact_becomes_a_lead(self):
        contact = self.env["res.partner"].create({"name": "Ada Moreau", "email": "ada@example.com"})
        self.assertEqual(self._entered("name,email,function\nAda,ada@example.com,Chef\n"), contact)
        self.assertPlace(contact, "lead", "new")
        self.assertEqual((contact.function, contact.lead_channel), ("Chef", "import"))
        self.assertTrue(contact.lead_code)

    def test_rows_that_a_later_row_ties_together(self):
        for rows in self._each(
            (
                ("Ada,ada@new.example,", "Ada,,0470123456", "Ada,ada@new.example,0470123456"),
                ("Ada,,0470123456", "Ada,ada@new.example,", "Ada Moreau,ada@new.example,0470123456"),
                ("Ada,ada@new.example,", "A. Moreau,,025550101 / 0470123456", "Ada Moreau,ADA@new.example,0470123456"),
                ("Ada,ada@new.example,", ",,0470123456", "Ada,ada@new.example,0470123456"),
                (
                    "Ada,ada@new.example,",
                    "Ada,,025550101",
                    "Ada,,0470123456",
                    "Ada,ada@new.example,025550101/0470123456",
                ),
            )
        ):
            lead = self._entered("\n".join(["name,email,phone", *rows]))
            self.assertEqual(len(lead), 1)
            self.assertEqual(lead.email_normalized, "ada@new.example")
        rows = ["Ada,ada@new.example,0470123456", ",,0470123456", "Ben,ben@new.example,0470123456"]
        self.assertEqual(len(self._entered("\n".join(["name,email,phone", *rows]))), 2)

    def test_contacts_of_a_company(self):
        company = self.env["res.partner"].create({"name": "Harbour NV", "is_company": True, "vat": "BE0477472701"})
        for column, cell in self._each(
            (
                ("parent_id", "Harbour NV"),
                ("parent_id/.id", str(company.id)),
                ("parent_id", "Harbour NV "),
                ("parent_id/id", company.export_data(["id"])["datas"][0][0]),
                ("parent_id", f"{FIRM}Harbour NV"),
            )
        ):
            leads = self._entered(f"name,email,{column}\nAda,ada@example.com,{cell}\nBen,ben@example.com,{cell}\n")
            self.assertEqual((leads.mapped("name"), leads.parent_id), (["Ada", "Ben"], company))
            self.assertEqual(leads.mapped("vat"), [company.vat] * 2)

    # ------------------------------------------------------------------
    # Files with IDs
    # ------------------------------------------------------------------

    def test_ids_of_other_programs(self):
        for column, value in self._each(
            (("id", "0035g00000AbCdE"), ("id", "101"), ("id", "crm.contact_7"), ("id", "__export__.gone"), (".id", ""))
        ):
            lead = self._known()
            rows = [f"{value},Ada,ada@example.com,'+32 470 12 34 56,Chef", ",Ben,ben@example.com,32470999999,"]
            leads = self._entered("\n".join([f"{column},name,email,phone,function", *rows]))
            self.assertIn(lead, leads)
            self.assertEqual((lead.function, lead.phone), ("Chef", "+32 470 12 34 56"))
            self.assertEqual((leads - lead).phone_sanitized, "+32470999999")
            self.assertEqual(self._entered("\n".join([f"{column},name,email,phone,function", *rows])), leads)

    def test_ids_decide(self):
        lead, other = self._known(), self._known(name="Ben", email="ben@example.com", phone=False)
        rows = [f"{lead.id},Ada,new@example.com,Chef", f"{other.id},Ben,ada@example.com,Cook"]
        self.assertEqual(self._entered("\n".join([".id,name,email,function", *rows])), lead | other)
        self.assertEqual((lead.email, other.email), ("new@example.com", "ada@example.com"))
        newest = self.env["leads.agent.import.line"].search([], limit=2)
        self.assertEqual(set(newest.mapped("matched_by")), {"id"})

    def test_ids_of_nobody_are_refused_with_their_row(self):
        lead = self._known()
        for value in ("987654321", "x", "1.5", "99999999999999", "-1"):
            with self.subTest(value):
                rows = [f"{lead.id},Ada", f"{value},Ben"]
                leads, [message] = self._read("\n".join([".id,name", *rows]))
                self.assertFalse(leads)
                self.assertEqual(message["rows"], {"from": 1, "to": 1})
                self.assertIn(value, message["message"])

    def test_an_export_with_ids_can_be_imported_again(self):
        leads = self._known(comment="<p>a</p><p>b</p>") | self._new_lead("=Ben", email="ben@example.com")
        leads[1].active = False
        columns = ["id", "name", "email", "phone", "function", "comment", "country_id/id", "lead_stage_id/id", "active"]
        fields = [name.split("/")[0] for name in columns]
        rows = leads.with_user(self.manager).with_context(import_compat=True).export_data(columns)["datas"]
        before = leads.read(fields)
        file = io.StringIO()
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for row in rows:
            texts = ["" if cell is False else str(cell) for cell in row]
            writer.writerow([f"'{text}" if text.startswith(("=", "-", "+")) else text for text in texts])
        self.assertEqual(self._entered(file.getvalue()), leads)
        leads.invalidate_recordset()
        self.assertEqual(leads.read(fields), before)
        lines = self.env["leads.agent.import.line"].search([("partner_id", "in", leads.ids)])
        self.assertEqual(lines.mapped("result"), ["same", "same"])

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def test_rows_of_any_length(self):
        lead = self._known()
        for text in (
            "name,email,phone,function\nAda,ada@example.com\nBen,ben@example.com,,Chef\n",
            "name;email;phone;function\nBen;ben@example.com;;Chef\nAda;ada@example.com\n",
            "name\temail\tfunction\nAda\tada@example.com\nBen\tben@example.com\tChef\t\t\n",
            "name,email,,\nAda,ada@example.com,,\nBen,ben@example.com\n,,,\n , \n",
            "sep=;\nname;email;phone\nAda;ada@example.com\nBen;ben@example.com;\n",
            "name,email\rAda,ada@example.com\rBen,ben@example.com\r",
        ):
            with self.subTest(text):
                header = text.replace("\r", "\n").replace("sep=;\n", "").split("\n")[0]
                columns = [name or False for name in header.replace(";", ",").replace("\t", ",").split(",")]
                leads = self._entered(text, columns=columns)
                self.assertIn(lead, leads)
                self.assertEqual((leads - lead).mapped("name"), ["Ben"])
                self.assertEqual((lead.name, lead.function), ("Ada", "Buyer"))

    def test_a_row_with_more_cells_than_the_header_is_refused(self):
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        file = b"name,email\nBen,ben@example.com\nMoreau, Ada,ada@example.com\n"
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "limit": 2000}
        [message] = wizard.execute_import(["name", "email"], ["name", "email"], options)["messages"]
        self.assertIn("Line 3 has more cells", message["message"])

    def test_a_long_cell_is_not_repeated_in_whole(self):
        _leads, [message] = self._read(f"name,phone\nAda,{'1' * 9000}\n")
        self.assertLess(len(message["message"]), 400)
        lead = self._known()
        self._entered(f"email,function\nada@example.com,{'x' * 9000}\n")
        self.assertEqual(len(lead.function), 9000)
        line = self.env["leads.agent.import.line"].search([("partner_id", "=", lead.id)])
        self.assertLess(len(line.changes), 500)

    def test_the_report_tells_the_stage_by_any_column(self):
        lead = self._known()
        lead.with_user(self.manager).lead_stage_id = self.stages["customer"]
        for column, cell in (
            ("lead_stage_id/id", "leads_agent_lifecycle.stage_prospect"),
            ("lead_stage_id/.id", str(self.stages["prospect"].id)),
            ("lead_stage_id", "Prospect"),
            ("lead_stage_id", "prospect"),
            ("lead_stage_id", " PROSPECT "),
        ):
            with self.subTest(column=column, cell=cell):
                self._entered(f"email,{column}\nada@example.com,{cell}\n")
                self.assertEqual(lead.lead_stage_id, self.stages["customer"])
                line = self.env["leads.agent.import.line"].search([("partner_id", "=", lead.id)], limit=1)
                self.assertRegex(line.left_alone, "(?i)stays in customer, which comes after prospect")

    def test_a_status_of_an_earlier_stage_is_left_alone(self):
        lead = self._known()
        lead.with_user(self.manager).lead_stage_id = self.stages["customer"]
        status = lead.lead_status_id
        rows = ["ada@example.com,New,", "ben@example.com,,Ben"]
        leads = self._entered("\n".join(["email,lead_status_id,name", *rows]))
        self.assertIn(lead, leads)
        self.assertEqual(lead.lead_status_id, status)
        line = self.env["leads.agent.import.line"].search([("partner_id", "=", lead.id)], limit=1)
        self.assertEqual(line.left_alone, f"The status remains {status.name}, because New belongs to an earlier stage.")

    def test_the_dialog_offers_no_field_that_keeps_nothing(self):
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        file = b"Phone Number,Email,Record ID\n+32 470 12 34 56,ada@example.com,101\n"
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        preview = wizard.parse_preview({"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"})
        self.assertNotIn(["phone_mobile_search"], list(preview["matches"].values()))
        self.assertIn(["email"], list(preview["matches"].values()))
        names = {field["name"] for field in preview["fields"]}
        self.assertLess({"id", "phone", "child_ids", "category_id", "lead_stage_id"}, names)

    def test_signs_that_no_database_takes(self):
        lead = self._entered("name,email\nBe\0n,be\0n@example.com\n", says="utf-8")
        self.assertEqual((lead.name, lead.email), ("Ben", "ben@example.com"))

    def test_contacts_in_lines_below_over_several_parts(self):
        rows = ["Ada,ada@example.com,Ann", ",,Andy", ",,Alf", "Cleo,cleo@example.com,Carl", "Ada,ada@example.com,Amy"]
        leads = self.env["res.partner"]
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        columns = ["name", "email", "child_ids/name"]
        file = "\n".join([",".join(columns), *rows]).encode()
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "skip": 0}
        while True:
            result = wizard.execute_import(columns, columns, {**options, "limit": 2})
            self.assertFalse(result["messages"])
            leads |= leads.browse(result["ids"])
            if not result["nextrow"]:
                break
            options["skip"] = result["nextrow"]
        self.assertEqual(leads.mapped("name"), ["Ada", "Cleo"])
        self.assertEqual(set(leads[0].child_ids.mapped("name")), {"Ann", "Andy", "Alf", "Amy"})
        lines = self.env["leads.agent.import.line"].search([("partner_id", "in", leads.ids)], order="row")
        self.assertEqual(lines.mapped("row"), [2, 5, 6])

    def test_photos_go_to_their_leads(self):
        rows = ["Ada,ada@example.com,ada.jpg", "Ada,ada@example.com,ada2.jpg", "Ben,ben@example.com,ben.jpg"]
        columns = ["name", "email", "image_1920"]
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        file = "\n".join([",".join(columns), *rows]).encode()
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "limit": 2000}
        result = wizard.execute_import(columns, columns, options)
        names = self.env["res.partner"].browse(result["ids"]).mapped("name")
        files = result["binary_filenames"]["image_1920"]
        self.assertEqual(dict(zip(names, files, strict=True)), {"Ada": "ada2.jpg", "Ben": "ben.jpg"})

    @mute_logger("odoo.sql_db")
    def test_the_skipped_row_of_a_person_who_stands_in_two(self):
        rows = ["Ben,ben@example.com,Nowhere", "Ben,ben@example.com,France", "Ada,ada@example.com,"]
        lead = self._known()
        leads = self._entered("\n".join(["name,email,country_id", *rows]), import_skip_records=["country_id"])
        self.assertEqual(len(leads), 2)
        self.assertIn(lead, leads)

    def _quoted(self, cell):
        return '"{}"'.format(cell.replace('"', '""'))
