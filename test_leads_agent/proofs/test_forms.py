from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .marks import ROLES, WHOLE, figure, marks_in
from .scenario import Scenario

# The records to use in forms.
THINGS = (
    "partner",
    "contact",
    "quotation",
    "sold",
    "cancelled",
    "sold_line",
    "lead",
    "incoming",
    "event",
    "invoice",
    "call",
    "callback",
)


@tagged("post_install", "-at_install", "leads_prove")
class TestForms(Scenario):
    """A new form calls onchange before saving, with defaults from the caller: it must reveal nothing.

    Each link of each model that the role may create is filled in by ID, including wizards.
    """

    def _things(self, env):
        """Return IDs by model: those that the role may read, and the others."""
        seen, hidden = {}, {}
        for things in self.world.values():
            for key in THINGS:
                if (record := things.get(key)) is None:
                    continue
                mine = env[record._name].browse(record.ids).exists()._filtered_access("read")
                (seen if mine else hidden).setdefault(record._name, []).append(record.id)
        return seen, hidden

    def _links(self, env):
        for model in env.values():
            if model._abstract or not model.has_access("create"):
                continue
            for field in model._fields.values():
                if field.type == "many2one" and model._has_field_access(field, "read"):
                    yield model, field

    def _told(self, model, field, record_id):
        """Return the marks in a new form in which the link is filled in."""
        specification = {field.name: {"fields": {"display_name": {}}}}
        with self._rolled_back():
            try:
                answer = model.with_context(**{f"default_{field.name}": record_id}).onchange({}, [], specification)
            except (AccessError, UserError, ValidationError):
                return set()
            except Exception as error:  # any error is returned to the client
                answer = error
        return marks_in(str(answer))

    def _required(self, model, but):
        """Return values for required fields without a default."""
        defaults = model.default_get([name for name, field in model._fields.items() if field.required])
        vals = {}
        for name, field in model._fields.items():
            if not field.required or not field.store or field.compute or name in defaults or name == but:
                continue
            match field.type:
                case "char" | "text" | "html":
                    vals[name] = "x"
                case "many2one":
                    vals[name] = model.env[field.comodel_name].search([], limit=1).id
                case "date" | "datetime":
                    vals[name] = "2030-01-07"
                case "selection":
                    vals[name] = field.get_values(model.env)[0]
                case "integer" | "float" | "monetary":
                    vals[name] = 1
        return vals

    def _told_by_linking(self, model, field, record_id):
        """Return the marks that a new record of the role reveals of the linked record."""
        with self._rolled_back():
            try:
                record = model.create({**self._required(model, field.name), field.name: record_id})
                self.env.flush_all()
                self.env.invalidate_all()
                answer = record.read([field.name])
            except Exception as error:  # any error is returned to the client
                answer = error
        return marks_in(str(answer))

    def test_no_form_names_a_record_out_of_sight(self):
        self._attack("forms", self._told, 10)

    def test_no_record_is_named_by_linking_to_it(self):
        self._attack("links", self._told_by_linking, 5)

    @mute_logger(
        "odoo.models",
        "odoo.addons.base.models.ir_rule",
        "odoo.sql_db",
        "odoo.http",
        "py.warnings",
        "odoo.addons.mail.models.mail_mail",
        "odoo.addons.base.models.ir_mail_server",
    )
    def _attack(self, area, told, least):
        """:param int least: for how many links the call with a record in sight must return a mark"""
        for role in ROLES[:1] if not WHOLE else ROLES[:5]:
            with self._as(role) as env, self.subTest(role.name):
                seen, hidden = self._things(env)
                leaks, asked, twins = {}, 0, 0
                for model, field in self._links(env):
                    for record_id in hidden.get(field.comodel_name, ()):
                        asked += 1
                        if marks := told(model, field, record_id) - role.allowed:
                            leaks.setdefault(f"{model._name}.{field.name}", set()).update(marks)
                    twins += any(told(model, field, nr) for nr in seen.get(field.comodel_name, ())[:2])
                figure(area, f"{role.name}: asked", asked)
                figure(area, f"{role.name}: twins that answered with a mark", twins)
                figure(area, f"{role.name}: leaks", len(leaks))
                self.assertFalse(leaks)
                self.assertGreaterEqual(twins, least)
