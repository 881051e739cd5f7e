"""Proofs that cannot be tests inside Odoo: each module has a function `prove(odoo)`, which `make prove` calls."""
