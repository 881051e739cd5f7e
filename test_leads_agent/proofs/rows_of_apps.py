"""Creates marked rows in any model of an app, driven by the registry.

A model gets a row if it links to a customer, an order, or a row created before: an answer links to a registration,
which links to a customer. Other required fields are filled in by type.
"""

from collections import defaultdict

from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL

# The maximum distance of a row from a customer or order: an answer to a registration of a customer is two away.
ROUNDS = 3
# How many records are created one after the other for required links.
DEPTH = 3
LINKS = ("many2one", "many2many", "reference", "many2one_reference")
TEXTS = ("char", "text", "html")
# Created by the test data itself; or related to colleagues, the own company or its website, not to customers.
NEVER = {
    "crm.lead",
    "crm.team.member",
    "discuss.channel.member",
    "hr.leave",
    "mail.followers",
    "mail.message",
    "mail.notification",
    "product.product",
    "res.company",
    "res.partner",
    "res.users",
    "res.users.settings.volumes",
    "sale.order",
    "sale.order.line",
    "stock.warehouse",
    "utm.campaign",
    "website",
}
TECHNICAL = ("ir.", "bus.", "base_import", "leads.agent.")
# Any link to one of these makes a row related to it; other links only if required: a tag on a project says nothing.
DOCUMENTS = {
    "account.move",
    "account.move.line",
    "calendar.event",
    "crm.lead",
    "project.project",
    "project.task",
    "res.partner",
    "sale.order",
    "sale.order.line",
    "stock.picking",
}
# A tag on projects or tasks does not make it related to their customers.
CUSTOMERS_OR_ORDERS = {"crm.lead", "res.partner", "sale.order", "sale.order.line"}


