import re
from collections import Counter, defaultdict

from odoo import api, models, tools
from odoo.exceptions import MissingError, UserError

from ...arguments import refuse_unfit
from ...tools import given
from .links import InvalidLink, Walk, defaults_of, link_fields, model_sources

# Models that agents see only in part; models that link to them are seen only in part, too.
DOCUMENTS = frozenset(("res.partner", "sale.order", "mail.message"))
OURS = "leads.agent."
_FIELDS_IN_DOMAIN = re.compile(r"""\(\s*['"]([a-z_.]+)['"]""")


class Base(models.AbstractModel):
    """Agents may only link to records in sight.

    Odoo reads the names of linked records elevated, computes from them, and accepts any ID from a client. So links of
    agents are checked: in written values by the ID that the database will store, and in a form before anything is
    computed from it. And a form shows the name of a document, given by model and ID, only to users who may read it,
    agents or not.
    """

    _inherit = "base"

    # ------------------------------------------------------------------
    # Checked links
    # ------------------------------------------------------------------

    @tools.ormcache("self._name")
    def _leads_link_fields(self):
        """Return the names of the fields of this model that can link; see :func:`.links.link_fields`."""
        return link_fields(self)

    @api.model
    @tools.ormcache()
    def _leads_guarded_models(self):
        """Return the models that may hold records out of an agent's sight, from the registry and the rules.

        These are customers, orders and messages, models that link to one of them or to a document by its ID, our own
        models, and each model with a record rule on more than the company.
        """
        guarded = {name for name in self.env if name.startswith(OURS)} | DOCUMENTS
        for name, model in self.env.items():
            if not model._abstract and any(
                field.store
                and (
                    (field.type in ("many2one", "many2many") and field.comodel_name in DOCUMENTS)
                    or field.type == "reference"
                    or model._leads_link_fields().get(field.name)
                )
                for field in model._fields.values()
            ):
                guarded.add(name)
        # sudo: ir.rule - which models have rules; the result is cached for all users
        for rule in self.env["ir.rule"].sudo().search([("perm_read", "=", True)]):
            names = _FIELDS_IN_DOMAIN.findall(rule.domain_force or "")
            if any(not name.endswith(("company_id", "company_ids")) for name in names):
                guarded.add(rule.model_id.model)
        return frozenset(guarded)

    def _leads_hidden(self, linked):
        """Return the linked records that the user may not read, or that do not exist.

        Users may always link to themselves.

        :param dict linked: ``{model: ids}``
        :returns: the same, without the readable ones
        """
        hidden = {}
        for model, ids in linked.items():
            if model == "res.users":
                ids = ids - {self.env.uid}
            if ids and model in self.env and (missing := ids - set(self.env[model].browse(ids)._leads_readable()._ids)):
                hidden[model] = missing
        return hidden

    def _leads_readable(self):
        """Return the existing records that the user may read, usually in one query."""
        try:
            return self._filtered_access("read")
        except MissingError:
            return self.exists()._filtered_access("read")

    # ------------------------------------------------------------------
    # Written values
    # ------------------------------------------------------------------

    def _prepare_create_values(self, vals_list):
        """Check defaults, and values computed before the row is inserted, like the values sent."""
        if self.env.su or not self.env.user._is_leads_agent():
            return super()._prepare_create_values(vals_list)
        known = defaultdict(set)
        return self._leads_judged(super()._prepare_create_values(self._leads_judged(vals_list, known)), known)

    def write(self, vals):
        if not self.env.su and self.env.user._is_leads_agent():
            [vals] = self._leads_judged([refuse_unfit(self.env, given.values, vals, "vals")])
        return super().write(vals)

    def _leads_judged(self, vals_list, known=None):
        """Check the values of an agent and return them with each link as the integer that the database will store.

        :param dict known: ``{model: ids}`` of records checked before; those checked now are added
        :raises AccessError: when one of them links to a record out of sight that is not linked already
        :raises UserError: when a value is no record
        """
        linked, judged = defaultdict(Counter), []
        visit = self._leads_collecting(linked)
        for vals in vals_list:
            for beside in self._leads_beside(vals):
                walked = self._leads_walked(Walk(visit, visit, beside), self, vals)
            judged.append(walked)
        self._leads_discount_unchanged(linked, judged)
        linked = {model: {record_id for record_id, count in ids.items() if count > 0} for model, ids in linked.items()}
        if known is not None:
            linked = {model: ids - known[model] for model, ids in linked.items()}
        for model, ids in self._leads_news(vals_list, self._leads_hidden(linked)).items():
            raise self.env["ir.rule"]._make_access_error("read", self.env[model].browse(ids))
        if known is not None:
            for model, ids in linked.items():
                known[model] |= ids
        return judged

    def _leads_discount_unchanged(self, linked, vals_list):
        """Skip links that these records already have in the same field, as forms send back unchanged values."""
        if not self or not linked:
            return
        # sudo: any model - only compares with what was sent
        records = self.sudo()
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if value and field and field.type == "many2one" and field.comodel_name in linked:
                    if all(record[name].id == value for record in records):
                        linked[field.comodel_name][value] -= 1

    def _leads_with_ids(self, vals_list):
        """Return an agent's values with each link as an integer, for methods that use them before the check.

        :raises UserError: when a value is no record
        """
        if self.env.su or not self.env.user._is_leads_agent():
            return vals_list

        def keep(_model, _record_id):
            return True

        return [self._leads_walked(Walk(keep, keep), self, vals) for vals in vals_list]

    def _leads_collecting(self, linked):
        """Return a visitor that keeps every link, and collects those to guarded models."""
        guarded = self.env["base"]._leads_guarded_models()

        def visit(model, record_id):
            if model in guarded:
                linked[model][record_id] += 1
            return True

        return visit

    def _leads_walked(self, walk, model, vals):
        """:raises UserError: when a value is no record"""
        try:
            return walk.values(model, vals)
        except InvalidLink as error:
            label = self.env[error.model_name]._fields[error.field_name]._description_string(self.env)
            value = repr(error.value)[:50]
            raise UserError(self.env._("%(value)s is not a record of '%(field)s'.", value=value, field=label)) from None

    def _leads_beside(self, vals):
        """Complete a pair of model and ID from the record when only one of the two is written.

        :returns: the values that these records add, without duplicates
        """
        halves = set()
        for name, model_field in self._leads_link_fields().items() if self else ():
            if model_field and (name in vals) != bool(sent := vals.keys() & model_sources(self, model_field)):
                halves |= {name} if sent else {name, model_field}
        if not halves:
            return [{}]
        # sudo: any model - the document of a record at hand, only to check it
        rows = self.sudo().read(list(halves), load="")
        return list({tuple(row[name] for name in halves): row for row in rows}.values()) or [{}]

    def _leads_news(self, vals_list, hidden):
        """Return the hidden records that these records do not link to already in the same field.

        :param dict hidden: ``{model: ids}``
        :returns: the same, without existing links
        """
        if not self or not hidden:
            return hidden
        # sudo: any model - only compares with what was sent
        records, news = self.sudo(), defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                linked = defaultdict(Counter)
                visit = self._leads_collecting(linked)
                for beside in self._leads_beside(vals):
                    Walk(visit, visit, {**beside, **vals}).values(self, {name: value})
                field, present = self._fields.get(name), set()
                if linked and field.relational:
                    present = set.intersection(*(set(record[name]._ids) for record in records))
                for model, ids in linked.items():
                    unknown = ids.keys() - (present if model == field.comodel_name else set())
                    if unknown := unknown & hidden.get(model, set()):
                        news[model] |= unknown
        return news

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    def onchange(self, values, field_names, fields_spec):
        if self.env.su:
            return super().onchange(values, field_names, fields_spec)
        values = refuse_unfit(self.env, given.values, values, "values")
        fields_spec = refuse_unfit(self.env, given.values, fields_spec, "fields_spec")
        fields_spec = self._leads_spec_without_links(fields_spec)
        form, values = self._leads_form_in_sight(values, fields_spec)
        result = super(Base, form).onchange(values, field_names, fields_spec)
        if self.env.user._is_leads_agent():
            self._leads_blank_answer(result.get("value") or {})
        return result

    def _leads_form_in_sight(self, values, fields_spec):
        """Return this form and its values without links to records out of sight, so that nothing is computed from them.

        For agents this covers all links; for everybody, documents by model and ID, as forms show their names.
        """
        linked = defaultdict(Counter)
        visit = self._leads_collecting(linked) if self.env.user._is_leads_agent() else None

        def visit_document(model, record_id):
            linked[model][record_id] += 1
            return True

        context, walked = self._leads_walk_form(visit, visit_document, values, fields_spec)
        if hidden := self._leads_hidden({model: set(ids) for model, ids in linked.items()}):
            # A lead or call of ours from a button was taken away meanwhile: the form explains it.
            for model in filter(lambda name: visit and name.startswith(OURS), hidden):
                raise self.env["ir.rule"]._make_access_error("read", self.env[model].browse(hidden[model]))

            def stays(model, record_id):
                return record_id not in hidden.get(model, ())

            context, walked = self._leads_walk_form(visit and stays, stays, values, fields_spec)
        return (self.with_env(self.env(context=context)) if context != self.env.context else self), walked

    def _leads_walk_form(self, visit, visit_document, values, fields_spec):
        """Return the context and the values of a form after a walk."""
        context = dict(self.env.context)
        defaults = defaults_of(self.env)
        walk = Walk(visit, visit_document, {**defaults, **values}, is_form=True)
        for model in self._leads_models_of_form(fields_spec):
            for name in model._leads_link_fields().keys() & defaults.keys():
                try:
                    walked = walk.values(model, {name: defaults[name]})
                except InvalidLink:
                    walked = {name: False}
                # Another model of the form may accept the same key: what one removes stays removed.
                for key in walked.keys() & defaults.keys():
                    if walked[key] != defaults[key]:
                        context[f"default_{key}"] = walked[key]
        if visit or any(self._leads_link_fields().values()):
            self._leads_walk_active(visit or visit_document, context)
        for beside in self._leads_beside({**defaults, **values}):
            walked = self._leads_walked(Walk(visit, visit_document, {**beside, **defaults}, is_form=True), self, values)
        return context, walked

    def _leads_walk_active(self, visit, context):
        """Walk the records from which a form was opened, by the keys that Odoo's own buttons send."""
        model = context.get("active_model")
        if not isinstance(model, str):
            return
        for key in {"active_id", "active_ids"} & context.keys():
            try:
                ids = given.numbers(context[key])
            except ValueError:
                ids = None
            stay = [record_id for record_id in ids or () if visit(model, record_id)]
            if stay != ids:
                context[key] = stay if key == "active_ids" else False

    def _leads_models_of_form(self, fields_spec):
        """Return this model and those of the records that a form shows."""
        yield self
        for name, spec in fields_spec.items():
            field = self._fields.get(name)
            if field and field.relational and spec and spec.get("fields"):
                yield from self.env[field.comodel_name]._leads_models_of_form(spec["fields"])

    def _leads_spec_without_links(self, fields_spec):
        """Return the fields of a form without hidden links in the context of its lines, the defaults of new lines.

        Lines are sent with their values. For agents this covers all links; for everybody, documents by ID.
        """
        is_agent = self.env.user._is_leads_agent()
        result = dict(fields_spec)
        for name, spec in fields_spec.items():
            field = self._fields.get(name)
            if not (field and field.relational and isinstance(spec, dict) and spec.keys() & {"context", "fields"}):
                continue
            comodel, result[name] = self.env[field.comodel_name], dict(spec)
            if context := spec.get("context"):
                links = comodel._leads_link_fields()
                pairs = {
                    key for pair in links.items() if pair[1] for key in (pair[0], *model_sources(comodel, pair[1]))
                }
                dropped = {f"default_{key}" for key in (links if is_agent else pairs)}
                dropped |= {"active_id", "active_ids", "active_model"} if is_agent or pairs else set()
                result[name]["context"] = {key: context[key] for key in context.keys() - dropped}
            if spec.get("fields"):
                result[name]["fields"] = comodel._leads_spec_without_links(spec["fields"])
        return result

    def _leads_blank_answer(self, answer):
        """Remove names and fields of records out of sight from an answer, wherever a computation put them."""
        links = defaultdict(list)
        self._leads_collect_answer(answer, links)
        hidden = self._leads_hidden({model: {record_id for record_id, _told in told} for model, told in links.items()})
        for model, ids in hidden.items():
            for record_id, told in links[model]:
                if record_id in ids:
                    told.update(dict.fromkeys(told.keys() - {"id"}, False))

    def _leads_collect_answer(self, answer, links):
        """Collect the values of guarded records in an answer, at any depth, by model.

        :param dict links: ``{model: [(id, values)]}``
        """
        guarded = self.env["base"]._leads_guarded_models()
        for name, value in answer.items():
            field = self._fields.get(name)
            if field is None or not field.relational:
                continue
            told = []
            if field.type == "many2one" and isinstance(value, dict):
                told = [(value.get("id"), value)]
            elif isinstance(value, list):
                told = [command[1:] for command in value if len(command) == 3 and isinstance(command[2], dict)]
            for record_id, part in told:
                if isinstance(record_id, int) and record_id and field.comodel_name in guarded:
                    links[field.comodel_name].append((record_id, part))
                self.env[field.comodel_name]._leads_collect_answer(part, links)
