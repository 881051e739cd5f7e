"""The stored links of any model to customers, orders, documents and users."""

from odoo.orm.domains import DomainCustom
from odoo.tools import SQL

CUSTOMER, ORDER, DOCUMENT, OWN = "customer", "order", "document", "own"
_KINDS_OF_MODELS = {
    "res.partner": CUSTOMER,
    "sale.order": ORDER,
    "sale.order.line": ORDER,
    "res.users": OWN,
}


def link_kinds(env, model):
    """Return the stored links of a model.

    :returns: ``{field: kind}``; empty for an unknown model
    """
    Model = env.get(model or "")
    if Model is None:
        return {}
    kinds = {name: _kind(field, Model) for name, field in Model._fields.items()}
    return {name: kind for name, kind in kinds.items() if kind}


def _kind(field, Model):
    if not field.store or field.company_dependent or field.name in ("id", "write_uid"):
        return None
    if field.type in ("many2one", "many2many"):
        return _KINDS_OF_MODELS.get(field.comodel_name)
    return DOCUMENT if field.type == "reference" or document_model_field(field, Model) else None


class DocumentsInSight(DomainCustom):
    """Condition on rows whose document, by model and ID, the user may read, or is of a kind that is never hidden.

    Domains of record rules are cached, while sight changes with time. So this condition is evaluated each time rows are
    searched or checked.
    """

    __slots__ = ()

    def __new__(cls, field_name):
        def to_sql(model, alias, query):
            field = model._fields[field_name]
            column = model._field_to_sql(alias, field_name, query)
            if field.type == "reference":
                kind = SQL("split_part(%s, ',', 1)", column)
                number = SQL("NULLIF(split_part(%s, ',', 2), '')::int", column)
            else:
                kind, number = model._field_to_sql(alias, document_model_field(field, model), query), column
            documents = model.env["leads.agent.document.sight.mixin"]._leads_documents()
            conditions = [SQL("%s IS NULL", kind), SQL("%s NOT IN %s", kind, tuple(documents))]
            for document in documents:
                Document = model.env[document].sudo(False).with_context(active_test=False)
                if Document.has_access("read"):
                    readable = Document._search([]).subselect()
                    conditions.append(SQL("(%s = %s AND %s IN %s)", kind, document, number, readable))
            return SQL("(%s)", SQL(" OR ").join(conditions))

        return super().__new__(cls, to_sql)

    def _as_predicate(self, records):
        # Odoo would search without archived records.
        return super()._as_predicate(records.with_context(active_test=False))


def model_field_of(model, field):
    """Return the field with the model of the document whose ID, or IDs, this field has.

    Such pairs are ``res_model`` and ``res_id``, ``model`` and ``res_ids``, and the model field of a many2one_reference.
    """
    if field.type == "many2one_reference":
        return field.model_field
    if field.type not in ("integer", "char", "text"):
        return None
    for ending in ("res_ids", "res_id"):
        if field.name.endswith(ending):
            start = field.name.removesuffix(ending)
            names = (f"{start}res_model", f"{start}model", "res_model", "model")
            return next((name for name in names if name in model._fields), None)
    return None


def document_model_field(field, model):
    """Return the stored field with the model of a document ID, or None."""
    name = model_field_of(model, field) if field.type in ("many2one_reference", "integer") else None
    return name if name in model._fields and model._fields[name].store else None
