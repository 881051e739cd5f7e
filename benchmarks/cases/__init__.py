"""The cases: a module each, with ``run(registry, scale, rounds, record)``."""

# Cases that only read come first, as they need the database as generated.
IN_ORDER = (
    "visibility",
    "http",
    "first_row",
    "dashboard",
    "desk",
    "confirming",
    "entering",
    "assigning",
    "assigning_crm",
    "offering",
)
# Measured on a copy of the database, with an addon that the other cases are measured without.
WITH_LIFECYCLE = ("lifecycle", "importing", "first_row")
