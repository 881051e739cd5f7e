"""Proofs that no test inside Odoo can try: each module has a function `prove(odoo)`, which `make prove` calls."""
