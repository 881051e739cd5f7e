"""Which addons the proof of addons installs together."""

import pytest

from sandbox import addons
from test_leads_agent.proofs.around.addon_sets import SUBSETS, Manifests, cases, chosen

OURS = [addon.name for addon in addons.ours() if not addon.is_test]
NAMES = [f"addon_{number}" for number in range(10)]


@pytest.fixture
def small():
    """A host, an addon on it, what listens to that addon, and a bridge to an app."""
    manifests = {
        "base": {},
        "host": {"auto_install": True},
        "app": {"depends": ["host"]},
        "of_a_country": {"depends": ["host"], "auto_install": True, "countries": ["be"]},
        "ours": {"depends": ["host"]},
        "ours_more": {"depends": ["ours"], "auto_install": True},
        "ours_app": {"depends": ["ours", "app"], "auto_install": True},
    }
    return Manifests(manifests, ["ours", "ours_more", "ours_app"])


def test_subsets_are_those_of_their_seed():
    assert chosen(NAMES, 7) == chosen(reversed(NAMES), 7)
    assert chosen(NAMES, 7) != chosen(NAMES, 8)


def test_subsets_are_many_differ_and_are_none_of_them_empty():
    subsets = chosen(NAMES, 7)
    assert len(subsets) == len(set(subsets)) == SUBSETS
    assert all(set(names) <= set(NAMES) and names for names in subsets)


def test_small_and_large_subsets_are_drawn():
    sizes = {len(names) for seed in range(20) for names in chosen(NAMES, seed)}
    assert sizes == set(range(1, len(NAMES) + 1))


def test_subsets_that_install_the_same_are_drawn_once():
    drawn = chosen(["a", "b", "c"], 7, 2, lambda names: frozenset({"c", *names}) if "c" in names else frozenset("c"))
    assert len(drawn) == 2
    with pytest.raises(ValueError, match="no 4 subsets"):
        chosen(["a", "b"], 7, 4)


def test_what_adds_itself_comes_with_what_it_waits_for(small):
    assert small.closure(["ours"]) == {"base", "host", "ours", "ours_more"}
    assert small.closure(["ours", "app"]) == {"base", "host", "app", "ours", "ours_more", "ours_app"}
    assert small.closure(["ours_app"], auto=False) == {"base", "host", "app", "ours", "ours_app"}
    assert small.hosts(["ours"]) == {"base", "host"}


def test_order_and_what_stands_above(small):
    assert small.in_order() == ["ours", "ours_app", "ours_more"]
    assert small.above("ours") == set(small.ours)
    assert small.above("ours_app") == {"ours_app"}


def test_cases_are_merged_when_they_install_the_same(small):
    found = cases(small, seed=7, count=2)
    assert len({(case.stages, case.hosts, case.auto) for case in found}) == len(found)
    with_itself = next(case for case in found if "ours and what adds itself" in case.says)
    assert "ours_more and what adds itself" in with_itself.says


def test_all_but_one_leaves_out_what_needs_it(small):
    (case,) = (case for case in cases(small, seed=7, count=2) if "all but ours_more" in case.says)
    assert case.stages == (("ours", "ours_app"), ("ours_more",))
    assert not any("all but ours" in case.says for case in cases(small, seed=7, count=2))


def test_every_addon_of_the_suite_has_its_cases():
    manifests = {addon.name: addon.manifest for addon in addons.ours()}
    hosts = {name for manifest in manifests.values() for name in manifest["depends"]} - manifests.keys()
    known = Manifests({name: {} for name in ("base", *hosts)} | manifests, OURS)
    names = {name for case in cases(known, seed=7) for name in case.says}
    assert {f"{name} alone" for name in OURS} <= names
    assert {f"all but {name}" for name in OURS if name != "leads_agent"} <= names
    assert {f"by chance {number}" for number in range(1, SUBSETS + 1)} <= names
    assert {"all", "one after another", "all with Odoo's own", "leads_agent with Odoo's own"} <= names
