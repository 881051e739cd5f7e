"""Decide whether a customer may be assigned to an agent: the verdict on one lead, without the database."""

from dataclasses import dataclass
from datetime import datetime

from .terms import PARTIAL_STATES


@dataclass(frozen=True, slots=True)
class Lead:
    """The data on a commercial customer at the time of assigning.

    :param active: the customer is not archived
    :param company_id: the one company the customer belongs to, or None
    :param holder_id: the user who holds the lead now, or None
    :param order_id: the newest order (``date_order desc, id desc``, of any contact and company), or None
    :param order_state: state of that order, or None
    :param holder_company_id: the company in which the holder got the lead, or None
    """

    active: bool = True
    company_id: int | None = None
    holder_id: int | None = None
    order_id: int | None = None
    order_state: str | None = None
    holder_company_id: int | None = None

    @property
    def is_assignable(self) -> bool:
        """The newest order is still partial. An expired quotation is; a customer without any order is not.

        >>> Lead(order_id=1, order_state="sent").is_assignable
        True
        >>> Lead(order_id=1, order_state="cancel").is_assignable
        False
        >>> Lead().is_assignable
        False
        """
        return self.active and self.order_state in PARTIAL_STATES


@dataclass(frozen=True, slots=True)
class Cause:
    """The reason why a limit changed the verdict, or details for its sentence.

    :param kind: a key for the sentence
    :param most: the cap that is reached
    :param until: UTC, when a cooling-off ends
    :param name: the disposition that the lead was resolved with
    """

    kind: str
    most: int = 0
    until: datetime | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a request.

    :param result: a value of :data:`terms.RESULTS`
    :param cause: a key for the sentence shown, finer than the result; a :class:`Cause` when a key is not enough
    :param replaces_holder: the lead is taken from its holder first
    """

    result: str
    cause: str | Cause
    replaces_holder: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """The agent who is to get a lead, and the companies the agent works in."""

    agent_id: int
    company_ids: frozenset[int]


def judge(
    lead: Lead | None,
    receiver: Receiver,
    *,
    any_order: bool = False,
    reassign: bool = False,
    unconditional: bool = False,
    own_company_ids: frozenset[int] | None = None,
) -> Verdict:
    """Return the verdict on assigning ``lead`` to the agent.

    :param lead: None when the customer no longer exists
    :param any_order: the newest order need not be partial
    :param reassign: take the lead from another agent who holds it
    :param unconditional: accept a customer without looking at the orders at all (order entry, reopening)
    :param own_company_ids: companies of the assigning user, who may not take leads assigned in other ones

    >>> offered, ann = Lead(order_id=7, order_state="draft"), Receiver(1, frozenset({1}))
    >>> judge(offered, ann).result
    'assigned'
    >>> judge(None, ann).result
    'gone'
    >>> held = Lead(order_id=7, order_state="draft", holder_id=2)
    >>> judge(held, Receiver(2, frozenset({1}))).result
    'already'
    >>> judge(held, ann).result
    'held'
    >>> judge(held, ann, reassign=True).replaces_holder
    True
    >>> elsewhere = Lead(order_id=7, order_state="draft", holder_id=2, holder_company_id=3)
    >>> judge(elsewhere, ann, reassign=True, own_company_ids=frozenset({1})).result
    'held'
    >>> sold = Lead(order_id=7, order_state="sale")
    >>> judge(sold, ann)
    Verdict(result='not_assignable', cause='sale', replaces_holder=False)
    >>> judge(sold, ann, any_order=True).result, judge(Lead(), ann, any_order=True).cause
    ('assigned', 'no_order')
    >>> judge(Lead(), ann, unconditional=True).result
    'assigned'
    >>> judge(Lead(company_id=3, order_id=7, order_state="draft"), ann).cause
    'company'
    """
    if lead is None:
        return Verdict("gone", "gone")
    if lead.holder_id == receiver.agent_id:
        return Verdict("already", "already")
    if not lead.active:
        return Verdict("not_assignable", "archived")
    if lead.company_id and lead.company_id not in receiver.company_ids:
        return Verdict("not_assignable", "company")
    if not unconditional and not lead.is_assignable:
        if lead.order_id is None:
            return Verdict("not_assignable", "no_order")
        if not any_order:
            return Verdict("not_assignable", lead.order_state or "no_order")
    if lead.holder_id:
        foreign = own_company_ids is not None and lead.holder_company_id not in own_company_ids
        return Verdict("assigned", "reassigned", True) if reassign and not foreign else Verdict("held", "held")
    return Verdict("assigned", "assigned")
