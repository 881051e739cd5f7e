from odoo.exceptions import AccessError


class CustomerOutOfSight(AccessError):
    """An agent opens a customer who is not assigned to them; the web client leads back to the customer search."""
