"""Find links in the values that a client sends, at any depth, and remove some of them.

Plain Python for :mod:`.base`. A *visitor* is called with the model and the ID of each link and returns whether to keep
it, so one walk collects the links and another removes some.
"""

from collections.abc import Callable, Mapping

from odoo.exceptions import MissingError
from odoo.fields import Command
from odoo.models import BaseModel
from odoo.orm.identifiers import NewId

from ...links import model_field_of
from ...tools import given

Visitor = Callable[[str, int], bool]


def link_fields(model: BaseModel) -> dict[str, str | None]:
    """Return the names of the fields that link, with the field of the document's model for pairs.

    A field with the model of a document links as well: with another model, the same ID is another document.
    """
    links = {}
    for name, field in model._fields.items():
        if field.relational or field.type == "reference":
            links.setdefault(name, None)
        elif model_field := model_field_of(model, field):
            links[name] = model_field
            links.setdefault(model_field, None)
    return links


def model_sources(model: BaseModel, model_field: str) -> set[str]:
    """Return the fields that decide on the model of a document: the field itself, and those it is computed from."""
    depends = model.pool.field_depends[model._fields[model_field]]
    names = {name.split(".")[0] for name in depends}
    return {model_field} | {name for name in names if model._fields[name].type not in ("one2many", "many2many")}


def defaults_of(env) -> dict:
    """Return the defaults of the context by the name of the field."""
    return {key.removeprefix("default_"): value for key, value in env.context.items() if key.startswith("default_")}


