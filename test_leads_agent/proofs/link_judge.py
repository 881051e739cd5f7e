"""Reads links from the database, bypassing Odoo's cache: the stored value may differ from the cached one."""

from collections import defaultdict

from odoo.tools import SQL

ROW = "row of "


class LinkJudge:
    """All links in the database to certain records.

    PostgreSQL converts a text passed to ``create`` to a number, while the cache stays empty, so only the row shows the
    link. Only tables to which PostgreSQL has written rows since the last look are read again.
    """

    def __init__(self, env, ids_by_model):
        """:param dict ids_by_model: ``{model: ids}`` IDs of the records whose links are counted"""
        self.cr = env.cr
        self.ids_by_model = ids_by_model
        self.written = self._rows_written()
        parts = {}
        for model in env.values():
            if model._abstract or model._table not in self.written:
                continue
            for field in model._fields.values():
                if field.store and model._name == field.model_name:
                    parts.update(self._links_of(model, field))
            if model._name in ids_by_model:
                parts[model._name] = (model._table, self._rows_of(model))
        self.selects = defaultdict(list)
        for table, select in parts.values():
            self.selects[table].append(select)
        self.before = self._links(self.selects)

    def _links_of(self, model, field):
        """Yield the links of a field: its place, and the table and the SELECT that read them."""
        place = f"{model._name}.{field.name}"
        if field.company_dependent:
            return
        if field.type == "many2one" and field.column_type and (ids := self.ids_by_model.get(field.comodel_name)):
            yield place, (model._table, self._select(place, model._table, "id", field.name, ids))
        elif field.type == "many2many" and field.relation in self.written:
            ends = ((field.comodel_name, field.column1, field.column2), (model._name, field.column2, field.column1))
            for comodel, column, linked in ends:
                if ids := self.ids_by_model.get(comodel):
                    select = self._select(field.relation, field.relation, column, linked, ids)
                    yield f"{field.relation}.{linked}", (field.relation, select)
        elif field.type == "many2one_reference":
            model_field = model._fields[field.model_field]
            if model_field.store and model_field.column_type:
                for comodel, ids in self.ids_by_model.items():
                    select = self._select(place, model._table, "id", field.name, ids)
                    where = SQL("%s = %s", SQL.identifier(model_field.name), comodel)
                    yield f"{place} {comodel}", (model._table, SQL("%s AND %s", select, where))

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
        """Select a hash of each record itself, so that changes are noticed."""
        table, ids = SQL.identifier(model._table), tuple(self.ids_by_model[model._name])
        return SQL("SELECT %s, id, hashtext(%s::text) FROM %s WHERE id IN %s", ROW + model._name, table, table, ids)

    def _rows_written(self):
        """Return how many rows of each table this transaction has written, including rolled back ones."""
        self.cr.execute(
            SQL(
                """
                SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                  FROM pg_class
                 WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
                """
            )
        )
        return dict(self.cr.fetchall())

    def _links(self, tables):
        selects = [select for table in tables for select in self.selects[table]]
        if not selects:
            return set()
        self.cr.execute(SQL(" UNION ALL ").join(selects))
        return set(self.cr.fetchall())

    def new(self):
        """Return the links that did not exist before: ``{(place, ID of the row, ID linked)}``.

        The place is a field or a relation table, or :data:`ROW` and a model for a record that was itself changed.
        """
        written = self._rows_written()
        changed = {table for table, rows in written.items() if rows != self.written.get(table)}
        self.written = written
        return self._links(changed & self.selects.keys()) - self.before
