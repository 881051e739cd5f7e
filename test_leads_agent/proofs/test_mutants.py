from contextlib import contextmanager
from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools import mute_logger

from .findings import LOCKED, override, passes
from .marks import ROLES, WHOLE, figure
from .mutants import FIELDS, NOT_ABOUT_SIGHT, OVERRIDES
from .mutants_of_rules import RULES
from .scenario import Scenario
from .sweep import Sweep

OURS = "odoo.addons.leads_agent"
MUTED = (
    "odoo.domains",
    "odoo.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_model",
)


def _judging_afterwards(guard):
    """A ``create`` that checks the created record instead of the values to insert."""

    def create(records, vals_list):
        made = super(guard, records).create(vals_list)
        if not made.env.su and made.env.user._is_leads_agent():
            made.author_id.check_access("read")
        return made

    return create


@tagged("post_install", "-at_install", "leads_prove")
class TestMutants(Scenario):
    """Each rule and each override is removed in turn, and a finding must notice: none is superfluous."""

    def _is(self, customer, key):
        return [("id", "in", self.world[customer][key].ids)]

    @contextmanager
    def _kept_apart(self):
        """Roll back all changes, whether the check passed or not."""
        with self._rolled_back():
            yield
            self.env.flush_all()

    def _role(self, name):
        return next(role for role in ROLES if role.name == name)

    def _findings(self, role, finding, mutate=None):
        """Return the finding for the role, with everything in place or after ``mutate`` removed something."""
        with self._as(role) as env:
            if mutate:
                mutate()
                self._settle()
            return finding(self, env, role)

    # ------------------------------------------------------------------
    # Removing
    # ------------------------------------------------------------------

    def _rule_off(self, mutant):
        def mutate():
            self.env.ref(mutant.xmlid).active = False

        return mutate

    @contextmanager
    def _override_off(self, mutant):
        """Remove the method from our class, so that the next class in the MRO is called.

        If several addons of ours define it, that of the base addon is removed; ``base`` stands for all models.
        """
        model_class = self.env.registry[mutant.model]
        *_others, definition = [
            cls
            for cls in model_class.__mro__
            if cls.__module__.startswith(OURS)
            and mutant.method in vars(cls)
            and not getattr(cls, "pool", None)
            and (cls._name == "base") is (mutant.model == "base")
        ]
        original = vars(definition)[mutant.method]
        if mutant.instead is None:
            delattr(definition, mutant.method)
        else:
            setattr(definition, mutant.method, mutant.instead)
        self._forget_constraints(model_class)
        try:
            yield
        finally:
            setattr(definition, mutant.method, original)
            self._forget_constraints(model_class)
            self.env.registry.clear_all_caches()

    def _forget_constraints(self, model_class):
        model_class._constraint_methods = BaseModel._constraint_methods

    # ------------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_each_rule_is_missed(self):
        killed = 0
        for mutant in RULES:
            role = self._role(mutant.role)
            with self.subTest(mutant.name):
                self.assertFalse(self._findings(role, mutant.finding), "without the mutation, nothing is wrong")
                found = self._findings(role, mutant.finding, self._rule_off(mutant))
                self.assertTrue(found, "nothing notices that the rule is gone")
                killed += 1
        figure("mutants", "rules: killed / all", f"{killed} / {len(RULES)}")

    @mute_logger(*MUTED)
    def test_each_override_is_missed(self):
        killed = 0
        for mutant in OVERRIDES:
            role = self._role(mutant.role)
            with self.subTest(mutant.name):
                self.assertFalse(self._findings(role, mutant.finding), "without the mutation, nothing is wrong")
                with self._override_off(mutant):
                    found = self._findings(role, mutant.finding)
                self.assertTrue(found, "nothing notices that the override is gone")
                killed += 1
        for model, name, groups, finding in FIELDS:
            role, field = self._role("agent, locked"), self.env[model]._fields[name]
            with self.subTest(f"{model}.{name}"):
                self.assertFalse(self._findings(role, finding), "without the mutation, nothing is wrong")
                ours, field.groups = field.groups, groups
                try:
                    self.assertTrue(self._findings(role, finding), "nothing notices that the field is closed")
                finally:
                    field.groups = ours
                killed += 1
        figure("mutants", "overrides: killed / all", f"{killed} / {len(OVERRIDES) + len(FIELDS)}")

    @mute_logger(*MUTED)
    def test_judging_a_record_after_it_was_created_would_not_do(self):
        """The cache of a new record has an empty link for a text, while the row has the ID."""
        [guard] = [cls for cls in type(self.env["base"]).__mro__ if cls.__module__.endswith("access.base")]

        def links(form):
            partner_id = self.world["B"]["partner"].id
            return passes(lambda test, env: env["mail.compose.message"].create([{"author_id": form(partner_id)}]))

        role, mutant = self._role(LOCKED), override("base._prepare_create_values", LOCKED, None)
        with self._override_off(mutant), patch.object(guard, "create", _judging_afterwards(guard), create=True):
            self.assertFalse(self._findings(role, links(int)), "the number itself is noticed")
            self.assertTrue(self._findings(role, links(str)), "the text must pass, or this test proves nothing")

    @mute_logger(*MUTED)
    def test_rules_by_the_sweep_alone(self):
        """Report how many rules the sweep alone misses, over all roles: rules on writing only leak nothing."""
        if not WHOLE:
            return
        missed = 0
        for mutant in RULES:
            model = self.env.ref(mutant.xmlid).model_id.model
            leaks = set()
            for role in ROLES:
                with self._as(role) as env:
                    self._rule_off(mutant)()
                    self._settle()
                    leaks |= set(Sweep(env).run([model]).leaks(role.allowed))
            missed += bool(leaks)
            figure("mutants", f"canaries without {mutant.xmlid}: fields", len(leaks))
        figure("mutants", "rules missed by the sweep alone", f"{missed} / {len(RULES)}")

    def test_no_rule_and_no_override_is_forgotten(self):
        modules = self.env["ir.module.module"].search(
            [("name", "=like", "leads\\_agent%"), ("state", "=", "installed")]
        )
        shipped = self.env["ir.model.data"].search(
            [("model", "=", "ir.rule"), ("module", "in", modules.mapped("name"))]
        )
        self.assertEqual({mutant.xmlid for mutant in RULES}, set(shipped.mapped("complete_name")))
        tabled = {mutant.name for mutant in OVERRIDES} | NOT_ABOUT_SIGHT.keys()
        self.assertFalse(set(self._overrides()) - tabled, "an override that no mutant takes away")
        self.assertFalse(NOT_ABOUT_SIGHT.keys() - set(self._overrides()), "an exemption for nothing")
        figure("mutants", "overrides not about sight", len(NOT_ABOUT_SIGHT))

    def _overrides(self):
        """Return every method of ours that another module or Odoo's base also defines."""
        for name, model_class in self.env.registry.items():
            bases = [cls for cls in model_class.__mro__ if not getattr(cls, "pool", None)]
            others = [cls for cls in bases if not cls.__module__.startswith(OURS)]
            for cls in bases:
                if not cls.__module__.startswith(OURS) or name not in (cls._name, cls._inherit):
                    continue
                for attribute, value in vars(cls).items():
                    is_method = callable(value) or isinstance(value, property)
                    if is_method and not attribute.startswith("__") and any(attribute in vars(base) for base in others):
                        yield f"{name}.{attribute}"
