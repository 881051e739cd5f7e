from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, figure
from .remote import INTERFACES, MUTED, RemoteCase, is_refused

# Whose offers, and what is attached to them, a user must find: agents their own, managers those of their companies.
OWN = {"agent": "ABC", "other_agent": "D", "manager": "ABCD"}
# What only managers read.
OF_MANAGERS = {"leads.agent.routing"}
VERBS = (
    ("read", lambda ids, field: {"ids": ids, "fields": [field]}),
    ("search_read", lambda ids, field: {"domain": [("id", "in", ids)], "fields": [field]}),
    (
        "formatted_read_group",
        lambda ids, field: {"domain": [("id", "in", ids)], "groupby": [field], "aggregates": ["__count"]},
    ),
    ("web_search_read", lambda ids, field: {"domain": [("id", "in", ids)], "specification": {field: {}}}),
)


@tagged("post_install", "-at_install", "leads_prove")
class TestOfferProbes(RemoteCase):
    """Offers, audits, points and profiles at each interface, as each role: one's own are told, those of others are not.

    Each record bears a text of its own; so each call that must find nothing has its twin that must find the text.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.targets = []
        users = {"A": cls.agent, "D": cls.other_agent, "X": cls.far_agent}
        for letter in "ABCDX":
            things = cls.world[letter]
            things["offer"].decline_note = f"note-of-offer-{letter}"
            things["points"].write({"void_reason": f"reason-of-points-{letter}"})
            cls.targets += [
                (letter, things["offer"], "decline_note", things["offer"].decline_note),
                (letter, things["points"], "void_reason", things["points"].void_reason),
                (letter, things["routing"], "lead_id", str(things["routing"].lead_id.id)),
            ]
            if user := users.get(letter):
                profile = cls.profiles[user]
                profile.forward_email = f"copies-of-{user.login}@example.com"
                cls.targets.append((letter, profile, "forward_email", profile.forward_email))
        cls.env.flush_all()

    def _may_find(self, role, letter, model):
        if model in OF_MANAGERS and role.is_agent:
            return False
        return letter in OWN.get(role.user, "")

    @mute_logger(*MUTED)
    def test_each_record_at_each_interface(self):
        for role in ROLES:
            fired = twins = 0
            with self.subTest(role.name), self._as(role):
                self._enter(role)
                for letter, record, field, text in self.targets:
                    expected = self._may_find(role, letter, record._name)
                    for interface in INTERFACES:
                        for verb, arguments in VERBS:
                            kwargs = arguments(record.ids, field)
                            answer = self._rpc(interface, record._name, verb, kwargs.pop("ids", None), **kwargs)
                            name = f"{role.name}: {interface} {verb} {letter} {record._name}"
                            self.assertEqual(self._tells(record, answer, text), expected, f"{name}: {answer[:300]}")
                            fired += 1
                            twins += expected
                figure("offer probes", f"{role.name}: fired", fired)
                figure("offer probes", f"{role.name}: positive twins", twins)
                if role.user in OWN:
                    self.assertTrue(twins)

    def _tells(self, record, answer, text):
        if record._name == "leads.agent.routing":
            # The number of a lead is short: what counts is that a row came back.
            return not is_refused(answer) and text in answer
        return text in answer

    @mute_logger(*MUTED)
    def test_nobody_writes_what_the_routing_writes(self):
        """Offers are answered by their methods, points come from them: nobody writes a value, not even managers."""
        things, profile = self.world["A"], self.profiles[self.agent]
        for role in (role for role in ROLES if role.user in ("agent", "manager")):
            with self.subTest(role.name), self._as(role):
                self._enter(role)
                for record, vals in (
                    (things["offer"], {"state": "accepted"}),
                    (things["points"], {"points": 50}),
                    (things["routing"], {"agent_id": self.agent.id}),
                ):
                    before = record.read(list(vals))
                    for interface in INTERFACES:
                        for verb, ids, kwargs in (
                            ("write", record.ids, {"vals": vals}),
                            ("unlink", record.ids, {}),
                            ("create", None, {"vals_list": [vals]}),
                        ):
                            answer = self._rpc(interface, record._name, verb, ids, **kwargs)
                            self.assertTrue(is_refused(answer), f"{interface} {verb} {record._name}: {answer[:300]}")
                    self.env.invalidate_all()
                    self.assertEqual(record.read(list(vals)), before)
                # The twin: managers set up profiles, agents do not.
                answer = self._rpc("json/2", profile._name, "write", profile.ids, vals={"pecking_order": 7})
                self.assertEqual(is_refused(answer), role.is_agent)
