import csv
import io

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.leads_agent_lifecycle.matching import Matching

from .test_leads import LifecycleCommon


@tagged("post_install", "-at_install")
class TestImport(LifecycleCommon):
    """Import of leads from a file, through the method that the import dialog calls."""

    # Options of the import dialog, besides the columns.
    OPTIONS = {"has_headers": True, "quoting": '"', "separator": ",", "date_format": "%Y-%m-%d", "limit": 2}

    def _load(self, fields, rows, user=None):
        partners = self.env["res.partner"].with_user(user or self.manager)
        context = {"lead_new": True, "lead_page": True, "import_file": True}
        return partners.with_context(**context).load(fields, rows)

    def test_known_leads_are_corrected_and_others_entered(self):
        by_code = self._new_lead("Ada", lead_code="ADA-1")
        by_email = self._new_lead("Ben", email="ben@example.com")
        by_phone = self._new_lead("Cleo", phone="+33 1 55 55 01 23")
        result = self._load(
            ["lead_code", "name", "email", "phone", "function"],
            [
                ["ada-1", "Ada Moreau", "ada@example.com", "", "Buyer"],
                ["", "Ben Sato", "BEN@example.com", "", "Chef"],
                ["", "Cleo Kay", "", "+33155550123", "Owner"],
                ["", "Dora Lund", "dora@example.com", "", "Nurse"],
            ],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(result["ids"][:3], (by_code | by_email | by_phone).ids)
        self.assertEqual((by_code | by_email | by_phone).mapped("function"), ["Buyer", "Chef", "Owner"])
        dora = self.env["res.partner"].browse(result["ids"][3])
        self.assertEqual((dora.lead_channel, dora.lead_stage_id), ("import", self.stages["lead"]))
        self.assertTrue(dora.lead_code)

    def test_stages_by_name(self):
        result = self._load(["name", "lead_stage_id", "lead_status_id"], [["Ada Moreau", "Prospect", "Contacted"]])
        self.assertFalse(result["messages"])
        lead = self.env["res.partner"].browse(result["ids"])
        self.assertPlace(lead, "prospect", "contacted")
        self.assertEqual(lead.lead_channel, "import")

    def test_a_row_that_cannot_be_is_named_and_nothing_is_entered(self):
        before = self.env["res.partner"].search_count([])
        for names, row, sentence in (
            (["name", "lead_code"], ["Ada", "=1+1"], "not a valid contact code"),
            (["name", "lead_birthdate"], ["Ada", "2999-01-01"], "in the future"),
            (["name", "lead_stage_id"], ["Ada", "Nirvana"], "No matching record"),
        ):
            with self.subTest(row=row):
                result = self._load(names, [["Ben"] + [""] * (len(names) - 1), row])
                self.assertFalse(result["ids"])
                self.assertRegex(result["messages"][0]["message"], sentence)
                self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_customers_out_of_sight_are_nobodys_match(self):
        self.env.company.leads_agent_lock_assigned = True
        hidden = self._new_lead("Hidden", email="hidden@example.com")
        result = self._load(["name", "email"], [["Mine", "hidden@example.com"]], self.agent)
        self.assertNotIn(hidden.id, result["ids"] or [])
        self.assertEqual(hidden.name, "Hidden")

    def _import(self, lines, skip=0):
        """Import a file in batches like the import dialog: two leads at a time, from a line on, until a batch fails.

        :returns: where the next batch would begin (0 when finished), and the messages of the last batch
        """
        columns = ["name", "email", "lead_birthdate"]
        file = "\n".join([",".join(columns), *lines]).encode()
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        while True:
            result = wizard.execute_import(columns, columns, {**self.OPTIONS, "skip": skip})
            if result["messages"]:
                return skip, result["messages"]
            if not (skip := result["nextrow"]):
                return 0, []

    def test_a_long_file_stops_at_the_part_that_fails_and_goes_on_from_there(self):
        lines = [f"Ada {nr},ada{nr}@example.com,1990-04-0{nr}" for nr in range(1, 8)]
        wrong = [*lines[:4], "Ada 5,ada5@example.com,2999-01-01", *lines[5:]]
        here = [("email", "=like", "ada_@example.com")]
        looked_up = []
        match_rows = Matching.match

        def count(matching, persons):
            looked_up.append(len(persons))
            return match_rows(matching, persons)

        self.patch(Matching, "match", count)
        skip, [message] = self._import(wrong)
        self.assertEqual(skip, 4)
        self.assertRegex(message["message"], "in the future")
        self.assertEqual(self.env["res.partner"].search_count(here), 4)
        self.assertEqual(self._import(lines, skip), (0, []))
        self.assertEqual(self.env["res.partner"].search_count(here), 7)
        self.assertEqual(self._import(lines), (0, []))
        self.assertEqual(self.env["res.partner"].search_count(here), 7)
        self.assertEqual(max(looked_up), 2)

    def test_the_template_can_be_imported(self):
        template = self.env["res.partner"].with_context(lead_page=True).get_import_templates()[0]["template"]
        with file_open(template.lstrip("/")) as file:
            names, *rows = csv.reader(file)
        result = self._load(names, rows)
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["res.partner"].browse(result["ids"]).lead_relationship, "b2b")


