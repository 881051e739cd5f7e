from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from .tools import given


class InSight(fields.Boolean):
    """Whether the current user may see the record: searchable, and evaluated again for each record rule.

    A computed field would come from the cache of the transaction and could be out of date: the grace ends
    without a write. The model defines what is in sight with ``_leads_filter_in_sight``.
    """

    def filter_function(self, records, field_expr, operator, value):
        in_sight = set(records._leads_filter_in_sight()._ids)
        wanted = True in value
        return lambda record: (record.id in in_sight) is wanted


class Link(fields.Many2one):
    """A link given as an ID, in any form that a client may send; other values are refused with a clear error.

    Odoo passes a text to PostgreSQL unchanged, and its cache shows an empty link.
    """

    def _as_number(self, value, record):
        if value is None or value is False or not isinstance(value, str | float | bool | dict | list | int):
            return value
        try:
            return given.optional(given.record_id)(value)
        except given.Unfit:
            raise ValidationError(
                record.env._("'%s' must be a record ID.", self._description_string(record.env))
            ) from None

    def convert_to_column(self, value, record, values=None, validate=True):
        return super().convert_to_column(self._as_number(value, record), record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        return super().convert_to_cache(self._as_number(value, record) if validate else value, record, validate)


class Rows(fields.One2many):
    """A one2many whose search only considers rows that the user may read.

    Odoo searches these rows elevated, also for ``= False`` and ``in``: the result would reveal rows out of sight.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if model.env.su or not isinstance(value, list | tuple | set | frozenset | OrderedSet):
            return super().condition_to_sql(field_expr, operator, value, model, alias, query)
        found = []
        if ids := [row_id for row_id in value if row_id]:
            found.append(super().condition_to_sql(field_expr, "any", Domain("id", "in", ids), model, alias, query))
        if len(ids) < len(value):
            found.append(super().condition_to_sql(field_expr, "not any", Domain.TRUE, model, alias, query))
        condition = SQL("(%s)", SQL(" OR ").join(found)) if found else SQL("FALSE")
        return SQL("(%s) IS NOT TRUE", condition) if operator.startswith("not") else condition


class Bounded(fields.Integer):
    """A number between ``least`` and ``most``; others get a clear error, even when too large for a column."""

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


def search_flag(domain, operator, value):
    """Return the result of the search method of a boolean.

    :param Domain domain: the records where it is true
    """
    if operator != "in":
        return NotImplemented
    return domain if True in value else ~domain
