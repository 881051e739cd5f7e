"""pytest plugin: import `<addon>/tools/*.py` without the addon around it, which only Odoo can import.

The arithmetic in `tools/` does without the ORM; this holds it to that.
"""

import sys
import types

from .paths import ROOT

for manifest in ROOT.glob("*/__manifest__.py"):
    package = types.ModuleType(manifest.parent.name)
    package.__path__ = [str(manifest.parent)]
    sys.modules.setdefault(package.__name__, package)
