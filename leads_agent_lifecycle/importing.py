"""Import of leads from a file: known leads, matched by code, e-mail or number, are updated, others are created.

A blank cell leaves the value of a known lead unchanged, and gives a new lead the default. ``res.partner`` calls this
from Odoo's import methods, only on the leads page.
"""

from odoo.addons.leads_agent.tools import csv_cells

from .entering import Entering
from .matching import Matching
from .moving import CODE_SEQUENCE, LifeCycle
from .profile import PLACE_FIELDS
from .tools import import_rows

TEMPLATE = "/leads_agent_lifecycle/static/csv/leads_agent_lifecycle_leads.csv"
ARROW = "\N{RIGHTWARDS ARROW}"
# Fields that a blank cell never clears.
KEPT_FIELDS = ("name", "lead_code", "lead_stage_id", "lead_status_id", "lead_activity", "lead_channel")
# Maximum characters of a cell shown in the report.
LONGEST_SHOWN = 200


def without_blanks(partners, records):
    """Yield the records of a file without blank cells, except those that clear a value."""
    context = partners.env.context
    # Odoo skips rows with unknown values in these columns, so their cells must be present.
    skips = context.get("import_skip_records") or ()
    for record, info in records:
        clears = context.get("lead_blank_clears") and record.get(".id")
        kept, blank = {}, []
        for name, value in record.items():
            field = partners._fields.get(name)
            if field and field.type == "properties":
                value = [one for one in value if clears or not import_rows.is_blank(one.get("value"))]
            if not import_rows.is_blank(value) or (clears and _may_be_cleared(field)):
                kept[name] = value
            elif name in skips:
                kept[name] = value
                blank.append(name)
        yield kept, info | {"blank": blank}


def _may_be_cleared(field):
    """Whether a blank cell may clear the field: not the name, code or place of a lead, nor a boolean."""
    return field and field.type != "boolean" and field.name not in KEPT_FIELDS


def with_ids(convert, records):
    """Yield the converted records with the IDs of known leads, including archived ones.

    :param convert: Odoo's ``_convert_records``, which finds no archived records
    """
    ids = []

    def without_ids():
        for record, info in records:
            ids.append(record.pop(".id", None))
            yield record, info

    for _id, xid, values, info in convert(without_ids()):
        yield int(ids[-1] or 0), xid, values, info


def prepare(partners, data_list):
    """Before records are created or written: drop blanks, and make contacts in a file of leads leads."""
    for data in data_list:
        for name in (data.get("info") or {}).get("blank", ()):
            data["values"].pop(name, None)
    # Once for all contacts, instead of once per record in `write`.
    known = {data["values"]["id"]: data["values"] for data in data_list if data["values"].get("id")}
    contacts = partners.browse(known)
    contacts.fetch(["lead_stage_id", "lead_code", "partner_share"])
    entering = Entering(partners.env)
    news = contacts.filtered(
        lambda one: not one.lead_stage_id and one.partner_share and entering.is_entered(known[one.id])
    )
    codes = LifeCycle(partners.env).next_codes(len(news)) if news else []
    for one, code in zip(news, codes, strict=True):
        values = known[one.id]
        values |= entering.defaults(values.get("lead_stage_id")) | {"lead_code": one.lead_code or code} | values


def without_way_back(lead, values):
    """Return the values to write on a known lead: without stage and status if they would move it back."""
    if lead.env.context.get("lead_moves_back") or not _would_go_back(lead, values):
        return values
    return {name: value for name, value in values.items() if name not in PLACE_FIELDS}


def _would_go_back(lead, values):
    """Whether a stage, or a status without a stage, is earlier than the stage of the lead."""
    here, stages = lead.lead_stage_id, lead.env["leads.agent.stage"].browse(values.get("lead_stage_id") or ())
    status_id = values.get("lead_status_id")
    if here and status_id and not stages:
        _order, statuses = lead.env["leads.agent.lifecycle.rule"]._landscape()
        stages = stages.browse(stage_id for stage_id, allowed in statuses.items() if status_id in allowed)
    return bool(here and stages) and all((one.sequence, one.id) < (here.sequence, here.id) for one in stages)


