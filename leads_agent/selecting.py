"""The orders of a batch: those selected in a list, or all that match its filter."""

from ast import literal_eval

from odoo.exceptions import UserError
from odoo.fields import Domain

# More orders than this are refused.
MOST_ORDERS = 300_000
UNREADABLE = (ValueError, SyntaxError, TypeError, KeyError, AttributeError, RecursionError, MemoryError)


class OrderSelection:
    """The orders of a batch, as the user may read them.

    :param selected: the selection as sent by the client, unchecked
    :param filtered: the filter as text
    :param bool whole_filter: use the filter, even when there is a selection
    """

    def __init__(self, env, selected, filtered, whole_filter):
        self.env, self.selected, self.filtered = env, selected or [], filtered
        self.by_filter = bool(filtered) and (whole_filter or not selected)

    def chosen(self):
        """Return the orders as a domain, and the IDs of those selected one by one.

        :raises UserError: when there are none or too many, or the selection or filter is invalid
        """
        if self.by_filter:
            self._check_size(self.count_filtered())
            return self._domain(), []
        order_ids = self._order_ids()
        return Domain("id", "in", order_ids), order_ids

    def count_selected(self):
        return len(self.selected) if isinstance(self.selected, list) else 0

    def warning(self):
        """Return a warning when the selection has reached the limit of the web client."""
        # sudo: ir.config_parameter - the limit of the web client is no secret
        configured = self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", "")
        limit = int(configured) if configured.isdecimal() else 20_000
        return self.count_selected() >= limit and self.env._(
            "At most %s selected orders can be processed at once. The others are not in this batch. Use all "
            "orders of the filter instead.",
            limit,
        )

    def count_filtered(self):
        """Return how many orders match the filter, up to the limit; 0 for an invalid filter."""
        if not self.filtered:
            return 0
        try:
            return self.env["sale.order"].search_count(self._domain(), limit=MOST_ORDERS + 1)
        except UserError:
            return 0

    def _order_ids(self):
        """Return the selection as valid IDs without duplicates."""
        order_ids = self.selected
        if not isinstance(order_ids, list) or not all(type(i) is int and 0 < i < 2**31 for i in order_ids):
            raise UserError(self.env._("The selection is not valid. Select the orders again in the order list."))
        if not order_ids:
            raise UserError(self.env._("Select at least one order."))
        self._check_size(len(order_ids))
        return list(dict.fromkeys(order_ids))

    def _domain(self):
        """Return the filter as a valid domain."""
        try:
            domain = Domain(literal_eval(self.filtered or "[]"))
            self.env["sale.order"]._search(domain, limit=1)
        except UNREADABLE:
            raise UserError(self.env._("The filter of this batch cannot be read: %s", self.filtered)) from None
        return domain

    def _check_size(self, count):
        if count > MOST_ORDERS:
            raise UserError(
                self.env._(
                    "You can take at most %(most)s orders at a time. Narrow the filter, for example by date.",
                    most=MOST_ORDERS,
                )
            )
