import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.models.leads_agent_sight_mixin import DOCUMENTS
from odoo.addons.leads_agent.models.res_groups import AGENT

from ..self_test.shipped_rules import PERMISSIONS, ShippedRule, addons_on, shipped_rights, shipped_rules
from ..self_test.sight import Sight

_logger = logging.getLogger(__name__)

# Models with a specification of their own: model -> method of Sight.
SPECIFIED = {
    "res.partner": "partner",
    "sale.order": "order",
    "sale.order.line": "line",
    "leads.agent.assignment": "assignment",
    "leads.agent.history": "history",
}
# By which links a row hangs on a customer or order, where not every link does: whom a message names is read on the
# document it stands on, a follower says of the document no more than its number, the order of a call is for managers,
# and who was rated, or answered to it, is a colleague.
HANGS_BY = {
    "leads.agent.call": ("partner_id",),
    "mail.message": ("res_id",),
    "mail.scheduled.message": ("res_id",),
    "mail.followers": ("partner_id",),
    "mail.notification": ("res_partner_id",),
    "rating.rating": ("partner_id", "res_id"),
}
# Rows that are an agent's own, whoever else they name: they go with the agent, not with the customer.
OWN_ROWS = {
    "calendar.event": lambda agent: ["|", ("user_id", "=", agent.id), ("partner_ids", "in", agent.partner_id.ids)],
    "calendar.attendee": lambda agent: [
        *("|", ("event_id.user_id", "=", agent.id)),
        ("event_id.partner_ids", "in", agent.partner_id.ids),
    ],
    "calendar.filters": lambda agent: [("user_id", "=", agent.id)],
    # The call one is in, until it has its outcome.
    "leads.agent.call": lambda agent: [("agent_id", "=", agent.id), ("state", "!=", "done")],
    "discuss.channel": lambda agent: [("channel_member_ids.partner_id", "in", agent.partner_id.ids)],
    "discuss.channel.member": lambda agent: [("channel_id.channel_member_ids.partner_id", "in", agent.partner_id.ids)],
    "im_livechat.channel.member.history": lambda agent: [
        ("channel_id.channel_member_ids.partner_id", "in", agent.partner_id.ids)
    ],
    "rating.rating": lambda agent: [("rated_partner_id", "=", agent.partner_id.id)],
    "res.users.settings.volumes": lambda agent: [("user_setting_id.user_id", "=", agent.id)],
    "snailmail.letter": lambda agent: [("user_id", "=", agent.id)],
}
# Models whose access other addons filter in Python can only be searched in small sets.
SAMPLE = 100


