from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes

LEAD_FIGURES = ("open", "waiting", "sales")
CALL_FIGURES = ("calls", "contacts")
CALLBACK_FIGURES = ("due", "missed")
AGENT_FIELDS = (
    "name",
    "sale_team_id",
    "company_id",
    "leads_break_since",
    "write_date",
)
FIGURES = LEAD_FIGURES + CALL_FIGURES + CALLBACK_FIGURES


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

        :returns: dict with ``totals``, ``teams`` and ``agents``. Figures are ``open`` and ``waiting`` leads, ``due``
            and ``missed`` callbacks, and ``calls``, ``contacts`` and ``sales`` since midnight in the company of the
            agent. ``states`` counts agents; the team without an ID is for agents without a call center. Moments are
            UTC strings
        :raises AccessError: when the user is not a Leads Manager
        """
        if not self.env.user._is_leads_manager():
            raise AccessError(self.env._("The live floor is for Leads Managers."))
        agents = self.env["res.users"].search_fetch(
            Domain("can_hold_leads", "=", True) & Domain("company_ids", "in", self.env.companies.ids),
            self._agent_fields(),
            order="name, id",
        )
        of_agent, of_team = self._figures(agents)
        rows = self._agent_rows(agents, of_agent)
        teams = self._team_rows(agents, rows, of_team)
        return {
            "totals": {name: sum(team[name] for team in teams) for name in FIGURES}
            | {"agents": len(rows), "states": dict(Counter(row["state"] for row in rows))},
            "teams": teams,
            "agents": rows,
        }

    @api.model
    def _agent_fields(self):
        """Return the fields of agents to fetch at once."""
        return AGENT_FIELDS

    @api.model
    def _agent_rows(self, agents, figures):
        desks = agents._leads_desks()
        absences = dict(agents._fields["leads_availability"]._description_selection(self.env))
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
                    "since": fields.Datetime.to_string(desk.since) or False,
                    "customer": (desk.call_sudo.partner_id.complete_name or "") if is_readable else "",
                }
                | {name: figures[agent.id, name] for name in FIGURES}
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
            | {name: sum(row[name] for row in members) for name in LEAD_FIGURES + CALL_FIGURES}
            | {name: callbacks[team_id, name] for name in CALLBACK_FIGURES}
            for team_id, members in by_team.items()
            if team_id or members or any(callbacks[False, name] for name in CALLBACK_FIGURES)
        ]

    @api.model
    def _figures(self, agents):
        """Count all figures in one statement.

        :returns: two counters, ``{(agent_id, figure): count}`` and, of callbacks, ``{(team_id, figure): count}``
        """
        Assignment, Call = self.env["leads.agent.assignment"], self.env["leads.agent.call"]
        Callback = self.env["leads.agent.callback"]
        Assignment.flush_model(["next_call_at", "is_sale"])
        Call.flush_model(["is_contact"])
        Callback.flush_model(["team_id", "open_at"])
        now, companies = fields.Datetime.now(), agents.company_id
        theirs = Domain("agent_id", "in", agents.ids)
        leads = Assignment._search(
            theirs
            & (
                Domain("state", "=", "active")
                | (Domain("is_sale", "=", 1) & companies._leads_since_midnight("ended_at"))
            )
        )
        calls = Call._search(theirs & Call._counted() & companies._leads_since_midnight("started_at"))
        callbacks = Callback._search(Domain("state", "=", "open") & Domain("due_at", "<=", now))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'lead', agent_id, NULL::int, count(*) FILTER (WHERE state = 'active'),
                       count(*) FILTER (WHERE state = 'active' AND (next_call_at IS NULL OR next_call_at <= %(now)s)),
                       count(*) FILTER (WHERE is_sale = 1)
                  FROM leads_agent_assignment WHERE id IN %(leads)s GROUP BY agent_id
             UNION ALL
                SELECT 'call', agent_id, NULL, count(*), sum(is_contact), NULL::bigint
                  FROM leads_agent_call WHERE id IN %(calls)s GROUP BY agent_id
             UNION ALL
                SELECT 'callback', agent_id, team_id, count(*), count(*) FILTER (WHERE open_at <= %(now)s), NULL
                  FROM leads_agent_callback WHERE id IN %(callbacks)s GROUP BY agent_id, team_id
                """,
                now=now,
                leads=leads.subselect(),
                calls=calls.subselect(),
                callbacks=callbacks.subselect(),
            )
        )
        names = {"lead": LEAD_FIGURES, "call": CALL_FIGURES, "callback": CALLBACK_FIGURES}
        of_agent, of_team = Counter(), Counter()
        for kind, agent_id, team_id, *counts in rows:
            for name, count in zip(names[kind], counts, strict=False):
                of_agent[agent_id, name] += count or 0
                if kind == "callback":
                    of_team[team_id or False, name] += count
        return of_agent, of_team
