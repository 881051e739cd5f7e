"""The fields to probe, found in the registry; those left out are kept with their reason."""

from collections import Counter, defaultdict
from dataclasses import replace

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from .link_forms import LINK, LINKS, NUMBER, REFERENCE, Case, Parent

REFUSALS = (AccessError, UserError, ValidationError)
# Fields of a linked record that are requested besides its name.
TELLING = (
    "name",
    "phone",
    "email",
    "street",
    "client_order_ref",
    "subject",
    "body",
    "note",
    "partner_id",
    "description",
)
# The order in which customers out of sight, and in sight, are used.
OUT_OF_SIGHT, IN_SIGHT = "BDACEX", "AEBCD"
PICTURES = ("image_", "avatar_")
TEXTS = ("char", "text", "html")
PARENTS = 2
# How many rows with a mark are used for each customer.
PER_LETTER = 5


class Things:
    """The marked records that are in sight of a user and out of sight, by model."""

    def __init__(self, env, world):
        self.seen, self.hidden = {}, {}
        letters = {}
        for letter in OUT_OF_SIGHT:
            for record in world[letter].values():
                for nr in record.ids:
                    letters.setdefault((record._name, nr), letter)
        known = {model for model, _nr in letters}
        letters.update(pair for pair in self._marked(env) if pair[0][0] not in known)
        for model in {name for name, _nr in letters}:
            ids = [nr for name, nr in letters if name == model]
            records = env[model].browse(ids).exists()
            try:
                seen = set(records._filtered_access("read").ids)
            except REFUSALS:
                seen = set()
            mine = [nr for letter in IN_SIGHT for nr in ids if nr in seen and letters[model, nr] == letter]
            others = [nr for nr in records.ids if nr not in seen]
            if mine:
                self.seen[model] = mine
            if others:
                self.hidden[model] = self._one_of_each_letter(model, others, letters)
        self.all_hidden = {
            model: [nr for name, nr in letters if name == model and nr not in self.seen.get(model, ())]
            for model in self.hidden
        }

    @staticmethod
    def _marked(env):
        """Yield the marked rows of all models, which are related to the records of the test data."""
        tables = {model._table: model._name for model in env.values() if model._auto and not model._abstract}
        env.cr.execute(SQL("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"))
        for (table,) in env.cr.fetchall():
            if table not in tables:
                continue
            name = SQL.identifier(table)
            letter = SQL("substring(%s::text from 'CNRY-([A-EX])[PQS]')", name)
            rows = SQL("SELECT id, %s AS letter FROM %s", letter, name)
            numbers = SQL("(array_agg(id ORDER BY id DESC))[:%s]", PER_LETTER)
            env.cr.execute(SQL("SELECT letter, %s FROM (%s) t WHERE letter IS NOT NULL GROUP BY letter", numbers, rows))
            for letter, ids in env.cr.fetchall():
                for nr in ids:
                    yield (tables[table], nr), letter

    @staticmethod
    def _one_of_each_letter(model, ids, letters):
        """Sort unassigned customers' records first, then a colleague's, then the hidden ones of the own customer."""
        picked = {}
        for letter in OUT_OF_SIGHT:
            for nr in ids:
                if letters[model, nr] == letter:
                    picked.setdefault(letter, nr)
        return list(picked.values())[:3]


