"""Which addons exist, and whether they changed."""

from sandbox.addons import Addon, ours, shared_out, tags_of


def test_fingerprint_follows_content_and_ignores_bytecode(tmp_path):
    source = tmp_path / "models.py"
    source.write_text("a = 1")
    addon = Addon(tmp_path, {})
    before = addon.fingerprint()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "models.pyc").write_bytes(b"x")
    assert addon.fingerprint() == before
    source.write_text("a = 2")
    assert addon.fingerprint() != before


def test_bridge_waits_for_its_triggers(tmp_path):
    depends = ["leads_agent", "loyalty"]
    assert Addon(tmp_path, {"depends": depends, "auto_install": True}).triggers == set(depends)
    assert Addon(tmp_path, {"depends": depends, "auto_install": ["loyalty"]}).triggers == {"loyalty"}
    assert not Addon(tmp_path, {"depends": depends}).is_bridge


def test_addons_with_a_website_stand_apart(tmp_path):
    assert Addon(tmp_path, {"depends": ["leads_agent_lifecycle", "website"], "auto_install": True}).is_separate
    assert not Addon(tmp_path, {"depends": ["leads_agent"]}).is_separate


def test_a_selection_is_shared_out(monkeypatch):
    monkeypatch.setattr("sandbox.addons.for_tests_apart", lambda: ["apart"])
    monkeypatch.setattr("sandbox.addons.of_proofs", lambda: ["proofs"])
    assert shared_out("/together,/proofs:TestY,/apart:TestX") == ("/together", "/proofs:TestY", "/apart:TestX")
    assert shared_out("/apart") == ("", "", "/apart")
    assert shared_out("leads_prove,:TestX.test_y,/apart_not") == ("leads_prove,:TestX.test_y,/apart_not", "", "")
    assert shared_out("/apart/tests/test_x.py") == ("", "", "/apart/tests/test_x.py")


def test_every_addon_is_in_one_part():
    names = [addon.name for addon in ours()]
    parts = [part.split(",") for part in shared_out(tags_of(names))]
    assert sorted(tag for part in parts for tag in part) == sorted(f"/{name}" for name in names)
