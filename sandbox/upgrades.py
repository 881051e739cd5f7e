"""Databases of old versions are upgraded by ``-u leads_agent`` alone, without losing any data.

Each is created by the code of its commit, with its demo data and further work. Afterwards, tables and columns that are
not restructured have the same rows, and restructured ones match ``upgrade_mappings.py``; our records keep their IDs;
and the tables, columns, constraints, indexes, views and names are those of a newly installed database.
"""

import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from . import databases, system
from . import upgrade_mappings as mappings
from .console import Trouble, say, step
from .figures import Figure
from .odoo_process import Odoo
from .paths import HOME, LOGS, ROOT, made
from .upgrade_work import UPGRADED, WORKED_ON

DATABASE = "leads_upgrade"
# An unchanged copy, to compare rows; and a newly installed database.
AS_IT_WAS = "leads_upgrade_before"
AFRESH = "leads_upgrade_fresh"
# The last commit before parts 1 to 4, and the last one before addons were split.
VERSIONS = ("0e6ab3e", "977eb67")
INSTALLED = ["-i", "leads_agent,leads_agent_offer,leads_agent_lifecycle,im_livechat"]
OURS = "leads\\_agent%"
# Tables that every upgrade changes; but records of users in them must stay.
REGISTRY = ("ir\\_%", "bus\\_%", "base\\_registry%", "base\\_cache%", "orm\\_signaling%", "res\\_groups%")
OF_USERS = ("ir_filters", "ir_config_parameter", "ir_default", "ir_exports", "ir_exports_line", "ir_sequence")
# The structure of a database, as queries that return names.
SHAPE = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "database views and sequences": """
        SELECT relname, relkind::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'S')
           AND NOT relname ~ '^(base|ir_sequence)_'""",
    # The demo data of each version are different.
    "names of records": """
        SELECT module, name, model FROM ir_model_data WHERE module LIKE 'leads\\_agent%' AND NOT name LIKE '%demo%'""",
}


@dataclass(frozen=True)
class _Look:
    """The data by which databases are compared."""

    # For each table the number of rows, and a digest of its columns except the last author.
    tables: dict[str, tuple]
    columns: set[tuple]
    # Our records: (model, name, id).
    records: set[tuple]


def prove(odoo: Odoo) -> list[Figure]:
    """Create a database of each version, work on it, upgrade it. Return a figure per kind of comparison.

    :raises Trouble: when Odoo logs an error, or something differs
    """
    with step("Installing afresh, to compare with"):
        databases.copy_of_template(odoo, AFRESH)
        databases.install(odoo, AFRESH, INSTALLED)
    figures = [figure for commit in VERSIONS for figure in _upgraded(odoo, commit)]
    for name in (DATABASE, AS_IT_WAS, AFRESH):
        databases.drop(odoo, name)
    return figures


def _upgraded(odoo: Odoo, commit: str) -> list[Figure]:
    if not system.output(["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"]):
        say(f"  ! The commit {commit} is not in this clone: the upgrade from it is left out")
        return []
    source = _source_of(commit)
    databases.copy_of_template(odoo, DATABASE)
    _forget_addons(odoo)
    _call(odoo, f"{commit}-install", [*INSTALLED, "--stop-after-init"], addons=source)
    _call(odoo, f"{commit}-work", ["--log-level", "error"], WORKED_ON, addons=source)
    databases.copy(odoo, DATABASE, AS_IT_WAS)
    with step(f"Upgrading leads_agent from {commit}"):
        databases.install(odoo, DATABASE, ["-u", "leads_agent"])
    figures = _compared(odoo, commit)
    _call(odoo, f"{commit}-use", ["--log-level", "error"], UPGRADED)
    return figures


def _forget_addons(odoo: Odoo) -> None:
    """The template lists the current addons; those with auto_install are missing in an old commit."""
    for statement in (
        "DELETE FROM ir_model_data WHERE model = 'ir.module.module' AND name LIKE 'module\\_leads\\_agent%'",
        "DELETE FROM ir_module_module WHERE name LIKE 'leads\\_agent%'",
    ):
        odoo.postgres.rows(statement, database=DATABASE)


def _compared(odoo: Odoo, commit: str) -> list[Figure]:
    before = _look(odoo, AS_IT_WAS, commit)
    after = _look(odoo, DATABASE, commit, before)
    known = [mapping for mapping in mappings.of(commit) if mapping.table in before.tables]
    gone = {mapping.table for mapping in known if not mapping.columns}
    moved = {(mapping.table, column) for mapping in known for column in mapping.columns}
    dropped = (*mappings.DROPPED, *(f"{table}__{column}" for table, column in moved))
    differing = {
        "tables with other rows": sorted(
            name for name, digest in before.tables.items() if name not in gone and after.tables.get(name) != digest
        ),
        "columns gone": sorted(pair for pair in before.columns - after.columns - moved if pair[0] not in gone),
        "records of another id, or gone": sorted(
            record for record in before.records - after.records if not any(old in record[1] for old in dropped)
        ),
        "names of the contract": sorted(set(_contract(odoo, AS_IT_WAS)) ^ set(_contract(odoo, DATABASE))),
        **_of_another_shape(odoo),
    }
    mapped = {mapping: _mapped(odoo, mapping) for mapping in known}
    differing |= {mapping.name: rows for mapping, (_number, rows) in mapped.items()}
    for what, differences in differing.items():
        if differences:
            raise Trouble(f"The upgrade from {commit}: {what}: {differences[:20]}")
    return [
        Figure("upgrade", commit, "tables with the same rows", str(len(before.tables) - len(gone))),
        Figure("upgrade", commit, "rows in them", str(sum(number for number, _digest in before.tables.values()))),
        Figure("upgrade", commit, "columns that are kept", str(len(before.columns & after.columns))),
        Figure("upgrade", commit, "records with their id", str(len(before.records & after.records))),
        *(Figure("upgrade", commit, f"mapped, {mapping.name}", str(rows)) for mapping, (rows, _) in mapped.items()),
    ]


