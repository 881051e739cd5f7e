"""Which models link to customers and orders, and by which fields."""

from odoo.tools import SQL

from odoo.addons.leads_agent.models.leads_agent_document_sight_mixin import DOCUMENTS
from odoo.addons.leads_agent.models.res_groups import AGENT

# The links that count, for models where not all of them do: the people a message names are read with its document,
# a follower tells only the ID of the document, the order of a call is for managers, and the rated user and the one
# who answers the rating are colleagues.
HANGS_BY = {
    "leads.agent.call": ("partner_id",),
    "mail.message": ("res_id",),
    "mail.scheduled.message": ("res_id",),
    "mail.followers": ("partner_id",),
    "mail.notification": ("res_partner_id",),
    "rating.rating": ("partner_id", "res_id"),
}


class Links:
    """The links of all models to customers and orders that a visibility test checks."""

    def __init__(self, test):
        self.env, self.test = test.env, test

    def readable(self, agents):
        """Stored models that at least one of the agents has a right to read."""
        names = set()
        for agent in agents:
            names |= self.env["ir.model.access"].with_user(agent)._get_allowed_models("read")
        return {
            name
            for name in names
            if name in self.env and not self.env[name]._abstract and not self.env[name]._transient
        }

    def hidden(self, sight, model):
        """``{field: SQL}``: the rows whose link in this field is out of the agent's sight."""
        return {
            name: SQL(" OR ").join(condition(sight) for condition in conditions)
            for name, targets in self.of(model).items()
            if (conditions := [build for target, build in targets.items() if sight.hides(target)])
        }

    def of(self, model):
        """Return the fields by which a model links to customers and orders.

        :returns: ``{field: {document model: function of a Sight that gives the SQL condition}}``
        """
        Model = self.env.get(model)
        if Model is None or Model._abstract or Model._transient or model in self.test._accepted():
            return {}
        return {
            name: targets
            for name, field in Model._fields.items()
            if field.store and name in HANGS_BY.get(model, (name,)) and (targets := self._targets(Model, field))
        }

    def _targets(self, Model, field):
        """The documents that a field points to, each with the SQL of its rows."""
        if field.company_dependent or field.name == "id":
            return {}
        column = SQL.identifier(Model._table, field.name)
        if field.type == "many2one" and field.comodel_name in DOCUMENTS:
            return {field.comodel_name: lambda sight: sight.hidden(field.comodel_name, column)}
        if field.type == "many2many" and field.comodel_name in DOCUMENTS and field.relation:
            return {
                field.comodel_name: lambda sight: SQL(
                    "EXISTS (SELECT FROM %s link WHERE link.%s = %s AND %s)",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(Model._table, "id"),
                    sight.hidden(field.comodel_name, SQL.identifier("link", field.column2)),
                )
            }
        if field.type == "reference":
            values = field.get_values(self.env)
            return {
                target: lambda sight, target=target: SQL(
                    "(split_part(%(column)s, ',', 1) = %(target)s AND %(hidden)s)",
                    column=column,
                    target=target,
                    hidden=sight.hidden(target, SQL("NULLIF(split_part(%s, ',', 2), '')::int", column)),
                )
                for target in DOCUMENTS
                if target in values
            }
        model_field = field.model_field if field.type == "many2one_reference" else None
        if field.type == "integer" and field.name == "res_id":
            model_field = next((name for name in ("res_model", "model") if name in Model._fields), None)
        if model_field and Model._fields[model_field].store:
            return {
                target: lambda sight, target=target: SQL(
                    "(%s = %s AND %s)", SQL.identifier(Model._table, model_field), target, sight.hidden(target, column)
                )
                for target in DOCUMENTS
            }
        return {}

    def are_covered(self, model):
        """Whether a global rule for agents, or a reviewed restriction of Odoo itself, keeps agents out."""
        if model in self.test._covered_otherwise() or "res.partner" in self.env[model]._inherits:
            return True
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=", model), ("groups", "=", False), ("perm_read", "=", True)]
        )
        return any(name in (rule.domain_force or "") for rule in rules for name in (AGENT, "user.leads_needs_sight"))