class LeadsAgentSelfTestChecks(models.AbstractModel):
    """How the visibility test finds out.

    Three questions. Do the rules of the database stand as they were shipped? What does each agent read of customers,
    orders and their lines, assignments and history, against the specification? And does the agent reach, in any other
    readable model with a link to them, a row that hangs on a customer or order out of sight?
    """

    _name = "leads.agent.self.test.checks"
    _description = "Checks of the Visibility Test"

    # ------------------------------------------------------------------
    # Rules, rights, groups
    # ------------------------------------------------------------------

    def _check_rules(self):
        """Lines on shipped rules that are gone, off or changed, and on rights that somebody gave agents by hand."""
        return [
            self._line("widened", sentence, model=model)
            for model, sentences in self._rule_problems().items()
            for sentence in sentences
        ] + self._check_access_lines()

    def _rule_problems(self):
        """What is wrong with the shipped rules.

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
        """What the rule of a model that an administrator closed must be."""
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
            return self.env._("The rule '%(rule)s' (%(xmlid)s) is gone.", **names)
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
            return self.env._("The rule '%(rule)s' (%(xmlid)s) applies to other operations than shipped.", **names)
        return None

    def _check_access_lines(self):
        """Rights that no addon brought and that let agents at customers, orders, or what hangs on them."""
        agent = self.env.ref(AGENT)
        rights = self.env["ir.model.access"].search(
            [("group_id", "in", [False, *agent.all_implied_ids.ids])], order="model_id, id"
        )
        shipped = rights._get_external_ids()
        return self._check_shipped_rights() + [
            self._line(
                "widened",
                self.env._(
                    "The access right '%(right)s' was made by hand and lets agents do this: %(operations)s.",
                    right=right.name,
                    operations=self._operations(right, [name for name in PERMISSIONS if right[name]]),
                ),
                model=right.model_id.model,
            )
            for right in rights
            if not shipped[right.id] and (right.model_id.model in SPECIFIED or self._links(right.model_id.model))
        ]

    def _check_shipped_rights(self):
        """Rights that the addons brought and that somebody widened."""
        lines = []
        for addon in addons_on("leads_agent", self.env.registry._init_modules):
            for xmlid, permissions in shipped_rights(addon):
                right = self.env.ref(xmlid, raise_if_not_found=False)
                added = [name for name in PERMISSIONS if right and right[name] and name not in permissions]
                if added and right.active:
                    lines.append(
                        self._line(
                            "widened",
                            self.env._(
                                "The access right '%(right)s' (%(xmlid)s) allows more than shipped: %(operations)s.",
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

    def _check_groups(self, agent):
        """Groups that agents may not have and this one has."""
        conflicts = agent.all_group_ids & self.env["res.groups"]._leads_excluded_groups()
        if not conflicts:
            return []
        sentence = self.env._(
            "Has groups that agents may not have: %s. The rules hold nevertheless where they reach; take these groups "
            "away.",
            ", ".join(conflicts.mapped("full_name")),
        )
        return [self._line("widened", sentence, agent=agent)]

    # ------------------------------------------------------------------
    # One agent
    # ------------------------------------------------------------------

    def _check_agent(self, agent):
        """All lines on one agent."""
        sight = self._sight(agent)
        lines = self._check_groups(agent)
        for model in sorted(self._readable_models(agent) | SPECIFIED.keys()):
            if model in SPECIFIED:
                lines.append(self._tried(self._check_specified, agent, sight, model))
            elif links := self._hidden_links(sight, model):
                lines.append(self._tried(self._check_hanging, agent, sight, model, links))
        return lines

    def _tried(self, check, agent, sight, model, *args):
        """What a check says; a model of another addon that cannot be searched is a result too, not the end."""
        try:
            with self.env.cr.savepoint():
                return check(agent, sight, model, *args)
        except Exception as error:
            _logger.warning("The visibility test could not read %s as %s", model, agent.login, exc_info=True)
            return self._line(
                "failed",
                self.env._("Reading ended in an error (%s); the log has more.", type(error).__name__),
                agent=agent,
                model=model,
            )

    def _sight(self, agent):
        """The settings and companies of an agent, read where they are written."""
        companies, all_companies = agent.company_ids, agent.with_context(active_test=False).company_ids
        return Sight(
            agent_id=agent.id,
            company_ids=tuple(companies.ids),
            ancestor_ids=tuple((companies | companies.parent_ids).ids),
            locked=any(company.leads_agent_lock_assigned for company in all_companies),
            partial_only=not all(company.leads_agent_view_non_partial for company in all_companies),
            now=fields.Datetime.now(),
        )

    def _as_agent(self, model, agent):
        """The model as the agent reads it in all companies of the agent, archived records included."""
        as_agent = self.env[model].with_user(agent)
        return as_agent.with_context(active_test=False, allowed_company_ids=agent.company_ids.ids)

    def _check_specified(self, agent, sight, model):
        """Both sets are counted, and what they have in common: equal figures of different records are no agreement."""
        Model = self._as_agent(model, agent)
        should = getattr(sight, SPECIFIED[model])(Model._table)
        [[expected]] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM %s WHERE %s", SQL.identifier(Model._table), should)
        )
        seen = common = 0
        if Model.has_access("read"):
            seen = self._count(Model._search([]))
            both = Model._search([])
            both.add_where(should)
            common = self._count(both)
        sentences = []
        if seen > common:
            sentences.append(self.env._("Reads %s more than the settings and assignments allow.", seen - common))
        if expected > common:
            sentences.append(self.env._("Does not read %s of what they should.", expected - common))
        if sentences:
            sentences += self._causes(model, agent)
        return self._line(
            "too_much" if seen > common else "too_little" if sentences else "ok",
            " ".join(sentences),
            agent=agent,
            model=model,
            seen=seen,
            expected=expected,
        )

    def _check_hanging(self, agent, sight, model, links):
        """Rows in reach of the agent that hang on a customer or order out of sight; there should be none."""
        own = self._own_rows(model, agent)
        rows, sampled = self._reach(model, agent, SQL("(%s)%s", SQL(" OR ").join(links.values()), own))
        sentences = []
        if rows:
            reaching = [name for name in links if self._reach(model, agent, SQL("(%s)%s", links[name], own))[0]]
            labels = [f"{self.env[model]._fields[name]._description_string(self.env)} ({name})" for name in reaching]
            sentences.append(
                self.env._(
                    "Reads %(count)s that hang on customers or orders out of sight, by %(fields)s.",
                    count=rows,
                    fields=", ".join(labels),
                )
            )
            sentences += self._causes(model, agent)
        if sampled:
            sentences.append(
                self.env._("Tried were the newest %s out of sight, and as many that the agent made.", SAMPLE)
            )
        return self._line("too_much" if rows else "ok", " ".join(sentences), agent=agent, model=model, seen=rows)

    def _reach(self, model, agent, condition):
        """How many rows of a condition the agent reads, and whether only a sample of them was tried."""
        Model = self._as_agent(model, agent)
        if self._searches_in_python(model):
            ids = self._sample(model, agent, condition)
            return len(Model.search([("id", "in", ids)])), len(ids) >= SAMPLE
        query = Model._search([])
        query.add_where(condition)
        return self._count(query), False

    @api.model
    def _count(self, query):
        return 0 if query.is_empty() else self.env.execute_query(query.select(SQL("COUNT(*)")))[0][0]

    def _searches_in_python(self, model):
        """Whether the model filters what it found row by row, which takes forever with a million rows."""
        return type(self.env[model])._search is not models.BaseModel._search

    def _sample(self, model, agent, condition):
        """Ids of the newest rows of a condition, and of the newest that the agent made: nobody filters these out."""
        Model = self.env[model]
        table = SQL.identifier(Model._table)
        newest = SQL("ORDER BY id DESC LIMIT %s", SAMPLE)
        parts = [SQL("(SELECT id FROM %s WHERE %s %s)", table, condition, newest)]
        if Model._log_access:
            parts.append(SQL("(SELECT id FROM %s WHERE create_uid = %s AND %s %s)", table, agent.id, condition, newest))
        return [row[0] for row in self.env.execute_query(SQL(" UNION ").join(parts))]

    def _own_rows(self, model, agent):
        """SQL that leaves the agent's own rows out."""
        if model not in OWN_ROWS:
            return SQL()
        # sudo: any model - which rows are the agent's own does not depend on what the user may read
        own = self.env[model].sudo().with_context(active_test=False)._search(OWN_ROWS[model](agent))
        return SQL(" AND %s NOT IN %s", SQL.identifier(self.env[model]._table, "id"), own.subselect())

    def _causes(self, model, agent):
        """Why an agent reads what they should not, or too little, as far as the rules of the model say."""
        # What was found out about the model itself stands in the results already.
        about = [("test_id", "=", self.id), ("agent_id", "=", False), ("model", "=", model)]
        sentences = self.env["leads.agent.self.test.line"].search(about).mapped("explanation")
        if model not in SPECIFIED and not self._is_covered(model):
            sentences.append(self.env._("No rule of Leads Agent covers this model."))
        if not sentences:
            sentences.append(
                self.env._(
                    "The rules are as shipped: a stored holder is out of step, or an addon changes what is read."
                )
            )
        if foreign := self._foreign_rules(model, agent):
            sentences.append(self.env._("Rules of other modules: %s.", ", ".join(foreign)))
        return sentences

    def _foreign_rules(self, model, agent):
        """Names of active rules of other modules on reading that apply to the agent, each with its module."""
        rules = self.env["ir.rule"].search(
            Domain("model_id.model", "=", model)
            & Domain("perm_read", "=", True)
            & (Domain("groups", "=", False) | Domain("groups", "in", agent.all_group_ids.ids))
        )
        xmlids = rules._get_external_ids()
        return [
            f"{rule.name} ({(xmlids[rule.id] or [self.env._('made by hand')])[0].split('.')[0]})"
            for rule in rules
            if not any(xmlid.startswith("leads_agent") for xmlid in xmlids[rule.id])
        ]

    # ------------------------------------------------------------------
    # Models and their links
    # ------------------------------------------------------------------

    def _readable_models(self, agents):
        """Stored models that at least one of the agents has a right to read."""
        names = set()
        for agent in agents:
            names |= self.env["ir.model.access"].with_user(agent)._get_allowed_models("read")
        return {
            name
            for name in names
            if name in self.env and not self.env[name]._abstract and not self.env[name]._transient
        }

    def _hidden_links(self, sight, model):
        """``{field: SQL}``: the rows that hang by this field on what is out of the agent's sight."""
        return {
            name: SQL(" OR ").join(condition(sight) for condition in conditions)
            for name, targets in self._links(model).items()
            if (conditions := [build for target, build in targets.items() if sight.hides(target)])
        }

    def _links(self, model):
        """By which fields rows of a model hang on customers and orders.

        :returns: ``{field: {document model: function of a Sight that gives the SQL condition}}``
        """
        Model = self.env.get(model)
        if Model is None or Model._abstract or Model._transient or model in self._accepted():
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

    # ------------------------------------------------------------------
    # Coverage
    # ------------------------------------------------------------------

    def _check_coverage(self, agents):
        """Readable models with a link that no rule of ours covers, once for all agents."""
        known = set(self.line_ids.filtered(lambda line: line.verdict in ("uncovered", "note")).mapped("model"))
        # A rule of ours that is off or gone has been named already.
        known |= self._rule_problems().keys()
        # The setting that would hide something counts, not whether there is a row today.
        sights = [self._sight(agent) for agent in agents]
        lines = []
        for model in sorted(self._readable_models(agents) - SPECIFIED.keys() - known):
            if reviewed := self._accepted().get(model):
                lines.append(self._line("note", reviewed, model=model))
            elif any(self._hidden_links(sight, model) for sight in sights) and not self._is_covered(model):
                lines.append(
                    self._line(
                        "uncovered",
                        self.env._(
                            "No rule of Leads Agent covers this model, which agents may read and which has links to "
                            "customers or orders: %s.",
                            ", ".join(self._links(model)),
                        ),
                        model=model,
                    )
                )
        return lines

    def _is_covered(self, model):
        """A global rule that speaks of agents, or a way of Odoo's own that was reviewed, keeps agents out."""
        if model in self._covered_otherwise() or "res.partner" in self.env[model]._inherits:
            return True
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=", model), ("groups", "=", False), ("perm_read", "=", True)]
        )
        return any(name in (rule.domain_force or "") for rule in rules for name in (AGENT, "user.leads_needs_sight"))

    @api.model
    def _covered_otherwise(self):
        """Models that Odoo itself keeps in step with the document, or to the user's own rows. Other addons may add."""
        return {
            "discuss.channel.member",
            "ir.attachment",
            "payment.token",
            "res.company",
            "res.users.settings.embedded.action",
            "res.users.settings.volumes",
        }

    @api.model
    def _accepted(self):
        """Models whose links say nothing of a customer, each with the reason. Other addons may add to it."""
        own_addresses = self.env._("Names the own company's addresses: nothing of a customer. Not tested.")
        accepted = {
            "product.supplierinfo": self.env._("Who supplies a product: nothing of a customer. Not tested."),
            "res.partner.category": self.env._(
                "A tag stands on many customers; of these Odoo lists those in sight. Not tested."
            ),
            "stock.rule": own_addresses,
            "stock.warehouse": own_addresses,
        }
        return {model: reason for model, reason in accepted.items() if model in self.env}

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _line(self, verdict, explanation="", *, agent=None, model=None, seen=0, expected=0):
        """Values of one result."""
        return {
            "agent_id": agent.id if agent else False,
            "model": model or False,
            "model_name": self.env["ir.model"]._get(model).name if model else self.env._("Groups"),
            "seen": seen,
            "expected": expected,
            "verdict": verdict,
            "explanation": explanation,
        }
