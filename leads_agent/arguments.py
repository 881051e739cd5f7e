"""Check the arguments and return values of public methods.

Any client with a key can send any value: bad input gets a clear error. A method without a return value returns True,
since XML-RPC cannot carry None.
"""

import inspect
from collections.abc import Callable
from functools import wraps

from odoo.exceptions import UserError

from .tools import given


def takes(records: Callable = given.any_number, /, **readers: Callable) -> Callable:
    """Decorate a public method so that its records and arguments are checked and converted first.

    A method that returns None returns True instead.

    Place it directly above the method, below ``@api.model``::

        @api.model
        @takes(partner_id=given.record_id, direction=given.text)
        def start(self, partner_id, direction="out"):

    :param records: reads the numbers of the records that the method is called on
    :param readers: the reader of each argument, see ``tools/given.py``
    """

    def decorate(method):
        signature = inspect.signature(method)
        *_others, last = signature.parameters.values()
        rest = last.name if last.kind is last.VAR_KEYWORD else None

        @wraps(method)
        def checked(self, *args, **kwargs):
            try:
                bound = signature.bind(self, *args, **kwargs)
            except TypeError:
                names = ", ".join(list(signature.parameters)[1:]) or "-"
                raise UserError(
                    self.env._("'%(method)s' accepts these arguments: %(names)s", method=method.__name__, names=names)
                ) from None
            refuse_unfit(self.env, records, self._ids)
            for place in (bound.arguments, bound.arguments.get(rest, {})):
                for name in readers.keys() & place.keys():
                    place[name] = refuse_unfit(self.env, readers[name], place[name], name)
            answer = method(*bound.args, **bound.kwargs)
            return True if answer is None else answer

        return checked

    return decorate


def numbers_of_links(model, vals: dict, comodel: str = "") -> dict:
    """Return the values with each link converted to an integer, to be checked later; empty ones are kept.

    :param str comodel: only links to this model
    :raises UserError: for a link that is not a number
    """
    brought = {}
    for name, value in vals.items():
        field = model._fields.get(name)
        if field and field.type == "many2one" and value and (not comodel or field.comodel_name == comodel):
            brought[name] = refuse_unfit(model.env, given.record_id, value)
    return {**vals, **brought} if brought else vals


def refuse_unfit(env, reader: Callable, value, name: str = ""):
    """Return the value as converted by a reader.

    :param str name: name of the value
    :raises UserError: when the reader rejects it
    """
    try:
        return reader(value)
    except given.Unfit as unfit:
        raise UserError(_sentence(env, unfit.wanted, name)) from None


def _sentence(env, wanted, name):
    match wanted:
        case "record":
            return env._("Invalid record ID.")
        case "records":
            return env._("Invalid list of record IDs.")
        case "one":
            return env._("Choose one record.")
        case "some":
            return env._("Choose at least one record.")
        case "whole":
            return env._("'%s' must be a whole number.", name)
        case "flag":
            return env._("'%s' must be true or false.", name)
        case "values":
            return env._("'%s' must map field names to values.", name)
        case "rows":
            return env._("'%s' must be a list with one set of values per record.", name)
        case "names":
            return env._("'%s' must be a list of names.", name)
        case "table":
            return env._("'%s' must be a list of rows.", name)
        case _:
            return env._("'%s' must be valid text.", name)
