import json

from lxml import etree

from odoo.tests import Form

from .marks import ROLES, figure, marks_in
from .remote import RemoteCase, is_refused

# The specification of the web client for a field that links to records.
NAMED = {"fields": {"display_name": {}}}


class OverHttp:
    """A form over HTTP: sends exactly the requests of the web client."""

    def __init__(self, client, record):
        self._client, self._record = client, record

    def __getattr__(self, name):
        return getattr(self._record, name)

    def __bool__(self):
        return bool(self._record)

    def with_context(self, **context):
        return OverHttp(self._client, self._record.with_context(**context))

    def browse(self, record_id):
        return OverHttp(self._client, self._record.browse(record_id))

    def _call(self, method, *args):
        return self._client._call(
            self._record._name, method, self._record.ids, *args, context=dict(self._record.env.context)
        )

    def onchange(self, values, field_names, specification):
        return self._call("onchange", values, field_names, specification)

    def web_read(self, specification):
        return self._call("web_read", specification)

    def web_save(self, values, specification):
        return self._call("web_save", values, specification)


class Window(Form):
    """A form as opened in the web client: requests the whole view, and sends input over HTTP."""

    def __init__(self, client, record, view=None):
        object.__setattr__(self, "_client", client)
        super().__init__(record, view)

    def _init_from_record(self):
        object.__setattr__(self, "_record", OverHttp(self._client, self._record))
        return super()._init_from_record()

    def _init_from_defaults(self):
        object.__setattr__(self, "_record", OverHttp(self._client, self._record))
        return super()._init_from_defaults()

    def save(self):
        record = super().save()._record
        self._client._settle()
        return record


class Journeys(RemoteCase):
    """The daily work of an agent in Odoo under the lock, without a single error.

    The test data include everything that could cause one: a hidden duplicate of an order, a stranger who follows an
    order, meetings of others, messages of all.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.locked = next(role for role in ROLES if role.name == "agent, locked")

    def setUp(self):
        super().setUp()
        as_role = self._as(self.locked)
        as_role.__enter__()
        self.addCleanup(as_role.__exit__, None, None, None)
        self._enter(self.locked)
        self.calls = 0

    def _ok(self, answer):
        """Return the result of a request that must succeed, and must reveal nothing out of sight."""
        self.calls += 1
        result = json.loads(answer) if answer.startswith("{") else None
        if result and "error" in result:
            self.fail("\n".join(result["error"]["data"]["debug"].splitlines()[-25:]))
        if result is None:
            self.assertFalse(is_refused(answer), answer[:2000])
        self.assertFalse(marks_in(answer) - self.locked.allowed, answer[:2000])
        return answer if result is None else result.get("result")

    def _call(self, model, method, *args, **kwargs):
        return self._ok(
            self._post(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)
        )

    def _open(self, record, view=None):
        """Open the form of a record of the user or of a new one, with the context of the action."""
        return Window(self, record, view)

    def _mine(self, model, **context):
        """Return a model in the environment of the signed-in user."""
        return self.env[model].with_user(self.user).with_context(**context)

    def _specification(self, model, view_type="form"):
        """Return every field of the view, and of the lists in it, as the web client requests them."""
        views = self._call(model, "get_views", [[False, view_type], [False, "search"]])
        return self._fields_of(model, etree.fromstring(views["views"][view_type]["arch"]))

    def _fields_of(self, model, view):
        specification = {}
        for node in view.iterfind(".//field"):
            if next((above for above in node.iterancestors("field") if above is not view), None) is not None:
                continue
            field = self.env[model]._fields[node.get("name")]
            shown = node.find("list") if node.find("list") is not None else node.find("kanban")
            if not field.relational:
                specification[field.name] = {}
            elif shown is None:
                specification[field.name] = NAMED
            else:
                specification[field.name] = {"fields": self._fields_of(field.comodel_name, shown)}
        return specification

    def _told(self):
        figure("journeys", f"{self._testMethodName.removeprefix('test_')}: requests without an error", self.calls)
