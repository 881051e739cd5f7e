from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent import newest
from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.figures import value_sql

# What each part of the statement counts, in the order of its columns.
LEAD_FIGURES = ("open", "ready", "value_open", "converted", "converted_of")
SALE_FIGURES = ("sales", "value_sold")
CALL_FIGURES = ("calls", "contacts", "talk_hours")
CALLBACK_FIGURES = ("due", "missed")
POOL_FIGURES = ("waiting", "value_waiting")
AGENT_FIGURES = LEAD_FIGURES + SALE_FIGURES + CALL_FIGURES
FIGURES = AGENT_FIGURES + CALLBACK_FIGURES
# All others are whole numbers.
FRACTIONS = {"value_open", "value_sold", "value_waiting", "talk_hours"}
AGENT_FIELDS = (
    "name",
    "sale_team_id",
    "company_id",
    "leads_break_since",
    "write_date",
)


class LeadsAgentFloor(models.AbstractModel):
    """The live floor: what all agents are doing now, for managers, in one read-only request.

    It shows the agents of the active companies, and figures that the manager may see. All figures come from one
    statement, so the number of queries does not grow with the number of agents.
    """

    _name = "leads.agent.floor"
    _description = "Live Floor"

    @api.model
    @api.readonly
    @takes()
    def get_data(self):
        """Return the data of the live floor.

        :returns: dict with ``totals``, ``teams``, ``agents`` and ``currency_id``. Figures are ``open`` leads, leads
            ``ready`` to be called, ``due`` and ``missed`` callbacks; since midnight in the company of the agent
            ``sales``, ``calls``, ``contacts`` and ``talk_hours``; ``value_sold`` today and ``value_open``, in the
            currency; ``conversion`` (False without orders), with its numerator ``converted`` and its denominator
            ``converted_of``. The totals also have the unassigned leads ``waiting``, with ``value_waiting``.
            ``states`` counts agents; the team without an ID is for agents without a call center. Moments are UTC
            strings
        :raises AccessError: when the user is not a Leads Manager
        """
        if not self.env.user._is_leads_manager():
            raise AccessError(self.env._("The live floor is for Leads Managers."))
        agents = self.env["res.users"].search_fetch(
            Domain("can_hold_leads", "=", True) & Domain("company_ids", "in", self.env.companies.ids),
            self._agent_fields(),
            order="name, id",
        )
        of_agent, of_team, last_calls = self._figures(agents)
        rows = self._agent_rows(agents, of_agent, last_calls)
        teams = self._team_rows(agents, rows, of_team)
        return {
            "totals": self._sums(teams, FIGURES)
            | {name: of_agent[None, name] for name in POOL_FIGURES}
            | {"agents": len(rows), "states": dict(Counter(row["state"] for row in rows))},
            "teams": teams,
            "agents": rows,
            # sudo: res.company - the currency of the amounts
            "currency_id": self.env.company.sudo().currency_id.id,
        }

    @api.model
    def _sums(self, rows, names):
        """Add figures up; the conversion follows from the orders it is about."""
        sums = {name: sum(row[name] for row in rows) for name in names}
        return sums | {"conversion": sums["converted_of"] > 0 and sums["converted"] / sums["converted_of"]}

    @api.model
    def _agent_fields(self):
        """Return the fields of agents to fetch at once."""
        return AGENT_FIELDS

    @api.model
    def _agent_rows(self, agents, figures, last_calls):
        desks = agents._leads_desks()
        absences = dict(agents._fields["leads_availability"]._description_selection(self.env))
        absences["signed_out"] = self.env._("Not signed in")
        states = dict(agents._fields["leads_desk_state"]._description_selection(self.env))
        rows = []
        for agent in agents:
            desk = desks[agent.id]
            # A colleague on the phone for another company is shown as busy; the customer only to users who may read the
            # call.
            is_readable = desk.call_sudo and desk.call_sudo.company_id in self.env.companies
            rows.append(
                {
                    "id": agent.id,
                    "name": agent.name,
                    "avatar": f"/web/image/res.users/{agent.id}/avatar_128?unique={agent.write_date:%Y%m%d%H%M%S}",
                    "team_id": agent.sale_team_id.id,
                    "state": desk.state,
                    "state_label": absences.get(desk.absence) or states[desk.state],
                    "absence": desk.absence,
                    "since": fields.Datetime.to_string(desk.since) or False,
                    "last_call_at": fields.Datetime.to_string(last_calls.get(agent.id)) or False,
                    "customer": (desk.call_sudo.partner_id.complete_name or "") if is_readable else "",
                }
                | {name: figures[agent.id, name] for name in CALLBACK_FIGURES}
                | self._sums([{name: figures[agent.id, name] for name in AGENT_FIGURES}], AGENT_FIGURES)
            )
        return rows

    @api.model
    def _team_rows(self, agents, rows, callbacks):
        """Return the call centers with the figures of their agents, and all their callbacks, including open ones."""
        # sudo: crm.team - the names of the call centers of these agents and callbacks
        teams = agents.sale_team_id.sudo() | self.env["crm.team"].sudo().browse(
            sorted({team_id for team_id, _name in callbacks if team_id})
        )
        by_team = {team.id: [] for team in teams.sorted("name")} | {False: []}
        for row in rows:
            by_team[row["team_id"]].append(row)
        return [
            {
                "id": team_id,
                "name": teams.browse(team_id).name or self.env._("Without a call center"),
                "states": dict(Counter(row["state"] for row in members)),
            }
            | self._sums(members, AGENT_FIGURES)
            | {name: callbacks[team_id, name] for name in CALLBACK_FIGURES}
            for team_id, members in by_team.items()
            if team_id or members or any(callbacks[False, name] for name in CALLBACK_FIGURES)
        ]

    @api.model
    def _figures(self, agents):
        """Count all figures in one statement.

        :returns: two counters, ``{(agent_id, figure): count}`` (of the pool, the agent is None) and, of callbacks,
            ``{(team_id, figure): count}``; and ``{agent_id: when the last call of today ended}``
        """
        names = {
            "lead": LEAD_FIGURES,
            "sale": SALE_FIGURES,
            "call": CALL_FIGURES,
            "callback": CALLBACK_FIGURES,
            "pool": POOL_FIGURES,
        }
        of_agent, of_team, last_calls = Counter(), Counter(), {}
        for kind, agent_id, team_id, ended_at, counts in self.env.execute_query(self._figures_select(agents)):
            for name, count in zip(names[kind], counts, strict=True):
                count = count if name in FRACTIONS else int(count)
                of_agent[agent_id, name] += count
                if kind == "callback":
                    of_team[team_id or False, name] += count
            if ended_at:
                last_calls[agent_id] = ended_at
        return of_agent, of_team, last_calls

    @api.model
    def _figures_select(self, agents):
        """The statement: a row per kind and agent, of callbacks per call center too, and one of the pool."""
        Assignment, Call = self.env["leads.agent.assignment"], self.env["leads.agent.call"]
        Callback, Order = self.env["leads.agent.callback"], self.env["sale.order"]
        Assignment.flush_model()
        Call.flush_model(["is_contact", "duration", "ended_at"])
        Callback.flush_model(["team_id", "open_at"])
        Order.flush_model(["amount_total", "currency_rate", "company_id", *newest.FIELDS])
        now, companies = fields.Datetime.now(), agents.company_id
        theirs = Domain("agent_id", "in", agents.ids)
        leads = Assignment._search(theirs & Assignment._recent_domain(companies))
        sold = theirs & Domain("is_sale", "=", 1) & companies._leads_since_midnight("ended_at")
        calls = Call._search(theirs & Call._counted() & companies._leads_since_midnight("started_at"))
        callbacks = Callback._search(Domain("state", "=", "open") & Domain("due_at", "<=", now))
        return SQL(
            """
            SELECT 'lead', a.agent_id, NULL::int, NULL::timestamp, ARRAY[
                   count(*) FILTER (WHERE a.state = 'active'),
                   count(*) FILTER (WHERE a.state = 'active' AND (next_call_at IS NULL OR next_call_at <= %(now)s)),
                   COALESCE(sum(quotation.value), 0), COALESCE(sum(conversion), 0), count(conversion)]::float[]
              FROM leads_agent_assignment a
         LEFT JOIN LATERAL (%(quotation)s) quotation ON a.state = 'active'
             WHERE a.id IN %(leads)s GROUP BY a.agent_id
         UNION ALL
            SELECT 'sale', a.agent_id, NULL, NULL, ARRAY[count(*), COALESCE(sum(%(sale_value)s), 0)]::float[]
              FROM leads_agent_assignment a
         LEFT JOIN sale_order sale ON sale.id = a.sale_order_id
             WHERE a.id IN %(sold)s GROUP BY a.agent_id
         UNION ALL
            SELECT 'call', agent_id, NULL, max(ended_at), ARRAY[
                   count(*), COALESCE(sum(is_contact), 0), COALESCE(sum(duration), 0)]::float[]
              FROM leads_agent_call WHERE id IN %(calls)s GROUP BY agent_id
         UNION ALL
            SELECT 'callback', agent_id, team_id, NULL, ARRAY[
                   count(*), count(*) FILTER (WHERE open_at <= %(now)s)]::float[]
              FROM leads_agent_callback WHERE id IN %(callbacks)s GROUP BY agent_id, team_id
         UNION ALL
            SELECT 'pool', NULL, NULL, NULL, ARRAY[count(*), COALESCE(sum(%(pool_value)s), 0)]::float[]
              FROM sale_order pool WHERE id IN %(pool)s
            """,
            now=now,
            quotation=newest.partial_query(self.env, SQL("a.partner_id")).select(
                SQL("%s AS value", value_sql(self.env, Order._table))
            ),
            sale_value=value_sql(self.env, "sale"),
            pool_value=value_sql(self.env, "pool"),
            leads=leads.subselect(),
            sold=Assignment._search(sold).subselect(),
            calls=calls.subselect(),
            callbacks=callbacks.subselect(),
            pool=Order._search(Domain("is_assignable", "=", True)).subselect(),
        )