class Cases:
    """The cases of a user: every link of every model that the user may read or create."""

    def __init__(self, env, things):
        self.env, self.things = env, things
        self.skipped = Counter()
        self.skipped_fields = defaultdict(list)
        self._specs, self._required, self._owns = {}, {}, {}

    def links(self):
        """Yield a case for each relational field that can link to a record out of sight."""
        for model in self._models():
            for field in model._fields.values():
                if field.type not in ("many2one", "many2many", "one2many"):
                    continue
                if not model._has_field_access(field, "read"):
                    self._skip(model, field, "the field is closed to the role")
                elif field.comodel_name not in self.things.hidden:
                    self._skip(model, field, "nothing of the model it links to is out of sight")
                else:
                    yield self.case(model._name, field.name)

    def documents(self):
        """Yield cases for each field with the ID of a document: one case per model out of sight."""
        for model in self._models():
            for field, model_field in self._numbers(model):
                if not model._has_field_access(field, "read"):
                    self._skip(model, field, "the field is closed to the role")
                    continue
                case = self.case(model._name, field.name)
                for document in sorted(self.things.hidden):
                    yield self.document(case, document, model_field)

    def document(self, case, document, model_field=None):
        """Return the case for documents of a model, where the field holds an ID of any model."""
        Model = self.env[case.model]
        field = Model._fields[case.field]
        if field.type == "reference":
            return replace(case, kind=REFERENCE, comodel=document)
        model_field = model_field or {number.name: name for number, name in self._numbers(Model)}[case.field]
        return replace(case, kind=NUMBER, comodel=document, given=self._naming(Model, model_field, document))

    def _naming(self, model, model_field, document):
        """Return the values for the model of a document: by name, by ID, or both."""
        model_id = self.env["ir.model"].sudo()._get_id(document)
        fields = model._fields
        names = {model_field} | {name for name in ("res_model_id", f"{model_field}_id") if name in fields}
        return {name: model_id if fields[name].type == "many2one" else document for name in sorted(names)}

    def standing(self):
        """Yield cases for each model that the role may create, with each model out of sight as *active_model*."""
        for model in self._models():
            if model.has_access("create"):
                case = self.case(model._name, "id")
                for document in sorted(self.things.hidden):
                    yield replace(case, comodel=document, parents=())

    def case(self, model, name):
        """Return the case of a field, with all values that calls on its model need."""
        Model = self.env[model]
        field = Model._fields[name]
        return Case(
            model,
            name,
            LINKS if field.type in ("many2many", "one2many") else LINK,
            field.comodel_name or "",
            self._names(Model),
            self._spec(Model),
            self.required(Model, name),
            Model.has_access("create"),
            self._own(Model, field),
            self._parents(Model),
        )

    def _models(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract:
                continue
            if model.has_access("read") or model.has_access("create"):
                yield model
            else:
                self.skipped["models that the role may neither read nor create"] += 1
                self.skipped_fields["the role may neither read nor create it", "models"].append(name)

    def _skip(self, model, field, reason):
        self.skipped[f"fields: {reason}"] += 1
        self.skipped_fields[reason, field.comodel_name or model._name].append(f"{model._name}.{field.name}")

    def _numbers(self, model):
        """Return the fields with IDs of documents, each with the field for their model."""
        fields = model._fields
        for field in fields.values():
            if field.type == "many2one_reference":
                yield field, field.model_field
            elif field.type == "reference":
                yield field, None
            elif field.name in ("res_id", "res_ids") and field.type in ("integer", "char", "text"):
                for name in ("res_model", "model", "res_model_id", "model_id"):
                    if name in fields:
                        yield field, name
                        break

    # ------------------------------------------------------------------
    # Requested fields
    # ------------------------------------------------------------------

    def _names(self, Model):
        return tuple(
            name
            for name, field in Model._fields.items()
            if Model._has_field_access(field, "read") and not name.startswith(PICTURES)
        )

    def _spec(self, Model):
        """Return every field that a form of the role can show, with the name and other fields of linked records."""
        if Model._name not in self._specs:
            spec = {name: self._part(Model._fields[name]) for name in self._names(Model)}
            if not self._shows(Model, spec):
                spec = {name: part for name, part in spec.items() if self._shows(Model, {name: part})}
            self._specs[Model._name] = spec
        return self._specs[Model._name]

    def _part(self, field):
        if not field.relational:
            return {}
        comodel = self.env[field.comodel_name]
        telling = [name for name in TELLING if name in comodel._fields and comodel.has_access("read")]
        telling = [name for name in telling if comodel._has_field_access(comodel._fields[name], "read")]
        return {"fields": {name: {} for name in ["display_name", *telling]}}

    def _shows(self, Model, spec):
        """Whether a new form of the role can show these fields; a failing field must not hide the others."""
        if not Model.has_access("create"):
            return True
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                Model.onchange({}, [], spec)
                savepoint.rollback()
        except Exception:  # the field is then only requested by `read`
            return False
        finally:
            self.env.invalidate_all(flush=False)
        return True

    # ------------------------------------------------------------------
    # Other values of calls
    # ------------------------------------------------------------------

    def required(self, Model, but=None, depth=0):
        """Return values for required fields without a default, with links to records in sight."""
        if Model._name not in self._required:
            self._required[Model._name] = self._needed(Model, depth) if Model.has_access("create") else {}
        return {name: value for name, value in self._required[Model._name].items() if name != but}

    def _needed(self, Model, depth):
        needed = [name for name, field in Model._fields.items() if field.required and field.store]
        try:
            defaults = Model.default_get(needed)
        except Exception:  # for a wizard that needs an active record
            defaults = {}
        vals = {}
        for name in needed:
            field = Model._fields[name]
            if (field.compute and field.type not in TEXTS) or field.related or name in Model._inherits.values():
                continue
            if defaults.get(name) not in (None, "") and defaults[name] is not False:
                continue
            vals[name] = self._value(Model, field)
        return {name: value for name, value in vals.items() if value is not None}

    def _value(self, Model, field):
        match field.type:
            case "char" | "text" | "html":
                return "sale.order" if field.name in ("model", "res_model") else "x"
            case "many2one":
                return self._in_sight(field.comodel_name)
            case "many2many":
                nr = self._in_sight(field.comodel_name)
                return [[int(Command.LINK), nr, 0]] if nr else None
            case "date" | "datetime":
                return "2030-01-07" if field.name != "stop" else "2030-01-08"
            case "selection":
                return field.get_values(Model.env)[0]
            case "integer" | "float" | "monetary":
                return 1
            case "many2one_reference":
                return self.things.seen["sale.order"][0] if "sale.order" in self.things.seen else None
        return None

    def _in_sight(self, comodel):
        if self.things.seen.get(comodel):
            return self.things.seen[comodel][0]
        try:
            return self.env[comodel].search([], limit=1).id or None
        except REFUSALS:
            return None

    def _own(self, Model, field=None):
        """Return the ID of a record that the role may write, if possible one with the link."""
        if Model._name not in self._owns:
            self._owns[Model._name] = self._writable(Model)
        owns = self._owns[Model._name].sudo()
        with_link = owns.filtered(field.name) if field and field.store and field.type == "many2one" else owns
        return (with_link or owns)[:1].id or None

    def _writable(self, Model):
        if not Model.has_access("write"):
            return Model
        try:
            known = Model.browse(self.things.seen.get(Model._name, ()))
            found = (known | Model.search([], limit=20, order="id desc"))._filtered_access("write")
            mine = found.filtered(lambda record: record.sudo().create_uid == self.env.user) or found
            return mine
        except Exception:  # not searchable, such as a report without its tables
            return Model

    def _parents(self, Model):
        """Return models with lines of this model that the role may create or write."""
        parents = []
        for parent in self.env.values():
            if parent._abstract or not (parent.has_access("create") or parent.has_access("write")):
                continue
            for field in parent._fields.values():
                if field.type == "one2many" and field.comodel_name == Model._name and field.inverse_name:
                    if (field.store is False and field.compute) or field.related:
                        continue
                    if not parent._has_field_access(field, "write"):
                        continue
                    parents.append((parent, field))
        parents.sort(key=lambda pair: (pair[0]._name not in self.things.seen, pair[0]._name, pair[1].name))
        return tuple(self._parent(*pair) for pair in parents[:PARENTS])

    def _parent(self, parent, field):
        own = self._own(parent)
        line = None
        if own:
            try:
                line = parent.browse(own)[field.name][:1].id or None
            except REFUSALS:
                line = None
        # Delegated lines of another model have no inverse field.
        return Parent(
            parent._name,
            field.name,
            field.inverse_name,
            self._names(parent),
            self._spec(parent),
            self.required(parent, field.name),
            own,
            line,
        )