def _mapped(odoo: Odoo, mapping: mappings.Mapping) -> tuple[int, list]:
    """Return how many rows a mapping has, and those that are not on both sides."""
    old, new = (
        Counter(map(str, odoo.postgres.rows(query, database=name)))
        for query, name in ((mapping.before, AS_IT_WAS), (mapping.after, DATABASE))
    )
    return old.total(), [*(f"was {row}" for row in old - new), *(f"is {row}" for row in new - old)]


def _of_another_shape(odoo: Odoo) -> dict[str, list]:
    """Compare with a newly installed database."""
    found = {}
    for what, query in SHAPE.items():
        ours, fresh = (set(odoo.postgres.rows(query, database=name)) for name in (DATABASE, AFRESH))
        found[f"{what} left behind"] = sorted(map(str, ours - fresh))
        found[f"{what} missing"] = sorted(map(str, fresh - ours))
    return found


def _contract(odoo: Odoo, database: str) -> list[tuple]:
    query = "SELECT module || '.' || name, model, res_id FROM ir_model_data WHERE module || '.' || name IN %s"
    found = odoo.postgres.rows(query, (mappings.CONTRACT,), database=database)
    if len(found) != len(mappings.CONTRACT):
        raise Trouble(f"Of the names that others build upon there are only {found} in {database}.")
    return found


def _look(odoo: Odoo, database: str, commit: str, before: _Look | None = None) -> _Look:
    """Read the data of a database, limited to what existed before if given."""

    def ask(query: str, *parameters: object) -> list[tuple]:
        return odoo.postgres.rows(query, parameters, database=database)

    columns = set(ask("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"))
    out = {(mapping.table, column) for mapping in mappings.of(commit) for column in mapping.columns}
    out |= columns - before.columns if before else set()
    records = set(ask("SELECT model, name, res_id FROM ir_model_data WHERE module LIKE %s", OURS))
    made_since = records - before.records if before else set()
    tables = {}
    for (name,) in ask(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND (NOT relname LIKE ANY(%s) OR relname = ANY(%s))",
        list(REGISTRY),
        list(OF_USERS),
    ):
        row = "md5((to_jsonb(t) - %s::text[])::text)"
        left_out = ["write_date", "write_uid", *(column for table, column in out if table == name)]
        # Rows of new records do not count as changes of existing ones.
        new = [res_id for model, _name, res_id in made_since if model.replace(".", "_") == name]
        query = f"SELECT count(*), md5(string_agg({row}, '' ORDER BY {row})) FROM \"{name}\" t WHERE NOT COALESCE("
        query += f"{mappings.ADDED.get(name, 'FALSE')}, FALSE)"
        query += " AND NOT t.id = ANY(%s)" if new else ""
        [tables[name]] = ask(query, left_out, left_out, *([new] if new else []))
    return _Look(tables, columns, records)


def _source_of(commit: str) -> Path:
    """Return a folder with the addons of a commit."""
    folder = HOME / "before" / commit
    if not folder.exists():
        archive = made(folder.parent) / f"{commit}.tar"
        subprocess.run(["git", "-C", ROOT, "archive", "-o", archive, commit], check=True)
        subprocess.run(["tar", "-C", made(folder), "-xf", archive], check=True)
        archive.unlink()
    return folder


def _call(odoo: Odoo, name: str, arguments: list[str], script: str = "", addons: Path = ROOT) -> None:
    """Run Odoo with the addons of a folder; a script is run in its shell."""
    path = ",".join(map(str, [*odoo.source.addons, addons]))
    conf = odoo.configuration(f"{DATABASE}-{name}", db_name=DATABASE, http_enable=False, addons_path=path)
    log = made(LOGS) / f"{DATABASE}-{name}.log"
    command = odoo.command(*(["shell"] if script else []), "-c", conf, *arguments)
    with step(f"Upgrade: {name}"), open(log, "w") as file:
        done = subprocess.run(
            command, input=script, text=True, env=odoo.environ(), stdout=file, stderr=subprocess.STDOUT
        )
    if done.returncode or " ERROR " in log.read_text() or "Traceback" in log.read_text():
        raise Trouble(f"The step {name} failed (exit status {done.returncode}). Log: {log}")