class ImportCase(LifecycleCommon):
    """The wizard of the import dialog, used by a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")

    def _read(self, text, encoding="utf-8", dryrun=False, columns=None, **options):
        """Import a file, whose header names the fields unless ``columns`` are given.

        :returns: the leads of its rows, and the errors
        """
        wizard = self.env["base_import.import"].with_user(self.manager).with_context(lead_new=True, lead_page=True)
        file = text.encode(encoding) if isinstance(text, str) else text
        wizard = wizard.create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": options.pop("separator", ""),
            "encoding": options.pop("says", ""),
            "date_format": "",
            "limit": 2000,
            **options,
        }
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        options |= {name: preview["options"].get(name) for name in ("separator", "encoding", "date_format")}
        columns = columns or preview["headers"]
        result = wizard.execute_import(columns, preview["headers"], options, dryrun=dryrun)
        # One ID per row; rows about one person have the same lead.
        return self.env["res.partner"].browse(dict.fromkeys(result.get("ids") or ())), result["messages"]

    def _entered(self, text, **how):
        leads, messages = self._read(text, **how)
        self.assertFalse(messages)
        return leads

    def _known(self, **vals):
        return self._new_lead(
            **{
                "name": "Ada Moreau",
                "email": "ada@example.com",
                "phone": "+32 470 12 34 56",
                "street": "Rue Haute 1",
                "function": "Buyer",
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestImportedFiles(ImportCase):
    """Complete files as users have them."""

    # ------------------------------------------------------------------
    # Blank cells
    # ------------------------------------------------------------------

    def test_blank_cells_of_somebody_known_say_nothing(self):
        columns = {
            "lead_code": "ADA-1",
            "phone": "+32 470 12 34 56",
            "street": "Rue Haute 1",
            "function": "Buyer",
            "lead_birthdate": "1990-04-01",
            "lead_linkedin": "https://www.linkedin.com/in/ada",
        }
        lead = self._known(**columns)
        lead.lead_stage_id = self.stages["prospect"]
        lead.category_id = self.env["res.partner.category"].create({"name": "Fair"})
        names = [*columns, "lead_stage_id", "lead_status_id", "country_id", "category_id", "lead_loyalty"]
        before = lead.read(names)
        for blank in ("", " ", "   "):
            with self.subTest(blank=blank):
                row = ",".join([blank] * len(names))
                self.assertEqual(self._entered(f"email,{','.join(names)}\nADA@example.com,{row}\n"), lead)
                lead.invalidate_recordset()
                self.assertEqual(lead.read(names), before)

    def test_somebody_new_gets_the_defaults_for_blank_cells(self):
        lead = self._entered(
            "name,email,lead_code,lead_stage_id,lead_status_id,lead_relationship\nBen,b@example.com,,,,\n"
        )
        self.assertPlace(lead, "lead", "new")
        self.assertTrue(lead.lead_code)
        self.assertEqual(lead.lead_channel, "import")

    @mute_logger("odoo.sql_db")
    def test_a_blank_name_of_somebody_known_and_of_somebody_new(self):
        lead = self._known()
        leads, [message] = self._read("name,email,function\n,ada@example.com,Owner\n,ben@example.com,Chef\n")
        self.assertFalse(leads)
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertEqual(self._entered("name,email,function\n,ada@example.com,Owner\n"), lead)
        self.assertEqual((lead.name, lead.function), ("Ada Moreau", "Owner"))

    def test_rows_with_unknown_values_may_be_skipped_and_no_others(self):
        lead = self._known(country_id=self.env.ref("base.be").id)
        rows = [
            "Ada,ada@example.com,,Owner",
            "Ben,ben@example.com,Nowhere,Chef",
            "Ben,ben@example.com,France,Cook",
            "Cleo,cleo@example.com,,Chef",
        ]
        text = "\n".join(["name,email,country_id,function", *rows])
        leads, messages = self._read(text, import_skip_records=["country_id"])
        self.assertFalse([message for message in messages if message["type"] == "error"])
        self.assertEqual((lead.country_id.code, lead.function), ("BE", "Owner"))
        self.assertEqual(sorted(leads.mapped("name")), ["Ada", "Ben", "Cleo"])
        self.assertEqual(leads.filtered(lambda one: one.name == "Ben").mapped("function"), ["Cook"])

    def test_blank_clears_for_who_wants_it(self):
        lead = self._known()
        self._entered("name,email,function\nAda Moreau,ada@example.com,\n", lead_blank_clears=True)
        self.assertFalse(lead.function)
        self.assertEqual(lead.phone, "+32 470 12 34 56")

    def test_the_template_twice(self):
        template = self.env["res.partner"].with_context(lead_page=True).get_import_templates()[0]["template"]
        with file_open(template.lstrip("/")) as file:
            text = file.read()
        lead = self._entered(text)
        lead.with_user(self.manager).write({"lead_stage_id": self.stages["customer"].id, "function": "Owner"})
        code = lead.lead_code
        self.assertEqual(self._entered(text), lead)
        self.assertEqual((lead.lead_stage_id, lead.lead_code), (self.stages["customer"], code))
        self.assertEqual(lead.function, "Head of Purchasing")

    # ------------------------------------------------------------------
    # The same person twice
    # ------------------------------------------------------------------

    def test_one_person_in_several_rows_is_one_lead(self):
        for rows in (
            ["Cleo,cleo@example.com,,", "Cleo Kay,CLEO@example.com,,Owner"],
            ["Cleo Kay,,0470 55 01 01,", "Cleo,,+32470550101,Owner"],
            ["Cleo Kay,,+32 (0)470 55 01 01,", "KAY Cleo,,0032 470 55 01 01,Owner"],
            [
                "Cleo Kay,cleo@example.com,,",
                'Cleo,"Cleo Kay <cleo@example.com>",0470550101,',
                "C. Kay,,0470/55.01.01,Owner",
            ],
            ["Cleo Kay,,02 555 01 01 / 0470 55 01 01,", "Dora,dora@example.com,,", "Cleo Kay,,0470550101,Owner"],
        ):
            with self.subTest(rows=rows), self.env.cr.savepoint() as savepoint:
                leads = self._entered("\n".join(["name,email,phone,function", *rows]))
                cleo = leads.filtered(lambda lead: "dora" not in (lead.email or ""))
                self.assertEqual(len(cleo), 1)
                self.assertEqual(cleo.function, "Owner")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_one_known_person_in_several_rows(self):
        lead = self._known()
        leads = self._entered("name,email,phone,function\nAda,,0470123456,Chef\nAda Moreau,ada@example.com,,Owner\n")
        self.assertEqual(leads, lead)
        self.assertEqual(lead.function, "Owner")

    def test_numbers_are_read_in_the_country_of_the_row(self):
        lead = self._known(phone="+33 1 55 55 01 23", email=False)
        for country in ("France", "FR"):
            with self.subTest(country):
                self.assertEqual(self._entered(f"name,phone,country_id\nAda,01 55 55 01 23,{country}\n"), lead)
        self.assertNotEqual(self._entered("name,phone,country_id\nAda,02 555 01 23,Belgium\n"), lead)

    def test_numbers_that_a_spreadsheet_changed(self):
        lead = self._known(email=False)
        for cell in ("32470123456", "32470123456.0", "3.2470123456E+10", "470123456", "'+32470123456", "+32470123456"):
            with self.subTest(cell):
                self.assertEqual(self._entered(f"name,phone,function\nAda,{cell},{cell}\n"), lead)
                self.assertEqual(lead.phone_sanitized, "+32470123456")

    def test_what_cannot_be_read_is_refused_with_its_row(self):
        self._known()
        for name, cell, sentence in (
            ("phone", "3.247E+10", "some digits may have been cut off"),
            ("phone", "see notes", "not a valid phone number"),
            ("phone", "12", "not a valid phone number"),
            ("phone", "#REF!", "not a valid phone number"),
            ("email", "ada at example", "not a valid e-mail address"),
            ("email", "@", "not a valid e-mail address"),
        ):
            with self.subTest(cell):
                rows = "Ben Sato,ok\nAda,ok\nCleo Kay,{}\n".replace("ok", "").format(cell)
                leads, [message] = self._read(f"name,{name}\n{rows}")
                self.assertFalse(leads)
                self.assertEqual((message["rows"], message["field"]), ({"from": 2, "to": 2}, name))
                self.assertIn(sentence, message["message"])
                self.assertIn(cell, message["message"])
        for nothing in ("-", "n/a", "N.A.", "--", "?"):
            with self.subTest(nothing):
                self.assertFalse(self._entered(f"name,email,phone\nBen,ben@example.com,{nothing}\n").phone)

    def test_an_innocent_row_is_not_blamed(self):
        rows = ["Ben,ben@example.com,1990-01-01", "Ben,ben@example.com,2999-01-01", "Cleo,cleo@example.com,1991-01-01"]
        leads, messages = self._read("\n".join(["name,email,lead_birthdate", *rows]))
        self.assertFalse(leads)
        self.assertEqual([message["rows"]["from"] for message in messages if "rows" in message], [1])
        self.assertFalse(self.env["res.partner"].search([("email", "in", ("ben@example.com", "cleo@example.com"))]))

    # ------------------------------------------------------------------
    # Two persons with the same number
    # ------------------------------------------------------------------

    def test_a_number_of_two_people_who_contradict(self):
        lead = self._known()
        for row in (
            "Ben Sato,ben@example.com,0470 12 34 56",
            "Ben Sato,,0470 12 34 56",
            "Ada Moreau,ada.moreau@example.org,+32470123456",
            "Bo Moreau,,32470123456",
            "Hotel Moreau NV,info@example.net,+32 470 12 34 56",
        ):
            with self.subTest(row), self.env.cr.savepoint() as savepoint:
                other = self._entered(f"name,email,phone\n{row}\n")
                self.assertNotEqual(other, lead)
                self.assertEqual((lead.name, lead.email), ("Ada Moreau", "ada@example.com"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_known_person_with_two_numbers(self):
        for number, cell in (
            ("03 227 01 02", "03 227 01 02 / 0475 55 01 03"),
            ("0475 55 01 03", "03 227 01 02 / 0475 55 01 03"),
            ("+32475550103", "0475 55 01 03 (after 6 pm)"),
            ("0475.55.01.03", "tel. 03/227.01.02 or 0475/55.01.03"),
            ("+32 3 227 01 02 / 0470 99 88 77", "03 227 01 02; 0475 55 01 03"),
        ):
            with self.subTest(number=number, cell=cell), self.env.cr.savepoint() as savepoint:
                known = self._known(phone=cell, email=False)
                self.assertEqual(self._entered(f"name,phone,function\nAda Moreau,{number},Chef"), known)
                self.assertEqual(known.function, "Chef")
                other = self._entered(f"name,phone\nBen Sato,{number}")
                self.assertNotEqual(other, known)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_two_new_people_with_one_number(self):
        leads = self._entered("name,email,phone\nBen,ben@example.com,025550101\nCleo,cleo@example.com,02 555 01 01\n")
        self.assertEqual(leads.mapped("name"), ["Ben", "Cleo"])

    # ------------------------------------------------------------------
    # Stages
    # ------------------------------------------------------------------

    def test_a_file_moves_nobody_back(self):
        for stage, told in (("customer", "Lead"), ("customer", "Prospect"), ("prospect", "Lead")):
            with self.subTest(stage=stage, told=told):
                lead = self._known(email=f"{stage}.{told.lower()}@example.com", phone=False)
                lead.with_user(self.manager).lead_stage_id = self.stages[stage]
                status = lead.lead_status_id
                text = f"name,email,lead_stage_id,lead_status_id\nAda,{lead.email},{told},New\n"
                self.assertEqual(self._entered(text), lead)
                self.assertEqual((lead.lead_stage_id, lead.lead_status_id), (self.stages[stage], status))
                self._entered(text, lead_moves_back=True)
                self.assertEqual(lead.lead_stage_id.name, told)

    def test_a_file_moves_forward(self):
        lead = self._known()
        self._entered("name,email,lead_stage_id,lead_status_id\nAda,ada@example.com,Prospect,Contacted\n")
        self.assertPlace(lead, "prospect", "contacted")

    # ------------------------------------------------------------------
    # The report
    # ------------------------------------------------------------------

    def test_each_row_is_reported(self):
        lead = self._known(lead_code="ADA-1")
        lead.with_user(self.manager).lead_stage_id = self.stages["customer"]
        self._new_lead("Cleo Kay", phone="0470 55 01 01")
        newest = self.env["leads.agent.import.line"].search([], limit=1).id or 0
        rows = [
            "ada-1,Ada Moreau,,,Owner,Lead",
            ",Ben Sato,ben@example.com,,Chef,",
            ",Cleo,,+32 470 55 01 01,,",
            ",Ben Sato,BEN@example.com,,Cook,",
        ]
        leads = self._entered("\n".join(["lead_code,name,email,phone,function,lead_stage_id", *rows]))
        lines = self.env["leads.agent.import.line"].with_user(self.manager).search([("id", ">", newest)], order="row")
        self.assertEqual(lines.mapped("row"), [2, 3, 4, 5])
        self.assertEqual(lines.partner_id, leads)
        self.assertEqual(lines.mapped("result"), ["changed", "entered", "changed", "changed"])
        self.assertEqual(lines.mapped("matched_by"), ["code", False, "phone", "row"])
        arrow = "\N{RIGHTWARDS ARROW}"
        self.assertEqual(lines[0].changes, f"Job Position: Buyer {arrow} Owner")
        self.assertIn(f"Job Position: Chef {arrow} Cook", lines[3].changes)
        self.assertEqual(lines[0].left_alone, "The lead stays in Customer, which comes after Lead.")
        self.assertFalse(any(lines[1:].mapped("left_alone")))

    def test_a_row_that_changes_nothing_and_a_file_that_is_tested(self):
        self._known()
        newest = self.env["leads.agent.import.line"].search([], limit=1).id or 0
        here = [("id", ">", newest)]
        self._entered("name,email\nAda Moreau,ada@example.com\n")
        self.assertEqual(self.env["leads.agent.import.line"].search(here).result, "same")
        self._entered("name,email\nBen,ben@example.com\n", dryrun=True)
        self.assertEqual(self.env["leads.agent.import.line"].search_count(here), 1)

    def test_agents_read_no_report(self):
        self._known()
        with self.assertRaises(AccessError):
            self.env["leads.agent.import.line"].with_user(self.agent).search([])

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_contacts_of_a_customer_in_lines_below(self):
        rows = ["Ada,ada@example.com,Ann", ",,Andy", "Cleo,cleo@example.com,Carl", "Ada,ada@example.com,Amy", ",,Alf"]
        self._entered("\n".join(["name,email,child_ids/name", *rows]))
        cleo = self.env["res.partner"].search([("email", "=", "cleo@example.com")])
        self.assertEqual(cleo.child_ids.mapped("name"), ["Carl"])

    def test_queries_of_a_long_file(self):
        def read(begin, end):
            rows = (f"Lead {nr},lead{nr}@example.com,047{nr:07},Prospect,Belgium" for nr in range(begin, end))
            before = self.env.cr.sql_log_count
            self._entered("\n".join(["name,email,phone,lead_stage_id,country_id", *rows]))
            return self.env.cr.sql_log_count - before

        read(1000, 1010)
        few, many = read(2000, 2100), read(3000, 3400)
        self.assertLessEqual(many - few, 0.2 * 300, f"{few} {many}")

    def test_files_of_other_programs(self):
        text = "name;email;phone;city\nZo\u00e9 M\u00fcller;zoe@example.com;'+32 470 55 01 02;Li\u00e8ge\n"
        for encoding, says in (("cp1252", "windows-1252"), ("utf-8-sig", ""), ("utf-16", ""), ("utf-8", "")):
            with self.subTest(encoding), self.env.cr.savepoint() as savepoint:
                lead = self._entered(text, encoding=encoding, says=says)
                self.assertEqual((lead.name, lead.city), ("Zo\u00e9 M\u00fcller", "Li\u00e8ge"))
                self.assertEqual(lead.phone_sanitized, "+32470550102")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_dates_of_other_countries(self):
        # Odoo does not guess the last ones: the user chooses the format in the dialog.
        guessed = dict.fromkeys(("1990-04-25", "25/04/1990", "04/25/1990", "25-04-1990"), "")
        for cell, chosen in (guessed | {"25.04.1990": "%d.%m.%Y", "19900425": "%Y%m%d"}).items():
            with self.subTest(cell), self.env.cr.savepoint() as savepoint:
                file = f"name;email;lead_birthdate\nZo\u00e9;zoe@example.com;{cell}\n"
                lead = self._entered(file, date_format=chosen)
                self.assertEqual(lead.lead_birthdate, fields.Date.to_date("1990-04-25"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_cannot_be_read_and_is_known_already_stays(self):
        cells = {"(683)-556-5104": "", "call Jo": "", "ext. 12": "", "": "ada at example", "0470 12": "ada@"}
        for phone, email in cells.items():
            with self.subTest(phone=phone, email=email), self.env.cr.savepoint() as savepoint:
                lead = self._known(lead_code="ADA-1", phone=phone, email=email)
                file = f'lead_code,phone,email,function\nADA-1,"{phone}","{email}",{{}}'
                self.assertEqual(self._entered(file.format("Chef")), lead)
                self.assertEqual((lead.phone or "", lead.email or "", lead.function), (phone, email, "Chef"))
                _leads, messages = self._read(file.replace("ADA-1", "ADA-2").format("Chef"))
                self.assertTrue(messages, "somebody else")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_export_can_be_imported_again(self):
        self.env.company.country_id = self.env.ref("base.us")
        leads = self._known(phone="+32 470 12 34 56") | self._new_lead("=Ben", email="ben@example.com", function="-")
        names = ["lead_code", "name", "email", "phone", "function", "street", "lead_stage_id", "lead_status_id"]
        before = leads.read(names)
        rows = leads.with_user(self.manager).export_data(names)["datas"]
        file = io.StringIO()
        # As Odoo exports a CSV file.
        csv.writer(file, quoting=1).writerows(
            [names, *([f"'{cell}" if str(cell).startswith(("=", "-", "+")) else cell for cell in row] for row in rows)]
        )
        self.assertEqual(self._entered(file.getvalue()), leads)
        self.assertEqual(leads.read(names), before)

    def test_managers_export_and_agents_do_not(self):
        self.assertTrue(self.manager.has_group("base.group_allow_export"))
        self.assertFalse(self.agent.has_group("base.group_allow_export"))