class LeadsFile:
    """A file of leads that is being loaded.

    :param load: Odoo's ``load``, which does not allow gaps between rows
    :param fields: the columns
    """

    def __init__(self, partners, load, fields):
        self.env, self.partners, self.odoo_load, self.fields = partners.env, partners, load, fields

    def load(self, data):
        """Load the rows; rows of known leads get their IDs.

        :returns: the result of Odoo's ``load``
        """
        matching, fields = Matching(self.partners), self.fields
        below = [place for place, name in enumerate(fields) if self._field(name).type == "one2many"]
        # For a long file, Odoo passes all remaining rows; load one batch, including the lines below its last record.
        end = min(self.env.context.get("_import_limit") or len(data), len(data))
        while end < len(data) and import_rows.is_below(data[end], below):
            end += 1
        rows = self._cells(data[:end])
        blocks = import_rows.blocks(rows, below)
        persons, messages = matching.persons(fields, rows, blocks)
        if messages := matching.without_known_cells(messages, fields, rows, persons):
            return {"ids": False, "messages": messages, "nextrow": 0}
        self._wait_for_others()
        matches = matching.match(persons)
        first, again = import_rows.split_repeated(persons, matches)
        savepoint = self.env.cr.savepoint()
        result = self._load(rows, blocks, first)
        is_whole = len(result["ids"] or ()) == len(first)
        entered = dict(zip(first, result["ids"], strict=True)) if is_whole else {}
        if again and result["ids"] is not False:
            if is_whole:
                second = {nr: import_rows.Match(entered[earlier], "row") for nr, earlier in again.items()}
            else:
                # Odoo skipped rows, as chosen in the dialog, and does not return which ones.
                second = matching.match({nr: persons[nr] for nr in again})
            more = self._load(rows, blocks, second)
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

    def _cells(self, data):
        """Clean the cells of a file: strip surrounding characters and remove those that PostgreSQL cannot store.

        Long texts are not stripped.
        """
        kept = [self._field(name).type in ("text", "html") for name in self.fields]

        def clean(cell, is_kept):
            if not isinstance(cell, str):
                return cell
            cell = csv_cells.natural(cell.replace("\0", ""))
            return cell if is_kept else import_rows.stripped(cell)

        return [[clean(cell, is_kept) for cell, is_kept in zip(row, kept, strict=False)] for row in data]

    def _field(self, name):
        """Return the field of a column, or ``id`` if there is none."""
        return self.partners._fields.get(name.split("/")[0], self.partners._fields["id"])

    def _wait_for_others(self):
        """Wait until other imports of leads are finished, so that their new leads are found.

        PostgreSQL refuses to update a row that was updated since the transaction began, and Odoo retries.
        """
        self.env.cr.execute("UPDATE ir_sequence SET write_date = write_date WHERE code = %s", [CODE_SEQUENCE])

    def _load(self, rows, blocks, matches):
        """Load some records of a file, and report the results.

        :param dict blocks: the rows of each record
        :param matches: ``{row: Match}``
        """
        fields, width = self.fields, len(self.fields)
        numbers = [nr for first in matches for nr in blocks[first]]
        columns = self._columns()
        before = self._shown([match.lead_id for match in matches.values() if match.lead_id], columns)
        told = {nr: [*rows[nr], *[""] * width][:width] for nr in numbers}
        ids = {nr: str(match.lead_id) for nr, match in matches.items() if match.lead_id}
        if "id" in fields:
            # A new external ID would create another contact for a lead matched by another column.
            for nr in ids:
                told[nr][fields.index("id")] = ""
        result = self.odoo_load([*fields, ".id"], [[*told[nr], ids.get(nr, "")] for nr in numbers])
        for message in result["messages"]:
            message.pop("blank", None)
            if "rows" in message:
                message["rows"] = {end: numbers[place] for end, place in message["rows"].items()}
            if "record" in message:
                message["record"] = list(matches)[message["record"]]
        if result["ids"] and len(result["ids"]) == len(matches):
            after = self._shown(result["ids"], columns)
            lines = [
                self._line(nr, match, lead_id, before.get(lead_id), after[lead_id])
                | {"left_alone": self._kept_place(told[nr], after[lead_id])}
                for (nr, match), lead_id in zip(matches.items(), result["ids"], strict=True)
            ]
            # sudo: leads.agent.import.line - users who import leads get a report
            self.env["leads.agent.import.line"].sudo()._report(lines)
        return result

    def _columns(self):
        """Return the fields of the columns, without duplicates."""
        return list(dict.fromkeys(field for name in self.fields if (field := self._field(name)).name != "id"))

    def _shown(self, ids, columns):
        """Return the displayed values of leads in the columns: ``{id: {name: text}}``."""
        leads = self.partners.browse(dict.fromkeys(ids))
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

    def _line(self, nr, match, lead_id, before, after):
        """Return the values of a :class:`LeadsAgentImportLine`."""
        changes = []
        for name, had in (before or {}).items():
            if had != after[name]:
                label = self.partners._fields[name]._description_string(self.env)
                had, has = (import_rows.short(text or "-", LONGEST_SHOWN) for text in (had, after[name]))
                changes.append(f"{label}: {had} {ARROW} {has}")
        return {
            "row": nr + self.env.context.get("lead_first_line", 1),
            "partner_id": lead_id,
            "result": "entered" if before is None else "changed" if changes else "same",
            "matched_by": match.by,
            "changes": "\n".join(changes),
        }

    def _kept_place(self, row, after):
        """Return why a lead did not get the stage or status of its row, or False if it did."""
        told, status_told = (self._name_in_row(name, row) for name in PLACE_FIELDS)
        stage, status = after.get("lead_stage_id", ""), after.get("lead_status_id", "")
        if told and told.casefold() != stage.casefold():
            return self.env._("The lead stays in %(stage)s, which comes after %(told)s.", stage=stage, told=told)
        if not told and status_told and status_told.casefold() != status.casefold():
            return self.env._(
                "The status remains %(status)s, because %(told)s belongs to an earlier stage.",
                status=status,
                told=status_told,
            )
        return False

    def _name_in_row(self, name, row):
        """Return the name of the record in a column, which may hold an ID."""
        place = next((nr for nr, column in enumerate(self.fields) if column.split("/")[0] == name), None)
        if place is None or import_rows.is_blank(row[place]):
            return ""
        if self.fields[place] == f"{name}/.id":
            return self.env[self.partners._fields[name].comodel_name].browse(int(row[place])).name
        if self.fields[place] == f"{name}/id":
            return self.env.ref(import_rows.external_id(row[place])).name
        return row[place]
