"""The forms and places in which a request can contain a record.

A *form* is a representation of the ID: the integer itself, a text, a float, an object. A *place* is where it is sent: a
value of ``create``, a default of the context, a line of another record. Every form is tried in every place that accepts
it, for every field of the registry.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

LINK, LINKS, NUMBER, REFERENCE = "link", "links", "number", "reference"


@dataclass(frozen=True)
class Form:
    """A representation of an ID.

    ``links`` means that it must link a record in sight, as the guard promises. Other forms may be refused.
    """

    name: str
    make: Callable[[int], Any]
    links: bool = False
    only_at: frozenset = frozenset()  # the entry points that can carry it; all if empty
    on_lines: bool = False  # also tried in nested places
    over_http: bool = False  # also tried over HTTP
    rare: bool = False  # only tried in the main places


FORMS = (
    Form("integer", lambda nr: nr, links=True, on_lines=True, over_http=True),
    Form("text", str, links=True, on_lines=True, over_http=True),
    Form("float", float, links=True, on_lines=True, over_http=True),
    Form("object", lambda nr: {"id": nr}, on_lines=True, over_http=True),
    Form("padded text", lambda nr: f" {nr}", over_http=True),
    Form("text of a float", lambda nr: f"{nr}.0", over_http=True),
    Form("text with a sign", lambda nr: f"+{nr}", rare=True),
    Form("text with underscores", lambda nr: "_".join(str(nr)), rare=True),
    Form("hexadecimal text", hex, rare=True),
    Form("fraction that PostgreSQL rounds", lambda nr: nr - 0.4, rare=True),
    Form("decimal", Decimal, only_at=frozenset(("", "xmlrpc")), over_http=True, rare=True),
    Form("list", lambda nr: [nr], rare=True),
    Form("pair", lambda nr: [nr, "x"], rare=True),
)
COMMANDS = (
    Form("link", lambda nr: [[4, nr, 0]], links=True, on_lines=True, over_http=True),
    Form("set", lambda nr: [[6, 0, [nr]]], links=True, on_lines=True, over_http=True),
    Form("link by text", lambda nr: [[4, str(nr), 0]], on_lines=True, over_http=True),
    Form("set by text", lambda nr: [[6, 0, [str(nr)]]], on_lines=True, over_http=True),
    Form("link by float", lambda nr: [[4, float(nr), 0]], rare=True),
    Form("set by float", lambda nr: [[6, 0, [float(nr)]]], rare=True),
    Form("link by object", lambda nr: [[4, {"id": nr}, 0]], rare=True),
    Form("update", lambda nr: [[1, nr, {}]]),
    Form("update by text", lambda nr: [[1, str(nr), {}]], rare=True),
    Form("new with the number", lambda nr: [[0, nr, {"id": nr}]], rare=True),
    Form("plain numbers", lambda nr: [nr]),
    Form("plain texts", lambda nr: [str(nr)], rare=True),
)
# Forms for the ID of a document, in fields that may hold a text with several IDs.
NUMBERS = (
    Form("integer", lambda nr: nr, over_http=True),
    Form("text", str, over_http=True),
    Form("list", lambda nr: [nr], over_http=True),
    Form("text of a list", lambda nr: f"[{nr}]", over_http=True),
    Form("float", float),
    Form("padded text", lambda nr: f" {nr}"),
)
# Forms for the ID of the active record, in the context.
STANDING = (
    Form("integer", lambda nr: nr),
    Form("text", str),
)


@dataclass(frozen=True)
class Parent:
    """A model that has the model of a case as lines."""

    model: str
    field: str
    inverse: str
    names: tuple
    spec: dict
    required: dict
    own: int | None = None  # a record to write on
    own_line: int | None = None


@dataclass(frozen=True)
class Case:
    """A field to probe, with the other values that calls on its model need."""

    model: str
    field: str
    kind: str
    comodel: str
    names: tuple  # of the requested fields
    spec: dict  # the same for forms
    required: dict  # required values for `create`
    may_create: bool = True
    own: int | None = None  # a record to write on
    parents: tuple = ()
    given: dict = field(default_factory=dict)  # further values, such as the model of a document

    @property
    def name(self):
        return f"{self.model}.{self.field}"

    @property
    def is_link(self):
        """Whether the field itself determines the model of its link."""
        return self.kind in (LINK, LINKS) and self.field != "id"

    def defaults(self, value):
        return {f"default_{name}": given for name, given in self.values(value).items()}

    def standing(self, value):
        """The context of a user with this active record."""
        return {"active_model": self.comodel, "active_id": value, "active_ids": [value]}

    def values(self, value):
        return {**self.given, self.field: f"{self.comodel},{value}" if self.kind == REFERENCE else value}


@dataclass(frozen=True)
class Place:
    """Where a form is sent: a function of a client, a case and the value."""

    name: str
    ask: Callable
    writes: bool = False
    lines: bool = False  # tried once per parent of the model
    needs_own: bool = False
    over_http: bool = False  # also tried over HTTP; other places differ in the call, not in the entry point

    @property
    def is_main(self):
        return self.over_http or self.name == "a write"


# ------------------------------------------------------------------
# Before saving
# ------------------------------------------------------------------


def _new_form_by_default(client, case, value):
    client.form(case.model, {}, [], case.spec, context=case.defaults(value))


def _new_form_with_value(client, case, value):
    client.form(case.model, case.values(value), [], case.spec)


def _changed_field(client, case, value):
    client.form(case.model, case.values(value), [*case.given, case.field], case.spec)


def _changed_field_of_own(client, case, value):
    client.form(case.model, case.values(value), [*case.given, case.field], case.spec, ids=[case.own])


def _default_values(client, case, value):
    client.call(case.model, "default_get", fields=list(case.names), context=case.defaults(value))


# ------------------------------------------------------------------
# Saving and reading
# ------------------------------------------------------------------


def _created(client, case, value):
    client.make(case.model, {**case.required, **case.values(value)}, case.names, case.spec)


def _created_by_default(client, case, value):
    client.make(case.model, case.required, case.names, case.spec, context=case.defaults(value))


def _created_by_name(client, case, value):
    client.make_by_name(case.model, case.names, case.spec, context=case.defaults(value))


def _copied(client, case, value):
    client.duplicate(case.model, case.own, case.values(value), case.names, case.spec)


def _written(client, case, value):
    client.call(case.model, "write", [case.own], vals=case.values(value))
    client.look(case.model, [case.own], case.names, case.spec)


def _web_saved(client, case, value):
    client.call(case.model, "web_save", [case.own], vals=case.values(value), specification={"display_name": {}})
    client.look(case.model, [case.own], case.names, case.spec)


# ------------------------------------------------------------------
# Lines
# ------------------------------------------------------------------


def _line(case, parent, value):
    line = {**case.required, **case.values(value)}
    line.pop(parent.inverse, None) if parent.inverse != case.field else None
    return line


def _spec_with_lines(case, parent):
    """Lines are not requested back as sent: the form returns them in computed fields."""
    return {**parent.spec, parent.field: {"fields": case.spec}}


def _form_with_line(client, case, value, parent):
    lines = [[0, "virtual_1", case.values(value)]]
    client.form(parent.model, {parent.field: lines}, [parent.field], _spec_with_lines(case, parent))


def _form_with_line_by_default(client, case, value, parent):
    context = {f"default_{parent.field}": [[0, 0, case.values(value)]]}
    client.form(parent.model, {}, [], {parent.field: {"fields": case.spec}}, context=context)


def _form_with_default_of_line(client, case, value, parent):
    lines = [[0, "virtual_1", {}]]
    spec = _spec_with_lines(case, parent)
    client.form(parent.model, {parent.field: lines}, [parent.field], spec, context=case.defaults(value))


def _created_with_line(client, case, value, parent):
    vals = {**parent.required, parent.field: [[0, 0, _line(case, parent, value)]]}
    client.make(parent.model, vals, parent.names, parent.spec, lines=(parent.field, case.model, case.names))


def _written_with_line(client, case, value, parent):
    client.call(parent.model, "write", [parent.own], vals={parent.field: [[0, 0, _line(case, parent, value)]]})
    client.look(parent.model, [parent.own], parent.names, parent.spec, lines=(parent.field, case.model, case.names))


def _written_on_line(client, case, value, parent):
    client.call(parent.model, "write", [parent.own], vals={parent.field: [[1, parent.own_line, case.values(value)]]})
    client.look(case.model, [parent.own_line], case.names, case.spec)


PLACES = (
    Place("a new form, by default", _new_form_by_default, over_http=True),
    Place("a new form, by value", _new_form_with_value),
    Place("a form, changed", _changed_field, over_http=True),
    Place("a form of an own record, changed", _changed_field_of_own, needs_own=True),
    Place("default values", _default_values),
    Place("a new record", _created, writes=True, over_http=True),
    Place("a new record, by default", _created_by_default, writes=True),
    Place("a new record, by its name", _created_by_name, writes=True),
    Place("a copy", _copied, writes=True, needs_own=True),
    Place("a write", _written, writes=True, needs_own=True),
    Place("a write of a form", _web_saved, writes=True, needs_own=True),
    Place("a line on a form", _form_with_line, lines=True),
    Place("a line on a form, by default", _form_with_line_by_default, lines=True),
    Place("a line on a form, its default", _form_with_default_of_line, lines=True),
    Place("a line of a new record", _created_with_line, writes=True, lines=True),
    Place("a line of an own record", _written_with_line, writes=True, lines=True, needs_own=True),
    Place("an own line", _written_on_line, writes=True, lines=True, needs_own=True),
)


# ------------------------------------------------------------------
# Active record
# ------------------------------------------------------------------


def _standing_default_values(client, case, value):
    client.call(case.model, "default_get", fields=list(case.names), context=case.standing(value))


def _standing_form(client, case, value):
    client.form(case.model, {}, [], case.spec, context=case.standing(value))


def _standing_record(client, case, value):
    client.make(case.model, case.required, case.names, case.spec, context=case.standing(value))


STANDING_PLACES = (
    Place("default values, standing on it", _standing_default_values),
    Place("a new form, standing on it", _standing_form, over_http=True),
    Place("a new record, standing on it", _standing_record, writes=True),
)
FORMS_OF = {LINK: FORMS, LINKS: COMMANDS, NUMBER: NUMBERS, REFERENCE: NUMBERS}
