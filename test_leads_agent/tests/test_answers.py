import ast
import inspect
import textwrap
from xmlrpc.client import Fault

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..proofs.marks import ROLES, figure
from ..proofs.public_methods import GIVEN, PublicMethods
from ..proofs.remote import MUTED, RemoteCase

# Errors of the protocol about results that it cannot represent.
UNFIT = ("cannot marshal", "dictionary key must be string", "exceeds XML-RPC limits")


def _is_left_open(body):
    """Whether execution can reach the end of a block, so that a method returns nothing."""
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                return False
            case ast.If(orelse=[_, *_]) if not (_is_left_open(statement.body) or _is_left_open(statement.orelse)):
                return False
            case ast.With() if not _is_left_open(statement.body):
                return False
            case ast.Try() if not any(
                map(_is_left_open, (statement.body + statement.orelse, *(row.body for row in statement.handlers)))
            ):
                return False
    return True


def _answers_nothing(source):
    """Whether a path through a function ends without a value."""
    [tree] = ast.parse(textwrap.dedent(source)).body
    empty = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Return)
        and (node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None))
    ]
    return bool(empty) or _is_left_open(tree.body)


@tagged("post_install", "-at_install")
class TestAnswers(PublicMethods, RemoteCase):
    """Every public method of the addons returns a value that each interface can represent, including XML-RPC."""

    def test_no_path_of_a_public_method_answers_nothing(self):
        """Methods with ``takes`` return True instead; extensions of Odoo's methods return the result of super."""
        found = list(self._methods())
        self.assertGreater(len(found), 100)
        wrong = [
            f"{model}.{method}"
            for model, method, functions, _extends in found
            for function in functions
            if not hasattr(function, "__wrapped__") and _answers_nothing(inspect.getsource(function))
        ]
        self.assertFalse(wrong)

    def test_the_test_sees_what_answers_nothing(self):
        for source, expected in (
            ("def f(self):\n    pass", True),
            ("def f(self):\n    return", True),
            ("def f(self):\n    return None", True),
            ("def f(self):\n    return 1", False),
            ("def f(self):\n    if self:\n        return 1", True),
            ("def f(self):\n    if self:\n        return 1\n    else:\n        raise ValueError", False),
            ("def f(self):\n    for one in self:\n        return 1", True),
            ("def f(self):\n    with self:\n        return 1", False),
            ("def f(self):\n    try:\n        return 1\n    except ValueError:\n        pass", True),
        ):
            with self.subTest(source):
                self.assertEqual(_answers_nothing(source), expected)

    # ------------------------------------------------------------------
    # By XML-RPC
    # ------------------------------------------------------------------

    def _xmlrpc(self, model, method, args, kwargs):
        self._settle()
        return self.xmlrpc_object.execute_kw(self.env.cr.dbname, self.user.id, self.key, model, method, args, kwargs)

    def _arguments(self, model, method, record):
        function = getattr(type(self.env[model]), method)
        needed = {
            name: GIVEN.get(name, record.id or 1)
            for name, parameter in list(inspect.signature(function).parameters.items())[1:]
            if parameter.default is parameter.empty
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        }
        args = [] if getattr(function, "_api_model", False) else [record.ids]
        if method == "create":
            args.append(needed.pop("vals_list"))
        return args, needed

    @mute_logger(*MUTED, "odoo.sql_db", "odoo.addons.leads_agent_channel.models.leads_agent_received")
    def test_each_public_method_by_xmlrpc(self):
        methods, samples, wrong = list(self._methods()), self._samples(), set()
        answered = refused = 0
        for role in [role for role in ROLES if role.name in ("agent, locked", "manager")]:
            with self._as(role):
                self._enter(role)
                for model, method, _functions, extends in methods:
                    args, kwargs = self._arguments(model, method, samples.get(model, self.env[model]))
                    with self._rolled_back():
                        try:
                            self._xmlrpc(model, method, args, kwargs)
                            answered += 1
                        except Fault as fault:
                            refused += 1
                            if any(sign in fault.faultString for sign in UNFIT) and not extends:
                                wrong.add(f"{role.name}: {model}.{method}: {fault.faultString[-120:]}")
        figure("answers", "public methods", len(methods))
        figure("answers", "calls by XML-RPC that were answered, refused", f"{answered}, {refused}")
        self.assertFalse(wrong, "\n" + "\n".join(sorted(wrong)))
        self.assertGreater(answered, 100)

    @mute_logger(*MUTED)
    def test_what_has_nothing_to_say_answers_yes(self):
        """Methods without a result of their own, each called by XML-RPC in a situation in which it succeeds."""
        manager = next(role for role in ROLES if role.name == "manager")
        agent = next(role for role in ROLES if role.name == "agent, locked")
        incoming, profile = self.world["A"]["incoming"], self.profiles[self.agent]
        offer, partner = self.world["A"]["offer"], self.world["A"]["partner"]
        received = self.env["leads.agent.received"].create(
            {"channel": "mail", "key": "answers", "company_id": self.env.company.id, "state": "lead"}
        )
        for role, model, method, *args in (
            (manager, "crm.lead", "action_leads_recall", incoming.ids),
            (manager, "crm.lead", "action_leads_release", incoming.ids),
            (manager, "crm.lead", "action_leads_release", []),
            (manager, "res.company", "action_leads_offer_release", self.env.company.ids),
            (manager, "leads.agent.profile", "set_preferences", profile.ids, {"by_sms": True}),
            (manager, "leads.agent.score.entry", "action_void", self.world["A"]["points"].ids, "Counted twice"),
            (manager, "leads.agent.received", "action_mark_as_spam", received.ids),
            (manager, "res.partner", "action_lead_rest", partner.ids),
            (manager, "res.partner", "action_lead_activate", partner.ids),
            (agent, "leads.agent.offer", "action_decline", offer.ids),
        ):
            with self.subTest(method, args=args), self._as(role):
                self._enter(role)
                kwargs = args.pop() if isinstance(args[-1], dict) else {}
                self.assertIs(self._xmlrpc(model, method, args, kwargs), True)
