"""The interfaces for clients. Each returns the response as text."""

import json
from datetime import timedelta
from xmlrpc.client import Fault

from odoo import http
from odoo.tests import HttpCase

from .scenario import Scenario

INTERFACES = ("call_kw", "json/2", "xmlrpc")
MUTED = (
    "odoo.addons.leads_agent_channel.models.leads_agent_received",
    "odoo.domains",
    "odoo.http",
    "odoo.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.sql_db",
    "odoo.addons.web.controllers.export",
    "werkzeug",
)


class RemoteCase(Scenario, HttpCase):
    """Signed-in clients of each kind. Requests share the transaction of the test, so all of it is rolled back."""

    def _enter(self, role):
        """Sign in by session and by API key; within :meth:`_as`."""
        self.user = getattr(self, role.user)
        self.authenticate(self.user.login, self.user.login)
        expires = self.env.cr.now() + timedelta(hours=1)
        self.key = self.env(user=self.user)["res.users.apikeys"]._generate("rpc", "proof", expires)
        self._settle()

    def _rpc(self, interface, model, method, ids=None, **kwargs):
        """Call a method; ``ids`` is None for methods of the model."""
        # At the older interfaces, `create` takes its values by position.
        args = [] if ids is None else [ids]
        if method == "create" and interface != "json/2":
            args = [kwargs.pop("vals_list")]
        if interface == "call_kw":
            return self._post(
                f"/web/dataset/call_kw/{model}/{method}",
                model=model,
                method=method,
                args=args,
                kwargs=kwargs,
            )
        if interface == "json/2":
            body = kwargs if ids is None else {"ids": ids, **kwargs}
            return self.url_open(
                f"/json/2/{model}/{method}", json=body, headers={"Authorization": f"Bearer {self.key}"}
            ).text
        try:
            return str(
                self.xmlrpc_object.execute_kw(self.env.cr.dbname, self.user.id, self.key, model, method, args, kwargs)
            )
        except Fault as fault:
            return f'"error": {fault.faultCode} {fault.faultString}'

    def _post(self, route, **params):
        """Send a JSON-RPC request like the web client."""
        return self.url_open(
            route, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
        ).text

    def _get(self, path):
        return self.url_open(path).text

    def _form(self, path, **values):
        return self.url_open(path, data={"csrf_token": http.Request.csrf_token(self), **values}).text


def is_refused(answer):
    """Whether the response is an error."""
    return '"error"' in answer or '"name": "odoo.exceptions' in answer or "werkzeug.exceptions" in answer
