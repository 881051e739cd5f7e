import logging

from odoo.exceptions import AccessError


class CustomerOutOfSight(AccessError):
    """An agent opens a customer who is not assigned to them; the web client returns to the customer search.

    This is normal use, so the server logs no warning.
    """

    loglevel = logging.INFO
