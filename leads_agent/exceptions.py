import logging

from odoo.exceptions import AccessError


class CustomerOutOfSight(AccessError):
    """An agent opens a customer who is not assigned to them; the web client leads back to the customer search.

    That is an ordinary day and no warning in the log of the server.
    """

    loglevel = logging.INFO
