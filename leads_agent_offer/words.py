"""Texts about an offer for messages, pages and the menu bar, in the language of its environment."""

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import fields
from odoo.tools import format_amount
from odoo.tools.misc import babel_locale_parse

# Values are shown as ranges, so that an amount does not reveal the customer.
BANDS = (500, 1_000, 5_000, 10_000, 50_000, 100_000)


def lead_age(offer):
    """Return how long ago the lead came in, in words: "3 hours ago"."""
    if not offer.lead_since:
        return ""
    age = max(fields.Datetime.now() - offer.lead_since, timedelta(minutes=1))
    locale = babel_locale_parse(offer.env.lang or "en_US")
    return format_timedelta(-age, threshold=1, add_direction=True, locale=locale)


def title(offer):
    """Return a one-line summary of the offer."""
    return ", ".join(filter(None, [*offer.tag_ids.mapped("name"), offer.city, offer.value_band]))


def kind(offer):
    """Return who else is offered the lead."""
    match offer.kind:
        case "shark_tank":
            return offer.env._(
                "Nobody took this lead in time. It is now open to everybody who missed it, and the first to "
                "accept gets it."
            )
        case "catch_all":
            return offer.env._(
                "No agent took this lead. You can accept it yourself. In Odoo, you can also assign it to an "
                "agent or have it offered again."
            )
    return offer.env._("This lead is offered to you alone.")


def subject(offer):
    about = title(offer) or offer.env._("a new enquiry")
    match offer.kind:
        case "shark_tank":
            return offer.env._("A lead is open again, first come, first served: %s", about)
        case "catch_all":
            return offer.env._("Nobody took this lead: %s", about)
    return offer.env._("A lead for you: %s", about)


def band(lead):
    """Return the range of the lead's value."""
    value, currency = lead.expected_revenue, lead.company_currency
    if not value:
        return False
    below = [band for band in BANDS if band <= value]
    above = [band for band in BANDS if band > value]

    def amount(band):
        return format_amount(lead.env, band, currency, trailing_zeroes=False)

    if not below:
        return lead.env._("under %s", amount(above[0]))
    if not above:
        return lead.env._("%s or more", amount(below[-1]))
    return lead.env._("%(low)s to %(high)s", low=amount(below[-1]), high=amount(above[0]))


def reason(offer, cause):
    """Return why the agent got the lead, for the assignment."""
    tags = ", ".join(offer.tag_ids.mapped("name"))
    match cause:
        case "coalesced":
            return offer.env._("A customer of the agent contacted us again.")
        case "assigned":
            return offer.env._("Assigned by a catch-all user.")
    if offer.kind == "shark_tank":
        return offer.env._("Was the first to take the lead from the shark tank.")
    if tags:
        return offer.env._("Accepted an offer. Tags: %s.", tags)
    return offer.env._("Accepted an offer.")


def live(offers):
    """Return the offers that wait for an answer as dicts for the menu bar."""
    return [
        {
            "id": offer.id,
            "kind": offer.kind,
            "deadline": fields.Datetime.to_string(offer.deadline) if offer.deadline else False,
            "seconds_left": offer._seconds_left() if offer.deadline else False,
            "tags": [{"name": tag.name, "color": tag.color} for tag in offer.tag_ids],
            "city": offer.city or "",
            "value_band": offer.value_band or "",
            "hint": offer.hint or "",
            "has_terms": offer.has_terms,
        }
        for offer in offers
    ]
