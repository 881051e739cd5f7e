"""Match rows of a file with leads that the user can see, by ID, code, e-mail or number."""

from dataclasses import replace

from odoo.fields import Domain
from odoo.tools import email_normalize_all

from odoo.addons.leads_agent_call.tools.phone_numbers import read_cell

from .tools import codes, import_rows, phone_forms

# Columns that identify the person of a row.
PERSON_COLUMNS = ("id", ".id", "lead_code", "name", "email", "phone")
# Columns that may name the country.
COUNTRY_COLUMNS = ("country_id", "country_id/id", "country_id/.id", "country_id/name", "country_id/code")
# Words with fewer digits may be parts of a number.
SHORTEST_NUMBER = 8
# Maximum characters of a cell shown in a message.
LONGEST_SHOWN = 200


class Matching:
    """The rows of a file, read and matched with the rights of the user."""

    def __init__(self, partners):
        self.env, self.partners = partners.env, partners

    def persons(self, fields, rows, blocks):
        """Read the person of each record, and correct numbers in the rows that a spreadsheet changed.

        :param dict blocks: the rows of each record
        :returns: ``{row: person}``, and a message for each cell that cannot be read
        """
        places = {name: fields.index(name) for name in PERSON_COLUMNS if name in fields}
        countries = self._countries(fields, rows)
        persons, messages, ids = {}, [], {}
        for nr in blocks:
            row, country = rows[nr], countries[nr]
            cells = {name: str(row[place] or "") for name, place in places.items() if place < len(row)}
            emails, numbers = (), ()
            for name in ("lead_code", "email", "phone"):
                if name in cells:
                    cells[name] = import_rows.plain(cells[name])
            if import_rows.is_placeholder(cells.get("phone")):
                cells["phone"] = ""
            else:
                text, numbers = self._read_phone(cells["phone"], country)
                if not numbers:
                    messages.append(self._unreadable(nr, "phone", cells["phone"]))
                cells["phone"] = text
            if import_rows.is_placeholder(cells.get("email")):
                cells["email"] = ""
            else:
                cells["email"] = cells["email"].removeprefix("mailto:").rstrip(" .,;")
                emails = [one for one in email_normalize_all(cells["email"]) if not one.startswith("@")]
                if not emails:
                    messages.append(self._unreadable(nr, "email", cells["email"]))
            for name in ("lead_code", "email", "phone"):
                if name in places and places[name] < len(row):
                    row[places[name]] = cells[name]
            if number := cells.get(".id", "").removesuffix(".0"):
                ids[nr] = number
            person = self._person(cells.get("lead_code"), emails, numbers, cells.get("name"))
            persons[nr] = replace(person, ref=number or import_rows.external_id(cells.get("id")))
        return persons, messages + self._unknown_ids(ids)

    def _read_phone(self, text, country):
        """Return the text and the numbers of a phone cell: word by word if all words are long, else as a whole."""
        words = text.split()
        if len(words) > 1 and all(sum(char.isdigit() for char in word) >= SHORTEST_NUMBER for word in words):
            read = [self._read_phone(word, country) for word in words]
            if all(numbers for _text, numbers in read):
                return " / ".join(word for word, _numbers in read), [one for _text, found in read for one in found]
        for reading in import_rows.phone_readings(text):
            if numbers := read_cell(reading, country).numbers:
                return reading, numbers
        return text, ()

    def _unreadable(self, nr, name, text):
        """Return the error message for a cell."""
        text = import_rows.short(text, LONGEST_SHOWN)
        sentence = {
            "phone": self.env._(
                "'%s' is not a valid phone number. If it comes from a spreadsheet, some digits may have been cut off.",
                text,
            ),
            "email": self.env._("'%s' is not a valid e-mail address.", text),
            ".id": self.env._("There is no contact with the database ID '%s'.", text),
        }[name]
        return {"type": "error", "rows": {"from": nr, "to": nr}, "record": nr, "field": name, "message": sentence}

    def without_known_cells(self, messages, fields, rows, persons):
        """Drop the messages about values that the lead already has: exported files can be imported again."""
        wrong = {message["record"] for message in messages}
        matches = self.match({nr: persons[nr] for nr in wrong}) if wrong else {}

        def is_known(nr, name):
            lead = self.partners.browse(matches[nr].lead_id or ())
            return name != ".id" and (lead[name] or "").strip() == rows[nr][fields.index(name)]

        return [message for message in messages if not is_known(message["record"], message["field"])]

    def _countries(self, fields, rows):
        """Return the country code for national numbers of each row: its own country, else the company's."""
        own = self.env.company.country_id.code
        place = next((fields.index(name) for name in COUNTRY_COLUMNS if name in fields), None)
        if place is None:
            return [own] * len(rows)
        by_name = {}
        countries = self.env["res.country"].search_fetch(Domain.TRUE, ["name", "code"])
        external_ids = countries._get_external_ids()
        for country in countries:
            for name in (country.name, country.code, str(country.id), *external_ids[country.id]):
                by_name[name.casefold()] = country.code
        return [by_name.get(str(row[place] or "").strip().casefold(), own) if place < len(row) else own for row in rows]

    def _person(self, code, emails, numbers, name):
        return import_rows.Person(
            codes.clean_code(code),
            frozenset(emails),
            frozenset(form for number in numbers for form in phone_forms.forms(number.e164)),
            (name or "").strip(),
        )

    def _unknown_ids(self, numbers):
        """Return messages for IDs of records that do not exist, or that the user cannot see.

        :param dict numbers: IDs as text, by row
        """
        known = self._of_refs(set(numbers.values()))
        return [self._unreadable(nr, ".id", text) for nr, text in numbers.items() if text not in known]

    def _of_refs(self, refs):
        """Return ``{ref: id}`` of the contacts in sight, by database ID or external ID."""
        # PostgreSQL would fail on longer numbers.
        found = {ref: int(ref) for ref in refs if ref.isdecimal() and len(ref) < 10}
        # sudo: ir.model.data - only external IDs
        external = self.env["ir.model.data"].sudo()._lookup_xmlids([ref for ref in refs if "." in ref], self.partners)
        for _id, module, name, model, number, *_rest in external:
            if model == self.partners._name:
                found[f"{module}.{name}"] = number
        seen = set(self.partners.with_context(active_test=False).search([("id", "in", list(found.values()))]).ids)
        return {ref: number for ref, number in found.items() if number in seen}

    def match(self, persons):
        """Return the customer of each row: by ID, else by code, else by e-mail, else by number.

        Active customers come first, then the oldest. A customer with only the same number does not match if the e-mails
        or names differ. Customers out of sight do not match.

        :param persons: ``{row: Person}``
        :returns: ``{row: Match}``
        """
        domain = Domain.FALSE
        for name, values in (
            ("lead_code", {one.code for one in persons.values()} - {None}),
            ("email_normalized", {email for one in persons.values() for email in one.emails}),
            ("phone_sanitized", {number for one in persons.values() for number in one.phones}),
        ):
            if values:
                domain |= Domain(name, "in", list(values))
        # Cells with two numbers or addresses, or with other text, which Odoo does not parse.
        if any(one.phones for one in persons.values()):
            domain |= Domain("phone_sanitized", "=", False) & Domain("phone", "!=", False)
        if any(one.emails for one in persons.values()):
            domain |= Domain("email", "=like", "%@%@%")
        known = import_rows.Known()
        leads = self.partners.with_context(active_test=False).search(
            domain & Domain("partner_share", "=", True), order="active desc, id"
        )
        for lead in leads:
            numbers = read_cell(lead.phone, lead.country_id.code or self.env.company.country_id.code).numbers
            emails = email_normalize_all(lead.email or "")
            known.add(lead.id, self._person(lead.lead_code, emails, numbers, lead.name))
        by_ref = self._of_refs({one.ref for one in persons.values() if one.ref})
        return {
            nr: import_rows.Match(by_ref[one.ref], "id") if one.ref in by_ref else known.find(one)
            for nr, one in persons.items()
        }
