"""Runs single probes: a field, a form, a place, an entry point, a record. Returns what leaked."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import SQL

from .link_cases import Cases, Things
from .link_clients import AtInterface, InProcess, Stopped
from .link_forms import FORMS_OF, PLACES, Case, Form, Parent, Place
from .link_judge import ROW, LinkJudge
from .marks import marks_in
from .remote import INTERFACES

PLAIN = ("integer", "link")
# The main models, which are probed in every form.
MAIN = ("res.partner", "sale.order", "mail.message")


@dataclass(frozen=True)
class Probe:
    """One call; an empty ``interface`` means a call in the process of the server."""

    case: Case
    form: Form
    place: Place
    nr: int
    parent: Parent | None = None
    interface: str = ""

    @property
    def kind(self):
        return f"{self.place.name}: {self.form.name}" + (f" at {self.interface}" if self.interface else "")

    @property
    def name(self):
        through = f" through {self.parent.model}.{self.parent.field}" if self.parent else ""
        return f"{self.case.name}{through}, {self.kind}, {self.case.comodel or 'document'} {self.nr}"


@dataclass(frozen=True)
class Example:
    """A probe identified by names: a leak found once, which must not come back."""

    threat: str
    model: str
    field: str
    form: str
    place: str
    thing: str = "partner"
    customer: str = "B"
    parent: str = ""  # the model that has the model of the field as lines
    is_document: bool = False  # the field holds the ID of a document of any model
    interface: str = ""

    @property
    def name(self):
        through = f" on {self.parent}" if self.parent else ""
        at = f" at {self.interface}" if self.interface else ""
        return f"{self.threat} {self.model}.{self.field}{through}: {self.thing} by {self.form}, {self.place}{at}"


@dataclass
class Told:
    """The result of a call: marks returned, and links created or emptied in the database."""

    marks: set
    links: set
    emptied: bool
    text: str

    def leaks(self, allowed):
        """Return what is wrong with the result if the record is out of sight."""
        wrong = [f"told {mark}" for mark in sorted(self.marks - allowed)]
        for place, row, nr in sorted(self.links, key=str):
            wrong.append(f"changed the {place} {row}" if place.startswith(ROW) else f"left {place} of {row} as {nr}")
        return wrong + ["emptied the link"] * self.emptied


class Asker:
    """Runs probes as a role, within ``_as`` of the test; all their changes are rolled back."""

    def __init__(self, test, env):
        """:param test: a test on the marked world; for probes over HTTP, signed in (``_enter``)
        :param env: the environment of the role
        """
        self.test, self.env = test, env
        self.things = Things(env, test.world)
        self.cases = Cases(env, self.things)
        # The ID of a row without an owner, such as a message on the bus, is not a link to anything.
        guarded = test.env["base"]._leads_guarded_models()
        hidden = {model: ids for model, ids in self.things.all_hidden.items() if model in guarded}
        self.judge = LinkJudge(test.env, hidden)

    def ask(self, probe):
        """Run a probe.

        :rtype: Told
        """
        client = AtInterface(self.test, probe.interface) if probe.interface else InProcess(self.env)
        client.thorough = not probe.interface and probe.form.name in PLAIN
        case = probe.case
        before = self._linked(case) if probe.place.writes else None
        links, emptied = set(), False
        with self._undone(bool(probe.interface)):
            # A failed call was rolled back and leaves nothing.
            with suppress(Stopped):
                arguments = (client, case, probe.form.make(probe.nr))
                probe.place.ask(*arguments, *([probe.parent] if probe.parent else []))
                if probe.place.writes and not self._is_broken():
                    links = self.judge.new()
                    emptied = before is not None and self._linked(case) is None
        text = client.text
        return Told(marks_in(text), links, emptied, text)

    def _linked(self, case):
        """Return the link stored in the row of the user's own record, bypassing the cache."""
        env = self.test.env
        field = env[case.model]._fields[case.field]
        if case.own is None or not (field.store and field.column_type) or field.type not in ("many2one", "integer"):
            return None
        column, table = SQL.identifier(field.name), SQL.identifier(env[case.model]._table)
        env.cr.execute(SQL("SELECT %s FROM %s WHERE id = %s", column, table, case.own))
        row = env.cr.fetchone()
        return row and row[0]

    def _is_broken(self):
        """Whether the database refused a statement: the transaction is then rolled back."""
        return self.test.env.cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR

    @contextmanager
    def _undone(self, over_http):
        """Like :meth:`_rolled_back`, but keep caches that were not changed."""
        if over_http:
            with self.test._rolled_back():
                yield
            return
        env = self.test.env
        savepoint = env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            if env.registry.cache_invalidated:
                env.registry.clear_all_caches()
                env.registry.cache_invalidated.clear()
            env.invalidate_all(flush=False)
            env.transaction.clear()

    def example(self, example):
        """Return the probe of an example."""
        case = self.cases.case(example.model, example.field)
        thing = self.test.world[example.customer][example.thing]
        if example.is_document:
            case = self.cases.document(case, thing._name)
        [form] = (form for form in FORMS_OF[case.kind] if form.name == example.form)
        [place] = (place for place in PLACES if place.name == example.place)
        parents = [parent for parent in case.parents if parent.model == example.parent] if example.parent else [None]
        return Probe(case, form, place, thing.id, parents[0], example.interface)

    # ------------------------------------------------------------------
    # All probes
    # ------------------------------------------------------------------

    def probes(self, case, places=PLACES, forms=None):
        """Yield every probe of a case: each form, in each place, at each entry point that can carry it."""
        hidden = self.things.hidden[case.comodel]
        for form in forms or FORMS_OF[case.kind]:
            if not self._is_worth_asking(case, form):
                continue
            # Plain IDs are tried for all kinds of hidden records: unassigned, a colleague's, and hidden ones of the own
            # customer.
            ids = hidden if form.name in PLAIN and case.comodel in MAIN else hidden[:1]
            for place in places:
                for interface in self._interfaces(form, place):
                    for parent in case.parents if place.lines else (None,):
                        if self._has_own(place, case, parent):
                            yield from (
                                Probe(case, form, place, nr, parent, interface)
                                for nr in (ids[:1] if interface else ids)
                            )

    def _is_worth_asking(self, case, form):
        """Whether the form can make a difference.

        A model that cannot be created is refused before the values are read, and for links to any model, the model does
        not matter.
        """
        if not case.may_create and form.name not in PLAIN:
            return False
        return case.is_link or form.name in PLAIN or case.comodel in MAIN

    @staticmethod
    def _interfaces(form, place):
        if (place.lines and not form.on_lines) or (form.rare and not place.is_main):
            return ()
        interfaces = ("", *INTERFACES) if place.over_http and form.over_http else ("",)
        return tuple(interface for interface in interfaces if not form.only_at or interface in form.only_at)

    @staticmethod
    def _has_own(place, case, parent):
        if not place.needs_own:
            return True
        if parent is None:
            return case.own is not None
        return parent.own is not None and (place.name != "an own line" or parent.own_line is not None)


def shows(*examples):
    """Return a finding for the mutants: what any of these examples reveals or changes."""

    def finding(test, env, role):
        asker = Asker(test, env)
        told = {example.name: asker.ask(asker.example(example)).leaks(role.allowed) for example in examples}
        return {name: wrong for name, wrong in told.items() if wrong}

    return finding
