from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.assigning import Assigning, Request, Terms, reopen
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..tools import distribution
from ..undoing import undo, untouched


class LeadsAgentHandOver(models.TransientModel):
    """*Hand Over*: assign the leads of an agent to others, or unassign them.

    For an agent who leaves or is away for long; no lead is reassigned automatically when a leave begins. Several
    receivers get equal shares. Limits apply, and leads for which nobody has room are unassigned. The form shows before
    how many leads go where, and afterwards the result, which can be undone for leads that nobody has worked on since.

    Quotations keep their salesperson. They are only shown, as Leads Managers have no right to change orders.
    """

    _name = "leads.agent.hand.over"
    _description = "Hand Over"
    # The first leads in this order are distributed first.
    _held_order = "id"

    agent_id = Link("res.users", string="Leads Agent", required=True, readonly=True)
    receiver = fields.Selection(
        [("agents", "Other agents"), ("pool", "Back to the pool")], string="Give to", required=True, default="agents"
    )
    agent_ids = fields.Many2many(
        "res.users", string="Agents", domain="[('can_hold_leads', '=', True), ('id', '!=', agent_id)]"
    )
    reason = fields.Char(help="The reason is noted on the new assignments.")
    can_archive = fields.Boolean(compute="_compute_can_archive")
    archive = fields.Boolean(string="Archive the Agent", help="After everything has been handed over.")
    assignment_ids = fields.Many2many("leads.agent.assignment", string="Open Leads", compute="_compute_held")
    order_ids = fields.Many2many("sale.order", string="Quotations (as Salesperson)", compute="_compute_held")
    preview = fields.Char(compute="_compute_preview")
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Handed over"), ("undone", "Undone")], default="draft", readonly=True
    )
    summary = fields.Char(readonly=True)
    handed_over = fields.Json(readonly=True, help="The new assignments by the former ones, and what went to the pool.")
    lead_count = fields.Integer(string="Number of Leads", compute="_compute_held")
    order_count = fields.Integer(string="Number of Quotations", compute="_compute_held")

    @api.depends("agent_id")
    def _compute_held(self):
        Assignment, Order = self.env["leads.agent.assignment"], self.env["sale.order"]
        for wizard in self:
            wizard.assignment_ids = Assignment.search(
                Domain("agent_id", "=", wizard.agent_id.id) & Domain("state", "=", "active"),
                order=self._held_order,
            )
            wizard.order_ids = Order.search(wizard._orders_domain())
            wizard.lead_count = len(wizard.assignment_ids)
            wizard.order_count = len(wizard.order_ids)

    def _orders_domain(self):
        """Domain of the quotations of these leads that have the agent as salesperson."""
        return (
            Domain("leads_agent_id", "=", self.agent_id.id)
            & Domain("user_id", "=", self.agent_id.id)
            & Domain("is_partial", "=", True)
        )

    @api.depends("agent_id")
    def _compute_can_archive(self):
        for wizard in self:
            agent = wizard.agent_id
            wizard.can_archive = agent.active and agent != self.env.user and agent.has_access("write")

    @takes(given.one)
    def action_open_orders(self):
        """Open the quotations, for users who may change their salesperson."""
        self.ensure_one()
        self.env.user._check_leads_manager()
        return self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_orders") | {
            "domain": [("id", "in", self.order_ids.ids)],
            "context": {},
        }

    @api.depends("agent_id", "receiver", "agent_ids")
    def _compute_preview(self):
        """Compute the preview from the same plan that *Hand Over* uses."""
        for wizard in self:
            wizard.preview = " ".join(wizard._preview_sentences()) if wizard.lead_count else False

    def _preview_sentences(self):
        leads = self.assignment_ids
        if self.receiver == "pool":
            return [self.env._("Leads that go back to the pool: %s.", len(leads))]
        if not self.agent_ids:
            return [self.env._("Leads to hand over: %s.", len(leads))]
        plan = self._plan(leads, self.agent_ids._origin)
        shares = Counter(agent_id for agent_id, _cause in plan.shares.values())
        counts = ", ".join(f"{agent.name} {shares[agent.id]}" for agent in self.agent_ids._origin)
        sentences = [self.env._("Leads to hand over: %(count)s (%(shares)s).", count=len(leads), shares=counts)]
        if plan.left:
            sentences.append(self.env._("Back to the pool: %s, as the agents are full.", len(plan.left)))
        return sentences

    @takes(given.one)
    def action_hand_over(self):
        """Hand over all leads, and show the result on the form.

        :raises UserError: when no receiver is chosen, or the leads have already been handed over
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        if self.state != "draft":
            raise UserError(self.env._("This was handed over already."))
        if self.receiver == "agents" and not self.agent_ids:
            raise UserError(self.env._("Choose who gets the leads, or give them back to the pool."))
        if self.receiver == "agents" and self.agent_id in self.agent_ids:
            raise UserError(self.env._("%s cannot take over from themselves.", self.agent_id.name))
        sentences = self._hand_over()
        if self.archive:
            self.agent_id.with_context(leads_hand_over=False).action_archive()
            sentences.append(self.env._("%s is archived.", self.agent_id.name))
        self.state = "done"
        self.summary = " ".join(sentences) or self.env._("%s has no leads or callbacks.", self.agent_id.name)
        return self._open()

    @takes(given.one)
    def action_undo(self):
        """Return the leads to the agent, except those that somebody has worked on since.

        :raises UserError: when nothing was handed over, or the agent can no longer hold leads
        """
        self.ensure_one()
        self.env.user._check_leads_manager()
        if self.state != "done":
            raise UserError(self.env._("Nothing to undo."))
        self.agent_id._check_may_hold_leads()
        back, left = self._take_back()
        self.state = "undone"
        self.summary = self.env._("Returned to %(agent)s: %(count)s.", agent=self.agent_id.name, count=back)
        if left:
            self.summary += " " + self.env._("Not changed, because somebody has worked on them since: %s.", left)
        return self._open()

    def _open(self):
        return self.agent_id.action_leads_hand_over() | {"res_id": self.id}

    def _take_back(self):
        """Return how many leads were returned to the agent, and how many were not changed."""
        Assignment = self.env["leads.agent.assignment"]
        former_of = {int(new): former for new, former in (self.handed_over or {}).get("given", {}).items()}
        pool = (self.handed_over or {}).get("pool", [])
        mine = Domain("assigned_by_id", "=", self.env.uid)
        # sudo: leads.agent.assignment - only managers get here, for leads that they handed over themselves
        given = untouched(Assignment.search(mine & Domain("id", "in", list(former_of))).sudo())
        formers = Assignment.browse(former_of.values()).sudo().exists()
        given = given.filtered(lambda lead: formers.browse(former_of[lead.id]).agent_id == self.agent_id)
        for company, leads in given.grouped("company_id").items():
            undo(leads.browse().with_company(company), {lead.id: former_of[lead.id] for lead in leads})
        ended = Domain("agent_id", "=", self.agent_id.id) & Domain("end_reason", "=", "unassigned")
        free = Assignment.search(ended & Domain("ended_by_id", "=", self.env.uid) & Domain("id", "in", pool))
        # sudo: leads.agent.assignment - likewise
        free = free.sudo().filtered(lambda lead: not lead.partner_id.leads_agent_id)
        for company, leads in free.grouped("company_id").items():
            reopen(leads.with_company(company))
        back = len(given) + len(free)
        return back, len(former_of) + len(pool) - back

    def _hand_over(self):
        """Hand over the leads.

        :returns: sentences on the results
        """
        leads = self.assignment_ids
        sentences = self._give(leads) if self.receiver == "agents" else []
        return sentences + self._give_back(leads)

    def _give(self, leads):
        """Distribute the leads among the agents.

        :returns: sentences on how many each agent got, and on why some leads were not assigned
        """
        for agent in self.agent_ids:
            agent._check_may_hold_leads()
        # sudo: leads.agent.assignment - only managers can reach this code; assigning writes fields that users cannot
        # write
        Assignment = self.env["leads.agent.assignment"].sudo()
        plan = self._plan(leads, self.agent_ids)
        held_by = {lead.partner_id.id: lead.id for lead in leads}
        reason = self._reason()
        given, refused, former_of = Counter(), Counter(), {}
        terms = Terms("manual", reassign=True, unconditional=True)
        # Assignments are created in the current company: one round for each company.
        for company, held in leads.grouped("company_id").items():
            shared = [customer.id for customer in held.partner_id if customer.id in plan.shares]
            requests = [Request(nr, plan.shares[nr][0], reason) for nr in shared]
            results = Assigning(Assignment.with_company(company).env, terms).run(requests)
            given.update(result.agent_id for result in results if result.result == "assigned")
            refused.update(result.reason for result in results if result.result != "assigned")
            former_of |= {result.assignment.id: held_by[result.partner.id] for result in results if result.assignment}
        self.handed_over = {"given": former_of}
        sentences = [
            self.env._("Assigned to %(agent)s: %(count)s.", agent=agent.name, count=given[agent.id])
            for agent in self.agent_ids
        ]
        if plan.left:
            sentences.append(self.env._("No room for %s more: the agents are full.", len(plan.left)))
        return [*sentences, *refused]

    def _plan(self, leads, agents):
        """Return the plan of equal shares within the limits of the agents."""
        # sudo: leads.agent.assignment - only managers get here; the room of agents, whoever may read their leads
        rooms = self.env["leads.agent.assignment"].sudo()._agent_rooms(agents)
        return self.env["leads.agent.rotation"]._share_out(
            leads.partner_id.ids, agents, distribution.Way("equal"), rooms
        )

    def _reason(self):
        sentence = self.env._(
            "Handed over from %(agent)s by %(manager)s", agent=self.agent_id.name, manager=self.env.user.name
        )
        return f"{sentence}: {self.reason}" if self.reason else sentence

    def _give_back(self, leads):
        """Unassign the leads that the agent still holds."""
        left = leads.filtered(lambda assignment: assignment.state == "active")
        if not left:
            return []
        # sudo: leads.agent.assignment - only managers can reach this code; ending writes fields that users cannot write
        left.sudo()._end("unassigned")
        self.handed_over = {**(self.handed_over or {}), "pool": left.ids}
        return [self.env._("Back in the pool: %s.", len(left))]
