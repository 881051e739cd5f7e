"""Other shapes of the rules on orders, tried where the rules as they are miss a goal.

Each is a domain that somebody would write; it takes the place of the shipped one within a transaction that is rolled
back, so that the whole way through Odoo is timed and not a statement that looks like it.
"""

from odoo import SUPERUSER_ID

from ..measure import Candidate, Timing, interleave

HELD = "[('leads_agent_id', '=', user.id)]"
HELD_NOW = "('agent_id', '=', user.id), '|', ('state', '=', 'active'), ('visible_until', '>', 'now')"
LOCK = {
    "the holder of the customer, no grace": "[('partner_id.leads_agent_id', '=', user.id)]",
    "an assignment of the customer": f"[('leads_commercial_partner_id.leads_assignment_ids', 'any', [{HELD_NOW}])]",
    "the holder of the order, or a grace": "['|', ('leads_agent_id', '=', user.id), "
    "('leads_commercial_partner_id.leads_assignment_ids', 'any', "
    "[('agent_id', '=', user.id), ('visible_until', '>', 'now')])]",
    "the holder of the order, no grace": HELD,
}
PARTIAL = {
    "the state, nothing just completed": "[('state', 'in', ('draft', 'sent'))]",
    "not the final states, nothing just completed": "[('state', 'not in', ('sale', 'cancel'))]",
}
# Some of them take seconds.
ROUNDS = 3
EVERYTHING = "[(1, '=', 1)]"
# What is tried depends on which rules are at work: (lock, view non-partial) -> name -> rules and their domains
ALTERNATIVES = {
    (True, False): {name: {"rule_order_lock": domain} for name, domain in LOCK.items()}
    | {name: {"rule_order_partial": domain} for name, domain in PARTIAL.items()}
    | {"both without grace": {"rule_order_lock": HELD, "rule_order_partial": "[('state', 'in', ('draft', 'sent'))]"}},
    (True, True): {name: {"rule_order_lock": domain} for name, domain in LOCK.items()},
    (False, False): {name: {"rule_order_partial": domain} for name, domain in PARTIAL.items()},
    (False, True): {},
}
# Not to be had, as it shows everything: no rule can be faster than none.
NO_RULE = {"no rule on orders": {"rule_order_lock": EVERYTHING, "rule_order_partial": EVERYTHING}}


def best(registry, settings: tuple[bool, bool], agent: int, work) -> dict[str, Timing]:
    """Return the timings of the rules as they are, of the fastest other ones, and of none, by their names.

    :param settings: lock, view non-partial
    :param agent: id of the user who works
    """
    shapes = {"as it is": {}, **ALTERNATIVES[settings], **NO_RULE}
    candidates = {
        name: Candidate(agent, lambda env, _nothing: work(env), prepare=_with(rules, work))
        for name, rules in shapes.items()
    }
    try:
        timings = interleave(registry, candidates, ROUNDS)
    finally:
        registry.clear_all_caches()
    told = {name: timings.pop(name) for name in ("as it is", *NO_RULE)}
    if timings:
        fastest = min(timings, key=lambda name: timings[name].median)
        told[fastest] = timings[fastest]
    return told


def _with(rules: dict[str, str], work):
    def prepare(env):
        # Domains are kept in caches that know nothing of a rollback: each turn fills them anew, outside its time.
        env.registry.clear_all_caches()
        for name, domain in rules.items():
            env.ref(f"leads_agent.{name}").with_user(SUPERUSER_ID).domain_force = domain
        env.flush_all()
        work(env)

    return prepare
