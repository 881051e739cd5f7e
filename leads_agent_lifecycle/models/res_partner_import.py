from odoo import api, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import csv_cells, given

from ..tools import import_rows
from .res_partner_lead import CODE_SEQUENCE, PLACE_FIELDS

ARROW = "\N{RIGHTWARDS ARROW}"
# What a blank cell never clears.
KEPT_FIELDS = ("name", "lead_code", "lead_stage_id", "lead_status_id", "lead_activity", "lead_channel")
# So much of a cell is repeated in the report.
LONGEST_SHOWN = 200


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
        """On the leads page, rows of known leads get their ids."""
        if not self.env.context.get("lead_page"):
            return super().load(fields, data)
        below = [place for place, name in enumerate(fields) if self._lead_field(name).type == "one2many"]
        # Of a long file, Odoo hands over all that is left, and takes in so many rows of it, with the lines below.
        end = min(self.env.context.get("_import_limit") or len(data), len(data))
        while end < len(data) and import_rows.is_below(data[end], below):
            end += 1
        rows = self._lead_cells(fields, data[:end])
        blocks = import_rows.blocks(rows, below)
        persons, messages = self._lead_read_rows(fields, rows, blocks)
        if messages := self._lead_without_known_cells(messages, fields, rows, persons):
            return {"ids": False, "messages": messages, "nextrow": 0}
        self._lead_import_one_by_one()
        matches = self._lead_match_rows(persons)
        first, again = import_rows.told_apart(persons, matches)
        savepoint = self.env.cr.savepoint()
        result = self._lead_load(super().load, fields, rows, blocks, first)
        is_whole = len(result["ids"] or ()) == len(first)
        entered = dict(zip(first, result["ids"], strict=True)) if is_whole else {}
        if again and result["ids"] is not False:
            if is_whole:
                second = {nr: import_rows.Match(entered[earlier], "row") for nr, earlier in again.items()}
            else:
                # Rows were skipped, as the dialog offers, and nobody says which.
                second = self._lead_match_rows({nr: persons[nr] for nr in again})
            more = self._lead_load(super().load, fields, rows, blocks, second)
            result["messages"] += more["messages"]
            if more["ids"] is False:
                savepoint.rollback()
                result["ids"] = False
            else:
                entered |= {nr: match.lead_id for nr, match in second.items() if match.lead_id}
                result["ids"] = list(dict.fromkeys(result["ids"] + more["ids"]))
        savepoint.close(rollback=False)
        if "lead_first_line" in self.env.context:
            result["lead_of_rows"] = [entered.get(nr) for nr in range(end)]
        return result | {"nextrow": end if end < len(data) else 0}

    @api.model
    def _lead_cells(self, fields, data):
        """The cells of a file, without what programs and people put around them, and what no database takes.

        Long texts are left as they are.
        """
        kept = [self._lead_field(name).type in ("text", "html") for name in fields]

        def clean(cell, is_kept):
            if not isinstance(cell, str):
                return cell
            cell = csv_cells.natural(cell.replace("\0", ""))
            return cell if is_kept else import_rows.stripped(cell)

        return [[clean(cell, is_kept) for cell, is_kept in zip(row, kept, strict=False)] for row in data]

    @api.model
    def _lead_field(self, name):
        """The field that a column fills in; that of the ids where there is none."""
        return self._fields.get(name.split("/")[0], self._fields["id"])

    @api.model
    def _lead_import_one_by_one(self):
        """Wait while somebody else enters a file; who was entered by it is known then.

        PostgreSQL refuses to update a row that was updated since the transaction began, and Odoo begins anew.
        """
        self.env.cr.execute("UPDATE ir_sequence SET write_date = write_date WHERE code = %s", [CODE_SEQUENCE])

    @api.model
    def _lead_load(self, load, fields, rows, blocks, matches):
        """Load some records of a file, and report what became of them.

        :param load: as :meth:`load` of Odoo, which knows no gaps between rows
        :param dict blocks: the rows of each record
        :param matches: ``{row: Match}``
        """
        numbers, width = [nr for first in matches for nr in blocks[first]], len(fields)
        columns = self._lead_columns(fields)
        before = self._lead_shown([match.lead_id for match in matches.values() if match.lead_id], columns)
        told = {nr: [*rows[nr], *[""] * width][:width] for nr in numbers}
        ids = {nr: str(match.lead_id) for nr, match in matches.items() if match.lead_id}
        if "id" in fields:
            # An external id that nobody has yet would enter somebody who is known by another column.
            for nr in ids:
                told[nr][fields.index("id")] = ""
        result = load([*fields, ".id"], [[*told[nr], ids.get(nr, "")] for nr in numbers])
        for message in result["messages"]:
            message.pop("blank", None)
            if "rows" in message:
                message["rows"] = {end: numbers[place] for end, place in message["rows"].items()}
            if "record" in message:
                message["record"] = list(matches)[message["record"]]
        if result["ids"] and len(result["ids"]) == len(matches):
            after = self._lead_shown(result["ids"], columns)
            lines = [
                self._lead_import_line(nr, match, lead_id, before.get(lead_id), after[lead_id])
                | {"left_alone": self._lead_kept_place(fields, told[nr], after[lead_id])}
                for (nr, match), lead_id in zip(matches.items(), result["ids"], strict=True)
            ]
            # sudo: leads.agent.import.line - whoever imports leads reports it
            self.env["leads.agent.import.line"].sudo()._report(lines)
        return result

    @api.model
    def _lead_columns(self, names):
        """The fields that the columns of a file fill in, each once."""
        return list(dict.fromkeys(field for name in names if (field := self._lead_field(name)).name != "id"))

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
        changes = []
        for name, had in (before or {}).items():
            if had != after[name]:
                label = self._fields[name]._description_string(self.env)
                had, has = (import_rows.short(text or "-", LONGEST_SHOWN) for text in (had, after[name]))
                changes.append(f"{label}: {had} {ARROW} {has}")
        return {
            "row": nr + self.env.context.get("lead_first_line", 1),
            "partner_id": lead_id,
            "result": "entered" if before is None else "changed" if changes else "same",
            "matched_by": match.by,
            "changes": "\n".join(changes),
        }

    @api.model
    def _lead_kept_place(self, fields, row, after):
        """Why a lead is not in the stage, or has not the status, of its row."""
        told, status_told = (self._lead_told_name(name, fields, row) for name in PLACE_FIELDS)
        stage, status = after.get("lead_stage_id", ""), after.get("lead_status_id", "")
        if told and told.casefold() != stage.casefold():
            return self.env._("Stays in %(stage)s, which comes after %(told)s.", stage=stage, told=told)
        if not told and status_told and status_told.casefold() != status.casefold():
            return self.env._("Stays %(status)s: %(told)s is of an earlier stage.", status=status, told=status_told)
        return False

    @api.model
    def _lead_told_name(self, name, fields, row):
        """The name of the record that a row has in a column, which may hold an id."""
        place = next((nr for nr, column in enumerate(fields) if column.split("/")[0] == name), None)
        if place is None or import_rows.is_blank(row[place]):
            return ""
        if fields[place] == f"{name}/.id":
            return self.env[self._fields[name].comodel_name].browse(int(row[place])).name
        if fields[place] == f"{name}/id":
            return self.env.ref(import_rows.external_id(row[place])).name
        return row[place]

    @api.model
    def _extract_records(self, field_paths, data, log=lambda message: None, limit=float("inf")):
        records = super()._extract_records(field_paths, data, log=log, limit=limit)
        if not self.env.context.get("lead_page"):
            return records
        return (self._lead_without_blanks(record, info) for record, info in records)

    @api.model
    def _lead_without_blanks(self, record, info):
        """A record of a file without its blank cells, but for those that shall clear what is known."""
        clears = self.env.context.get("lead_blank_clears") and record.get(".id")
        # Where rows with unknown values are skipped, a cell that is not there would be one.
        skips = self.env.context.get("import_skip_records") or ()
        kept, blank = {}, []
        for name, value in record.items():
            field = self._fields.get(name)
            if field and field.type == "properties":
                value = [one for one in value if clears or not import_rows.is_blank(one.get("value"))]
            if not import_rows.is_blank(value) or (clears and self._lead_may_be_cleared(field)):
                kept[name] = value
            elif name in skips:
                kept[name] = value
                blank.append(name)
        return kept, info | {"blank": blank}

    @api.model
    def _lead_may_be_cleared(self, field):
        """A lead keeps a name, a code and its place, and *no* is no blank."""
        return field and field.type != "boolean" and field.name not in KEPT_FIELDS

    @api.model
    def _convert_records(self, records, *, log=lambda message: None, savepoint):
        """The ids of known leads were looked up for all rows, also of those in the archive."""
        if not self.env.context.get("lead_page"):
            yield from super()._convert_records(records, log=log, savepoint=savepoint)
            return
        ids = []

        def without_ids():
            for record, info in records:
                ids.append(record.pop(".id", None))
                yield record, info

        for _id, xid, values, info in super()._convert_records(without_ids(), log=log, savepoint=savepoint):
            yield int(ids[-1] or 0), xid, values, info

    @api.model
    def _load_records(self, data_list, update=False):
        if self.env.context.get("lead_page"):
            for data in data_list:
                for name in (data.get("info") or {}).get("blank", ()):
                    data["values"].pop(name, None)
            # At once for all, instead of one by one where each is written.
            known = {data["values"]["id"]: data["values"] for data in data_list if data["values"].get("id")}
            self.browse(known).fetch(["lead_stage_id", "lead_code", "partner_share"])
            self._lead_enter_known(known)
        return super()._load_records(data_list, update)

    @api.model
    def _lead_enter_known(self, known):
        """Contacts in a file of leads become leads, with a code of their own.

        :param dict known: what is written, by contact
        """
        news = self.browse(known).filtered(
            lambda one: not one.lead_stage_id and one.partner_share and self._lead_is_entered(known[one.id])
        )
        if news:
            for one, code in zip(news, self._lead_next_codes(len(news)), strict=True):
                values = known[one.id]
                defaults = self._lead_defaults(values.get("lead_stage_id")) | {"lead_code": one.lead_code or code}
                values |= defaults | values

    def _load_records_write(self, values):
        """A file moves nobody back: who is further keeps stage and status."""
        context = self.env.context
        if context.get("lead_page") and not context.get("lead_moves_back") and self._lead_would_go_back(values):
            values = {name: value for name, value in values.items() if name not in PLACE_FIELDS}
        return super()._load_records_write(values)

    def _lead_would_go_back(self, values):
        """Whether a stage, or a status alone, is of a stage before that of the lead."""
        here, stages = self.lead_stage_id, self.env["leads.agent.stage"].browse(values.get("lead_stage_id") or ())
        status_id = values.get("lead_status_id")
        if here and status_id and not stages:
            _order, statuses = self.env["leads.agent.lifecycle.rule"]._landscape()
            stages = stages.browse(stage_id for stage_id, allowed in statuses.items() if status_id in allowed)
        return bool(here and stages) and all((one.sequence, one.id) < (here.sequence, here.id) for one in stages)

    def _convert_fields_to_values(self, field_names):
        """What contacts have in common with their company, in a file as when they are entered by hand."""
        context = self.env.context
        is_file = context.get("lead_page") and context.get("import_file")
        # sudo: res.partner - values go from a company to its contacts, and to nobody else
        partners = self.sudo() if is_file else self
        return super(ResPartner, partners)._convert_fields_to_values(field_names)
