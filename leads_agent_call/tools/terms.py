"""The terms of calls, each written once: ``value -> English label``, which the ORM translates."""

from typing import Final

# What an agent is doing: on the phone, logging the outcome, on a break, away, or free for a call.
DESK_STATES: Final = [
    ("talking", "Talking"),
    ("wrap_up", "Wrap-up"),
    ("available", "Available"),
    ("break", "On a break"),
    ("off", "Away"),
]

DIRECTIONS: Final = [
    ("out", "Outgoing"),
    ("in", "Incoming"),
]

# States of a call. After hanging up, the outcome is still to be logged.
CALL_STATES: Final = [
    ("talking", "Talking"),
    ("wrap_up", "Wrap-up"),
    ("done", "Done"),
]

CALLBACK_STATES: Final = [
    ("open", "Open"),
    ("done", "Called"),
    ("cancelled", "Cancelled"),
]

# Why a callback was postponed automatically.
CALLBACK_MOVES: Final = [
    ("hours", "Outside calling hours"),
    ("in_vain", "Nobody was reached"),
]
