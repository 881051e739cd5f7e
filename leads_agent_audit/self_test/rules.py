"""Compare the rules, rights and groups of the database with those that were shipped."""

from collections import defaultdict

from odoo.addons.leads_agent.models.res_groups import AGENT

from .links import Links
from .results import result
from .shipped_rules import PERMISSIONS, ShippedRule, addons_on, shipped_rights, shipped_rules
from .sight import SPECIFIED


class Rules:
    """The rules of a database, compared with the data files of the addons."""

    def __init__(self, test):
        self.env, self.links = test.env, Links(test)

    def check(self):
        """Return lines on shipped rules that are missing, inactive or changed, and on rights added manually."""
        return [
            result(self.env, "widened", sentence, model=model)
            for model, sentences in self.problems().items()
            for sentence in sentences
        ] + self._check_rights()

    def problems(self):
        """Return the problems with the shipped rules.

        :returns: ``{model: [sentences]}``
        """
        problems = defaultdict(list)
        for addon in addons_on("leads_agent", self.env.registry._init_modules):
            for shipped in shipped_rules(addon):
                model = self.env.ref(shipped.model_xmlid)
                rule = self.env.ref(shipped.xmlid, raise_if_not_found=False)
                if sentence := self._rule_problem(shipped, rule, model):
                    problems[model.model].append(sentence)
        for closed in self.env["leads.agent.closed.model"].search([("active", "=", True)]):
            if sentence := self._rule_problem(self._closing_rule(closed), closed.rule_id.exists(), closed.model_id):
                problems[closed.model].append(sentence)
        return problems

    def _closing_rule(self, closed):
        """Return the rule that a model closed by an administrator must have."""
        values = closed._rule_values()
        return ShippedRule(
            xmlid=self.env._("closed to agents"),
            name=values["name"],
            model_xmlid="",
            domain=values["domain_force"],
            permissions=tuple(values[name] for name in PERMISSIONS),
            is_global=True,
        )

    def _rule_problem(self, shipped, rule, model):
        names = {"rule": shipped.name, "xmlid": shipped.xmlid}
        if not rule:
            return self.env._("The rule '%(rule)s' (%(xmlid)s) was deleted.", **names)
        if not rule.active:
            return self.env._("The rule '%(rule)s' (%(xmlid)s) is switched off.", **names)
        if shipped.is_global and rule.groups:
            return self.env._(
                "The rule '%(rule)s' (%(xmlid)s) was limited to groups, so rules of other groups widen it.", **names
            )
        if (rule.domain_force or "").strip() != shipped.domain:
            return self.env._("The condition of the rule '%(rule)s' (%(xmlid)s) was changed.", **names)
        if rule.model_id != model:
            return self.env._("The rule '%(rule)s' (%(xmlid)s) was moved to another model.", **names)
        if tuple(rule[name] for name in PERMISSIONS) != shipped.permissions:
            return self.env._(
                "The rule '%(rule)s' (%(xmlid)s) applies to other operations than the shipped rule.", **names
            )
        return None

    def _check_rights(self):
        """Find rights outside any addon that give agents access to customers, orders, or models linked to them."""
        agent = self.env.ref(AGENT)
        rights = self.env["ir.model.access"].search(
            [("group_id", "in", [False, *agent.all_implied_ids.ids])], order="model_id, id"
        )
        shipped = rights._get_external_ids()
        return self._check_shipped_rights() + [
            result(
                self.env,
                "widened",
                self.env._(
                    "The custom access right '%(right)s' allows agents to: %(operations)s.",
                    right=right.name,
                    operations=self._operations(right, [name for name in PERMISSIONS if right[name]]),
                ),
                model=right.model_id.model,
            )
            for right in rights
            if not shipped[right.id] and (right.model_id.model in SPECIFIED or self.links.of(right.model_id.model))
        ]

    def _check_shipped_rights(self):
        """Find shipped rights that were widened."""
        lines = []
        for addon in addons_on("leads_agent", self.env.registry._init_modules):
            for xmlid, permissions in shipped_rights(addon):
                right = self.env.ref(xmlid, raise_if_not_found=False)
                added = [name for name in PERMISSIONS if right and right[name] and name not in permissions]
                if added and right.active:
                    lines.append(
                        result(
                            self.env,
                            "widened",
                            self.env._(
                                "The access right '%(right)s' (%(xmlid)s) now also allows: %(operations)s.",
                                right=right.name,
                                xmlid=xmlid,
                                operations=self._operations(right, added),
                            ),
                            model=right.model_id.model,
                        )
                    )
        return lines

    def _operations(self, right, names):
        return ", ".join(right._fields[name]._description_string(self.env) for name in names)

    def check_groups(self, agent):
        """Find groups that agents may not have and that this agent has."""
        conflicts = agent.all_group_ids & self.env["res.groups"]._leads_excluded_groups()
        if not conflicts:
            return []
        sentence = self.env._(
            "Belongs to groups that agents may not have: %s. The record rules still apply where they can. "
            "Remove these groups.",
            ", ".join(conflicts.mapped("full_name")),
        )
        return [result(self.env, "widened", sentence, agent=agent)]
