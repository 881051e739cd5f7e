"""Which addons there are, and whether they changed."""

from sandbox.addons import Addon


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
