"""Mutants and findings.

A mutant is the removal of one rule or override of ours. A *finding* is a function of the test and an environment that
returns what is wrong, or a false value if nothing is: it must find nothing while the rule or override is in place, and
something without it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.exceptions import AccessError, UserError, ValidationError

from .sweep import Sweep

REFUSALS = (AccessError, UserError, ValidationError)
LOCKED, UNLOCKED, ALL_ORDERS = "agent, locked", "agent, unlocked", "agent, unlocked, all orders"
ENDED, LOST, MANAGER = "agent, assignment ended", "role lost", "manager"


def sweeps(*models):
    """Find a mark in these models."""

    def finding(test, env, role):
        return Sweep(env).run(models).leaks(role.allowed)

    return finding


def passes(call):
    """Find that a call is allowed that must be refused."""

    def finding(test, env, role):
        try:
            with test._kept_apart():
                call(test, env)
                env.flush_all()
        except REFUSALS:
            return ""
        return "it passed"

    return finding


def breaks(call):
    """Find that a call fails that must succeed."""

    def finding(test, env, role):
        try:
            with test._kept_apart():
                call(test, env)
                env.flush_all()
        except Exception as error:  # any error would be shown to the user
            return f"{type(error).__name__}: {error}"[:200]
        return ""

    return finding


def finds(call):
    """Find what the call returns."""

    def finding(test, env, role):
        with test._kept_apart():
            return call(test, env)

    return finding


def thing(customer, key):
    """Return a function that returns a record of the marked data in the environment."""
    return lambda test, env: env[test.world[customer][key]._name].browse(test.world[customer][key].ids)


def write(customer, key, **vals):
    return passes(lambda test, env: thing(customer, key)(test, env).write(vals))


def reads(customer, key, *names):
    return breaks(lambda test, env: thing(customer, key)(test, env).read(list(names)))


def posts(customer, key):
    return breaks(lambda test, env: thing(customer, key)(test, env).message_post(body="x"))


@dataclass(frozen=True)
class Mutant:
    """The removal of a rule (``xmlid``) or of an override (``model`` and ``method``)."""

    role: str
    finding: Callable
    xmlid: str = ""
    model: str = ""
    method: str = ""
    instead: object = None  # replaces a method of our own, which has no super

    @property
    def name(self):
        return self.xmlid or f"{self.model}.{self.method}"


def rule(xmlid, role, finding):
    return Mutant(role, finding, xmlid=xmlid if "." in xmlid else f"leads_agent.{xmlid}")


def override(name, role, finding, instead=None):
    model, method = name.rsplit(".", 1)
    return Mutant(role, finding, model=model, method=method, instead=instead)
