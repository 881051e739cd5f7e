"""Clients for probes: in the process of the server, or over HTTP. Both keep every text that is returned."""

import re
from copy import deepcopy
from decimal import Decimal
from unittest.mock import patch
from xmlrpc.client import Marshaller

from odoo.exceptions import AccessError, UserError, ValidationError

from .remote import is_refused

REFUSALS = (AccessError, UserError, ValidationError)
_RECORD = re.compile(r'^(?:.*"result": )?\[?(\d+)[\],} ]')


def _flat(spec):
    """The same fields, but only the ID of linked records; lines keep their fields."""
    return {name: {"fields": _flat(part["fields"])} if _is_lines(part) else {} for name, part in spec.items()}


def _texts(spec):
    """The fields that are not links; lines keep theirs."""
    return {
        name: {"fields": _texts(part["fields"])} if _is_lines(part) else {}
        for name, part in spec.items()
        if _is_lines(part) or "fields" not in part
    }


def _each(spec):
    for name, part in _texts(spec).items():
        if "fields" in part:
            yield from ({name: {"fields": {field: {}}}} for field in part["fields"])
        else:
            yield {name: {}}


def _is_lines(part):
    """Whether a part of the specification is a whole line rather than the fields of a linked record."""
    return any("fields" in field for field in part.get("fields", {}).values())


class Client:
    """Sends calls, and keeps the answers."""

    thorough = False  # request each field separately if all together are refused

    def __init__(self):
        self.answers = []
        self.refusals = 0

    @property
    def text(self):
        return "\n".join(self.answers)

    def call(self, model, method, ids=None, context=None, **kwargs):
        """Return the result of the method, or None when it was refused."""
        raise NotImplementedError

    def form(self, model, values, field_names, spec, ids=(), context=None):
        """Call onchange with all fields; a refused field must not hide the others."""
        for asked in (spec, _flat(spec), _texts(spec), *(_each(spec) if self.thorough else ())):
            vals = deepcopy(values)
            answer = self.call(
                model, "onchange", list(ids), context=context, values=vals, field_names=field_names, fields_spec=asked
            )
            if answer is not None and len(asked) > 1:
                return

    def make(self, model, vals, names, spec, lines=None, context=None):
        if created := self._record(self.call(model, "create", context=context, vals_list=[vals])):
            self.look(model, [created], names, spec, lines)

    def duplicate(self, model, record_id, default, names, spec):
        if copied := self._record(self.call(model, "copy", [record_id], default=default)):
            self.look(model, [copied], names, spec)

    def make_by_name(self, model, names, spec, context):
        if created := self._record(self.call(model, "name_create", context=context, name="x")):
            self.look(model, [created], names, spec)

    def look(self, model, ids, names, spec, lines=None):
        """Read the fields of records and of their lines, as lists and forms do."""
        if self.call(model, "read", ids, fields=list(names)) is None:
            for name in names:
                self.call(model, "read", ids, fields=[name])
        if self.call(model, "web_read", ids, specification=spec) is None:
            self.call(model, "web_read", ids, specification=_flat(spec))
        if lines:
            line_field, line_model, line_names = lines
            line_ids = self._lines(model, ids, line_field)
            if line_ids:
                self.call(line_model, "read", line_ids, fields=list(line_names))

    def _record(self, answer):
        raise NotImplementedError

    def _lines(self, model, ids, line_field):
        raise NotImplementedError


class InProcess(Client):
    """Calls public methods like a request, but without HTTP."""

    def __init__(self, env):
        super().__init__()
        self.env = env

    def call(self, model, method, ids=None, context=None, **kwargs):
        records = self.env[model].with_context(**(context or {}))
        if ids:
            records = records.browse(ids)
        try:
            answer = getattr(records, method)(**kwargs)
            self.env.flush_all()
        except Exception as error:  # any error is returned to the client
            self.refusals += isinstance(error, REFUSALS)
            self.answers.append(f"{type(error).__name__}: {error}")
            if method not in ("read", "web_read", "onchange", "default_get"):
                raise Stopped from error
            return None
        self.env.invalidate_all()
        self.answers.append(str(answer))
        return answer

    def _record(self, answer):
        if isinstance(answer, (list, tuple)):
            return answer[0] if answer else None
        return answer.id if hasattr(answer, "_name") else answer

    def _lines(self, model, ids, line_field):
        try:
            return self.env[model].browse(ids)[line_field].ids
        except REFUSALS:
            return []


class Stopped(Exception):
    """A call failed that later ones depend on: the transaction cannot continue."""


class AtInterface(Client):
    """Calls over HTTP."""

    def __init__(self, test, interface):
        super().__init__()
        self.test, self.interface = test, interface

    def call(self, model, method, ids=None, context=None, **kwargs):
        if context:
            kwargs["context"] = context
        with patch.dict(Marshaller.dispatch, {Decimal: _dump_decimal}):
            answer = self.test._rpc(self.interface, model, method, ids, **kwargs)
        self.answers.append(answer)
        if is_refused(answer):
            self.refusals += 1
            return None
        return answer

    def _record(self, answer):
        found = _RECORD.match(f"{answer} ") if answer else None
        return int(found[1]) if found else None

    def _lines(self, model, ids, line_field):
        return []


def _dump_decimal(marshaller, value, write):
    write(f"<value><bigdecimal>{value}</bigdecimal></value>")
