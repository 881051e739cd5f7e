"""What is measured: a module each, with ``run(registry, scale, rounds, record)``."""

# Those that only read come first: they are to find the database as the generator left it.
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
# On a copy, with an addon that the others are measured without.
WITH_LIFECYCLE = ("lifecycle", "importing", "first_row")
