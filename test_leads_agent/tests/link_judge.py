"""What stands in the database, past Odoo's cache: the row gets what was sent, the cache may not."""

from itertools import count

from odoo.tools import SQL

ROW = "row of "
_statements = count()


class LinkJudge:
    """All links in the database to some records, wherever they stand, asked for by one prepared statement.

    ``create`` hands a text to PostgreSQL, which takes it for a number; the cache holds nothing. Only the row tells.
    """

    def __init__(self, env, ids_by_model):
        """
        :param dict ids_by_model: ``{model: ids}`` of the records whose links are counted
        """
        self.cr = env.cr
        self.statement = SQL.identifier(f"leads_links_{next(_statements)}")
        self.ids_by_model = ids_by_model
        self.cr.execute(SQL("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"))
        tables = {name for (name,) in self.cr.fetchall()}
        parts = {}
        for model in env.values():
            if model._abstract or model._table not in tables:
                continue
            for field in model._fields.values():
                if field.store and model._name == field.model_name:
                    parts.update(self._links_of(model, field, tables))
            if model._name in ids_by_model:
                parts[model._name] = self._rows_of(model)
        self.cr.execute(SQL("PREPARE %s AS %s", self.statement, SQL(" UNION ALL ").join(parts.values())))
        self.before = self._links()

    def _links_of(self, model, field, tables):
        """Yield what is named by a field: its place, and the SELECT of the links that stand there."""
        place = f"{model._name}.{field.name}"
        if field.company_dependent:
            return
        if field.type == "many2one" and field.column_type and (ids := self.ids_by_model.get(field.comodel_name)):
            yield place, self._select(place, model._table, "id", field.name, ids)
        elif field.type == "many2many" and field.relation in tables:
            ends = ((field.comodel_name, field.column1, field.column2), (model._name, field.column2, field.column1))
            for comodel, column, linked in ends:
                if ids := self.ids_by_model.get(comodel):
                    yield (
                        f"{field.relation}.{linked}",
                        self._select(field.relation, field.relation, column, linked, ids),
                    )
        elif field.type == "many2one_reference":
            model_field = model._fields[field.model_field]
            if model_field.store and model_field.column_type:
                for comodel, ids in self.ids_by_model.items():
                    select = self._select(place, model._table, "id", field.name, ids)
                    where = SQL("%s = %s", SQL.identifier(model_field.name), comodel)
                    yield f"{place} {comodel}", SQL("%s AND %s", select, where)

    @staticmethod
    def _select(place, table, column, linked, ids):
        return SQL(
            "SELECT %s AS place, %s AS id, %s AS linked FROM %s WHERE %s IN %s",
            place,
            SQL.identifier(column),
            SQL.identifier(linked),
            SQL.identifier(table),
            SQL.identifier(linked),
            tuple(ids),
        )

    def _rows_of(self, model):
        """The records themselves: one that is written on is another row."""
        table, ids = SQL.identifier(model._table), tuple(self.ids_by_model[model._name])
        return SQL("SELECT %s, id, hashtext(%s::text) FROM %s WHERE id IN %s", ROW + model._name, table, table, ids)

    def _links(self):
        self.cr.execute(SQL("EXECUTE %s", self.statement))
        return set(self.cr.fetchall())

    def new(self):
        """What was not there when the judge was called: ``{(place, id of the row, id linked)}``.

        The place is a field, or a table of links, or :data:`ROW` and a model for a record that was itself changed.
        """
        return self._links() - self.before

    def close(self):
        self.cr.execute(SQL("DEALLOCATE %s", self.statement))
