"""Compare what each agent reads with the specification, and find rows about customers and orders out of sight."""

import logging

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .links import Links
from .results import result
from .rules import Rules
from .sight import SPECIFIED, Sight

_logger = logging.getLogger(__name__)

# Rows that belong to an agent, whatever customers they name: they stay with the agent, not with the customer.
OWN_ROWS = {
    "calendar.event": lambda agent: ["|", ("user_id", "=", agent.id), ("partner_ids", "in", agent.partner_id.ids)],
    "calendar.attendee": lambda agent: [
        *("|", ("event_id.user_id", "=", agent.id)),
        ("event_id.partner_ids", "in", agent.partner_id.ids),
    ],
    "calendar.filters": lambda agent: [("user_id", "=", agent.id)],
    # The current call of the agent, until its outcome is logged.
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


class Reading:
    """Reads as each agent, model by model."""

    def __init__(self, test):
        self.env, self.test, self.links, self.rules = test.env, test, Links(test), Rules(test)

    def check(self, agent):
        """Return all result lines for one agent."""
        sight = self._sight(agent)
        lines = self.rules.check_groups(agent)
        for model in sorted(self.links.readable(agent) | SPECIFIED.keys()):
            if model in SPECIFIED:
                lines.append(self._tried(self._check_specified, agent, sight, model))
            elif links := self.links.hidden(sight, model):
                lines.append(self._tried(self._check_hanging, agent, sight, model, links))
        return lines

    def _tried(self, check, agent, sight, model, *args):
        """Return the lines of a check; an error of another addon becomes a result line and does not stop the test."""
        try:
            with self.env.cr.savepoint():
                return check(agent, sight, model, *args)
        except Exception as error:
            _logger.warning("The visibility test could not read %s as %s", model, agent.login, exc_info=True)
            return result(
                self.env,
                "failed",
                self.env._("Reading failed (%s). See the server log.", type(error).__name__),
                agent=agent,
                model=model,
            )

    def _sight(self, agent):
        """The settings and companies of an agent, read from the stored values."""
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
        """The model as the agent, in all companies of the agent, archived records included."""
        as_agent = self.env[model].with_user(agent)
        return as_agent.with_context(active_test=False, allowed_company_ids=agent.company_ids.ids)

    def _check_specified(self, agent, sight, model):
        """Count both sets and their intersection: equal counts of different records are a difference."""
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
            sentences.append(self.env._("Cannot read %s records that they should be able to read.", expected - common))
        if sentences:
            sentences += self._causes(model, agent)
        return result(
            self.env,
            "too_much" if seen > common else "too_little" if sentences else "ok",
            " ".join(sentences),
            agent=agent,
            model=model,
            counts=(seen, expected),
        )

    def _check_hanging(self, agent, sight, model, links):
        """Return lines on rows the agent can read although their customer or order is out of sight."""
        own = self._own_rows(model, agent)
        rows, sampled = self._reach(model, agent, SQL("(%s)%s", SQL(" OR ").join(links.values()), own))
        sentences = []
        if rows:
            reaching = [name for name in links if self._reach(model, agent, SQL("(%s)%s", links[name], own))[0]]
            labels = [f"{self.env[model]._fields[name]._description_string(self.env)} ({name})" for name in reaching]
            sentences.append(
                self.env._(
                    "Reads %(count)s records of customers or orders that the agent should not see, by %(fields)s.",
                    count=rows,
                    fields=", ".join(labels),
                )
            )
            sentences += self._causes(model, agent)
        if sampled:
            sentences.append(
                self.env._("Only the newest %s hidden records were tried, and as many that the agent created.", SAMPLE)
            )
        return result(
            self.env, "too_much" if rows else "ok", " ".join(sentences), agent=agent, model=model, counts=(rows, 0)
        )

    def _reach(self, model, agent, condition):
        """Return how many of the matching rows the agent can read, and whether only a sample was checked."""
        Model = self._as_agent(model, agent)
        if self._searches_in_python(model):
            ids = self._sample(model, agent, condition)
            return len(Model.search([("id", "in", ids)])), len(ids) >= SAMPLE
        query = Model._search([])
        query.add_where(condition)
        return self._count(query), False

    def _count(self, query):
        return 0 if query.is_empty() else self.env.execute_query(query.select(SQL("COUNT(*)")))[0][0]

    def _searches_in_python(self, model):
        """Whether the model filters search results row by row in Python, which is too slow for a million rows."""
        return type(self.env[model])._search is not models.BaseModel._search

    def _sample(self, model, agent, condition):
        """Return the IDs of the newest matching rows, and of the newest ones that the agent created."""
        Model = self.env[model]
        table = SQL.identifier(Model._table)
        newest = SQL("ORDER BY id DESC LIMIT %s", SAMPLE)
        parts = [SQL("(SELECT id FROM %s WHERE %s %s)", table, condition, newest)]
        if Model._log_access:
            parts.append(SQL("(SELECT id FROM %s WHERE create_uid = %s AND %s %s)", table, agent.id, condition, newest))
        return [row[0] for row in self.env.execute_query(SQL(" UNION ").join(parts))]

    def _own_rows(self, model, agent):
        """SQL condition that excludes the agent's own rows."""
        if model not in OWN_ROWS:
            return SQL()
        # sudo: any model - which rows are the agent's own does not depend on what the user may read
        own = self.env[model].sudo().with_context(active_test=False)._search(OWN_ROWS[model](agent))
        return SQL(" AND %s NOT IN %s", SQL.identifier(self.env[model]._table, "id"), own.subselect())

    def _causes(self, model, agent):
        """Explain from the rules of the model why an agent reads too much or too little."""
        # Findings about the model itself are in the results already.
        about = [("test_id", "=", self.test.id), ("agent_id", "=", False), ("model", "=", model)]
        sentences = self.env["leads.agent.self.test.line"].search(about).mapped("explanation")
        if model not in SPECIFIED and not self.links.are_covered(model):
            sentences.append(self.env._("No rule of Leads Agent covers this model."))
        if not sentences:
            sentences.append(
                self.env._(
                    "The rules are unchanged. Either a stored agent is out of date, or another addon "
                    "changes what is read."
                )
            )
        if foreign := self._foreign_rules(model, agent):
            sentences.append(self.env._("Rules of other modules: %s.", ", ".join(foreign)))
        return sentences

    def _foreign_rules(self, model, agent):
        """Return the names of other modules' active read rules that apply to the agent, each with its module."""
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

    def check_coverage(self, agents):
        """Return a line for each readable model with a link that no rule of ours covers, once for all agents."""
        known = set(self.test.line_ids.filtered(lambda line: line.verdict in ("uncovered", "note")).mapped("model"))
        # A missing or inactive rule of ours has its own line already.
        known |= self.rules.problems().keys()
        # What counts is whether a setting would hide rows, not whether there are any today.
        sights = [self._sight(agent) for agent in agents]
        lines = []
        for model in sorted(self.links.readable(agents) - SPECIFIED.keys() - known):
            if reviewed := self.test._accepted().get(model):
                lines.append(result(self.env, "note", reviewed, model=model))
            elif any(self.links.hidden(sight, model) for sight in sights) and not self.links.are_covered(model):
                lines.append(
                    result(
                        self.env,
                        "uncovered",
                        self.env._(
                            "No rule of Leads Agent covers this model, which agents may read and which has links to "
                            "customers or orders: %s.",
                            ", ".join(self.links.of(model)),
                        ),
                        model=model,
                    )
                )
        return lines
