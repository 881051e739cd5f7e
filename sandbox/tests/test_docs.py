"""Links and images in the documents exist."""

import re

import pytest

from sandbox.paths import ROOT, SCREENSHOTS

DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


def test_every_picture_is_shown_by_a_document():
    shown = {name for document in DOCUMENTS for name in re.findall(r"screenshots/(\w+\.png)", document.read_text())}
    assert {picture.name for picture in SCREENSHOTS.iterdir()} == shown
