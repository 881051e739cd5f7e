from odoo import fields
from odoo.exceptions import ValidationError


class InSight(fields.Boolean):
    """Whether the current user may see the record: searchable, and decided anew each time a record rule asks.

    A computed field would be answered from the cache of the transaction, where sight outlives its end: the grace
    passes without anything being written. The model says what is in sight by ``_leads_filter_in_sight``.
    """

    def filter_function(self, records, field_expr, operator, value):
        in_sight = set(records._leads_filter_in_sight()._ids)
        wanted = True in value
        return lambda record: (record.id in in_sight) is wanted


class Bounded(fields.Integer):
    """A number between ``least`` and ``most``; others are refused in a sentence, also when they fit into no column."""

    least = 0
    most = 0

    def _check_bounds(self, value, record):
        if value is None or value is False:
            return
        if not (isinstance(value, int | float | str) and self._is_within(value)):
            raise ValidationError(
                record.env._(
                    "'%(field)s' must be a whole number from %(least)s to %(most)s.",
                    field=self._description_string(record.env),
                    least=self.least,
                    most=self.most,
                )
            )

    def _is_within(self, value):
        try:
            return self.least <= int(value) == float(value) <= self.most
        except (ValueError, OverflowError):
            return False

    def convert_to_cache(self, value, record, validate=True):
        if validate:
            self._check_bounds(value, record)
        return super().convert_to_cache(value, record, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        self._check_bounds(value, record)
        return super().convert_to_column_insert(value, record, values, validate)
