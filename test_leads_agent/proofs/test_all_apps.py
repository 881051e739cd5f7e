import re
import time
from collections import defaultdict
from dataclasses import replace

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import test_forms
from .marks import ROLES, figure
from .opened_by_apps import ALL_EMPLOYEES, NO_ROW, NOT_IN_THE_TEST, OWN
from .scenario_apps import AppsScenario
from .sweep import REFUSALS, Sweep

AGENTS = [role for role in ROLES if role.is_agent]
FORMER = next((role for role in ROLES if role.user == "lost"), None)
# Models attached to a document: marks in them are reported for the document's model.
DOCUMENT_MODEL = {
    "ir.attachment": "res_model",
    "mail.activity": "res_model",
    "mail.followers": "res_model",
    "mail.message": "model",
    "mail.notification": "mail_message_id.model",
    "mail.scheduled.message": "model",
}
LEAST_MODELS, LEAST_READS, LEAST_ROWS = 250, 8000, 45
# The hidden records to use in forms: of unassigned customers and of previous ones.
HIDDEN = "BC"
MUTED = ("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.sql_db")


class AppsSweep(Sweep):
    """Reads all rows of the models with marked ones, also by ID, and reports the document of each mark.

    :param whole: names of these models
    """

    def __init__(self, env, whole):
        super().__init__(env)
        self.whole = whole

    def _limit(self, name):
        return None if name in self.whole else super()._limit(name)

    def _place(self, record, name):
        path = DOCUMENT_MODEL.get(record._name)
        [document] = record.sudo().mapped(path) or [None] if path else [None]
        return (f"{record._name} on {document}" if document else record._name), name

    def read_by_number(self, records):
        """Read the records by ID, whether or not a search would find them."""
        ids = defaultdict(list)
        for record in records:
            ids[record._name] += record.ids
        for name, numbers in ids.items():
            Model = self.env[name]
            if Model.has_access("read") and (readable := Model.browse(numbers).exists()._filtered_access("read")):
                fields = list(Model.fields_get(attributes=["type"]))
                try:
                    self._read(readable, fields)
                except REFUSALS:
                    self._read_one_by_one(readable, fields)
        return self

    def _read_one_by_one(self, records, fields):
        for name in fields:
            try:
                self._read(records, [name])
            except Exception as refusal:  # after any error, the field is not readable
                self.refused.append((records._name, name, str(refusal)[:80]))


def model_of(place):
    """Return the model that opens a place: records attached to a document are read with it."""
    return place.split(" on ")[-1]


