from odoo import fields


class InSight(fields.Boolean):
    """Whether the current user may see the record: searchable, and decided anew each time a record rule asks.

    A computed field would be answered from the cache of the transaction, where sight outlives its end: the grace
    passes without anything being written. The model says what is in sight by ``_leads_filter_in_sight``.
    """

    def filter_function(self, records, field_expr, operator, value):
        in_sight = set(records._leads_filter_in_sight()._ids)
        wanted = True in value
        return lambda record: (record.id in in_sight) is wanted