class RowsOfApps:
    """Marked rows, by customer and kind of mark.

    :param dict roots: ``{(letter, kind): records to start from}``
    :param dict holders: ``{(letter, kind): user}``, the user responsible for the customer's records
    :param no_text: pattern of names of fields that take no free text
    """

    def __init__(self, env, roots, holders, mark, no_text):
        self.env = env
        self.mark, self.no_text, self.holders = mark, no_text, holders
        self.rows = {key: {record._name: record[:1] for record in records} for key, records in roots.items()}
        # Additional links of a row: from orders to their customer, and to the user responsible.
        self.beside = {key: {"res.users"} if key[1] == "P" else {"res.partner"} for key in roots}
        self.made = defaultdict(set)  # model -> how its rows were created
        self.failed = {}  # model -> why not
        self.hangs_by = defaultdict(set)  # model -> its links
        self._common = {}

    def make(self, names):
        """Create rows in these models where possible."""
        started_with = {key: set(rows) for key, rows in self.rows.items()}
        self._make_rounds(names)
        # The remaining models only link to users.
        self.beside = {key: beside - {"res.users"} for key, beside in self.beside.items()}
        self._make_rounds(names)
        for rows in self.rows.values():
            for name in names:
                if name in rows:
                    self._weave(rows[name], rows)
        self.env.flush_all()
        self.failed = {name: why for name, why in self.failed.items() if name not in self.made}
        return {
            key: [row for name, row in rows.items() if name not in started_with[key]] for key, rows in self.rows.items()
        }

    def _make_rounds(self, names):
        for _round in range(ROUNDS):
            before = sum(map(len, self.rows.values()))
            for key in self.rows:
                targets = dict(self.rows[key])
                for name in names:
                    if name not in self.rows[key] and (links := self._links(self.env[name], targets, self.beside[key])):
                        self.hangs_by[name].update(field.name for field in links)
                        if row := self._row(self.env[name], key, links, targets):
                            self.rows[key][name] = row
            if sum(map(len, self.rows.values())) == before:
                break

    def candidates(self, names):
        """Return those of the models with a table whose rows may be related to a customer."""
        return [
            name
            for name in sorted(names)
            if name not in NEVER
            and not name.startswith(TECHNICAL)
            and not self.env[name]._abstract
            and not self.env[name]._transient
            and self.env[name]._auto
            and not self.env[name]._table_query
        ]

    # ------------------------------------------------------------------
    # Links
    # ------------------------------------------------------------------

    def _links(self, Model, targets, beside=()):
        """Return the stored fields of a model that can link to one of the targets."""
        links = [
            field
            for field in Model._fields.values()
            if field.name not in MAGIC_COLUMNS
            and (name := self._points_to(Model, field, targets))
            and (name in DOCUMENTS or self._is_part_of(field))
        ]
        # An order's customer is linked as well; that alone does not make the row related to the order.
        if not any(self._points_to(Model, field, targets) not in beside for field in links):
            return []
        # Users are normally the colleagues responsible; a customer's own user is only linked if nothing else is.
        return [field for field in links if "res.users" not in beside or field.comodel_name != "res.users"]

    @staticmethod
    def _is_part_of(field):
        return field.type == "many2one" and (field.required or field.ondelete == "cascade")

    def _points_to(self, Model, field, targets):
        if field.type not in LINKS or not field.store or field.related or field.inherited or field.company_dependent:
            return None
        if field.type in ("many2one", "many2many"):
            if field.type == "many2many" and field.comodel_name not in CUSTOMERS_OR_ORDERS:
                return None
            return field.comodel_name if field.comodel_name in targets and field.comodel_name != Model._name else None
        if field.type == "many2one_reference":
            model_field = Model._fields.get(field.model_field)
            # A computed model field, such as one from a link to `ir.model`, is set by that link.
            return next(iter(targets)) if model_field is not None and model_field.store else None
        return next((name for name in targets if name in self._selection(field)), None)

    def _linked(self, Model, field, targets):
        """Return values that link the field to a target."""
        name = self._points_to(Model, field, targets)
        target = targets[name]
        match field.type:
            case "many2one":
                return {field.name: target.id}
            case "many2many":
                return {field.name: [Command.set(target.ids)]}
            case "reference":
                return {field.name: f"{name},{target.id}"}
        values = {field.name: target.id}
        model_field = Model._fields[field.model_field]
        if model_field.related and model_field.related.endswith(".model"):
            values[model_field.related.split(".")[0]] = self.env["ir.model"]._get_id(name)
        elif not model_field.related:
            values[field.model_field] = name
        return values

    def _selection(self, field):
        try:
            return field.get_values(self.env)
        except Exception:  # computed fields may fail on missing values
            return []

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _row(self, Model, key, links, targets):
        """Create a marked row in the first way that works; return False if there is none."""
        text = self.mark(*key)
        linked = [self._linked(Model, field, targets) for field in links]
        texts = dict.fromkeys(self._texts(Model), text)
        people = self._people(Model, self.holders.get(key), {field.name for field in links})
        everything = {name: value for values in linked for name, value in values.items()}
        ways = [("whole", {**texts, **people, **everything}, []), ("links", {**people, **everything}, [texts])]
        ways += [("one link", values, [*linked, people, texts]) for values in linked]
        errors = []
        for way, values, afterwards in ways:
            row, error = self._created(Model, values, text)
            if row:
                self._write_one_by_one(row, [part for part in afterwards if part is not values])
                self.made[Model._name].add(way)
                return row
            errors.append(error)
        row, error = self._inserted(Model, {**texts, **people, **everything})
        if row:
            self.made[Model._name].add("SQL")
            return row
        self.failed[Model._name] = " / ".join(dict.fromkeys([errors[0], error]))
        return False

    def _created(self, Model, values, text, depth=0):
        try:
            with self.env.cr.savepoint():
                row = Model.create({**self._required(Model, values, text, depth), **values})
                row.flush_recordset()
                return row, None
        except Exception as error:  # apps may raise any error
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()
            return False, f"{type(error).__name__}: {str(error).strip().splitlines()[0][:150] if str(error) else ''}"

    def _weave(self, row, rows):
        """Link the row to other rows of the same customer: a task to the project, which decides who may read it."""
        for name, field in row._fields.items():
            if field.type == "many2one" and field.store and not field.readonly and not field.related:
                if field.comodel_name in rows and field.comodel_name != row._name and not row[name]:
                    self._write_one_by_one(row, [{name: rows[field.comodel_name].id}])

    def _write_one_by_one(self, row, parts):
        for part in parts:
            for values in [part] if len(part) < 3 else [{name: value} for name, value in part.items()]:
                try:
                    with self.env.cr.savepoint():
                        row.write(values)
                        row.flush_recordset()
                except Exception:  # an app checks this field
                    self.env.invalidate_all(flush=False)
                    self.env.transaction.clear()

    def _inserted(self, Model, values):
        """Insert a row directly, bypassing the app's `create`."""
        row = {
            name: value
            for name, value in values.items()
            if Model._fields[name].column_type and not isinstance(value, list)
        }
        row = {**self._required(Model, row, "x", 0), **row}
        columns = {}
        for name, value in row.items():
            field = Model._fields[name]
            if not isinstance(value, list) and field.store and field.column_type and field.name != "id":
                columns[name] = field.convert_to_column_insert(
                    field.convert_to_cache(value, Model.new(), validate=False), Model, validate=False
                )
        try:
            with self.env.cr.savepoint():
                [[row_id]] = self.env.execute_query(
                    SQL(
                        "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                        SQL.identifier(Model._table),
                        SQL(", ").join(map(SQL.identifier, columns)),
                        SQL(", ").join(SQL("%s", value) for value in columns.values()),
                    )
                )
        except Exception as error:
            return False, f"SQL: {str(error).strip().splitlines()[0][:150]}"
        return Model.browse(row_id), None

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    def _texts(self, Model):
        return [
            name
            for name, field in Model._fields.items()
            if field.type in TEXTS
            and field.store
            and not (field.readonly or field.related or field.compute or field.inherited)
            and not self.no_text.fullmatch(name)
        ]

    def _people(self, Model, user, but):
        """Return the values for responsible users, and for publishing."""
        values = {
            name: True
            for name in ("is_published", "website_published")
            if (field := Model._fields.get(name)) is not None and field.store
        }
        for name in {"user_id", "user_ids"} - but:
            field = Model._fields.get(name)
            if user and field is not None and field.store and not field.related and field.comodel_name == "res.users":
                values[name] = user.id if field.type == "many2one" else [Command.set(user.ids)]
        return values

    def _required(self, Model, given, text, depth):
        """Return values for required fields without a default."""
        names = [name for name, field in Model._fields.items() if field.required and field.store]
        defaults = Model.default_get(names)
        values = {}
        for name in names:
            field = Model._fields[name]
            if name in given or defaults.get(name) or field.related or field.inherited or field.company_dependent:
                continue
            if field.compute and not field.readonly and field.type not in ("many2one", *TEXTS):
                continue
            value = self._value(Model, field, text, depth)
            if value is not None:
                values[name] = value
        return {**defaults, **values}

    def _value(self, Model, field, text, depth):
        match field.type:
            case "char" | "text" | "html":
                return text
            case "many2one":
                return self._any(field.comodel_name, text, depth)
            case "date":
                return "2030-01-07"
            case "datetime":
                return "2030-01-08 12:00:00" if "end" in field.name or "stop" in field.name else "2030-01-07 12:00:00"
            case "selection":
                return next(iter(self._selection(field)), None)
            case "integer" | "float" | "monetary":
                return 1
        return None

    def _any(self, name, text, depth):
        """Return a record of a model, of the company if it has one; created if there is none."""
        Model = self.env[name]
        if name not in self._common or not Model.browse(self._common[name]).exists():
            domain = [("company_id", "in", [False, self.env.company.id])] if "company_id" in Model._fields else []
            marked = {row.id for rows in self.rows.values() for model, row in rows.items() if model == name}
            try:
                with self.env.cr.savepoint():
                    found = Model.search([*domain, ("id", "not in", list(marked))], limit=1)
            except Exception:
                found = Model
            if not found and depth < DEPTH and Model._auto and not Model._abstract:
                plain = {key: "Of no customer" for key in self._texts(Model) if Model._fields[key].required}
                found = self._created(Model, plain, "x", depth + 1)[0] or Model
            if not found:
                return None
            self._common[name] = found.id
        return self._common[name]
