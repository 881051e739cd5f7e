import time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, WHOLE, figure
from .scenario import Scenario
from .sweep import Sweep

LEAST_READS = 2400
LEAST_CONTROLS = 20
# The roles that see least, should see nothing any more, and see most; `make prove` tests every role.
SLICE = ("agent, locked", "role lost", "manager")


@tagged("post_install", "-at_install", "leads_prove")
class TestCanarySweep(Scenario):
    """In all models: no role reads the mark of a record that is out of its sight."""

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_no_role_reads_what_is_out_of_sight(self):
        for role in [role for role in ROLES if WHOLE or role.name in SLICE]:
            with self.subTest(role.name), self._as(role) as env:
                started = time.monotonic()
                sweep = Sweep(env).run()
                leaks, controls = sweep.leaks(role.allowed, role.opened), sweep.controls(role.allowed)
                figure("sweep", f"{role.name}: models", sweep.models)
                figure("sweep", f"{role.name}: fields read", sweep.reads)
                figure("sweep", f"{role.name}: fields refused", len(sweep.refused))
                figure("sweep", f"{role.name}: canaries", len(leaks))
                figure("sweep", f"{role.name}: positive controls", len(controls))
                figure("sweep", f"{role.name}: seconds", round(time.monotonic() - started, 1))
                self.assertFalse(leaks, "\n" + "\n".join(leaks))
                self.assertGreaterEqual(sweep.reads, LEAST_READS)
                self.assertGreaterEqual(len(controls), LEAST_CONTROLS)
                self.assertEqual(role.allowed - sweep.found.keys(), set(), "every mark in sight is found")
