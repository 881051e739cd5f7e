"""Models that other apps open to every internal user, and so to agents, each with a reason, as in `docs/visibility.md`.

A leak in any other model fails the proof, and so does a listed model that is no longer open.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Opening:
    """A model that an app lets every internal user read.

    :param shown: data of customers or orders out of sight that it shows
    :param reason: why the app opens it
    :param closing: what agents still see when it is closed; empty: the proposal of the form
    :param needed: whether agents need it for their work, so that it cannot be closed to them
    """

    shown: str
    reason: str
    closing: str = ""
    needed: bool = False


_EVENT = "events are published: who organises, sponsors or speaks is on the website"
_JOB = "a job is published with its address"

ALL_EMPLOYEES = {
    "account.analytic.account": Opening(
        "the name of the account of an order's project", "analytic accounts are chosen on many documents", needed=True
    ),
    "account.edi.document": Opening("number of an invoice, error of sending it", "shown on invoices"),
    "blog.blog": Opening("the text of a post that is announced there", "posts are published"),
    "blog.post": Opening("the name of the author", "posts are published"),
    "event.booth": Opening("name, e-mail and phone of who rents it, also of confirmed orders", _EVENT),
    "event.event": Opening("organiser and address; in its messages, who rents a booth or speaks", _EVENT, "nothing"),
    "event.event.ticket": Opening("the name of an event", _EVENT),
    "event.slot": Opening("the name of an event", _EVENT),
    "event.sponsor": Opening("name, e-mail and phone", _EVENT),
    "event.track": Opening("name, e-mail, phone and biography of the speaker", _EVENT),
    "gamification.badge.user": Opening("who of the portal users has which badge", "badges are shown on profiles"),
    "hr.job": Opening("a customer as address of a job", _JOB),
    "hr.job.skill": Opening("the name of a job", _JOB),
    "hr.recruitment.source": Opening("the name of a job", _JOB),
    "hr.work.location": Opening("a customer as place of work", "colleagues see where colleagues work"),
    "product.supplierinfo": Opening("who supplies a product", "read with the product", needed=True),
    "project.sale.line.employee.map": Opening(
        "customer, line and price of an order", "read to say at what price hours are charged", "nothing"
    ),
    "res.partner.category": Opening("the tag itself", "a tag stands on many customers", needed=True),
    "res.partner.tag": Opening("the tag itself", "a tag stands on many customers"),
    "slide.embed": Opening("the title of a slide", "who took part hangs on it, not who they are"),
    "slide.question": Opening("the title of a slide", "who took part hangs on it, not who they are"),
    "stock.rule": Opening("a customer as address of a rule", "rules are read to plan deliveries", needed=True),
    "website.event.menu": Opening("the name of an event", _EVENT),
}

# Rows that an agent is responsible for or created: they belong to the agent, not to the customer.
OWN = {
    "calendar.event": "a meeting of one's own",
    "calendar.filters": "one's own choice of calendars",
    "calendar.recurrence": "repeats a meeting of one's own",
    "snailmail.letter": "a letter of one's own",
}

# Models in which no marked row could be created.
NO_ROW = {
    "product.attribute.custom.value": "needs a configurable product; it is read with the line of the order",
}

# Listed above, but not reported by the visibility test.
NOT_IN_THE_TEST = dict.fromkeys(
    (
        "account.edi.document",
        "blog.blog",
        "event.event.ticket",
        "event.slot",
        "gamification.badge.user",
        "hr.job.skill",
        "hr.recruitment.source",
        "project.sale.line.employee.map",
        "slide.embed",
        "slide.question",
        "website.event.menu",
    ),
    "its link leads to no customer or order, but to another document",
) | {"account.analytic.account": "its only link is the customer, who is in sight"}
