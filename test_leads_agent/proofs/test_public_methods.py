import inspect
import re

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, WHOLE, figure, marks_in
from .scenario import Scenario

MODELS = ("quotation", "quotation_line", "partner", "sold")
# Methods that would fail in any request, or that need an external service.
SKIPPED = re.compile(r"init|pdf|.*_enrich.*|.*autocomplete.*|.*_iap.*|.*_sync.*")


@tagged("post_install", "-at_install", "leads_prove")
class TestPublicMethods(Scenario):
    """Every public method without arguments is called, on a record out of sight and on one in sight."""

    def _methods(self, record):
        """Return the names of the methods that only need the record."""
        for name, function in inspect.getmembers(type(record), inspect.isfunction):
            if name.startswith("_") or SKIPPED.fullmatch(name):
                continue
            try:
                get_public_method(record, name)
            except (AccessError, AttributeError):
                continue
            parameters = list(inspect.signature(function).parameters.values())[1:]
            if all(
                parameter.default is not parameter.empty
                or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
                for parameter in parameters
            ):
                yield name

    def _call(self, record, name):
        """Return the result of the call as text, including returned records."""
        with self._rolled_back():
            try:
                result = getattr(record, name)()
                text = str(result)
                self.env.flush_all()
            except Exception as error:  # any error is returned to the client
                text = str(error)
        return text

    @mute_logger(
        "odoo.models",
        "odoo.addons.base.models.ir_rule",
        "odoo.sql_db",
        "odoo.addons.base.models.ir_actions_report",
        "odoo.addons.base.models.ir_mail_server",
        "odoo.addons.mail.models.mail_mail",
        "odoo.addons.mail.models.mail_thread",
        "odoo.http",
        "py.warnings",
    )
    def test_no_public_method_tells_of_a_record_out_of_sight(self):
        for role in ROLES[:1] if not WHOLE else ROLES[:5]:
            held = "D" if role.user == "other_agent" else "A"
            called = told = 0
            with self.subTest(role.name), self._as(role) as env:
                for key in MODELS:
                    twin = self.world[held][key]
                    hidden = self.world["B"][key]
                    for name in self._methods(env[twin._name]):
                        called += 1
                        answer = self._call(env[hidden._name].browse(hidden.ids), name)
                        self.assertFalse(marks_in(answer) - role.allowed, f"{hidden._name}.{name}")
                        answer = self._call(env[twin._name].browse(twin.ids), name)
                        told += bool(marks_in(answer))
                        self.assertFalse(marks_in(answer) - role.allowed, f"{twin._name}.{name} on a record in sight")
                figure("public methods", f"{role.name}: called", called)
                figure("public methods", f"{role.name}: twins that answered with a mark", told)
                self.assertTrue(told)
