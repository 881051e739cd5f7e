import inspect
import re
import traceback
from collections import Counter
from copy import deepcopy

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, WHOLE, figure
from .public_methods import GIVEN, PublicMethods
from .scenario import Scenario

OURS_PATH = re.compile("/leads_agent")
MISSING = 2**31 - 2
BAD = (
    None,
    True,
    False,
    0,
    -1,
    1,
    MISSING,
    2**31,
    2**63,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "\x00",
    "185",
    " 185",
    "1e5",
    "2026-02-30",
    "\ud800",
    "x" * 100_000,
    [],
    [[]],
    ["x"],
    [True],
    [2**31],
    [(6, 0)],
    [(9, 9, 9)],
    {},
    {"id": 1},
    {"date": [], "time": {}, "zone": []},
    {"date": "2026-02-30", "time": "\x00", "zone": "\x00"},
)
# The values for each role in `make test`; `make prove` tries all.
SLICE = (None, True, -1, 2**63, float("nan"), "\x00", "185", "\ud800", [], [[]], {"id": 1})
# Values that identify no record, or not a certain one.
NO_RECORD = (
    {"id": 1},
    "x",
    [],
    True,
    1.5,
    "\x00",
    [1],
    2**63,
    -1,
    float("nan"),
    "9" * 400,
    {},
    [[6, 0, [1]]],
    "\ud800",
)
# Converts links to IDs for agents, on all models, and has its own proof.
GUARD = "_leads_check_links"
LOG_FIELDS = frozenset(("create_uid", "write_uid"))


class Tried(Counter):
    """The results of the calls: ``answers``, ``sentences``, ``of Odoo``, ``tracebacks``."""


