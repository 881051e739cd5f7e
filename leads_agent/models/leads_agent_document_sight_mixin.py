from collections import defaultdict
from functools import partial

from odoo import api, models, tools
from odoo.fields import Domain

# Documents that agents see in part only.
DOCUMENTS = ("res.partner", "sale.order")
# Up to this number of messages or activities, the rules are checked for each one.
FEW = 50


class LeadsAgentDocumentSightMixin(models.AbstractModel):
    """Records linked to a document by its model and ID, which are in sight only together with it.

    Odoo lets authors, recipients and responsible users read them anyway; a record rule on ``leads_in_sight`` prevents
    it for agents and former agents (``leads_needs_sight`` of the user).
    """

    _name = "leads.agent.document.sight.mixin"
    _inherit = ["leads.agent.sight.mixin"]
    _description = "Visible Together With Its Document"

    @api.model
    def _leads_document_fields(self):
        """Return the names of the fields with the model and the ID of the document."""
        return ("model", "res_id") if "model" in self._fields else ("res_model", "res_id")

    @api.model
    @tools.ormcache()
    def _leads_documents(self):
        """Return the models of documents that agents see only in part: customers, orders, and others with a chatter."""
        guarded = self.env["base"]._leads_guarded_models()
        threads = {name for name in guarded if {"message_ids", "activity_ids"} & self.env[name]._fields.keys()}
        # Members may read the messages of a conversation, also after they left.
        return DOCUMENTS + tuple(sorted(threads - {*DOCUMENTS, "discuss.channel"}))

    def _leads_filter_in_sight(self):
        model_field, id_field = self._leads_document_fields()
        documents, by_model = self._leads_documents(), defaultdict(list)
        for record in self:
            if record[model_field] in documents:
                by_model[record[model_field]].append(record[id_field])
        self.env["sale.order"].browse(by_model.get("sale.order", ()))._leads_fetch_for_rules()
        readable = {
            model: set(self.env[model].sudo(False).browse(ids)._leads_readable()._ids)
            for model, ids in by_model.items()
        }
        return self.browse(
            record.id
            for record in self
            if (ids := readable.get(record[model_field])) is None or record[id_field] in ids
        )

    def _leads_sight_domain(self):
        """Return the domain for customers and orders; other documents are few, and checked in :meth:`_search`."""
        model_field, id_field = self._leads_document_fields()
        domain = Domain(model_field, "not in", DOCUMENTS) | Domain(model_field, "=", False)
        for model in filter(lambda name: self.env[name].sudo(False).has_access("read"), DOCUMENTS):
            readable = self.env[model].sudo(False).with_context(active_test=False)._search([])
            domain |= Domain(model_field, "=", model) & Domain(id_field, "in", readable)
        return domain

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        search = partial(super()._search, domain, order=order, active_test=active_test)
        if self.env.su or bypass_access or not self.env.user._is_leads_agent():
            return search(offset=offset, limit=limit, bypass_access=bypass_access)
        if not (limit or offset):
            # For a few rows, checking the rules of each is cheaper than rules in SQL.
            few = search(limit=FEW + 1, bypass_access=True).get_result_ids()
            if len(few) <= FEW:
                self.browse().check_access("read")
                rules = self.env["ir.rule"]._compute_domain(self._name, "read")
                # sudo: the model itself - as core checks the rules of records
                records = self.sudo().with_context(active_test=False).browse(few)
                return records.filtered_domain(rules)._as_query()
        query = search(offset=offset, limit=limit)
        if query.is_empty():
            return query
        fields_read = ("id", *self._leads_document_fields())
        rows = self.env.execute_query(query.select(*(self._field_to_sql(self._table, name) for name in fields_read)))
        shown = self._leads_in_sight(rows)
        # Return IDs: under a limit, excluding some rows would let in others that were not checked.
        return query if len(shown) == len(rows) else self.browse(shown)._as_query()

    @api.model
    def _leads_in_sight(self, rows):
        """Return the IDs of rows whose document is in sight, except customers and orders, which have a rule.

        :param rows: ``[(id, model, number)]``
        """
        others, by_model = set(self._leads_documents()) - set(DOCUMENTS), defaultdict(set)
        for _id, model, number in rows:
            if model in others:
                by_model[model].add(number)
        readable = {model: set(self.env[model].browse(ids)._leads_readable()._ids) for model, ids in by_model.items()}
        return [row_id for row_id, model, number in rows if model not in readable or number in readable[model]]
