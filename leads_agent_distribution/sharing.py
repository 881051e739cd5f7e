"""Distribution of the leads of a batch: among which agents, how many each, and the result of leads without an agent."""

from odoo.fields import Domain

from .tools import distribution


class Sharing:
    """Distributes the leads of some lines of a batch. ``rows`` has a :class:`Row` for each line."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env

    def share(self, rows, agents, turns, planning=False):
        """Distribute the leads of some lines, except those that may not be assigned.

        :returns: the plan, ``(line_id, result, reason, detail)`` of other lines, and the :class:`assigning.Examined`
        """
        partner_ids = [row.partner_id for row in rows if row.partner_id]
        examined = self.batch._assigning().examine(partner_ids, agents, self.batch.agent_id.id or 0)
        # The commercial customer of a line may have changed since the line was created.
        customer_of = examined.leads.commercial_of
        wanted = [
            nr for nr in partner_ids if nr in customer_of and examined.verdicts[customer_of[nr]].result == "assigned"
        ]
        plan = (
            self.env["leads.agent.rotation"]
            # sudo: leads.agent.rotation - only managers can reach this code
            .sudo()
            ._share_out(
                wanted,
                agents,
                distribution.Way(
                    "equal" if self.batch.agent_id else self.batch.method,
                    [name for name in ("previous", "lang", "country") if self.batch[f"prefer_{name}"]],
                    self.batch._weights(),
                    turns,
                ),
                self._rooms(agents, planning),
                known={nr: examined.leads.by_commercial[customer] for nr, customer in customer_of.items()},
            )
        )
        return plan, self._refused_lines(rows, examined, plan, agents), examined

    def _rooms(self, agents, planning):
        """Return how many more leads of this batch each agent may take, by their own limits and the batch's cap.

        :param bool planning: leads planned so far count against the room of the agent
        :returns: ``{agent_id: int or None}``
        """
        given = self._given() if planning or self.batch.cap else {}
        rooms = {}
        for agent_id, room in self.env["leads.agent.assignment"]._agent_rooms(agents).items():
            left = [] if room is None else [room - given.get(agent_id, 0) if planning else room]
            if self.batch.cap:
                left.append(self.batch.cap - given.get(agent_id, 0))
            rooms[agent_id] = max(0, min(left)) if left else None
        return rooms

    def _given(self):
        """Return how many leads of this batch each agent has so far, assigned or planned."""
        given = Domain("batch_id", "=", self.batch.id) & Domain("agent_id", "!=", False)
        given &= Domain("result", "in", (False, "assigned"))
        groups = self.batch._lines()._read_group(given, ["agent_id"], ["__count"])
        return {agent.id: count for agent, count in groups}

    def _refused_lines(self, rows, examined, plan, agents):
        """Return ``(line_id, result, reason, detail)`` of the lines that get no agent."""
        leads, left, refused = examined.leads, set(plan.left), []
        # sudo: res.users - names in the sentences of the log
        holders = self.env["res.users"].sudo()
        for line_id, partner_id, _agent, _reason in rows:
            if partner_id not in leads.commercial_of:
                refused.append((line_id, "gone", *self._logged("gone")))
                continue
            customer = leads.commercial_of[partner_id]
            verdict, holder_id = examined.verdicts[customer], leads.by_commercial[customer].holder_id
            holder = holders.browse(holder_id or ()).name or ""
            if verdict.result != "assigned":
                logged = (
                    self._logged(verdict.cause, self.batch.agent_id.name or holder, holder)
                    if self.batch.agent_id or verdict.cause != "company"
                    else (self.env._("Customers of a company in which no agent of this batch works"), "")
                )
                refused.append((line_id, verdict.result, *logged))
            elif partner_id not in left:
                continue
            elif holder_id in agents._ids:
                # An agent needs no room for a lead that the agent already holds.
                refused.append((line_id, "already", *self._logged("already", holder)))
            else:
                refused.append((line_id, "capped", self.env._("No agent of this batch has room"), ""))
        return refused

    def write_planned(self, rows, plan, refused, leads):
        """Write the planned agent and the previous holder on each line; a lead that already has this holder stays."""
        planned = []
        # sudo: res.users - names in the sentences of the log
        names = {agent.id: agent.name for agent in self.batch._receivers().sudo()}
        for line_id, partner_id, _agent, _reason in rows:
            if partner_id not in plan.shares:
                continue
            agent_id, cause = plan.shares[partner_id]
            customer = leads.commercial_of[partner_id]
            holder_id = leads.by_commercial[customer].holder_id
            if agent_id == holder_id:
                refused.append((line_id, "already", *self._logged("already", names[agent_id])))
            else:
                planned.append((line_id, agent_id, self.batch._reason(cause), holder_id))
        self.batch._lines()._update_rows(
            self.batch, planned, {"agent_id": "int", "reason": "text", "previous_agent_id": "int"}
        )
        self.batch._lines()._update_rows(self.batch, refused, {"result": "text", "reason": "text", "detail": "text"})

    def _logged(self, cause, agent="", holder=""):
        return self.env["leads.agent.wording"]._logged(cause, agent, holder)
