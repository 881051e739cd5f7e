"""How a record can be named in a request: in which form, and in which place of which call.

A *form* is what stands for the number: the integer itself, a text, a float, an object. A *place* is where it stands: a
value of ``create``, a default of the context, a line of another record. Every form is tried in every place that takes
it, for every field that the registry has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

LINK, LINKS, NUMBER, REFERENCE = "link", "links", "number", "reference"


@dataclass(frozen=True)
class Form:
    """What stands for a number.

    ``links`` says that a record in sight must be linked by it, as the guard promises. The others may be refused.
    """

    name: str
    make: Callable[[int], Any]
    links: bool = False
    only_at: frozenset = frozenset()  # the doors that can carry it; all when empty
    on_lines: bool = False  # asked in the nested places too
    at_doors: bool = False  # asked over HTTP too
    rare: bool = False  # asked in the main places only


FORMS = (
    Form("integer", lambda nr: nr, links=True, on_lines=True, at_doors=True),
    Form("text", str, links=True, on_lines=True, at_doors=True),
    Form("float", float, links=True, on_lines=True, at_doors=True),
    Form("object", lambda nr: {"id": nr}, on_lines=True, at_doors=True),
    Form("padded text", lambda nr: f" {nr}", at_doors=True),
    Form("text of a float", lambda nr: f"{nr}.0", at_doors=True),
    Form("text with a sign", lambda nr: f"+{nr}", rare=True),
    Form("text with underscores", lambda nr: "_".join(str(nr)), rare=True),
    Form("hexadecimal text", hex, rare=True),
    Form("fraction that PostgreSQL rounds", lambda nr: nr - 0.4, rare=True),
    Form("decimal", Decimal, only_at=frozenset(("", "xmlrpc")), at_doors=True, rare=True),
    Form("list", lambda nr: [nr], rare=True),
    Form("pair", lambda nr: [nr, "x"], rare=True),
)
COMMANDS = (
    Form("link", lambda nr: [[4, nr, 0]], links=True, on_lines=True, at_doors=True),
    Form("set", lambda nr: [[6, 0, [nr]]], links=True, on_lines=True, at_doors=True),
    Form("link by text", lambda nr: [[4, str(nr), 0]], on_lines=True, at_doors=True),
    Form("set by text", lambda nr: [[6, 0, [str(nr)]]], on_lines=True, at_doors=True),
    Form("link by float", lambda nr: [[4, float(nr), 0]], rare=True),
    Form("set by float", lambda nr: [[6, 0, [float(nr)]]], rare=True),
    Form("link by object", lambda nr: [[4, {"id": nr}, 0]], rare=True),
    Form("update", lambda nr: [[1, nr, {}]]),
    Form("update by text", lambda nr: [[1, str(nr), {}]], rare=True),
    Form("new with the number", lambda nr: [[0, nr, {"id": nr}]], rare=True),
    Form("plain numbers", lambda nr: [nr]),
    Form("plain texts", lambda nr: [str(nr)], rare=True),
)
# For the number of a document, which may be one of a text of several.
NUMBERS = (
    Form("integer", lambda nr: nr, at_doors=True),
    Form("text", str, at_doors=True),
    Form("list", lambda nr: [nr], at_doors=True),
    Form("text of a list", lambda nr: f"[{nr}]", at_doors=True),
    Form("float", float),
    Form("padded text", lambda nr: f" {nr}"),
)
# For the number of what the user stands on, in the context.
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
    """A field under attack, and what calls on its model need besides."""

    model: str
    field: str
    kind: str
    comodel: str
    names: tuple  # of the fields asked back
    spec: dict  # the same for forms
    required: dict  # values without which nothing is created
    may_create: bool = True
    own: int | None = None  # a record to write on
    parents: tuple = ()
    given: dict = field(default_factory=dict)  # what goes with the number: the model of a document

    @property
    def name(self):
        return f"{self.model}.{self.field}"

    @property
    def is_link(self):
        """Whether the field itself says what it links to."""
        return self.kind in (LINK, LINKS) and self.field != "id"

    def defaults(self, value):
        return {f"default_{name}": given for name, given in self.values(value).items()}

    def standing(self, value):
        """The context of somebody who stands on a record."""
        return {"active_model": self.comodel, "active_id": value, "active_ids": [value]}

    def values(self, value):
        return {**self.given, self.field: f"{self.comodel},{value}" if self.kind == REFERENCE else value}


@dataclass(frozen=True)
class Place:
    """Where a form stands: a function of a client, a case and the value."""

    name: str
    ask: Callable
    writes: bool = False
    lines: bool = False  # asked once per parent of the model
    needs_own: bool = False
    at_doors: bool = False  # asked over HTTP too; the others differ by the call, not by the door

    @property
    def is_main(self):
        return self.at_doors or self.name == "a write"


# ------------------------------------------------------------------
# Before anything is saved
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
# Saving, then reading what was saved
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
# On lines
# ------------------------------------------------------------------


def _line(case, parent, value):
    line = {**case.required, **case.values(value)}
    line.pop(parent.inverse, None) if parent.inverse != case.field else None
    return line


def _spec_with_lines(case, parent):
    """Lines as they were sent are not sent back: the form tells of them by what it computes from them."""
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
    Place("a new form, by default", _new_form_by_default, at_doors=True),
    Place("a new form, by value", _new_form_with_value),
    Place("a form, changed", _changed_field, at_doors=True),
    Place("a form of an own record, changed", _changed_field_of_own, needs_own=True),
    Place("default values", _default_values),
    Place("a new record", _created, writes=True, at_doors=True),
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
# Standing on a record
# ------------------------------------------------------------------


def _standing_default_values(client, case, value):
    client.call(case.model, "default_get", fields=list(case.names), context=case.standing(value))


def _standing_form(client, case, value):
    client.form(case.model, {}, [], case.spec, context=case.standing(value))


def _standing_record(client, case, value):
    client.make(case.model, case.required, case.names, case.spec, context=case.standing(value))


STANDING_PLACES = (
    Place("default values, standing on it", _standing_default_values),
    Place("a new form, standing on it", _standing_form, at_doors=True),
    Place("a new record, standing on it", _standing_record, writes=True),
)
FORMS_OF = {LINK: FORMS, LINKS: COMMANDS, NUMBER: NUMBERS, REFERENCE: NUMBERS}
