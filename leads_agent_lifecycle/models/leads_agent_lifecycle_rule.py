from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent import jobs
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..moving import LifeCycle
from ..tools import steps

TRIGGERS = [
    ("assigned", "Assigned to an agent"),
    ("called", "Call with an outcome"),
    ("order", "Quotation created"),
    ("sale", "Sale"),
    ("answer", "Answer received"),
    ("spoken", "Answer sent"),
    ("silence", "No Contact"),
]

# Leads that the job moves before it commits.
CHUNK = 5_000


class LeadsAgentLifecycleRule(models.Model):
    """Moves leads automatically: on an event, the first matching rule sets the stage and status.

    Rules are triggered by events, and a move is not an event, so rules cannot trigger each other.
    """

    _name = "leads.agent.lifecycle.rule"
    _inherit = ["leads.agent.lifecycle.setup"]
    _description = "Life Cycle Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = Link("res.company", help="Only events in this company. Leave empty for all companies.")
    trigger = fields.Selection(TRIGGERS, required=True, default="assigned", string="When")
    disposition_ids = fields.Many2many(
        "leads.agent.disposition", string="Outcomes", help="Leave empty for any outcome."
    )
    silence_days = fields.Integer(string="Days Without Contact", default=30)
    from_stage_ids = fields.Many2many(
        "leads.agent.stage", string="Allowed in Stages", help="Leave empty for any stage."
    )
    from_status_ids = fields.Many2many("leads.agent.status", string="With Status", help="Leave empty for any status.")
    stage_id = Link("leads.agent.stage", string="Move to Stage", ondelete="restrict")
    status_id = Link("leads.agent.status", string="Set Status", ondelete="restrict")
    backwards = fields.Boolean(
        help="Allow the rule to move leads back to an earlier stage. Otherwise, leads are only moved forward."
    )

    _silence_days = models.Constraint(
        "CHECK(silence_days BETWEEN 1 AND 3650)", "The days without contact must be between 1 and 3,650."
    )

    # Every new rule has a name, so this also checks rules without stage and status.
    @api.constrains("name", "stage_id", "status_id")
    def _check_target(self):
        for rule in self:
            if not rule.stage_id and not rule.status_id:
                raise ValidationError(self.env._("The rule '%s' has no effect. Choose a stage or a status.", rule.name))
            allowed = rule.stage_id.status_ids
            if rule.status_id and allowed and rule.status_id not in allowed:
                raise ValidationError(
                    self.env._(
                        "'%(status)s' is not a status of the stage '%(stage)s'.",
                        status=rule.status_id.name,
                        stage=rule.stage_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache("trigger", "company_id")
    def _rules(self, trigger, company_id):
        """Return the rules of an event in their order, as :class:`steps.Rule`; elevated."""
        # sudo: leads.agent.lifecycle.rule - cached for all users, so it must not depend on access rights
        rules = self.sudo().search([("trigger", "=", trigger), ("company_id", "in", (False, company_id))])
        return tuple(rule._as_tool() for rule in rules)

    @api.model
    @tools.ormcache()
    def _landscape(self):
        """Return the position of each stage, and the statuses of each stage; elevated.

        :returns: ``{stage_id: position}`` and ``{stage_id: [status_id]}``
        """
        # sudo: leads.agent.stage - cached for all users, so it must not depend on access rights
        stages = self.env["leads.agent.stage"].sudo().with_context(lang=None).search(Domain.TRUE)
        return {stage.id: place for place, stage in enumerate(stages)}, stages._statuses()

    def _as_tool(self):
        self.ensure_one()
        return steps.Rule(
            id=self.id,
            from_stage_ids=frozenset(self.from_stage_ids.ids),
            from_status_ids=frozenset(self.from_status_ids.ids),
            stage_id=self.stage_id.id or None,
            status_id=self.status_id.id or None,
            disposition_ids=frozenset(self.disposition_ids.ids) if self.trigger == "called" else frozenset(),
            backwards=self.backwards,
        )

    @api.model
    def _plan(self, rules, leads, disposition_id=None):
        """Return where the rules move leads.

        :param rules: list of :class:`steps.Rule`, in their order
        :param leads: list of :class:`steps.Where`
        :returns: ``{partner_id: steps.Step}`` for the leads that move
        """
        order, statuses = self._landscape()
        plan = {}
        for lead in leads:
            if step := steps.next_step(rules, lead.stage_id, lead.status_id, order, statuses, disposition_id):
                plan[lead.id] = step
        return plan

    # ------------------------------------------------------------------
    # Existing leads
    # ------------------------------------------------------------------

    def _existing_sql(self):
        """Return an SQL condition on ``p``, a lead: the rule's event has already happened."""
        self.ensure_one()
        match self.trigger:
            case "assigned":
                return SQL("p.leads_agent_id IS NOT NULL")
            case "called":
                some = self.disposition_ids.ids
                return SQL(
                    "EXISTS (SELECT FROM leads_agent_call c WHERE c.partner_id = p.commercial_partner_id AND %s)",
                    SQL("c.disposition_id IN %s", tuple(some)) if some else SQL("c.disposition_id IS NOT NULL"),
                )
            case "order":
                return SQL(
                    "EXISTS (SELECT FROM sale_order o WHERE o.leads_commercial_partner_id = p.commercial_partner_id)"
                )
            case "sale":
                return SQL(
                    """EXISTS (SELECT FROM sale_order o
                                WHERE o.leads_commercial_partner_id = p.commercial_partner_id AND o.state = 'sale')"""
                )
            case "answer":
                return SQL(
                    """EXISTS (SELECT FROM mail_message m
                                WHERE m.author_id = p.id AND m.model IN ('res.partner', 'sale.order')
                                  AND m.message_type IN ('email', 'comment'))"""
                )
            case "spoken":
                return SQL(
                    """EXISTS (SELECT FROM mail_message m JOIN res_users u ON u.partner_id = m.author_id AND NOT u.share
                                WHERE m.model = 'res.partner' AND m.res_id = p.id
                                  AND m.message_type IN ('email', 'comment') AND NOT m.is_internal)"""
                )
            case "silence":
                # A lead that waits for our answer is not silent.
                return SQL(
                    """p.lead_waits_since IS NULL
                       AND COALESCE(p.lead_event_at, p.lead_at) < %s - make_interval(days => %s)""",
                    self.env.cr.now(),
                    self.silence_days,
                )

    def _existing(self, after=0, limit=None):
        """Return active leads in sight of the user for which the rule's event has already happened, ordered by ID.

        :param int after: the last ID of the previous page
        :returns: list of :class:`steps.Where`
        """
        self.ensure_one()
        domain = Domain("lead_stage_id", "!=", False) & Domain("lead_activity", "=", "active")
        domain &= Domain("id", ">", after)
        if self.company_id:
            domain &= Domain("company_id", "in", (False, self.company_id.id))
        for model in ("res.partner", "sale.order", "leads.agent.call", "mail.message"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.lead_stage_id, p.lead_status_id FROM res_partner p
                 WHERE p.id IN %s AND %s
              ORDER BY p.id %s
                """,
                self.env["res.partner"]._search(domain).subselect(),
                self._existing_sql(),
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        return [steps.Where(*row) for row in rows]

    def _plan_existing(self, leads):
        """Return where the rule moves leads of :meth:`_existing`: ``{partner_id: steps.Step}``."""
        rule = self._as_tool()
        return self._plan([rule], leads, next(iter(rule.disposition_ids), None))

    @takes(given.one)
    def action_try(self):
        """Show what the rule would do with existing leads, without moving them."""
        self.ensure_one()
        self.env.user._check_leads_manager()
        # Read first, so that a deleted rule gives the usual error.
        name = self.env._("Test: %s", self.name)
        attempt = self.env["leads.agent.lifecycle.try"].create({"rule_id": self.id})
        attempt._work_out()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": attempt._name,
            "res_id": attempt.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _cron_silence(self):
        """Move silent leads. May run twice: leads that have moved are not moved again."""
        # sudo: leads.agent.lifecycle.rule - the job runs for all companies
        rules = self.sudo().search([("trigger", "=", "silence")])
        # Leads that do not move match again, so every run starts at the first lead.
        jobs.run(rules.env, [(rule, 0) for rule in rules], self._move_silent, resumes=False)

    @api.model
    def _move_silent(self, left):
        """Elevated: move one chunk of silent leads.

        :param left: ``(rule, last processed lead ID)``
        :returns: the same for the next chunk, or None if there is none
        """
        rule, after = left
        leads = rule._existing(after, CHUNK)
        LifeCycle(rule.env).step(rule._plan_existing(leads), self.env._("No contact for %s days", rule.silence_days))
        return (rule, leads[-1].id) if len(leads) == CHUNK else None
