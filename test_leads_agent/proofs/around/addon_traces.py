"""What a database is made of, read inside Odoo's shell, and what of it is new or changed after an addon has gone.

`run` is called in `odoo shell`: it installs and uninstalls, looks at the whole database in between, and writes down
what differs. A look holds the shape (tables, columns, constraints, indexes, views) and each row of each table.
"""

import json
from collections import Counter
from pathlib import Path

SHAPE = {
    "table, view or sequence": """
        SELECT relname, relkind::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')""",
    "column": """
        SELECT table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "index": "SELECT tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "function": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass || '.' || tgname, '' FROM pg_trigger WHERE NOT tgisinternal",
}
TABLES = """
    SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY c.relname"""
# Written whenever any addon comes or goes, whichever it is: messages, states of addons, and the wish that jobs run soon
# (those of our own jobs go with them).
VOLATILE = {"bus_bus", "ir_cron_trigger", "ir_module_module"}
# Who wrote last, and when.
STAMPS = ("write_date", "write_uid")
# The docstring of the class that opened a model last, `base` included. Odoo reads it again when that model's addon is
# upgraded, and not before.
OF_LAST_CLASS = {"ir_model": ("info",)}
# By what a row is told, the first that its table has.
LABELS = {
    "ir_model_data": "module || '.' || name",
    "ir_model_fields": "model || '.' || name",
    "ir_model_fields_selection": """
        (SELECT model || '.' || name FROM ir_model_fields f WHERE f.id = field_id) || '=' || value""",
}
NAMES = ("complete_name", "cron_name", "key", "name", "login", "path", "model", "value")


def look(cr) -> Counter:
    """Return what the database holds, how often each: (kind, name, all that can differ)."""
    found = Counter()
    for kind, query in SHAPE.items():
        cr.execute(query)
        found.update((kind, name, detail) for name, detail in cr.fetchall())
    cr.execute(TABLES)
    for table, columns in sorted(cr.fetchall()):
        if table not in VOLATILE and not table.startswith(("orm_signaling", "base_registry")):
            cr.execute(_rows(table, columns))
            found.update((f"row of {table}", label or "", digest) for label, digest in cr.fetchall())
    return found


def _rows(table: str, columns: list[str]) -> str:
    whole = " - ".join(["to_jsonb(t)", *(f"'{column}'" for column in (*STAMPS, *OF_LAST_CLASS.get(table, ())))])
    label = LABELS.get(table) or next(
        (f"{name}::text" for name in NAMES if name in columns), f"left(({whole})::text, 200)"
    )
    return f'SELECT {label}, md5(({whole})::text) FROM "{table}" t'


def differences(before: Counter, after: Counter) -> list[str]:
    """Return what is left, gone or changed, one sentence each.

    >>> before = Counter({("column", "a.b", "int"): 1})
    >>> differences(before, Counter({("column", "a.b", "text"): 1, ("index", "i", ""): 1}))
    ['column changed: a.b', 'index left: i']
    >>> differences(Counter({("row of t", "x", "1"): 2}), Counter({("row of t", "x", "1"): 1}))
    ['row of t gone: x']
    """
    left, gone = _told(after - before), _told(before - after)
    changed = left & gone
    told = [("changed", changed), ("left", left - changed), ("gone", gone - changed)]
    return sorted(f"{kind} {how}: {name}" for how, some in told for kind, name in some)


def _told(some: Counter) -> Counter:
    """Return how often each is there, whatever its details are."""
    told = Counter()
    for (kind, name, _detail), number in some.items():
        told[kind, name] += number
    return told


def run(env, stages: list[list[str]], report: str) -> None:
    """Install each stage, uninstall them in the opposite order, and write to a file what differs from before each.

    The report is a list, a stage uninstalled each: the names that had come, and the differences from before they came.
    """
    Module = env["ir.module.module"]
    looks, came, told = [], [], []
    for stage in stages:
        looks.append(look(env.cr))
        before = set(_installed(env))
        Module.search([("name", "in", stage)]).button_immediate_install()
        came.append(sorted(set(_installed(env)) - before))
    for names in reversed(came):
        Module.search([("name", "in", names)]).button_immediate_uninstall()
        told.append({"came": names, "differs": differences(looks.pop(), look(env.cr))})
    env.cr.commit()
    Path(report).write_text(json.dumps(told))


def _installed(env) -> list[str]:
    return env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
