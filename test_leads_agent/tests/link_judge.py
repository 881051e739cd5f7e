"""What stands in the database, past Odoo's cache: the row gets what was sent, the cache may not."""

from itertools import count

_statements = count()


class LinkJudge:
    """All links in the database to some records, wherever they stand, asked for by one prepared statement.

    ``create`` hands a text to PostgreSQL, which takes it for a number, while the cache holds nothing: only the row tells.
    """

    def __init__(self, env, ids_by_model):
        """
        :param dict ids_by_model: ``{model: ids}`` of the records whose links are counted
        """
        self.cr = env.cr
        self.statement = f"leads_links_{next(_statements)}"
        tables = self._tables(env)
        parts = []
        for model in env.values():
            if model._abstract or model._table not in tables:
                continue
            for field in model._fields.values():
                if field.store and model._name == field.model_name:
                    parts += self._parts(model, field, ids_by_model, tables)
            if model._name in ids_by_model:
                parts.append(self._rows(model, ids_by_model[model._name]))
        self.columns = len(set(parts))
        union = " UNION ALL ".join(sorted(set(parts)))
        self.cr.execute(f"PREPARE {self.statement} AS {union}")
        self.before = self.links()

    def _tables(self, env):
        env.cr.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")
        return {name for (name,) in env.cr.fetchall()}

    def _parts(self, model, field, ids_by_model, tables):
        """SELECTs of whatever stands in the field and names one of the records."""
        where = f"{model._name}.{field.name}".replace("'", "")
        if field.type == "many2one" and field.column_type and (ids := ids_by_model.get(field.comodel_name)):
            yield self._select(where, model._table, "id", field.name, ids)
        elif field.type == "many2many" and field.relation in tables:
            if ids := ids_by_model.get(field.comodel_name):
                yield self._select(field.relation, field.relation, field.column1, field.column2, ids)
            if ids := ids_by_model.get(model._name):
                yield self._select(field.relation, field.relation, field.column2, field.column1, ids)
        elif field.type == "many2one_reference":
            model_field = model._fields[field.model_field]
            if model_field.store and model_field.column_type:
                for name, ids in ids_by_model.items():
                    yield (
                        self._select(where, model._table, "id", field.name, ids) + f" AND \"{model_field.name}\" = '{name}'"
                    )

    @staticmethod
    def _select(where, table, id_column, column, ids):
        numbers = ", ".join(str(int(nr)) for nr in sorted(ids))
        return (
            f"SELECT '{where}' AS place, \"{id_column}\" AS id, \"{column}\" AS linked"
            f' FROM "{table}" WHERE "{column}" IN ({numbers})'
        )

    def _rows(self, model, ids):
        """The records themselves: one that is written on is another row."""
        numbers = ", ".join(str(int(nr)) for nr in sorted(ids))
        table = model._table
        return f"SELECT '{model._name}', id, hashtext(\"{table}\"::text) FROM \"{table}\" WHERE id IN ({numbers})"

    def links(self):
        self.cr.execute(f"EXECUTE {self.statement}")
        return set(self.cr.fetchall())

    def new(self):
        """What was not there when the judge was called: ``{(place, id of the row, id linked)}``.

        The place is a field or a table of links; a model stands for a row of it that was changed.
        """
        return self.links() - self.before

    def close(self):
        self.cr.execute(f"DEALLOCATE {self.statement}")
