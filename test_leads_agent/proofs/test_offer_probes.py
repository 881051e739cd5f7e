from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, figure
from .remote import INTERFACES, MUTED, RemoteCase, is_refused

# The offers, with attached records, that a user must find: agents their own, managers those of their companies.
OWN = {"agent": "ABC", "other_agent": "D", "manager": "ABCD"}
# Only read by managers.
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
    """Offers, audits, points and profiles at each interface, as each role: only one's own are shown.

    Each record has its own text, so each call that must not find a text has a twin that must find it.
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
            # The ID of a lead is short: the check is that a row was returned.
            return not is_refused(answer) and text in answer
        return text in answer

    @mute_logger(*MUTED)
    def test_nobody_writes_what_the_routing_writes(self):
        """Offers are answered by their methods, which create points: no user writes values, not even managers."""
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
                # The twin: managers configure profiles, agents do not.
                answer = self._rpc("json/2", profile._name, "write", profile.ids, vals={"pecking_order": 7})
                self.assertEqual(is_refused(answer), role.is_agent)
