import inspect

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method

OURS = "odoo.addons.leads_agent"
# Values for required parameters; a parameter name has the same meaning in all methods.
GIVEN = {
    "data": [],
    "defaults": [],
    "field_names": [],
    "fields": [],
    "fields_spec": {},
    "help_message": "",
    "message": "",
    "msg_dict": {"email_from": "ada@example.com"},
    "reason": "Counted twice",
    "specification": {},
    "vals": {},
    "vals_list": [{}],
    "values": {},
}
# Callable by clients, but only meant for the installation.
SKIPPED = {"init": "Odoo calls it at install"}
# Methods of all models are called on each model by its name.
SKIPPED_MODELS = {"base"}


class PublicMethods:
    """The public methods of the addons, and a record of the test data for each model."""

    def _methods(self):
        """Return what the addons define and a client may call.

        :returns: of each ``(model, method, the functions of the addons, whether Odoo has it too)``
        """
        for name in sorted(set(self.env.registry) - SKIPPED_MODELS):
            model = self.env[name]
            classes = [cls for cls in type(model).__mro__ if not getattr(cls, "pool", None)]
            ours = [cls for cls in classes if cls.__module__.startswith(OURS) and name in (cls._name, cls._inherit)]
            theirs = [cls for cls in classes if not cls.__module__.startswith(OURS)]
            for method in sorted({method for cls in ours for method in vars(cls)}):
                functions = [vars(cls)[method] for cls in ours if inspect.isfunction(vars(cls).get(method))]
                if method.startswith("_") or method in SKIPPED or not functions:
                    continue
                try:
                    get_public_method(model, method)
                except (AccessError, AttributeError):
                    continue
                yield name, method, functions, any(method in vars(cls) for cls in (*theirs, BaseModel))

    def _samples(self):
        """Return a record for each model, from the test data if possible."""
        samples = {
            record._name: record[:1]
            for things in (self.world[letter] for letter in "BDXA")
            for record in things.values()
            if record
        }
        samples |= {
            "leads.agent.assignment": self._active(self.world["A"]["partner"]),
            "res.users": self.agent,
            "res.company": self.env.company,
            "leads.agent.profile": self.profiles[self.agent],
            "leads.agent.batch.assign": self.batch,
            "leads.agent.rule": self.rule,
            "leads.agent.self.test": self.self_test,
            "leads.agent.lifecycle.rule": self.lifecycle_rule,
            "leads.agent.meta.receiver": self.receiver,
            "crm.lead": self.world["A"]["incoming"],
        }
        return samples
