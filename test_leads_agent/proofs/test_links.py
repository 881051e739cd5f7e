"""Every link of every model, in every form and place: nothing out of sight is revealed or linked."""

import logging
import os
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import replace
from operator import itemgetter
from zlib import crc32

from odoo.tests import tagged
from odoo.tools import mute_logger

from .link_asking import Asker
from .link_forms import LINKS, PLACES, STANDING, STANDING_PLACES
from .marks import ROLES, SEED, WHOLE, Role, figure
from .remote import MUTED, RemoteCase

_logger = logging.getLogger(__name__)

# Size of a slice, in process and over HTTP.
SAMPLE, SAMPLE_OVER_HTTP = 300, 40
LEAST = 7000
# How many twins of a kind are tried: of those that must be answered, and of the others.
TWINS_TO_ANSWER, TWINS = 250, 40
# A regular expression for names of probes: only these are run, and all of them.
ONLY = os.environ.get("LEADS_ONLY", "")
PORTAL = Role("portal", "portal", frozenset({"AP", "AQ", "AS"}), locked=True, is_agent=False)


class WithPortal:
    """A contact of customer A with a portal user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contact = cls.env["res.partner"].create({"name": "Portal", "parent_id": cls.world["A"]["partner"].id})
        cls.portal = cls._user("portal_pia", "base.group_portal", partner_id=contact.id)


class LinksCommon(WithPortal, RemoteCase):
    """Links and documents by ID. Each kind of probe has its twin on a record in sight, which must be answered."""

    # ------------------------------------------------------------------
    # Probes
    # ------------------------------------------------------------------

    def _links(self, asker):
        for case in asker.cases.links():
            yield from asker.probes(case)

    def _documents(self, asker):
        for case in asker.cases.documents():
            yield from asker.probes(case, [place for place in PLACES if not place.lines])

    def _standing(self, asker):
        for case in asker.cases.standing():
            yield from asker.probes(case, STANDING_PLACES, STANDING)

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def _slice(self, probes, role):
        if ONLY:
            return [probe for probe in probes if re.search(ONLY, probe.name)]
        if WHOLE:
            return probes
        rng = random.Random(f"{SEED} {role.name}")
        inside = [probe for probe in probes if not probe.interface]
        over_http = [probe for probe in probes if probe.interface]
        return rng.sample(inside, min(SAMPLE, len(inside))) + rng.sample(
            over_http, min(SAMPLE_OVER_HTTP, len(over_http))
        )

    def _attack(self, asker, role, probes):
        """Return what leaked, by the name of the probe."""
        leaks = defaultdict(list)
        for probe in probes:
            if wrong := asker.ask(probe).leaks(role.allowed):
                leaks[probe.name] += wrong
        return leaks

    def _twins(self, asker, probes, role):
        """Run the same probes on records in sight.

        :return: the kinds of probes, each with the first probe that was answered with a mark or None, and the links
                 that the twins emptied
        """
        answered, emptied = {}, {}
        by_kind = defaultdict(list)
        told = Counter()
        for probe in probes:
            if seen := asker.things.seen.get(probe.case.comodel):
                by_kind[probe.kind].append(replace(probe, nr=seen[0]))
        for kind, twins in by_kind.items():
            answered[kind] = None
            # Start with probes whose previous form was answered; then take one of each field before the second of any.
            turns = Counter()
            distinct = {twin.name: twin for twin in twins}.values()
            in_turn = []
            for twin in distinct:
                in_turn.append((-told[twin.case.name], turns[twin.case.name], twin))
                turns[twin.case.name] += 1
            in_turn.sort(key=itemgetter(0, 1))
            for _told, _turn, twin in in_turn[: TWINS_TO_ANSWER if self._must_answer(twins[0], role) else TWINS]:
                answer = asker.ask(twin)
                if answer.emptied:
                    emptied[twin.name] = ["emptied the link"]
                if answer.marks:
                    told[twin.case.name] += 1
                    answered[kind] = twin.name
                    break
        return answered, emptied

    def _must_answer(self, probe, role):
        """Whether a record in sight must be revealed: by a plain ID everywhere, by a text where it is saved.

        The first role shows that each kind of probe can reveal a record; the other roles try fewer. Portal users save
        nothing with the ID of a document, but forms still answer them. Default values are only numbers. A form returns
        its lines in computed fields, and no field is computed from the links of a line.
        """
        if role in ROLES[1:] or probe.place.name.startswith("default values"):
            return False
        if probe.place.name in ("a line on a form", "a line on a form, its default") and probe.case.kind == LINKS:
            return False
        if not role.is_agent and "form" not in probe.place.name:
            return False
        return probe.form.name in ("integer", "link", "set") or (probe.form.links and probe.place.writes)

    def _prove(self, area, role, asker, all_probes):
        started = time.monotonic()
        everything = list(all_probes)
        probes = self._slice(everything, role)
        leaks = self._attack(asker, role, probes)
        answered, emptied = self._twins(asker, probes, role)
        needed = {probe.kind for probe in probes if self._must_answer(probe, role)}
        distinct = len({probe.name for probe in probes})
        figure(area, f"{role.name}: pairs of model and field", len({probe.case.name for probe in everything}))
        figure(area, f"{role.name}: pairs asked", len({probe.case.name for probe in probes}))
        figure(area, f"{role.name}: asked", len(probes))
        figure(area, f"{role.name}: asked over HTTP", sum(bool(probe.interface) for probe in probes))
        figure(area, f"{role.name}: distinct", distinct)
        figure(area, f"{role.name}: kinds of probes", len(answered))
        figure(area, f"{role.name}: kinds whose twin answered with a mark", sum(map(bool, answered.values())))
        told = sum(any(one.startswith("told") for one in wrong) for wrong in leaks.values())
        figure(area, f"{role.name}: leaks", len(leaks))
        figure(area, f"{role.name}: leaks by a text", told)
        figure(area, f"{role.name}: links emptied in silence", len(emptied))
        figure(area, f"{role.name}: seconds", round(time.monotonic() - started))
        for reason, number in sorted(asker.cases.skipped.items()):
            figure(area, f"{role.name}: skipped, {reason}", number)
        for (reason, of), names in sorted(asker.cases.skipped_fields.items()) if WHOLE else ():
            _logger.info("Skipped as %s, %s: %s (%s)", role.name, reason, ", ".join(names), of)
        if wrong := leaks | emptied:
            self.fail(self._listed(wrong))
        if WHOLE and not ONLY:
            silent = sorted(kind for kind in needed if not answered.get(kind))
            self.assertFalse(silent, "kinds of probes that no record in sight answers")
        self.assertTrue(ONLY or any(answered.values()))
        return distinct

    def _listed(self, leaks):
        return "\n" + "\n".join(f"{name}: {', '.join(dict.fromkeys(wrong))}" for name, wrong in sorted(leaks.items()))


@tagged("post_install", "-at_install", "leads_prove")
class TestLinks(LinksCommon):
    """Every link, as the role that sees least."""

    @mute_logger(*MUTED)
    def test_no_link_by_number_tells_of_a_record_out_of_sight(self):
        figure("links", "seed (LEADS_SEED)", SEED if not WHOLE else "all of them")
        for role in ROLES[:1]:
            with self.subTest(role.name), self._as(role) as env:
                self._enter(role)
                asker = Asker(self, env)
                distinct = self._prove("links", role, asker, self._links(asker))
                if not ONLY:
                    self.assertGreaterEqual(distinct, LEAST if WHOLE else SAMPLE)


@tagged("post_install", "-at_install", "leads_prove")
class TestNumbers(LinksCommon):
    """Links as the other roles, documents by ID, and active records in the context."""

    @mute_logger(*MUTED)
    def test_no_link_by_number_tells_the_other_agents(self):
        """The same by ID and by text, without HTTP: the other roles see other records.

        Each role tries a different quarter of the probes.
        """
        others = ROLES[1:5]
        for share, role in enumerate(others) if WHOLE else ():
            with self.subTest(role.name), self._as(role) as env:
                asker = Asker(self, env)
                few = (
                    probe
                    for probe in self._links(asker)
                    if not probe.interface
                    and probe.form.name in ("integer", "text", "link", "set by text")
                    and crc32(probe.name.encode()) % len(others) == share
                )
                self._prove("links", role, asker, few)

    @mute_logger(*MUTED)
    def test_no_document_by_number_is_named(self):
        for role in (ROLES[0], PORTAL):
            with self.subTest(role.name), self._as(role) as env:
                self._enter(role)
                asker = Asker(self, env)
                self._prove("documents by number", role, asker, self._documents(asker))

    @mute_logger(*MUTED)
    def test_nothing_is_told_of_what_somebody_says_to_stand_on(self):
        role = ROLES[0]
        with self._as(role) as env:
            asker = Asker(self, env)
            self._prove("standing on a record", role, asker, self._standing(asker))