class Walk:
    """A walk over values for records of a model.

    :param visit: called for each link to a fixed model, returns whether to keep it; without it, such links
        are neither checked nor converted to integers
    :param visit_document: the same for documents by model and ID
    :param beside: values used where the walked ones have none: defaults, or those of the record
    :param is_form: a form sends dictionaries as well, with the values of the record that it links to
    """

    def __init__(
        self, visit: Visitor | None, visit_document: Visitor, beside: Mapping | None = None, *, is_form: bool = False
    ):
        self.visit = visit
        self.visit_document = visit_document
        self.beside = beside or {}
        self.is_form = is_form

    def values(self, model: BaseModel, values: Mapping, beside: Mapping | None = None) -> dict:
        """Return the values with each link as an integer, and without the removed links.

        :param beside: for lines, replaces that of the walk

        :raises InvalidLink: for a value that is not a record; when only documents are checked, it is removed instead
        """
        links = model._leads_link_fields()
        around = {**(self.beside if beside is None else beside), **values}
        result = dict(values)
        for name in links.keys() & values.keys():
            result[name] = self._checked(model, name, values[name], around)
        for name, model_field in links.items():
            # The model alone was sent, and makes the number another document.
            if not model_field or name in values or not around.get(name):
                continue
            if model_sources(model, model_field) & values.keys():
                checked = self._checked(model, name, around[name], around)
                if checked != around[name]:
                    result[name] = checked
        return result

    def _nested(self, comodel: BaseModel, values: Mapping, record_id=0) -> dict:
        """Return the values of a line, completed by the defaults of the context or by the changed record."""
        if isinstance(record_id, int) and record_id > 0:
            [beside] = comodel.browse(record_id)._leads_beside(values)
        else:
            beside = defaults_of(comodel.env)
        return self.values(comodel, values, beside)

    def _checked(self, model: BaseModel, name: str, value, around: Mapping):
        try:
            return self._value(model, name, value, around)
        except InvalidLink:
            raise
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            if not self.visit:
                return False
            raise InvalidLink(model._name, name, value) from error

    def _value(self, model: BaseModel, name: str, value, around: Mapping):
        field = model._fields[name]
        if model_field := model._leads_link_fields()[name]:
            return self._document(model, field, model_field, value, around)
        if field.type == "reference":
            return self._reference(value)
        if not field.relational:
            return value
        comodel = model.env[field.comodel_name]
        return self._record(comodel, value) if field.type == "many2one" else self._records(comodel, value)

    def _stays(self, comodel: BaseModel, record_id: int) -> bool:
        return not self.visit or self.visit(comodel._name, record_id)

    def _id(self, value) -> int:
        return given.link(value) if self.visit else value

    def _record(self, comodel: BaseModel, value):
        """Walk a many2one: an ID, or a dictionary of values with the ID, as forms send it."""
        value = _with_origin(value)
        if isinstance(value, dict) and self.is_form:
            record_id = self._id(value.get("id"))
            if record_id and not self._stays(comodel, record_id):
                return False
            return {**self._nested(comodel, value, record_id), "id": record_id or False}
        if isinstance(value, NewId) or not self.visit:
            return value
        if isinstance(value, BaseModel):
            value = value.ids[0] if len(value) == 1 else bool(value)
        if isinstance(value, tuple):
            value = value[0] if value else False
        record_id = given.link(value)
        return record_id if record_id and self._stays(comodel, record_id) else False

    def _records(self, comodel: BaseModel, value):
        """Walk a one2many or many2many: commands, IDs, or values of new records."""
        if not value or isinstance(value, BaseModel):
            return value
        if not isinstance(value, (list, tuple)):
            raise ValueError(value)
        return [kept for item in value if (kept := self._item(comodel, item)) is not None]

    def _item(self, comodel: BaseModel, item):
        """Walk one item; None when it is removed."""
        if isinstance(item, dict):
            return self._nested(comodel, item)
        if not isinstance(item, (list, tuple)):
            record_id = self._id(_with_origin(item))
            return record_id if self._stays(comodel, record_id) else None
        command, *rest = item
        match command:
            case Command.CREATE:
                return command, rest[0], self._nested(comodel, rest[1])
            case Command.SET:
                ids = [self._id(_with_origin(record_id)) for record_id in rest[1]]
                return command, 0, [record_id for record_id in ids if self._stays(comodel, record_id)]
            case Command.CLEAR:
                return command, 0, 0
            case Command.UPDATE | Command.LINK | Command.DELETE | Command.UNLINK:
                return self._command(comodel, command, *rest)
        raise ValueError(item)

    def _command(self, comodel: BaseModel, command: int, record_id, values=0):
        record_id = _with_origin(record_id)
        # Unsaved rows of a form have names instead of IDs.
        is_new = isinstance(record_id, NewId) or (
            self.is_form and isinstance(record_id, str) and record_id.startswith("virtual")
        )
        if not is_new:
            record_id = self._id(record_id)
            if command in (Command.UPDATE, Command.LINK) and not self._stays(comodel, record_id):
                return None
        if command == Command.UPDATE:
            values = self._nested(comodel, values, 0 if is_new else record_id)
        return command, record_id, values

    def _document(self, model: BaseModel, field, model_field: str, value, around: Mapping):
        """Walk the ID of a document, or several IDs in a text."""
        documents = self._document_models(model, field, model_field, around) if value else ()
        if not documents:
            return value

        def stays(record_id):
            return {self.visit_document(document, record_id) for document in documents} == {True}

        if field.type in ("char", "text"):
            ids = given.numbers(value)
            stay = [record_id for record_id in ids if stays(record_id)]
            return value if stay == ids else str(stay)
        record_id = given.link(value.id if isinstance(value, BaseModel) else value)
        return record_id if record_id and stays(record_id) else False

    def _document_models(self, model: BaseModel, field, model_field: str, around: Mapping) -> set[str]:
        """Return the document models: the one sent, and the one Odoo computes, e.g. from a parent or the context."""
        sent = around.get(model_field)
        names = (model_sources(model, model_field) - {model_field, field.name}) & around.keys()
        if not model._fields[model_field].compute or (sent and not names):
            return {sent} if sent else set()
        # sudo: any model - which model a record is about, only to check the document
        record = model.sudo().new({model_field: sent} if sent else {})
        try:
            record.update({name: self._plain(model._fields[name], around[name]) for name in names})
            return {document for document in (sent, record[model_field]) if document}
        except MissingError:
            return {sent} if sent else set()
        finally:
            # Other values are computed only with the actual form.
            for computed in record._fields.values():
                if computed.compute:
                    record.env.remove_to_compute(computed, record)

    def _plain(self, field, value):
        """Convert a value to the form that a record accepts."""
        if field.type == "many2one" and not isinstance(value, (BaseModel, NewId)):
            return given.link(value.get("id") if isinstance(value, dict) else value)
        return value

    def _reference(self, value):
        """Walk a reference: a text with model and ID."""
        if not value or isinstance(value, BaseModel):
            return value
        model_name, record_id = value.split(",")
        record_id = given.link(record_id)
        return f"{model_name},{record_id}" if self.visit_document(model_name, record_id) else False


def _with_origin(value):
    """Return the ID of an unsaved record's origin, as Odoo makes one from ``{"id": 7}`` in a default."""
    return value.origin if isinstance(value, NewId) and value.origin else value


class InvalidLink(ValueError):
    """A value that is not a record: field, model and the value sent."""

    def __init__(self, model_name: str, field_name: str, value: object):
        super().__init__(model_name, field_name)
        self.model_name, self.field_name, self.value = model_name, field_name, value