@tagged("post_install", "-at_install", "leads_prove")
class TestBadInput(PublicMethods, Scenario):
    """Every public method of the addons is called with invalid values; it must return a result or a readable error.

    If a method extends one of Odoo's, errors that Odoo raises about the argument are accepted.
    """

    def _calls(self, model, method, record):
        """Return ``(args, kwargs)``: each bad value in each place, with valid values in the others."""
        function = getattr(type(model), method)
        names = {
            name: parameter
            for name, parameter in list(inspect.signature(function).parameters.items())[1:]
            if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        }
        needed = {
            name: GIVEN.get(name, record.id or 1)
            for name, parameter in names.items()
            if parameter.default is parameter.empty
        }
        of_model = getattr(function, "_api_model", False)
        ids = [] if of_model else [record.ids]
        values = BAD if WHOLE else SLICE
        for value in values:
            for name in names:
                yield ids, {**needed, name: value}
            if not of_model and self._is_read_by_odoo(value):
                yield [value], needed
        if not of_model:
            yield [[]], needed
            yield [record.ids * 2], needed
            yield [[MISSING, *record.ids]], needed
        if method == "set_preferences":
            for value in values:
                for name in ("by_app", "forward_email", "user_id"):
                    yield ids, {name: value}

    def _is_read_by_odoo(self, value):
        """Whether Odoo accepts the list of IDs before it calls the method."""
        try:
            self.env["res.partner"].browse(value)
        except TypeError:
            return False
        return True

    def _try(self, env, model, method, extends, args, kwargs):
        """Return how a call ends, and what is wrong with it."""
        try:
            args, kwargs = list(args), dict(kwargs)
            if method == "create":
                # Odoo itself checks the values when they are passed by position.
                args.append(kwargs.pop("vals_list"))
            call_kw(env[model], method, deepcopy(args), deepcopy(kwargs))
            env.flush_all()
        except UserError as error:
            return ("sentences", "") if str(error).strip() else ("tracebacks", "an error without a sentence")
        except Exception as error:
            if extends and self._is_of_odoo(error):
                return "of Odoo", ""
            place = traceback.extract_tb(error.__traceback__)
            ours = next((frame for frame in reversed(place) if OURS_PATH.search(frame.filename)), place[-1])
            return "tracebacks", f"{type(error).__name__}: {str(error)[:90]!r} at {ours.name}:{ours.lineno}"
        return "answers", ""

    def _is_of_odoo(self, error):
        """Whether the argument was passed unchanged to the extended method of Odoo."""
        frames = [frame.f_code for frame, _line in traceback.walk_tb(error.__traceback__)]
        ours = [nr for nr, code in enumerate(frames) if OURS_PATH.search(code.co_filename)]
        last = max(ours, default=0)
        return not ours or (last + 1 < len(frames) and frames[last].co_name == frames[last + 1].co_name)

    @mute_logger(
        "odoo.models",
        "odoo.addons.base.models.ir_rule",
        "odoo.addons.leads_agent_channel.models.leads_agent_received",
        "odoo.sql_db",
        "odoo.addons.base.models.ir_model",
        "odoo.http",
        "odoo.domains",
        "odoo.addons.mail.models.mail_thread",
        "py.warnings",
    )
    def test_bad_input_gets_a_sentence(self):
        methods, samples = list(self._methods()), self._samples()
        tried, wrong = Tried(), set()
        for role in [role for role in ROLES if role.name in ("agent, locked", "manager")]:
            with self._as(role) as env:
                for name, method, _functions, extends in methods:
                    record = samples.get(name, self.env[name])
                    for args, kwargs in self._calls(self.env[name], method, record):
                        with self._rolled_back():
                            outcome, what = self._try(env, name, method, extends, args, kwargs)
                        tried[outcome] += 1
                        if what:
                            wrong.add(f"{name}.{method} as {role.name}: {what}  {str((args, kwargs))[:80]}")
        figure("bad input", "public methods", len(methods))
        figure("bad input", "calls", sum(tried.values()))
        for outcome in ("answers", "sentences", "of Odoo", "tracebacks"):
            figure("bad input", f"calls that ended in {outcome}", tried[outcome])
        self.assertFalse(wrong, "\n" + "\n".join(sorted(wrong)))

    def _links(self):
        """Return ``(model, many2one field)`` of what agents and managers write: customers, orders, all our models."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not (name in ("res.partner", "sale.order", "sale.order.line") or name.startswith("leads.agent.")):
                continue
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if field.type == "many2one" and field.store and not field.related and field.name not in LOG_FIELDS:
                    yield name, field.name

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.sql_db")
    def test_what_is_no_record_where_a_record_belongs_gets_a_sentence(self):
        links, samples = list(self._links()), self._samples()
        tried, wrong = Tried(), set()
        for role in [role for role in ROLES if role.name in ("agent, locked", "manager")]:
            with self._as(role) as env:
                for nr, (name, field) in enumerate(links):
                    record = samples.get(name, self.env[name])
                    # In a slice, each link gets two values in turn.
                    for value in NO_RECORD if WHOLE else NO_RECORD[nr % 7 :: 7]:
                        for method, args in (("create", [[{field: value}]]), ("write", [record.ids, {field: value}])):
                            with self._rolled_back():
                                outcome, what = self._try_values(env, name, method, args)
                            tried[outcome] += 1
                            if what:
                                wrong.add(f"{name}.{method} as {role.name}: {what}  {field}={str(value)[:40]}")
        figure("bad input", "links", len(links))
        figure("bad input", "values of links", sum(tried.values()))
        for outcome in ("answers", "sentences", "of Odoo", "of the guard", "tracebacks"):
            figure("bad input", f"values of links that ended in {outcome}", tried[outcome])
        self.assertFalse(wrong, "\n" + "\n".join(sorted(wrong)))

    def _try_values(self, env, model, method, args):
        try:
            call_kw(env[model], method, deepcopy(args), {})
            env.flush_all()
        except (UserError, IntegrityError) as error:
            # Odoo converts errors of PostgreSQL to sentences at the end of a request.
            return ("sentences", "") if str(error).strip() else ("tracebacks", "an error without a sentence")
        except Exception as error:
            if not model.startswith("leads.agent.") and self._is_of_odoo(error):
                return "of Odoo", ""
            if any(frame.f_code.co_name == GUARD for frame, _line in traceback.walk_tb(error.__traceback__)):
                return "of the guard", ""
            place = traceback.extract_tb(error.__traceback__)
            ours = next((frame for frame in reversed(place) if OURS_PATH.search(frame.filename)), place[-1])
            return "tracebacks", f"{type(error).__name__}: {str(error)[:90]!r} at {ours.name}:{ours.lineno}"
        return "answers", ""
