"""The constants of the addon, imported by fields, tools and tests.

Every mapping is ``value -> English label``; the models hand the labels to the ORM, which translates them.
"""

from typing import Final

# States of a ``sale.order`` that make it a partial order (a quotation): it may still become a sale.
PARTIAL_STATES: Final = ("draft", "sent")
# For indexes: their text has no parameters.
IS_PARTIAL: Final = f"state IN {PARTIAL_STATES}"

# Life of an assignment.
STATES: Final = [
    ("active", "Active"),
    ("resolved", "Resolved"),
    ("unassigned", "Unassigned"),
]

# The source of an assignment.
SOURCES: Final = [
    ("manual", "Manual"),
    ("batch", "Batch"),
    ("offer", "Accepted offer"),
    ("import", "Import"),
    ("order_entry", "Order entry"),
]

# Why an assignment ended.
END_REASONS: Final = [
    ("resolved", "Resolved with a disposition"),
    ("sale", "Sold"),
    ("unassigned", "Unassigned by a manager"),
    ("reassigned", "Assigned to another agent"),
    ("role_lost", "Agent lost the role"),
    ("archived", "Agent or customer archived"),
    ("merged", "Customer merged into another"),
    ("undone", "Batch undone"),
]

# The result of a line of a batch, and of a request.
RESULTS: Final = [
    ("assigned", "Assigned"),
    ("already", "Already theirs"),
    ("held", "Held by another agent"),
    ("not_assignable", "Not assignable"),
    ("not_visible", "Not visible to you"),
    ("gone", "No longer there"),
    ("capped", "Agent is full"),
    ("blocked", "Cannot be called now"),
    ("failed", "Failed"),
]

# Kinds of customer history, and those that count as a contact with the customer.
HISTORY_KINDS: Final = [
    ("message", "Message"),
    ("note", "Note"),
    ("call", "Call"),
    ("assigned", "Assigned"),
    ("resolved", "Resolved"),
    ("unassigned", "Unassigned"),
    ("sale", "Sale"),
    ("order", "Order"),
    ("activity", "Activity"),
]
CONTACT_KINDS: Final = ("message", "note", "call", "activity")

# Whether an agent may receive leads now, by the agent's switch, calendar and limits.
AVAILABILITIES: Final = [
    ("available", "Available"),
    ("full", "Full"),
    ("off", "Switched off"),
    ("hours", "Outside working hours"),
    ("leave", "On leave"),
]

DISPOSITION_TYPES: Final = [
    ("sales", "Sales"),
    ("service", "Customer service"),
]

# How far back the history of a customer is taken in when its recording starts, in days.
HISTORY_DAYS: Final = 90
