"""Which agent gets which lead: the arithmetic of sharing leads out, without the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who receives leads.

    :param weight: the share of the agent beside the others
    :param room: how many more leads the agent may take; None: any number
    :param start: the clock of the rotation when the agent joined it
    :param served: the clock when the agent was served last
    """

    id: int
    weight: int = 1
    open_leads: int = 0
    room: int | None = None
    lang: str | None = None
    country_id: int | None = None
    start: int = 0
    served: int = 0


@dataclass(frozen=True, slots=True)
class Lead:
    id: int
    previous_agent_id: int | None = None
    lang: str | None = None
    country_id: int | None = None


@dataclass(slots=True)
class Plan:
    """Who gets what: ``{lead id: (agent id, reason key)}``, and the leads for whom there was no room."""

    shares: dict[int, tuple[int, str]] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)


def distribute(
    leads: Sequence[Lead],
    agents: Sequence[Agent],
    *,
    method: str = "equal",
    prefer: Iterable[str] = (),
    clock: int = 0,
) -> Plan:
    """Share leads out among agents.

    >>> plan = distribute([Lead(1), Lead(2), Lead(3)], [Agent(7, room=1), Agent(8)])
    >>> plan.shares
    {1: (7, 'equal'), 2: (8, 'equal'), 3: (8, 'equal')}
    >>> distribute([Lead(1)], [Agent(7, room=0)]).left
    [1]
    """
    given = {agent.id: 0 for agent in agents}
    plan = Plan()

    def turn(agent: Agent) -> tuple:
        if method == "least":
            return agent.open_leads + given[agent.id], agent.served, agent.id
        weight = agent.weight if method == "weight" else 1
        return (given[agent.id] + 1) / max(weight, 1), agent.served, agent.id

    for lead in leads:
        free = [agent for agent in agents if agent.room is None or given[agent.id] < agent.room]
        if not free:
            plan.left.append(lead.id)
            continue
        liked, reason = free, method
        for wish in prefer:
            match wish:
                case "previous":
                    some = [agent for agent in liked if agent.id == lead.previous_agent_id]
                case "lang":
                    some = [agent for agent in liked if lead.lang and agent.lang == lead.lang]
                case _:
                    some = [agent for agent in liked if lead.country_id and agent.country_id == lead.country_id]
            if some:
                liked, reason = some, wish
                break
        chosen = min(liked, key=turn)
        given[chosen.id] += 1
        plan.shares[lead.id] = chosen.id, reason
    return plan
