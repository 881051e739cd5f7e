"""One run of a scheduled rule: its results so far, and the sentences for them."""

from collections import Counter
from dataclasses import dataclass, field, replace

from odoo.models import BaseModel


@dataclass(frozen=True)
class Run:
    """The results of a run so far. Immutable, so that a chunk can be retried: each chunk creates a new one."""

    rule: BaseModel
    counts: Counter = field(default_factory=Counter)
    agents: frozenset = frozenset()
    below: int | None = None
    end: str = ""

    def gave(self, results, below):
        """Return the run including one more chunk.

        :param below: leads with lower IDs are still to be processed
        """
        agents = {result.agent_id for result in results if result.result == "assigned"}
        counts = self.counts + Counter(result.result for result in results)
        return replace(self, counts=counts, agents=self.agents | agents, below=below)

    def ended(self, reason):
        return replace(self, end=reason)

    def sentence(self):
        """Return a sentence on the results of the run."""
        env, sentences = self.rule.env, []
        refused = {result: count for result, count in self.counts.items() if result != "assigned"}
        if self.counts["assigned"]:
            sentences.append(
                env._(
                    "Leads assigned: %(leads)s, to %(agents)s agents.",
                    leads=self.counts["assigned"],
                    agents=len(self.agents),
                )
            )
        if refused:
            labels = dict(env["leads.agent.batch.assign.line"]._fields["result"]._description_selection(env))
            details = ", ".join(f"{labels[result]}: {count}" for result, count in sorted(refused.items()))
            sentences.append(env._("Left out: %s.", details))
        sentences.append(self.end or env._("More leads match. The next run continues."))
        return " ".join(sentences)

    def reason(self, cause):
        """Return the reason for this agent, as stored on the assignment."""
        env, name = self.rule.env, self.rule.name
        match cause:
            case "previous":
                return env._("Rule %s: held the customer before", name)
            case "lang":
                return env._("Rule %s: speaks the language", name)
            case "country":
                return env._("Rule %s: same country", name)
            case "least":
                return env._("Rule %s: had the fewest open leads", name)
        return env._("Rule %s: next in turn", name)