@tagged("post_install", "-at_install", "-standard", "-leads_prove", "leads_apps")
class TestAllApps(AppsScenario, test_forms.TestForms):
    """With all community apps, agents read out of sight only what an app opens to everybody, and each case is listed.

    Only run by `make prove`, on a separate database; see `around/all_apps.py`.
    """

    allow_inherited_tests_method = True

    @classmethod
    @mute_logger(*MUTED)
    def setUpClass(cls):
        started = time.monotonic()
        super().setUpClass()
        figure("all apps", "modules", len(cls.env.registry._init_modules))
        figure("all apps", "models with marked rows", len(cls.rows.made))
        figure("all apps", "marked rows", sum(map(len, cls.planted.values())))
        figure("all apps", "seconds to make them", round(time.monotonic() - started, 1))

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def test_marked_rows_were_made_in_every_model_with_a_link(self):
        """If none could be created, the reason is known."""
        self.assertEqual(self.rows.failed.keys() - NO_ROW.keys(), set(), self.rows.failed)
        self.assertGreaterEqual(len(self.rows.made), LEAST_ROWS)

    # ------------------------------------------------------------------
    # Sweep
    # ------------------------------------------------------------------

    def _swept(self, env, role):
        """Return what a role finds by searching and by ID: ``{model that opens it: {mark: fields}}``."""
        started = time.monotonic()
        sweep = AppsSweep(env, {*self.rows.made, *DOCUMENT_MODEL}).run()
        sweep.read_by_number(record for things in self.world.values() for record in things.values())
        found = defaultdict(lambda: defaultdict(set))
        for mark, places in sweep.found.items():
            for place, name in places:
                found[model_of(place)][mark].add(f"{place}.{name}")
        figure("all apps: sweep", f"{role.name}: models", sweep.models)
        figure("all apps: sweep", f"{role.name}: fields read", sweep.reads)
        figure("all apps: sweep", f"{role.name}: fields refused", len(sweep.refused))
        figure("all apps: sweep", f"{role.name}: positive controls", len(sweep.controls(role.allowed)))
        figure("all apps: sweep", f"{role.name}: seconds", round(time.monotonic() - started, 1))
        self.assertGreaterEqual(sweep.models, LEAST_MODELS)
        self.assertGreaterEqual(sweep.reads, LEAST_READS)
        self.assertEqual(role.allowed - sweep.found.keys(), set(), "every mark in sight is found")
        return found

    @staticmethod
    def _leaks(found, allowed):
        """Return ``{model: {mark: fields}}`` of marks that may not be found."""
        return {
            model: beyond
            for model, marks in found.items()
            if (beyond := {mark: fields for mark, fields in marks.items() if mark not in allowed})
        }

    @staticmethod
    def _listed(leaks):
        return "\n" + "\n".join(
            f"{model}: {' '.join(sorted(marks))}: {' '.join(sorted(set().union(*marks.values())))[:400]}"
            for model, marks in sorted(leaks.items())
        )

    def _unnamed(self, leaks, role):
        """Return leaks that no list explains. Only the agent's own rows are excepted."""
        mine = {mark for mark in ("CP", "CQ", "CS") if role.user == "agent"}
        return {
            model: marks
            for model, marks in leaks.items()
            if model not in ALL_EMPLOYEES and not (model in OWN and marks.keys() <= mine)
        }

    @mute_logger(*MUTED)
    def test_agents_read_what_apps_open_to_all_employees_and_nothing_else(self):
        seen = set()
        for role in AGENTS:
            with self.subTest(role.name), self._as(role) as env:
                leaks = self._leaks(self._swept(env, role), role.allowed)
                unnamed = self._unnamed(leaks, role)
                seen |= leaks.keys() - unnamed.keys()
                figure("all apps: sweep", f"{role.name}: canaries", len(unnamed))
                figure("all apps: sweep", f"{role.name}: named models", len(leaks) - len(unnamed))
                self.assertFalse(unnamed, self._listed(unnamed))
        self.assertEqual({*ALL_EMPLOYEES, *OWN} - seen, set(), "what is named is still open")

    @mute_logger(*MUTED)
    def test_former_agents_read_no_more_than_any_employee(self):
        employee = replace(FORMER, name="an employee", user="plain")
        with self._as(employee) as env:
            theirs = self._leaks(self._swept(env, employee), employee.allowed)
        with self._as(FORMER) as env:
            leaks = self._leaks(self._swept(env, FORMER), FORMER.allowed)
        more = {model: marks for model, marks in leaks.items() if not marks.keys() <= theirs.get(model, {}).keys()}
        figure("all apps: sweep", f"{FORMER.name}: canaries", len(more))
        self.assertFalse(more, self._listed(more))

    @mute_logger(*MUTED)
    def test_what_an_administrator_closes_is_closed(self):
        """*Close to Agents* on each listed model, as the form proposes it: only own rows are still readable."""
        Closed = self.env["leads.agent.closed.model"]
        role = AGENTS[0]
        for name in ALL_EMPLOYEES.keys() & set(Closed._closable_models().mapped("model")):
            shape = {"shape": ALL_EMPLOYEES[name].closing} if ALL_EMPLOYEES[name].closing else {}
            Closed.create({"model_id": self.env["ir.model"]._get_id(name), **shape})
        self._settle()
        with self._as(role) as env:
            leaks = self._leaks(self._swept(env, replace(role, name=f"{role.name}, closed")), role.allowed)
        left = {
            model: marks
            for model, marks in leaks.items()
            if model not in OWN and not (model in ALL_EMPLOYEES and ALL_EMPLOYEES[model].needed)
        }
        figure("all apps: sweep", f"{role.name}, closed: canaries", len(left))
        self.assertFalse(left, self._listed(left))

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    def _things(self, env):
        """Return IDs by model, of every model with a marked row: those that the role may read, and the others."""
        seen, hidden = defaultdict(list), defaultdict(list)
        for letter in (*HIDDEN, "A", "D"):
            for key, record in self.world[letter].items():
                if not record or key.endswith(("_written", "_message", "_notification", "_follower")):
                    continue
                mine = env[record._name].browse(record.ids[:1]).exists()
                if mine._filtered_access("read"):
                    seen[record._name] += mine.ids
                elif letter in HIDDEN:
                    hidden[record._name] += mine.ids
        return seen, hidden

    # ------------------------------------------------------------------
    # Visibility test
    # ------------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_visibility_test_reads_all_and_names_what_is_open(self):
        self.env.company.write({"leads_agent_lock_assigned": True, "leads_agent_view_non_partial": False})
        self._settle()
        test = self.env["leads.agent.self.test"].create({"company_ids": self.env.company.ids})
        started = time.monotonic()
        test._run()
        lines = defaultdict(set)
        for line in test.line_ids:
            lines[line.verdict].add(line.model)
        figure("all apps: visibility test", "seconds", round(time.monotonic() - started, 1))
        figure("all apps: visibility test", "tested models", test.model_count)
        figure("all apps: visibility test", "findings", test.finding_count)
        failed = test.line_ids.filtered(lambda line: line.verdict == "failed")
        self.assertFalse(failed.mapped(lambda line: f"{line.model}: {line.explanation}"))
        named = lines["too_much"] | lines["uncovered"] | lines["note"]
        self.assertEqual(ALL_EMPLOYEES.keys() - named - NOT_IN_THE_TEST.keys(), set())
        self.assertEqual(lines["too_much"] - ALL_EMPLOYEES.keys() - OWN.keys(), set())
        # No rule of ours covers these; the marks found in them are listed.
        figure("all apps: visibility test", "models that no rule covers", len(lines["uncovered"]))
        self.assertFalse(test.line_ids.filtered(lambda line: line.verdict == "too_little").mapped("explanation"))
        self.assertFalse(re.search("CNRY", " ".join(filter(None, test.line_ids.mapped("explanation")))))
