"""pytest plugin: import `<addon>/tools/*.py` without their addon, which only Odoo can import.

The arithmetic in `tools/` must not depend on the ORM; this plugin enforces it.
"""

import sys
import types

from .paths import ROOT

for name, path in {"odoo": [], "odoo.addons": []}.items():
    sys.modules.setdefault(name, types.ModuleType(name)).__path__ = path
for manifest in ROOT.glob("*/__manifest__.py"):
    package = types.ModuleType(manifest.parent.name)
    package.__path__ = [str(manifest.parent)]
    # Tools of one addon import those of another like in Odoo.
    for name in (package.__name__, f"odoo.addons.{package.__name__}"):
        sys.modules.setdefault(name, package)
