from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import csv_cells, given
from odoo.addons.leads_agent.tools.phone_numbers import read_cell

from ..tools import codes, import_rows, phone_forms
from .res_partner_lead import CODE_SEQUENCE

ARROW = "\N{RIGHTWARDS ARROW}"
# By which of its columns a country is named in a file.
COUNTRY_COLUMNS = ("country_id", "country_id/id", "country_id/name", "country_id/code")


class ResPartner(models.Model):
    """Leads from a file: who is known by code, e-mail or number is corrected, the others are entered.

    A blank cell says nothing: of somebody known it changes nothing, somebody new gets the default.
    """

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes()
    def get_import_templates(self):
        """On the leads page, the import dialog offers a file with the columns of a lead."""
        if not self.env.context.get("lead_page"):
            return super().get_import_templates()
        return [
            {
                "label": self.env._("Import template for leads"),
                "template": "/leads_agent_lifecycle/static/csv/leads_agent_lifecycle_leads.csv",
            }
        ]

    @api.model
    @takes(fields=given.names, data=given.table)
    def load(self, fields, data):
        """On the leads page, rows of known leads get their ids; a file that names ids itself is taken as it is."""
        if not self.env.context.get("lead_page") or {"id", ".id"} & set(fields):
            return super().load(fields, data)
        # Of a long file, Odoo hands over all that is left, and takes in so many rows of it.
        limit = self.env.context.get("_import_limit") or len(data)
        rows = [[csv_cells.natural(cell) for cell in row] for row in data[:limit]]
        persons, messages = self._lead_read_rows(fields, rows)
        if messages:
            return {"ids": False, "messages": messages, "nextrow": 0}
        self._lead_import_one_by_one()
        matches = self._lead_match_rows(persons)
        # A row that goes on with the lines of the one before has to stay behind it.
        has_lines = any(field.type == "one2many" for field in self._lead_columns(fields))
        again = {} if has_lines else import_rows.repeats(persons, matches)
        savepoint = self.env.cr.savepoint()
        first = {nr: match for nr, match in enumerate(matches) if nr not in again}
        result = self._lead_load(super().load, fields, rows, first)
        if again and result["ids"] is not False:
            if len(result["ids"]) == len(first):
                entered = dict(zip(first, result["ids"], strict=True))
                second = {nr: import_rows.Match(entered[earlier], "row") for nr, earlier in again.items()}
            else:
                # Rows were skipped, as the dialog offers, and nobody says which.
                second = dict(zip(again, self._lead_match_rows([persons[nr] for nr in again]), strict=True))
            more = self._lead_load(super().load, fields, rows, second)
            result["messages"] += more["messages"]
            if more["ids"] is False:
                savepoint.rollback()
                result["ids"] = False
            else:
                result["ids"] = list(dict.fromkeys(result["ids"] + more["ids"]))
        savepoint.close(rollback=False)
        return result | {"nextrow": limit if limit < len(data) else 0}

    @api.model
    def _lead_import_one_by_one(self):
        """Wait while somebody else enters a file; who was entered by it is known then.

        PostgreSQL refuses to update a row that was updated since the transaction began, and Odoo begins anew.
        """
        self.env.cr.execute("UPDATE ir_sequence SET write_date = write_date WHERE code = %s", [CODE_SEQUENCE])

    @api.model
    def _lead_load(self, load, fields, rows, matches):
        """Load some rows of a file, and report what became of them.

        :param load: as :meth:`load` of Odoo, which knows no gaps between rows
        :param matches: ``{row: Match}``
        """
        numbers, width = list(matches), len(fields)
        columns = self._lead_columns(fields)
        before = self._lead_shown([match.lead_id for match in matches.values() if match.lead_id], columns)
        told = [[*rows[nr], *[""] * width][:width] for nr in numbers]
        ids = [match.lead_id and str(match.lead_id) for match in matches.values()]
        result = load([*fields, ".id"], [[*row, lead_id] for row, lead_id in zip(told, ids, strict=True)])
        for message in result["messages"]:
            if "rows" in message:
                message["rows"] = {end: numbers[place] for end, place in message["rows"].items()}
            if "record" in message:
                message["record"] = numbers[message["record"]]
        if result["ids"] and len(result["ids"]) == len(numbers):
            after = self._lead_shown(result["ids"], columns)
            place = fields.index("lead_stage_id") if "lead_stage_id" in fields else None
            lines = [
                self._lead_import_line(nr, match, lead_id, before.get(lead_id), after[lead_id])
                | {"left_alone": place is not None and self._lead_kept_stage(row[place], after[lead_id])}
                for (nr, match), lead_id, row in zip(matches.items(), result["ids"], told, strict=True)
            ]
            # sudo: leads.agent.import.line - whoever imports leads reports it
            self.env["leads.agent.import.line"].sudo()._report(lines)
        return result

    @api.model
    def _lead_columns(self, names):
        """The fields that the columns of a file fill in, each once."""
        known = dict.fromkeys(name.split("/")[0] for name in names)
        return [self._fields[name] for name in known if name in self._fields]

    @api.model
    def _lead_shown(self, ids, columns):
        """What leads have in the columns of a file, as people read it: ``{id: {name: text}}``."""
        leads = self.browse(dict.fromkeys(ids))
        shown = {lead.id: {} for lead in leads}
        for field in columns:
            if field.type == "binary":
                continue
            for lead in leads:
                value = lead[field.name]
                if field.relational:
                    value = ", ".join(one.display_name or "" for one in value)
                elif field.type == "selection":
                    value = field.convert_to_export(value, lead)
                shown[lead.id][field.name] = str(value or "")
        return shown

    @api.model
    def _lead_import_line(self, nr, match, lead_id, before, after):
        """Values of :class:`LeadsAgentImportLine`."""
        changes = [
            f"{self._fields[name]._description_string(self.env)}: {had or '-'} {ARROW} {after[name] or '-'}"
            for name, had in (before or {}).items()
            if had != after[name]
        ]
        return {
            "row": nr + self.env.context.get("lead_first_line", 1),
            "partner_id": lead_id,
            "result": "entered" if before is None else "changed" if changes else "same",
            "matched_by": match.by,
            "changes": "\n".join(changes),
        }

    @api.model
    def _lead_kept_stage(self, told, after):
        stage = after["lead_stage_id"]
        if import_rows.is_blank(told) or told.strip().casefold() == stage.casefold():
            return False
        return self.env._("Stays in %(stage)s, which comes after %(told)s.", stage=stage, told=told)

    @api.model
    def _extract_records(self, field_paths, data, log=lambda message: None, limit=float("inf")):
        records = super()._extract_records(field_paths, data, log=log, limit=limit)
        if not self._lead_blank_says_nothing():
            return records
        # Where rows with unknown values are skipped, a cell that is not there would be one.
        kept = self.env.context.get("import_skip_records") or ()
        return (
            ({name: value for name, value in record.items() if name in kept or not import_rows.is_blank(value)}, info)
            for record, info in records
        )

    @api.model
    def _lead_blank_says_nothing(self):
        return self.env.context.get("lead_page") and not self.env.context.get("lead_blank_clears")

    @api.model
    def _load_records(self, data_list, update=False):
        if self._lead_blank_says_nothing():
            for name in self.env.context.get("import_skip_records") or ():
                for data in data_list:
                    if data["values"].get(name) is False:
                        del data["values"][name]
        if self.env.context.get("lead_page"):
            # At once for all, instead of one by one where each is written.
            self.browse(data["values"]["id"] for data in data_list if data["values"].get("id")).fetch(["lead_stage_id"])
        return super()._load_records(data_list, update)

    def _load_records_write(self, values):
        """A file moves nobody back: who is further keeps stage and status."""
        stage, told = self.lead_stage_id, self.env["leads.agent.stage"].browse(values.get("lead_stage_id"))
        context = self.env.context
        if context.get("lead_page") and not context.get("lead_moves_back") and stage and told:
            if (told.sequence, told.id) < (stage.sequence, stage.id):
                values = {
                    name: value for name, value in values.items() if name not in ("lead_stage_id", "lead_status_id")
                }
        return super()._load_records_write(values)

    # ------------------------------------------------------------------
    # Who the rows are about
    # ------------------------------------------------------------------

    @api.model
    def _lead_read_rows(self, fields, rows):
        """Read who each row is about; numbers that a spreadsheet changed are put right in the rows.

        :returns: a person per row, and a message for each cell that cannot be read
        """
        places = {name: fields.index(name) for name in ("lead_code", "name", "email", "phone") if name in fields}
        countries = self._lead_row_countries(fields, rows)
        persons, messages = [], []
        for nr, (row, country) in enumerate(zip(rows, countries, strict=True)):
            cells = {name: str(row[place] or "") for name, place in places.items() if place < len(row)}
            emails, numbers = (), ()
            if import_rows.says_nothing(cells.get("phone")):
                cells["phone"] = ""
            else:
                readings = import_rows.phone_readings(cells["phone"])
                found = next(((text, has) for text in readings if (has := read_cell(text, country).numbers)), None)
                if found:
                    cells["phone"], numbers = found
                else:
                    messages.append(self._lead_unreadable(nr, "phone", cells["phone"]))
            if import_rows.says_nothing(cells.get("email")):
                cells["email"] = ""
            elif not (emails := email_normalize_all(cells["email"])):
                messages.append(self._lead_unreadable(nr, "email", cells["email"]))
            for name in ("phone", "email"):
                if name in places and places[name] < len(row):
                    row[places[name]] = cells[name]
            persons.append(self._lead_person(cells.get("lead_code"), emails, numbers, cells.get("name")))
        return persons, messages

    @api.model
    def _lead_unreadable(self, nr, name, text):
        """What the import dialog says of a cell."""
        sentence = {
            "phone": self.env._("'%s' is no telephone number, or a spreadsheet cut its digits.", text),
            "email": self.env._("'%s' is no e-mail address.", text),
        }[name]
        return {"type": "error", "rows": {"from": nr, "to": nr}, "record": nr, "field": name, "message": sentence}

    @api.model
    def _lead_row_countries(self, fields, rows):
        """ISO code of the country by which national numbers of each row are read: its own, else the company's."""
        own = self.env.company.country_id.code
        place = next((fields.index(name) for name in COUNTRY_COLUMNS if name in fields), None)
        if place is None:
            return [own] * len(rows)
        by_name = {}
        for country in self.env["res.country"].search_fetch(Domain.TRUE, ["name", "code"]):
            for name in (country.name, country.code, f"base.{country.code}"):
                by_name[name.casefold()] = country.code
        return [by_name.get(str(row[place] or "").strip().casefold(), own) if place < len(row) else own for row in rows]

    @api.model
    def _lead_person(self, code, emails, numbers, name):
        return import_rows.Person(
            codes.clean_code(code),
            frozenset(emails),
            frozenset(form for number in numbers for form in phone_forms.forms(number.e164)),
            (name or "").strip(),
        )

    @api.model
    def _lead_match_rows(self, persons):
        """The customer whom each row of a file is about, if any: by code, else by e-mail, else by number.

        Of several, the oldest counts. Who shares no more than a number is somebody else when e-mails or names
        contradict. Customers out of the user's sight are nobody's match.

        :param persons: list of :class:`~..tools.import_rows.Person`
        :returns: list of :class:`~..tools.import_rows.Match`
        """
        domain = Domain.FALSE
        for name, values in (
            ("lead_code", {one.code for one in persons} - {None}),
            ("email_normalized", {email for one in persons for email in one.emails}),
            ("phone_sanitized", {number for one in persons for number in one.phones}),
        ):
            if values:
                domain |= Domain(name, "in", list(values))
        if any(one.phones for one in persons):
            # Cells with two numbers, or with words, which Odoo does not read.
            domain |= Domain("phone_sanitized", "=", False) & Domain("phone", "!=", False)
        known = import_rows.Known()
        for lead in self.search(domain & Domain("partner_share", "=", True), order="id"):
            numbers = read_cell(lead.phone, lead.country_id.code or self.env.company.country_id.code).numbers
            emails = email_normalize_all(lead.email or "")
            known.add(lead.id, self._lead_person(lead.lead_code, emails, numbers, lead.name))
        return [known.find(one) for one in persons]
