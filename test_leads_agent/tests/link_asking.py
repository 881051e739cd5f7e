"""Asks one thing: a field, a form, a place, a door, a record. What it returns is what leaked."""

from contextlib import contextmanager
from dataclasses import dataclass

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from .doors import DOORS, Doors
from .link_cases import Cases, Things
from .link_clients import AtDoor, InProcess, Stopped
from .link_forms import FORMS_OF, PLACES, Case, Form, Parent, Place
from .link_judge import LinkJudge
from .scenario import marks_in


@dataclass(frozen=True)
class Probe:
    """One call; ``door`` is empty for a call in the process of the server."""

    case: Case
    form: Form
    place: Place
    nr: int
    parent: Parent | None = None
    door: str = ""

    @property
    def kind(self):
        return f"{self.place.name}: {self.form.name}" + (f" at {self.door}" if self.door else "")

    @property
    def name(self):
        through = f" through {self.parent.model}.{self.parent.field}" if self.parent else ""
        return f"{self.case.name}{through}, {self.kind}, {self.case.comodel or 'document'} {self.nr}"


@dataclass
class Told:
    """What a call told: marks, and links and empty links that it left in the database."""

    marks: set
    links: set
    emptied: bool
    text: str

    def leaks(self, allowed):
        """What is wrong when the record was out of sight."""
        wrong = [f"told {mark}" for mark in sorted(self.marks - allowed)]
        wrong += [f"left a link {place} of {row} to {nr}" for place, row, nr in sorted(self.links, key=str)]
        return wrong + ["emptied the link"] * self.emptied


class LinkAsking(Doors):
    """Fires probes within :meth:`_as` of a role; whatever they do is rolled back."""

    def _begin(self, env):
        """Learn what the role has, before anything is asked."""
        self.things = Things(env, self.world)
        self.cases = Cases(env, self.things)
        self.judge = LinkJudge(self.env, self.things.all_hidden)
        self.addCleanup(self.judge.close)

    def _ask(self, env, probe):
        """Fire a probe.

        :rtype: Told
        """
        client = AtDoor(self, probe.door) if probe.door else InProcess(env)
        case = probe.case
        before = self._linked(case) if probe.place.writes else None
        links, emptied = set(), False
        with self._undone(bool(probe.door)):
            try:
                arguments = (client, case, probe.form.make(probe.nr))
                probe.place.ask(*arguments, *([probe.parent] if probe.parent else []))
                if probe.place.writes and not self._is_broken():
                    links = self.judge.new()
                    emptied = before is not None and self._linked(case) is None
            except Stopped:
                pass
        text = client.text
        return Told(marks_in(text), links, emptied, text)

    def _linked(self, case):
        """What the row of the own record links to, past the cache."""
        field = self.env[case.model]._fields[case.field]
        if case.own is None or not (field.store and field.column_type) or field.type not in ("many2one", "integer"):
            return None
        self.env.cr.execute(f'SELECT "{field.name}" FROM "{self.env[case.model]._table}" WHERE id = %s', [case.own])
        row = self.env.cr.fetchone()
        return row and row[0]

    def _is_broken(self):
        """Whether the database refused something: then all of it is rolled back."""
        return self.env.cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR

    @contextmanager
    def _undone(self, over_http):
        """As :meth:`_rolled_back`, but caches that nothing touched are kept."""
        if over_http:
            with self._rolled_back():
                yield
            return
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            if self.env.registry.cache_invalidated:
                self.env.registry.clear_all_caches()
                self.env.registry.cache_invalidated.clear()
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()

    # ------------------------------------------------------------------
    # All that there is to ask
    # ------------------------------------------------------------------

    def _probes(self, case, places=PLACES, forms=None):
        """Yield every probe of a case: each form, in each place, at each door that carries it."""
        hidden = self.things.hidden[case.comodel]
        for form in forms or FORMS_OF[case.kind]:
            # By the plain number all that is closed is asked for: of others, of a colleague, of the own customer.
            ids = hidden if form.name in ("integer", "link") else hidden[:1]
            for place in places:
                for door in self._doors(case, form, place):
                    for parent in case.parents if place.lines else (None,):
                        if self._has_own(place, case, parent):
                            yield from (Probe(case, form, place, nr, parent, door) for nr in (ids[:1] if door else ids))

    def _doors(self, case, form, place):
        if place.lines and not form.on_lines:
            return ()
        doors = ("", *DOORS) if place.at_doors and form.at_doors else ("",)
        if not case.may_create and form.name not in ("integer", "link"):
            doors = ("",)  # refused before anything is looked at
        return tuple(door for door in doors if not form.only_at or door in form.only_at)

    @staticmethod
    def _has_own(place, case, parent):
        if not place.needs_own:
            return True
        if parent is None:
            return case.own is not None
        return parent.own is not None and (place.name != "an own line" or parent.own_line is not None)
