import random
import time
from collections import Counter

from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, SEED, WHOLE, figure, marks_in
from .probes_on_effects import EFFECTS
from .probes_on_names import ON_NAMES
from .probes_on_pages import IN_CHATTER, IN_INBOX, ON_PAGES
from .probes_on_records import ON_RECORDS
from .probing import PROBED, Attempt
from .remote import MUTED, RemoteCase

READINGS = (*ON_RECORDS, *ON_PAGES, *IN_CHATTER, *ON_NAMES)
SAMPLE = 40
LEAST_PROBES = 240


@tagged("post_install", "-at_install", "leads_prove")
class TestProbes(RemoteCase):
    """Every attack at every interface, on records in sight and out of sight, as each role.

    A probe is a row of a table, an attempt is one call of it on one record. The expectation is defined before the call:
    the answer contains the mark of the record or not, and never a mark that the role may not find. So each call that
    must find nothing has a twin: the same call on a record in sight.
    """

    def _attempts(self, role, probes, customers=PROBED):
        """Return (probe, attempt, whether it is allowed) of each record."""
        attempts = [
            (probe, Attempt(self, role, interface, customer, key))
            for customer in customers
            for probe in probes
            for key in probe.things
            for interface in probe.interfaces
        ]
        return [(probe, attempt, probe.allowed(attempt)) for probe, attempt in attempts if attempt.record]

    def _all_attempts(self, role):
        readings = self._attempts(role, READINGS) + self._attempts(role, IN_INBOX, PROBED[0])
        return readings, self._attempts(role, EFFECTS)

    def _fire(self, role):
        """Return how many attempts were made per interface, how many were allowed and not, and what is wrong."""
        readings, effects = self._all_attempts(role)
        if not WHOLE:
            rng = random.Random(f"{SEED} {role.name}")
            readings, effects = rng.sample(readings, SAMPLE), rng.sample(effects, SAMPLE // 2)
        fired, twins, problems = Counter(), Counter(), []
        for probe, attempt, allowed in readings + effects:
            answer = probe.fire(attempt)
            fired[attempt.interface] += 1
            twins[bool(allowed)] += 1
            name = f"{probe.threat.name} {probe.label(attempt)}"
            if leaked := marks_in(answer) - role.allowed:
                problems.append(f"LEAK {name}: {sorted(leaked)}")
            elif not probe.is_right(attempt, allowed, answer):
                expected = "allowed" if allowed else "refused, or nothing"
                problems.append(f"{name}: expected {expected}, answer {answer[-400:]}")
        return fired, twins, problems

    def test_no_page_of_a_list_lets_others_in(self):
        """Rows that are removed from a page are not replaced by rows that were not checked."""
        for role in ROLES:
            with self.subTest(role.name), self._as(role):
                self._enter(role)
                for model, names in (
                    ("mail.message", ["body", "subject", "record_name"]),
                    ("mail.activity", ["summary", "note", "res_name"]),
                    ("mail.notification", ["mail_message_id", "res_partner_id"]),
                ):
                    for limit in (*range(1, 10), 20, 40):
                        for offset in (0, limit):
                            page = {"limit": limit, "offset": offset, "order": "id desc", "fields": names}
                            answer = self._rpc("call_kw", model, "search_read", domain=[], **page)
                            self.assertFalse(marks_in(answer) - role.allowed, f"{model}, {page}")

    @mute_logger(*MUTED)
    def test_every_attack_at_every_interface(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        figure("probes", "seed (LEADS_SEED)", SEED if not WHOLE else "all of them")
        for role in ROLES:
            with self.subTest(role.name), self._as(role):
                started = time.monotonic()
                self._enter(role)
                fired, twins, problems = self._fire(role)
                for interface, count in sorted(fired.items()):
                    figure("probes", f"{role.name}: {interface}", count)
                figure("probes", f"{role.name}: fired", fired.total())
                figure("probes", f"{role.name}: expected to be refused", twins[False])
                figure("probes", f"{role.name}: positive twins", twins[True])
                figure("probes", f"{role.name}: leaks", sum(problem.startswith("LEAK") for problem in problems))
                figure("probes", f"{role.name}: seconds", round(time.monotonic() - started, 1))
                self.assertFalse(problems, "\n" + "\n".join(problems))
                if WHOLE:
                    self.assertGreaterEqual(fired.total(), LEAST_PROBES)
                self.assertTrue(twins[True])
