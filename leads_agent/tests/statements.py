import re
from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tools import SQL

from .common import LeadsAgentCommon

OURS = "odoo.addons.leads_agent"
# Where the guard of links is, in whichever of our addons; what the rules ask for is not the guard's.
GUARD = re.compile(rf"{re.escape(OURS)}\w*\.models\.access\.(?!res_users|ir_rule).+")
# What guards links there on models of which other things are guarded, too.
OF_LINKS = {"onchange", "_leads_judged", "_leads_check_sign_in"}
MIXED = ("res_partner", "sale_order", "leads_agent_assignment")
# What differs from one second to the next: times, ids of messages, savepoints, tokens.
PASSING = re.compile(
    r"'\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?'(::timestamp)?|<\d[\w.+-]*@[^>]*>"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|_[0-9a-f]{32}|\b[0-9a-f]{32}\b"
)

# Numbers of records come in the order of a Python set.
NUMBERS = re.compile(r"(?<= IN \()\d+(?:, \d+)+(?=\))")


def _comparable(text):
    """A statement without what differs though the same is asked."""
    return NUMBERS.sub(lambda found: ", ".join(sorted(found[0].split(", "), key=int)), PASSING.sub("*", text))


def guard_methods(registry):
    """What the guard overrides: ``[(class, name of the method, method)]``."""
    found, elsewhere = {}, {}
    for model_class in registry.values():
        bases = [cls for cls in model_class.__mro__ if not getattr(cls, "pool", None)]
        guards = [cls for cls in bases if GUARD.fullmatch(cls.__module__)]
        others = [cls for cls in bases if cls not in guards]
        for cls in guards:
            for name, method in vars(cls).items():
                if name.startswith("__") or not (callable(method) or isinstance(method, property | classmethod)):
                    continue
                if cls.__module__.endswith(MIXED) and name not in OF_LINKS:
                    continue
                found[cls, name] = method
                overrides = any(name in vars(other) for other in others)
                elsewhere[cls, name] = elsewhere.get((cls, name), True) and overrides
    return [(cls, name, method) for (cls, name), method in found.items() if elsewhere[cls, name]]


class StatementsCommon(LeadsAgentCommon):
    """What is asked of the database, statement by statement, with the guard in place and without it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].browse([cls._lead(f"Café {nr}").id for nr in range(10)])
        cls.orders = cls.customers.sale_order_ids

    def _sequences(self):
        self.env.cr.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return self.env.cr.fetchall()

    def _settle(self):
        """Write everything down and forget it, as between two requests."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        self.env.invalidate_all()

    def _begin(self):
        """Begin in the same state each time: nothing cached of records, new ids from the same numbers on."""
        self._settle()
        for name, value in self._sequences():
            if value != self.numbers.get(name):
                before = self.numbers.get(name)
                self.env.cr.execute("SELECT setval(%s, %s, %s)", [f'"{name}"', before or 1, before is not None])

    @contextmanager
    def _undone(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.cr.precommit.clear()
            self.env.cr.postcommit.clear()
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()

    @contextmanager
    def _without_guard(self):
        """The classes of the guard have their overrides no longer, so that the next ones answer."""
        removed = guard_methods(self.registry)
        try:
            for cls, name, _method in removed:
                delattr(cls, name)
            self.registry.clear_all_caches()
            yield
        finally:
            for cls, name, method in removed:
                setattr(cls, name, method)
            self.registry.clear_all_caches()

    @contextmanager
    def _without_rules(self):
        """The record rules of our addons are switched off."""
        shipped = self.env["ir.model.data"].search([("model", "=", "ir.rule"), ("module", "=like", "leads_agent%")])
        rules = self.env["ir.rule"].browse(shipped.mapped("res_id"))
        self.assertGreater(len(rules), 15)
        rules.active = False
        try:
            yield
        finally:
            rules.active = True

    def _statements(self, user, prepare, work):
        """Every statement of a piece of work, values included, until all is written. It is undone.

        :param prepare: makes what the work is about; not recorded
        """
        texts = []
        execute = Cursor.execute

        def listen(cursor, query, params=None, log_exceptions=True):
            code, values = (query.code, query.params) if isinstance(query, SQL) else (query, params)
            texts.append(_comparable(cursor._obj.mogrify(code, values).decode()))
            return execute(cursor, query, params, log_exceptions)

        # The first run fills the caches of rules, rights and the like.
        for _turn in range(2):
            self._begin()
            with self._undone():
                env = self.env(user=user, context={"lang": "en_US", "tz": "UTC"})
                prepared = [prepare(env)] if prepare else []
                self.env.flush_all()
                self.env.cr.precommit.run()
                self.env.invalidate_all()
                texts.clear()
                with patch.object(Cursor, "execute", listen):
                    work(env, *prepared)
                    env.flush_all()
                    env.cr.precommit.run()
        return list(texts)

    def _all_statements(self, users, works):
        """``{(login, name of the work, number of records): statements}``"""
        return {
            (user.login, name, count): self._statements(
                user,
                prepare and (lambda env, count=count, prepare=prepare: prepare(env, count)),
                lambda env, *prepared, count=count, work=work: work(env, count, *prepared),
            )
            for user in users
            for name, (prepare, work) in works.items()
            for count in (1, 10)
        }

    def _assert_same_text(self, users, works):
        """The works ask the very same of the database without our guard and without our rules.

        Statements are compared to the letter, but not their order: core walks sets of fields and of records.
        """
        for user in users:
            self.assertFalse(user._is_leads_agent() or user._is_leads_manager(), user.login)
        self._settle()
        self.numbers = dict(self._sequences())
        ours = self._all_statements(users, works)
        with self._without_rules(), self._without_guard():
            plain = self._all_statements(users, works)
        for key, statements in ours.items():
            with self.subTest(key):
                self.assertTrue(statements)
                self.assertEqual(sorted(statements), sorted(plain[key]))

    def _assert_guard_costs(self, works):
        """Assert the queries of the guard for a locked agent, for any number of records.

        :param works: ``{name: (prepare, work, most)}``; ``most`` may be a function of the number of records
        """
        both = {name: (prepare, work) for name, (prepare, work, _most) in works.items()}
        self.env.company.leads_agent_lock_assigned = True
        self._settle()
        self.numbers = dict(self._sequences())
        # Sight is read again in each second.
        with freeze_time(fields.Datetime.now()):
            guarded = self._all_statements([self.agent], both)
            with self._without_guard():
                plain = self._all_statements([self.agent], both)
        for (login, name, count), statements in guarded.items():
            with self.subTest(work=name, count=count):
                most, without = works[name][2], list(plain[login, name, count])
                more = len(statements) - len(without)
                asked = [text for text in statements if text not in without or without.remove(text)]
                self.assertLessEqual(more, most(count) if callable(most) else most, "\n".join(asked))
