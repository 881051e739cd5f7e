"""The lint hook for XML."""

from sandbox.xml_wellformed import main, problem


def test_broken_file_is_named_with_its_line(tmp_path, capsys):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_text("<odoo/>")
    bad.write_text("<odoo>\n<record>\n</odoo>")
    assert problem(good) is None
    assert main([str(good), str(bad)]) == 1
    assert "bad.xml:3:" in capsys.readouterr().err
