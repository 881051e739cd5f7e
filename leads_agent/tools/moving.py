"""Split an addon: moved records keep their rows, so favourites, customised views and translations are kept.

For pre-migrations, which have the database and the files of the addons, but no models yet.
"""

import ast
import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ADDONS = Path(__file__).parents[2]
RECORDS = ("record", "menuitem", "template")
TABLES = {"ir.actions.server": "ir_act_server", "ir.actions.act_window": "ir_act_window"}
# Rows that users may have changed, and the last message until then: ``{(model, id): (row, message)}``. An addon that is
# installed loads its data over them.
_kept = {}

# What Odoo made of the models, fields, choices and constraints that move: the model of the rows, and their ids.
_OF_MODELS = {
    "ir.model": "SELECT id FROM ir_model WHERE model = ANY(%(models)s)",
    "ir.model.fields": """
        SELECT id FROM ir_model_fields WHERE model = ANY(%(models)s) OR model || ' ' || name = ANY(%(fields)s)""",
    "ir.model.fields.selection": """
        SELECT s.id FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id
         WHERE f.model = ANY(%(models)s) OR f.model || ' ' || f.name = ANY(%(fields)s)
            OR f.model || ' ' || f.name || ' ' || s.value = ANY(%(choices)s)""",
    "ir.model.inherit": """
        SELECT i.id FROM ir_model_inherit i JOIN ir_model m ON m.id = i.model_id WHERE m.model = ANY(%(models)s)""",
    "ir.model.constraint": """
        SELECT c.id FROM ir_model_constraint c JOIN ir_model m ON m.id = c.model
         WHERE m.model = ANY(%(models)s) OR c.name = ANY(%(constraints)s)""",
    "ir.model.access": """
        SELECT a.id FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id WHERE m.model = ANY(%(models)s)""",
    "ir.rule": "SELECT r.id FROM ir_rule r JOIN ir_model m ON m.id = r.model_id WHERE m.model = ANY(%(models)s)",
    "ir.ui.view": "SELECT id FROM ir_ui_view WHERE model = ANY(%(models)s)",
}
# By these Odoo knows at uninstall which keys and tables of links to drop.
_OF_TABLES = (
    """
    UPDATE ir_model_constraint c SET module = target.id
      FROM ir_module_module origin, ir_module_module target, ir_model m
     WHERE origin.name = %(origin)s AND target.name = %(target)s AND c.module = origin.id AND m.id = c.model
       AND (m.model = ANY(%(models)s) OR c.name = ANY(%(constraints)s) OR c.name = ANY(%(keys)s))
    """,
    """
    UPDATE ir_model_relation r SET module = target.id
      FROM ir_module_module origin, ir_module_module target, ir_model m
     WHERE origin.name = %(origin)s AND target.name = %(target)s AND r.module = origin.id AND m.id = r.model
       AND (m.model = ANY(%(models)s) OR EXISTS (
           SELECT FROM ir_model_fields f
            WHERE f.relation_table = r.name AND f.model || ' ' || f.name = ANY(%(fields)s)))
    """,
)


@dataclass(frozen=True)
class Moving:
    """The parts that move to another addon, in addition to the records in its data files.

    :param models: with all their fields, constraints, rights, rules and views
    :param fields: ``{model: names}`` of single fields
    :param choices: ``{(model, field): values}`` of single choices
    :param constraints: full names of single constraints and indexes
    """

    origin: str
    target: str
    models: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()

    def move(self, cr) -> bool:
        """Move the parts, and mark the new addon for installation.

        :returns: whether there was anything to move
        """
        parameters = self._parameters()
        moved = 0
        for model, ids in _OF_MODELS.items():
            cr.execute(
                "UPDATE ir_model_data SET module = %(target)s WHERE module = %(origin)s AND model = %(model)s"
                f" AND res_id IN ({ids})",
                {**parameters, "model": model},
            )
            moved += cr.rowcount
        moved += self._move_data(cr)
        if moved:
            for statement in _OF_TABLES:
                cr.execute(statement, parameters)
            cr.execute(
                "UPDATE ir_module_module SET state = 'to install' WHERE name = %s AND state = 'uninstalled'",
                [self.target],
            )
        return bool(moved)

    def _parameters(self) -> dict:
        pairs = [(model, name) for model, names in self.fields.items() for name in names]
        return {
            "origin": self.origin,
            "target": self.target,
            "models": list(self.models),
            "fields": [f"{model} {name}" for model, name in pairs],
            "choices": [
                f"{model} {name} {value}" for (model, name), values in self.choices.items() for value in values
            ],
            "constraints": list(self.constraints),
            "keys": [f"{model.replace('.', '_')}_{name}_fkey" for model, name in pairs],
        }

    def _move_data(self, cr) -> int:
        """Move the records that are now in the data files of the new addon instead of the old one."""
        names = names_in_data(ADDONS / self.target) - names_in_data(ADDONS / self.origin)
        # A job has an action of its own.
        names |= {f"{name}_ir_actions_server" for name in names}
        cr.execute(
            """
            UPDATE ir_model_data SET module = %s WHERE module = %s AND name = ANY(%s)
         RETURNING model, res_id, noupdate
            """,
            [self.target, self.origin, list(names)],
        )
        rows = cr.fetchall()
        for model, res_id, is_kept in rows:
            if is_kept:
                query = "SELECT to_jsonb(t), (SELECT max(id) FROM mail_message) FROM {} t WHERE id = %s"
                _execute(cr, query, [_table(model)], [res_id])
                for row, message_id in cr.fetchall():
                    _kept[model, res_id] = row, message_id
        return len(rows)


def put_back(cr) -> None:
    """At the end, restore rows that users may have changed, over the data loaded by the new addons."""
    for (model, res_id), (row, message_id) in _kept.items():
        table = _table(model)
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name = ANY(%s)",
            [table, list(row)],
        )
        columns = [name for (name,) in cr.fetchall()]
        holes = ", ".join(["{}"] * len(columns))
        former = f"SELECT {holes} FROM jsonb_populate_record(NULL::{{}}, %s::jsonb)"
        _execute(
            cr,
            f"UPDATE {{}} SET ({holes}) = ({former}) WHERE id = %s",
            [table, *columns, *columns, table],
            [json.dumps(row), res_id],
        )
        # Unchanged rows need no update.
        cr.execute("DELETE FROM mail_message WHERE model = %s AND res_id = %s AND id > %s", [model, res_id, message_id])
    _kept.clear()


def _table(model: str) -> str:
    return TABLES.get(model, model.replace(".", "_"))


def _execute(cr, statement: str, names: list[str], parameters: list) -> None:
    """Execute a statement on tables and columns given by name."""
    cr.execute(statement.format(*(f'"{name}"' for name in names)), parameters)


def names_in_data(addon: Path) -> set[str]:
    """Return the names of the records in the data files of an addon, but those of other addons.

    >>> sorted(names_in_data(ADDONS / "leads_agent") & {"menu_root", "demo_user_anna", "model_res_users"})
    ['demo_user_anna', 'menu_root']
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    names = set()
    for path in (*manifest.get("data", ()), *manifest.get("demo", ())):
        if path.endswith(".csv"):
            with open(addon / path, newline="") as file:
                names |= {row["id"] for row in csv.DictReader(file)}
        else:
            tree = ET.parse(addon / path)
            names |= {node.get("id", ".") for tag in RECORDS for node in tree.iter(tag)}
    return {name for name in names if "." not in name}
