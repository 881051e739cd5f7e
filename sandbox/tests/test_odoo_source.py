"""Finding an Odoo in different kinds of folders."""

import pytest

from sandbox import odoo_source
from sandbox.console import Trouble

RELEASE = "version_info = ({}, {}, 0, 'final', 0, '')\nversion = '{}.{}'\n"


def put(folder, major=19, minor=0):
    (folder / "odoo" / "addons").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(RELEASE.format(major, minor, major, minor))


@pytest.mark.parametrize("place", [".", "usr/lib/python3/dist-packages", "lib/python3/dist-packages"])
def test_odoo_home_may_be_a_checkout_or_an_unpacked_tree(tmp_path, monkeypatch, place):
    put(tmp_path / place)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    found = odoo_source.find()
    assert found.home == (tmp_path / place).resolve()
    assert found.addons == [found.home / "odoo" / "addons"]


def test_odoo_home_may_be_the_package_itself(tmp_path, monkeypatch):
    put(tmp_path)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path / "odoo"))
    assert odoo_source.find().home == tmp_path


def test_another_series_is_refused(tmp_path, monkeypatch):
    put(tmp_path, major=18)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Trouble, match=r"19\.0 is needed, but this is 18\.0"):
        odoo_source.find()


def test_empty_odoo_home_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Trouble, match="holds no Odoo"):
        odoo_source.find()
