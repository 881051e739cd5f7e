"""Update leads when the customer changes: it moves to another company, or is no longer a customer.

At most one assignment of a customer stays active, ended ones are kept with their reason, and the number of queries does
not grow with the number of customers. All functions are elevated.
"""

from collections import defaultdict

from odoo.fields import Domain
from odoo.models import BaseModel

from . import figures, holders
from .assigning import Assigning, Request, Terms

ACTIVE = Domain("state", "=", "active")


def follow(partners: BaseModel, before: dict) -> None:
    """Move leads along with contacts that may have changed their company; nobody is held twice.

    A held customer who becomes the contact of another company brings the assignment along, unless that company is held
    already.

    :param before: ``{contact: commercial customer it belonged to}``
    """
    env, moved = partners.env, partners.filtered(lambda partner: partner.commercial_partner_id != before[partner])
    if moved:
        env["leads.agent.history"]._follow_move(moved)
        moved._on_customers_changed("became", {partner.id: partner.commercial_partner_id.id for partner in moved})
    entities = moved.commercial_partner_id.union(*before.values())
    if moved and any(entity.leads_agent_id for entity in entities | moved):
        pass_to_entities(moved)
        holders.propagate(env, entities.ids)


def pass_to_entities(partners: BaseModel) -> None:
    """Move assignments of contacts that are no longer customers themselves to the customer they now belong to.

    A held customer stays with its holder; of several contacts that move at once, the one that was
    assigned first decides. Limits do not apply: the agent gets nothing new.
    """
    env = partners.env
    held = env["leads.agent.assignment"].search(
        Domain("partner_id", "in", partners.ids) & ACTIVE, order="assigned_at, id"
    )
    held = held.filtered(lambda assignment: assignment.partner_id.commercial_partner_id != assignment.partner_id)
    if not held:
        return
    first = {}
    for assignment in held:
        first.setdefault(assignment.partner_id.commercial_partner_id, assignment)
    held._end(
        "merged",
        note=env._(
            "The customer became a contact of another customer, who took over the lead unless somebody already held it."
        ),
    )
    groups = defaultdict(list)
    reason = env._("The agent held a customer who became a contact of this customer.")
    for entity, assignment in first.items():
        if assignment.agent_id.can_hold_leads:
            request = Request(entity.id, assignment.agent_id.id, reason)
            groups[assignment.company_id, assignment.source].append(request)
    for (company, source), requests in groups.items():
        terms = Terms(source, unconditional=True, unlimited=True)
        results = Assigning(partners.with_company(company).env, terms).run(requests)
        figures.go_on_with(env, {result.assignment: first[result.partner] for result in results if result.assignment})


def leave_ours(ours: BaseModel, partner: BaseModel) -> None:
    """End the leads of customers who turned out to be colleagues or companies of the database.

    :param ours: the customers whose leads end
    :param partner: the contact named in the log
    """
    active = ours.env["leads.agent.assignment"].search(Domain("partner_id", "in", ours.ids) & ACTIVE)
    if active:
        active._end("merged", note=ours._leads_ours_sentence(partner.complete_name))
    ours._on_customers_changed("ours")


def leave_foreign_companies(partners: BaseModel) -> None:
    """End assignments of customers whose new company is not one of the agent's."""
    held = partners.filtered("leads_agent_id")
    if not held:
        return
    active = partners.env["leads.agent.assignment"].search(
        Domain("partner_id", "in", held.commercial_partner_id.ids) & ACTIVE
    )
    foreign = active.filtered(
        lambda a: a.partner_id.company_id and a.partner_id.company_id not in a.agent_id.company_ids
    )
    for company, assignments in foreign.grouped(lambda a: a.partner_id.company_id).items():
        assignments._end(
            "unassigned",
            note=partners.env._("The customer moved to %s, in which the agent does not work.", company.name),
        )
