"""Every link of every model, in every form, in every place, at every door: nothing out of sight is told or linked."""

import random
import time
from collections import Counter, defaultdict

from odoo.tests import tagged
from odoo.tools import mute_logger

from .doors import DOORS
from .link_asking import LinkAsking
from .link_forms import forms_of
from .scenario import ROLES, WHOLE, figure
from .test_probes import MUTED, SEED

SAMPLE, SAMPLE_AT_DOORS = 900, 150
LEAST = 7000


@tagged("post_install", "-at_install", "leads_prove")
class TestLinks(LinkAsking):
    """Links by number. Each kind of probe must be answered with a mark where the record is in sight."""

    def _all(self, role):
        """Every probe on records out of sight, with the twin on a record in sight."""
        for case in self.cases.links():
            hidden = self.things.hidden[case.comodel]
            for form in forms_of(case.kind):
                ids = hidden if form.name in ("integer", "link") else hidden[:1]
                for door in ("", *DOORS):
                    yield from self._probes(case, form, ids if not door else ids[:1], door)

    @mute_logger(*MUTED)
    def test_no_link_by_number_tells_of_a_record_out_of_sight(self):
        rng = random.Random(SEED)
        figure("links", "seed (LEADS_SEED)", SEED if not WHOLE else "all of them")
        for role in ROLES[:1]:
            with self.subTest(role.name), self._as(role) as env:
                started = time.monotonic()
                self._enter(role)
                self._begin(env)
                probes = list(self._all(role))
                print(len(probes), self.cases.skipped, time.monotonic() - started)
                counts = Counter(p.place.name for p in probes)
                print(counts, Counter(p.door for p in probes), len({p.case.name for p in probes}))
                print("no own", sorted({p.case.model for p in probes if p.case.own is None}))
                inproc = rng.sample([p for p in probes if not p.door], 1500)
                http = rng.sample([p for p in probes if p.door], 150)
                leaks = defaultdict(list)
                secs = Counter()
                n = Counter()
                for p in inproc + http:
                    t = time.monotonic()
                    told = self._ask(env, p)
                    key = p.place.name if not p.door else p.door
                    secs[key] += time.monotonic() - t
                    n[key] += 1
                    if wrong := told.leaks(role.allowed):
                        leaks[p.name] = wrong
                print({k: round(1000 * v / n[k], 1) for k, v in secs.items()})
                for name, wrong in leaks.items():
                    print(name, wrong[:4])
                print(len(leaks), time.monotonic() - started)
