from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.leads_agent.models.res_groups import AGENT

# More agents than this are counted, not named.
MOST_NAMES = 20


class LeadsAgentWhoCanSee(models.AbstractModel):
    """Which agents can see a customer, and why: sentences for the customer form of managers.

    Agents of other companies are named too: everybody may see colleagues.
    """

    _name = "leads.agent.who.can.see"
    _description = "Who Can See a Customer"

    @api.model
    def _answers(self, partners):
        """Return the answer for each customer, with a fixed number of queries.

        :returns: ``{partner: Markup}``
        """
        # sudo: res.users, res.company, res.partner, leads.agent.assignment, sale.order - the answer must not depend on
        # the companies that the manager has switched on; it names colleagues and the manager reads the customer anyway
        partners_sudo = partners.sudo()
        agents = self._agents()
        assignments = self._assignments(partners_sudo.commercial_partner_id)
        orders = self._completed_orders(partners_sudo)
        return {
            partner: self._to_html(
                *self._explain(partner, agents, assignments[partner.commercial_partner_id.id], orders[partner.id])
            )
            for partner in partners_sudo
        }

    @api.model
    def _agents(self):
        """Return all users who are restricted as agents."""
        # sudo: res.users - every agent, also of companies that the manager has not switched on
        Users = self.env["res.users"].sudo().with_context(active_test=True)
        domain = Users._leads_role_domain(AGENT) & Domain("share", "=", False) & Domain("id", "!=", api.SUPERUSER_ID)
        agents = Users.search(domain, order="name, id")
        # All names in one query, whatever sets the agents are sorted into.
        agents.mapped("name")
        return agents

    @api.model
    def _assignments(self, customers):
        """``{customer id: {agent: assignment}}`` of those who hold a customer or are in the grace after it."""
        found = defaultdict(dict)
        domain = Domain("partner_id", "in", customers.ids) & (
            Domain("state", "=", "active") | Domain("visible_until", ">", "now")
        )
        # The active one last, so that it is the one that counts.
        # sudo: leads.agent.assignment - also in companies that the manager has not switched on
        for assignment in self.env["leads.agent.assignment"].sudo().search(domain, order="visible_until, id"):
            mine = found[assignment.partner_id.id]
            if assignment.agent_id not in mine or mine[assignment.agent_id].state != "active":
                mine[assignment.agent_id] = assignment
        return found

    @api.model
    def _completed_orders(self, partners):
        """``{partner id: orders}`` that an agent completed and may still read."""
        found = defaultdict(self.env["sale.order"].browse)
        # sudo: sale.order - also in companies that the manager has not switched on
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [("leads_commercial_partner_id", "in", partners.commercial_partner_id.ids)]
                + [("leads_completed_until", ">", "now"), ("leads_completed_by_id", "!=", False)],
                limit=MOST_NAMES,
            )
        )
        for partner in partners:
            found[partner.id] = orders.filtered(
                lambda order, partner=partner: order.leads_commercial_partner_id == partner.commercial_partner_id
            )
        return found

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    @api.model
    def _explain(self, partner, agents, assignments, orders):
        """Explain who sees the customer, who does not, and what they see of the orders.

        :returns: three lists of sentences
        """
        if not agents:
            return [], [self.env._("There is no Leads Agent.")], []
        colleague = not partner.partner_share
        foreign = agents.browse() if colleague else self._outside(agents, partner.company_id)
        locked = agents.filtered(lambda agent: agent.leads_locked)
        own_company = bool(partner.ref_company_ids)
        within = agents - foreign
        holding = within.filtered(lambda agent: agent in assignments)
        locked_out = (within & locked) - holding
        seeing, hidden = [], []
        if colleague or own_company:
            reason = (
                self.env._("Every agent, because colleagues are always visible: %s", self._names(within))
                if colleague
                else self.env._("Every agent, because it is one of your companies: %s", self._names(within))
            )
            seeing += [reason] if within else []
        else:
            seeing += [self._assigned(assignments[agent]) for agent in holding]
            if free := within - locked - holding:
                seeing.append(
                    self.env._("Agents who are not locked to their assigned customers: %s", self._names(free))
                )
            if locked_out:
                hidden.append(
                    self.env._(
                        "Agents who are locked to their assigned customers, and do not hold this one: %s",
                        self._names(locked_out),
                    )
                )
        if foreign:
            hidden.append(
                self.env._(
                    "Agents who do not work in %(company)s, to which the customer belongs: %(agents)s",
                    company=partner.company_id.name,
                    agents=self._names(foreign),
                )
            )
        if not seeing:
            hidden.insert(0, self.env._("No agent sees this customer, because no agent holds it."))
        return seeing, hidden, self._about_orders(within - locked_out, orders)

    @api.model
    def _outside(self, agents, company):
        """Agents who work neither in the company of the customer nor in one of its branches."""
        if not company:
            return agents.browse()
        return agents.filtered(lambda agent: company not in (agent.company_ids | agent.company_ids.parent_ids))

    @api.model
    def _assigned(self, assignment):
        agent = assignment.agent_id.name
        if assignment.state == "active":
            return self.env._(
                "%(agent)s, who has held the customer since %(since)s. %(reason)s",
                agent=agent,
                since=self._moment(assignment.assigned_at),
                reason=assignment.reason or "",
            ).strip()
        return self.env._(
            "%(agent)s until %(until)s: the grace after resolving the lead. Then no longer, if locked.",
            agent=agent,
            until=self._moment(assignment.visible_until),
        )

    @api.model
    def _about_orders(self, seeing, orders):
        """Explain which orders these agents see, and who can still read an order they completed."""
        sentences = []
        partial = seeing.filtered(lambda agent: agent.leads_partial_only)
        if partial:
            sentences.append(self.env._("Quotations only: %s", self._names(partial)))
        if seeing - partial:
            sentences.append(self.env._("Also confirmed and cancelled orders: %s", self._names(seeing - partial)))
        sentences += [
            self.env._(
                "%(agent)s completed the order %(order)s and can read it until %(until)s, regardless of "
                "the rest of this page.",
                agent=order.leads_completed_by_id.name,
                order=order.name,
                until=self._moment(order.leads_completed_until),
            )
            for order in orders
        ]
        return sentences

    @api.model
    def _names(self, agents):
        """Return the names of the users; of many, the first ones and the number of others."""
        names = agents.mapped("name")
        if len(names) <= MOST_NAMES:
            return ", ".join(names)
        return self.env._(
            "%(names)s and %(more)s more (%(all)s in all)",
            names=", ".join(names[:MOST_NAMES]),
            more=len(names) - MOST_NAMES,
            all=len(names),
        )

    @api.model
    def _moment(self, moment):
        return format_datetime(self.env, moment, dt_format="medium")

    @api.model
    def _to_html(self, seeing, hidden, orders):
        blocks = (
            ("o_leads_sees", self.env._("Who sees this customer"), seeing),
            ("o_leads_sees_not", self.env._("Who does not see this customer"), hidden),
            ("o_leads_sees_orders", self.env._("Which orders they see"), orders),
        )
        return Markup("").join(
            Markup("<div class='%s'><h5>%s</h5><ul>%s</ul></div>")
            % (name, title, Markup("").join(Markup("<li>%s</li>") % sentence for sentence in sentences))
            for name, title, sentences in blocks
            if sentences
        )
