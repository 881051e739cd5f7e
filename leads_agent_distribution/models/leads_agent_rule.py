import logging
from ast import literal_eval
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from odoo.addons.leads_agent import jobs
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.assigning import Assigning, Request, Terms
from odoo.addons.leads_agent.fields import Bounded, Link
from odoo.addons.leads_agent.selecting import UNREADABLE
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent.tools.limits import MOST_LEADS

from ..rule_run import Run
from ..tools import distribution

_logger = logging.getLogger(__name__)

# Leads per transaction, and the number of chunks that *Run Now* processes in one request.
CHUNK = 500
MOST_CHUNKS = 4
COUNT_LIMIT = 10_001
RESULT_FIELDS = frozenset(
    ("user_id", "last_run_at", "last_assigned_count", "last_refused_count", "last_result", "given_on", "given_count")
)


class LeadsAgentRule(models.Model):
    """A scheduled rule: assigns new leads that match a filter to the agents of a call center, every few minutes.

    The filter is searched with the access rights of the rule's author, so it finds nothing that the author may not see.
    Leads are assigned like all others, newest customers first, to agents who are available and have room, up to the
    daily cap. A run works in chunks, each committed separately; if it is interrupted or started twice, the next one
    continues, because assigned leads no longer match. The result of the last run is stored on the rule.
    """

    _name = "leads.agent.rule"
    _description = "Scheduled Assignment Rule"
    _order = "team_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    team_id = Link(
        "crm.team",
        string="Call Center",
        required=True,
        index=True,
        ondelete="cascade",
        help="The leads are assigned to the agents of this call center.",
    )
    company_id = Link(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    customer_domain = fields.Char(
        string="Customers", default="[]", help="The customers to assign. Leave empty for all assignable customers."
    )
    order_domain = fields.Char(
        string="Quotations",
        default="[]",
        help="Only customers with a matching quotation. Leave empty for any quotation.",
    )
    method = fields.Selection(distribution.METHODS, required=True, default="equal")
    prefer_previous = fields.Boolean(string="Prefer the Previous Agent", default=True)
    prefer_lang = fields.Boolean(string="Prefer the Same Language")
    prefer_country = fields.Boolean(string="Prefer the Same Country")
    interval_minutes = Bounded(string="Every (minutes)", least=5, most=10_080, required=True, default=15)
    daily_cap = Bounded(
        string="Maximum per Day",
        most=MOST_LEADS,
        default=100,
        help="The maximum number of leads that the rule assigns per calendar day, in the author's time "
        "zone. 0: only the agents' own limits.",
    )
    user_id = Link(
        "res.users",
        string="Author",
        readonly=True,
        ondelete="restrict",
        help="The user who saved the filter. The rule only finds what this user can see.",
    )
    next_run_at = fields.Datetime(string="Next Run", readonly=True, copy=False, index=True)
    last_run_at = fields.Datetime(string="Last Run", readonly=True, copy=False)
    last_assigned_count = fields.Integer(string="Assigned", readonly=True, copy=False)
    last_refused_count = fields.Integer(string="Refused", readonly=True, copy=False)
    last_result = fields.Char(string="Result of the Last Run", readonly=True, copy=False)
    given_on = fields.Date(readonly=True, copy=False)
    given_count = fields.Integer(string="Assigned Today", readonly=True, copy=False)
    matching_count = fields.Integer(string="Leads Matching Now", compute="_compute_matching_count")

    # ------------------------------------------------------------------
    # The rule
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        """Only the rule itself may write its results."""
        if operation == "write" and not self.env.su and field.name in RESULT_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        rules = super().create([{"next_run_at": fields.Datetime.now(), **vals} for vals in vals_list])
        # sudo: leads.agent.rule - users may not choose the author of a rule
        rules.sudo().user_id = self.env.user
        rules._wake_job()
        return rules

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"customer_domain", "order_domain", "company_id", "team_id"}:
            # sudo: leads.agent.rule - a user who changes what a rule finds becomes its author
            self.sudo().user_id = self.env.user
        if "interval_minutes" in vals or vals.get("active"):
            self.sudo().next_run_at = fields.Datetime.now()
            self._wake_job()
        return result

    def _wake_job(self, at=None):
        """Trigger the job: now, or at a time."""
        # sudo: ir.cron - the job is triggered when the next rule is due
        job = self.env.ref("leads_agent_distribution.cron_run_rules", raise_if_not_found=False)
        if job:
            job.sudo()._trigger(at=at)

    @api.constrains("name")
    def _check_name(self):
        for rule in self:
            if not (rule.name or "").strip():
                raise ValidationError(self.env._("A rule needs a name."))

    @api.constrains("customer_domain", "order_domain")
    def _check_domains(self):
        for rule in self:
            try:
                with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    rule._candidates(limit=1)
            except (psycopg2.Error, *UNREADABLE):
                raise rule._unreadable(f"{rule.customer_domain} {rule.order_domain}") from None

    @api.constrains("team_id", "company_id")
    def _check_call_center_company(self):
        for rule in self:
            # sudo: crm.team - the company of the call center chosen by the user
            company = rule.team_id.sudo().company_id
            if company and company != rule.company_id:
                raise ValidationError(self.env._("The call center belongs to another company than the rule."))
            if rule.company_id not in self.env.user.company_ids and not self.env.su:
                raise ValidationError(self.env._("You do not work in the company of this rule."))

    @api.depends("customer_domain", "order_domain", "company_id")
    def _compute_matching_count(self):
        for rule in self:
            try:
                rule.matching_count = rule._matching().search_count(rule._domain(), limit=COUNT_LIMIT)
            except (ValidationError, AccessError):
                rule.matching_count = 0

    # ------------------------------------------------------------------
    # Matching leads
    # ------------------------------------------------------------------

    def _read_domain(self, text, model):
        """Return the domain in the text of a filter.

        :raises ValidationError: when the filter is invalid
        """
        try:
            domain = Domain(literal_eval((text or "").strip() or "[]"))
            # sudo: any model - only checks that the filter is valid; no record is read
            self.env[model].sudo()._search(domain, limit=1)
        except UNREADABLE:
            raise self._unreadable(text) from None
        return domain

    def _unreadable(self, text):
        return ValidationError(
            self.env._("The filter of the rule %(rule)s cannot be read: %(filter)s", rule=self.name, filter=text)
        )

    def _matching(self):
        """Return the matching customers, as the author may see them."""
        company = self.company_id or self.env.company
        author = self.user_id or self.env.user
        return self.env["res.partner"].with_user(author).with_context(allowed_company_ids=company.ids, active_test=True)

    def _domain(self):
        """Domain of the unassigned, assignable leads that match and that no known limit excludes."""
        orders = self._read_domain(self.order_domain, "sale.order")
        domain = (
            Domain("is_assignable_lead", "=", True)
            & Domain("leads_agent_id", "=", False)
            & Domain("company_id", "in", (False, *self.company_id.ids))
            & self._read_domain(self.customer_domain, "res.partner")
            & ~self._matching()._refused_domain("share")
        )
        if not orders.is_true():
            Order = self._matching().env["sale.order"]
            quotations = Order._search(orders & Domain("is_partial", "=", True))
            domain &= Domain(
                "id", "in", quotations.subselect(SQL.identifier("sale_order", "leads_commercial_partner_id"))
            )
        return domain

    def _candidates(self, below=None, limit=CHUNK):
        """Return the next leads, newest customers first.

        :param int below: only leads with lower IDs; the others are already processed
        """
        domain = self._domain()
        if below:
            domain &= Domain("id", "<", below)
        return self._matching().search(domain, order="id desc", limit=limit)

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_run(self):
        """Run the rule now, for as many leads as one request can process; the job continues with the rest.

        :raises AccessError: when the user is not a Leads Manager
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("write")
        # sudo: leads.agent.rule - managers start it; the rule writes its own results
        rule = self.sudo()
        if not rule.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("The rule is running at the moment. See its result in a minute."))
        run = Run(rule)
        for _nr in range(MOST_CHUNKS):
            run = run if run.end else rule._try_chunk(run)
        rule._end_run(run)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if run.counts["assigned"] else "info",
                "message": rule.last_result,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_run_due(self):
        """Run the rules that are due, in chunks that are each committed; rules locked by another worker are skipped."""
        # sudo: leads.agent.rule - the job runs the rules of all companies
        due = self.sudo().search([("next_run_at", "<=", fields.Datetime.now())], order="next_run_at, id")
        jobs.run(self.env, [Run(rule) for rule in due], lambda run: run.rule._go_on(run))

    def _go_on(self, run):
        """Process the next chunk of a run, unless another worker has locked the rule.

        :returns: the run, if there is more to do
        """
        # Another worker may have finished the run: read again, with the row locked.
        self.invalidate_recordset()
        locked = self.try_lock_for_update(allow_referencing=True)
        if not locked or not self.next_run_at or (run.below is None and self.next_run_at > fields.Datetime.now()):
            return None
        run = self._try_chunk(run)
        if not run.end:
            return run
        self._end_run(run)
        return None

    def _end_run(self, run):
        """Store the result of the run, and when the next one is due."""
        now = fields.Datetime.now()
        self.write(
            {
                "last_run_at": now,
                "last_assigned_count": run.counts["assigned"],
                "last_refused_count": run.counts.total() - run.counts["assigned"],
                "last_result": run.sentence(),
                "next_run_at": now + timedelta(minutes=self.interval_minutes),
            }
        )
        self._wake_job(self.next_run_at)

    def _try_chunk(self, run):
        """Assign one chunk; an error rolls it back and ends the run with a message, and other rules continue.

        :returns: the run, including the results of this chunk
        """
        try:
            with self.env.cr.savepoint():
                return self._give_chunk(run)
        except psycopg2.OperationalError:
            # A conflict with another transaction: the whole transaction is retried.
            raise
        except Exception:
            _logger.exception("The assignment rule %s (%s) failed", self.name, self.id)
            return run.ended(self.env._("The run ended with an error. See the server log."))

    def _give_chunk(self, run):
        """Assign one chunk.

        :returns: the run, including the results of this chunk; ``end`` is the reason when the run is over
        """
        if trouble := self._trouble():
            return run.ended(trouble)
        left = self._left_today()
        if left == 0:
            return run.ended(self.env._("The limit of %s leads per day has been reached.", self.daily_cap))
        # sudo: crm.team, res.users - availability of all members, whatever the author may read
        agents = self.sudo().team_id.member_ids.filtered(lambda user: self.company_id in user.company_ids)
        agents = agents._leads_available()
        if not agents:
            # sudo: crm.team - the name of the rule's call center
            team = self.team_id.sudo().name
            return run.ended(self.env._("No agent of %s receives leads now: all are away or full.", team))
        rooms = self.env["leads.agent.assignment"]._agent_rooms(agents)
        room = None if None in rooms.values() else sum(rooms.values())
        try:
            leads = self._candidates(run.below, min(CHUNK, *(most for most in (left, room) if most is not None), CHUNK))
        except (ValidationError, AccessError) as error:
            return run.ended(str(error))
        if not leads:
            return run.ended(self.env._("No further lead matches."))
        # sudo: res.partner - the leads were found with the author's access rights
        results = self._assign(run, leads.sudo(), agents, rooms)
        self._count_today(sum(result.result == "assigned" for result in results))
        return run.gave(results, below=leads[-1].id)

    def _trouble(self):
        """Return why the rule cannot run, or a false value."""
        author = self.user_id
        # OdooBot is the author of rules created by an installation.
        if author.id != SUPERUSER_ID and not (author.active and author._is_leads_manager()):
            return self.env._("The author, %s, is no longer a Leads Manager. Save the filter again.", author.name)
        if author.id != SUPERUSER_ID and self.company_id not in author.company_ids:
            return self.env._("The author, %s, no longer works in the company of the rule.", author.name)
        return ""

    def _assign(self, run, leads, agents, rooms):
        """Distribute the leads and assign them to the agents.

        :rtype: list[assigning.Result]
        """
        # sudo: leads.agent.rotation - the rule was written by a manager
        Rotation = self.env["leads.agent.rotation"].sudo()
        rotation = Rotation._locked(self.company_id, self.team_id)
        plan = Rotation._share_out(
            leads.ids,
            agents,
            distribution.Way(self.method, self._preferences(), turns=distribution.restored(rotation.turns)),
            rooms,
        )
        requests = [Request(nr, agent_id, run.reason(cause)) for nr, (agent_id, cause) in plan.shares.items()]
        # sudo: leads.agent.assignment - the rule was written by a manager; Assigning checks each lead
        results = Assigning(self.sudo().with_company(self.company_id).env, Terms("rule")).run(requests)
        missed = Counter(result.agent_id for result in results if result.result != "assigned")
        weights = {agent.id: agent.leads_weight for agent in agents.sudo()} if self.method == "weight" else {}
        rotation._keep(plan.turns, missed, self.method, weights)
        return results

    def _preferences(self):
        return [name for name in ("previous", "lang", "country") if self[f"prefer_{name}"]]

    # ------------------------------------------------------------------
    # Daily cap
    # ------------------------------------------------------------------

    def _today(self):
        return fields.Date.context_today(self.with_context(tz=self.user_id.tz))

    def _left_today(self):
        """Return how many leads the rule may still assign today; None: unlimited."""
        if not self.daily_cap:
            return None
        given = self.given_count if self.given_on == self._today() else 0
        return max(0, self.daily_cap - given)

    def _count_today(self, count):
        today = self._today()
        given = self.given_count if self.given_on == today else 0
        self.write({"given_on": today, "given_count": given + count})
