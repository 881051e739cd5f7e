"""pytest plugin: import `<addon>/tools/*.py` without the addon around it, which only Odoo can import.

The arithmetic in `tools/` does without the ORM; this holds it to that.
"""

import sys
import types

from .paths import ROOT

for name, path in {"odoo": [], "odoo.addons": []}.items():
    sys.modules.setdefault(name, types.ModuleType(name)).__path__ = path
for manifest in ROOT.glob("*/__manifest__.py"):
    package = types.ModuleType(manifest.parent.name)
    package.__path__ = [str(manifest.parent)]
    # Tools of one addon import those of another as Odoo would.
    for name in (package.__name__, f"odoo.addons.{package.__name__}"):
        sys.modules.setdefault(name, package)
