"""Reads every field of every record that a user can reach, and reports which marks were found where."""

import base64
from collections import defaultdict
from contextlib import suppress

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError

from .marks import marks_in

# Technical models with many rows and no personal data: only some of their records are read.
SAMPLE = 400
REFUSALS = (AccessError, MissingError, UserError, ValidationError)


class Sweep:
    """The result: how many fields were read, and where each mark was found."""

    def __init__(self, env):
        self.env = env
        self.models = 0
        self.reads = 0
        self.refused = []
        self.found = defaultdict(set)

    def run(self, names=None):
        for name in sorted(names or self.env.registry):
            Model = self.env[name].with_context(active_test=False)
            if Model._abstract or (not Model._auto and not Model._table_query and not self._has_table(Model)):
                continue
            if Model.has_access("read"):
                self._model(Model)
        return self

    def _has_table(self, Model):
        self.env.cr.execute("SELECT to_regclass(%s)", [Model._table])
        return self.env.cr.fetchone()[0]

    def _model(self, Model):
        fields = list(Model.fields_get(attributes=["type"]))
        records = Model.search([], limit=self._limit(Model._name), order="id desc")
        self.models += 1
        self.reads += len(fields)
        if not records:
            return
        try:
            self._read(records, fields)
        except REFUSALS:
            # A field that cannot be read must not hide the others.
            for name in fields:
                try:
                    self._read(records, [name])
                except REFUSALS as refusal:
                    self.refused.append((Model._name, name, str(refusal)[:80]))

    def _read(self, records, fields):
        with self.env.cr.savepoint():
            by_id = {record.id: record for record in records}
            for row in records.read(fields):
                for name, value in row.items():
                    for found in marks_in(self._text(value)):
                        self.found[found].add(self._place(by_id[row["id"]], name))

    def _limit(self, _name):
        """Return how many records of a model are read: the newest ones."""
        return SAMPLE

    def _place(self, record, name):
        """Return where a mark was found."""
        return record._name, name

    @staticmethod
    def _text(value):
        """Return the value as text, including the content of files, base64 or raw."""
        if not isinstance(value, bytes):
            return str(value)
        texts = [value]
        with suppress(ValueError):
            texts.append(base64.b64decode(value, validate=True))
        return " ".join(text.decode("utf-8", "ignore") for text in texts)

    def leaks(self, allowed, opened=frozenset()):
        """Return the marks that may not be found, one sentence per model and field, except in models open to all."""
        places = defaultdict(set)
        for found in self.found.keys() - allowed:
            for where in self.found[found]:
                if where[0] not in opened:
                    places[where].add(found)
        return [
            f"{model}.{name}: {' '.join(sorted(found))}" for (model, name), found in sorted(places.items(), key=str)
        ]

    def controls(self, allowed):
        """Return the places of the marks that may be found."""
        return {where for found, places in self.found.items() if found in allowed for where in places}
