import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.models.res_groups import AGENT
from odoo.addons.leads_agent.tools import given

from ..self_test.reading import Reading

# The request must end before the server or a proxy times out: *Continue* tests the remaining agents.
SECONDS_PER_CLICK = 45
KEPT_DAYS = 90


class LeadsAgentSelfTest(models.Model):
    """A test of what each agent sees in each model, compared with what the settings and assignments allow.

    What agents *should* see is specified a second time, in SQL and without the record rules (self_test/sight.py), so
    a rule that was switched off, changed or widened by another one shows as a difference. The checks are in
    ``self_test/``. Only figures, names of models and sentences are stored, no data of any customer.
    """

    _name = "leads.agent.self.test"
    _description = "Visibility Test"
    _order = "id desc"
    _rec_name = "executed_at"

    executed_at = fields.Datetime(string="Run On", required=True, readonly=True, default=fields.Datetime.now)
    seconds = fields.Float(string="Duration (s)", readonly=True, digits=(16, 1))
    company_id = Link("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    company_ids = fields.Many2many(
        "res.company", string="Companies", readonly=True, help="Agents of these companies were tested."
    )
    line_ids = fields.One2many("leads.agent.self.test.line", "test_id", string="All Results", readonly=True)
    finding_ids = fields.One2many(
        "leads.agent.self.test.line", "test_id", string="Findings", domain=[("is_finding", "=", True)], readonly=True
    )
    note_ids = fields.One2many(
        "leads.agent.self.test.line", "test_id", string="Notes", domain=[("verdict", "=", "note")], readonly=True
    )
    agent_count = fields.Integer(string="Agents", readonly=True)
    pending_count = fields.Integer(string="Agents Not Tested", readonly=True)
    readable_count = fields.Integer(string="Readable Models", readonly=True)
    model_count = fields.Integer(
        string="Tested Models", readonly=True, help="Customers, orders, and records linked to them."
    )
    read_count = fields.Integer(string="Tested as Agent", readonly=True)
    finding_count = fields.Integer(string="Number of Findings", readonly=True)
    verdict = fields.Selection(
        [("clean", "As it should be"), ("findings", "Findings"), ("incomplete", "Not complete")],
        compute="_compute_verdict",
        store=True,
    )

    @api.depends("finding_count", "pending_count", "agent_count")
    def _compute_verdict(self):
        for test in self:
            if test.finding_count:
                test.verdict = "findings"
            else:
                test.verdict = "incomplete" if test.pending_count else "clean"

    @api.depends("executed_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for test in self:
            test.display_name = format_datetime(self.env, test.executed_at, dt_format="medium")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    @takes()
    def action_run(self, *_args):
        """Test all agents of the companies that are switched on, and open the result.

        :raises AccessError: when the user is not a Leads Manager
        :raises UserError: when there is no agent
        """
        self.env.user._check_leads_manager()
        # sudo: leads.agent.self.test - a manager may run it; it reads as each agent, and nobody writes results directly
        test = self.sudo().create({"company_ids": self.env.companies.ids})
        if not test._agents():
            raise UserError(self.env._("There are no Leads Agents in your companies, so there is nobody to test."))
        test._run(SECONDS_PER_CLICK)
        return test.sudo(False)._get_records_action()

    @takes(given.one)
    def action_continue(self):
        """Test the agents that the earlier runs had no time for."""
        self.ensure_one()
        self.env.user._check_leads_manager()
        self.check_access("read")
        # sudo: leads.agent.self.test - as in action_run
        self.sudo()._run(SECONDS_PER_CLICK)
        return True

    def _agents(self):
        """Return the active agents who work in one of the tested companies."""
        domain = (
            self.env["res.users"]._leads_role_domain(AGENT)
            & Domain("share", "=", False)
            & Domain("company_ids", "in", self.company_ids.ids)
            & Domain("id", "!=", api.SUPERUSER_ID)
        )
        return self.env["res.users"].search(domain, order="login, id")

    def _run(self, seconds=None):
        """Test agents that were not tested yet, one after the other, until the time is up.

        :param seconds: None for all of them, however long it takes
        """
        self.ensure_one()
        start = time.monotonic()
        self.env.flush_all()
        agents, reading = self._agents(), Reading(self)
        if not self.agent_count:
            self._keep(reading.rules.check())
        tested = self.line_ids.agent_id
        pending = agents - tested
        for agent in pending:
            self._keep(reading.check(agent))
            tested |= agent
            if seconds is not None and time.monotonic() - start > seconds:
                break
        self._keep(reading.check_coverage(tested))
        Line = self.env["leads.agent.self.test.line"]
        mine = [("test_id", "=", self.id)]
        read = mine + [("agent_id", "!=", False), ("model", "!=", False)]
        self.write(
            {
                "agent_count": len(tested),
                "pending_count": len(agents - tested),
                "model_count": len(Line._read_group(read, ["model"])),
                "read_count": Line.search_count(read),
                "finding_count": Line.search_count(mine + [("is_finding", "=", True)]),
                "readable_count": len(reading.links.readable(tested)),
                "seconds": self.seconds + time.monotonic() - start,
            }
        )

    def _keep(self, lines):
        self.env["leads.agent.self.test.line"].create([{**line, "test_id": self.id} for line in lines])

    @api.model
    def _covered_otherwise(self):
        """Models that Odoo itself limits to readable documents, or to the user's own rows. Hook for other addons."""
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
        """Models whose links tell nothing about a customer, each with the reason. Hook for other addons."""
        own_addresses = self.env._("Refers to your company's own addresses, not to customers. Not tested.")
        accepted = {
            "product.supplierinfo": self.env._("Refers to the suppliers of a product, not to customers. Not tested."),
            "res.partner.category": self.env._(
                "A tag is used on many customers, and Odoo only lists the customers that the agent can see. Not tested."
            ),
            "stock.rule": own_addresses,
            "stock.warehouse": own_addresses,
        }
        return {model: reason for model, reason in accepted.items() if model in self.env}

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_open_lines(self):
        """Open all results as a list to filter, group and export."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent_audit.action_self_test_lines")
        return action | {"domain": [("test_id", "=", self.id)]}

    @api.autovacuum
    def _gc_old(self):
        """Delete old tests."""
        self.search([("executed_at", "<", f"now -{KEPT_DAYS}d")], limit=100).unlink()
