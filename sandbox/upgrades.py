"""A database of the last commit before addons were taken out of others is upgraded by ``-u leads_agent`` alone.

Every row outside of Odoo's own registry keeps its values, every record that changed its addon its id, and no table,
column or constraint is gone. What later commits add is left out of the comparison.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import databases, postgres, system
from .console import Trouble, say, step
from .figures import Figure
from .odoo_process import Odoo
from .paths import HOME, LOGS, ROOT, made

DATABASE = "leads_upgrade"
# The last commit before `leads_agent_audit` was an addon of its own.
BEFORE = "977eb67"
OURS = (
    "leads_agent",
    "leads_agent_audit",
    "leads_agent_call",
    "leads_agent_call_distribution",
    "leads_agent_distribution",
)
# An abstract model that is no more: it had no rows.
DROPPED = "leads_agent_assignment_effects"
# Tables that every upgrade writes, whatever is upgraded.
REGISTRY = ("ir\\_%", "bus\\_%", "base\\_registry%", "base\\_cache%", "orm\\_signaling%", "res\\_groups%")
WORKED_ON = """
from odoo.fields import Command
test = env["leads.agent.self.test"].create({"company_ids": env.company.ids})
test._run()
closed = env["leads.agent.closed.model"]
closed.create({"model_id": closed._closable_models()[:1].id})
env["ir.filters"].create({
    "name": "Kept favourite", "model_id": "leads.agent.self.test", "domain": "[('finding_count', '>', 0)]",
    "action_id": env.ref("leads_agent.action_self_tests").id, "user_ids": [Command.link(env.uid)],
})
env["ir.ui.view"].create({
    "name": "kept.customised", "model": "leads.agent.self.test", "mode": "extension",
    "inherit_id": env.ref("leads_agent.leads_agent_self_test_view_list").id,
    "arch": '<field name="model_count" position="after"><field name="seconds"/></field>',
})
env.ref("leads_agent.menu_self_tests").write({"name": "Renamed tests", "sequence": 7})
agents = env["res.users"].search([("is_leads_agent", "=", True)], limit=2)
agents[:1].write({"leads_max_open": 40, "leads_available": False})
env["leads.agent.rule"].create({"name": "Kept rule", "team_id": env["crm.team"].search([], limit=1).id, "daily_cap": 7})
env.ref("leads_agent.cron_run_rules").write({"active": False})
env["ir.filters"].create({
    "name": "Kept rules", "model_id": "leads.agent.rule", "domain": "[('daily_cap', '>', 0)]",
    "action_id": env.ref("leads_agent.action_rules").id, "user_ids": [Command.link(env.uid)],
})
env["ir.ui.view"].create({
    "name": "kept.rules", "model": "leads.agent.rule", "mode": "extension",
    "inherit_id": env.ref("leads_agent.leads_agent_rule_view_list").id,
    "arch": '<field name="daily_cap" position="after"><field name="given_count"/></field>',
})
env["ir.ui.view"].create({
    "name": "kept.batches", "model": "leads.agent.batch.assign", "mode": "extension",
    "inherit_id": env.ref("leads_agent.leads_agent_batch_assign_view_form").id,
    "arch": '<page name="shares" position="attributes"><attribute name="string">Team</attribute></page>',
})

env["ir.filters"].create({
    "name": "Kept calls", "model_id": "leads.agent.call", "domain": "[('is_contact', '=', 1)]",
    "action_id": env.ref("leads_agent.action_calls").id, "user_ids": [Command.link(env.uid)],
})
env["ir.ui.view"].create({
    "name": "kept.customised.call", "model": "leads.agent.call", "mode": "extension",
    "inherit_id": env.ref("leads_agent.leads_agent_call_view_list").id,
    "arch": '<field name="note" position="after"><field name="local_hour"/></field>',
})
# What a company has set otherwise than it was shipped.
env.ref("leads_agent.disposition_no_answer").write({"retry_minutes": 45, "most_attempts": 3, "exhausted": "close"})
env["leads.agent.calling.hours"].search([], limit=3).write({"hour_to": 18.5, "source": "Our own rule"})
env.ref("leads_agent.cron_callbacks").write({"interval_number": 3})
env.cr.commit()
"""
UPGRADED = """
arch = env["leads.agent.self.test"].get_view(env.ref("leads_agent_audit.leads_agent_self_test_view_list").id)["arch"]
assert 'name="seconds"' in arch, arch
favourite = env["ir.filters"].search([("name", "=", "Kept favourite")])
assert favourite.action_id.id == env.ref("leads_agent_audit.action_self_tests").id
assert 'leads_who_can_see' in env["res.partner"].get_view(env.ref("base.view_partner_form").id)["arch"]
arch = env["leads.agent.rule"].get_view(env.ref("leads_agent_distribution.leads_agent_rule_view_list").id)["arch"]
assert 'name="given_count"' in arch, arch
favourite = env["ir.filters"].search([("name", "=", "Kept rules")])
assert favourite.action_id.id == env.ref("leads_agent_distribution.action_rules").id
arch = env["leads.agent.batch.assign"].get_view(env.ref("leads_agent.leads_agent_batch_assign_view_form").id)["arch"]
assert 'string="Team"' in arch, arch
assert not env.ref("leads_agent_distribution.cron_run_rules").active
test = env["leads.agent.self.test"].create({"company_ids": env.company.ids})
test._run()
assert test.verdict == "clean", test.finding_ids.mapped("explanation")

arch = env["leads.agent.call"].get_view(env.ref("leads_agent_call.leads_agent_call_view_list").id)["arch"]
assert 'name="local_hour"' in arch, arch
favourite = env["ir.filters"].search([("name", "=", "Kept calls")])
assert favourite.action_id.id == env.ref("leads_agent_call.action_calls").id
assert 'action_leads_call' in env["res.partner"].get_view(env.ref("base.view_partner_form").id)["arch"]
assert env.ref("leads_agent.disposition_no_answer").retry_minutes == 45
assert env.ref("leads_agent_call.cron_callbacks").interval_number == 3
"""


@dataclass(frozen=True)
class _Look:
    """What a database is compared by."""

    # Of each table the number of rows, and a digest of all its columns but who wrote last.
    tables: dict[str, tuple]
    columns: set[tuple]
    constraints: set[tuple]
    # Records of ours: (model, name, id).
    records: set[tuple]


def prove(odoo: Odoo) -> list[Figure]:
    """Make a database of before, work on it, upgrade it. Return a figure per kind of what was compared.

    :raises Trouble: when Odoo complains, or something differs
    """
    if not system.output(["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", f"{BEFORE}^{{commit}}"]):
        say(f"  ! The commit {BEFORE} is not in this clone: the upgrade from it is left out")
        return []
    with step(f"Making a database of {BEFORE}"):
        databases.copy_of_template(odoo, DATABASE)
        _forget_addons(odoo)
        _run(odoo, "install", ["-i", "leads_agent"], addons=_source_of(BEFORE))
    _shell(odoo, "work", WORKED_ON, addons=_source_of(BEFORE))
    before = _look(odoo)
    with step("Upgrading leads_agent"):
        databases.install(odoo, DATABASE, ["-u", "leads_agent"])
    after = _look(odoo, before)
    _shell(odoo, "use", UPGRADED)
    figures = _compared(odoo, before, after)
    postgres.drop(odoo.postgres, DATABASE)
    return figures


def _forget_addons(odoo: Odoo) -> None:
    """The template lists the addons of today, of which those that install themselves cannot be found at a commit."""
    for statement in (
        "DELETE FROM ir_model_data WHERE model = 'ir.module.module' AND name LIKE 'module\\_leads\\_agent%'",
        "DELETE FROM ir_module_module WHERE name LIKE 'leads\\_agent%'",
    ):
        odoo.postgres.rows(statement, database=DATABASE)


def _compared(odoo: Odoo, before: _Look, after: _Look) -> list[Figure]:
    changed = sorted(name for name, digest in before.tables.items() if after.tables.get(name) != digest)
    gone = sorted(record for record in before.records - after.records if DROPPED not in record[1])
    moved = odoo.postgres.rows(
        "SELECT module, count(*) FROM ir_model_data WHERE module IN %s AND (model, name, res_id) IN %s"
        " GROUP BY module ORDER BY module",
        (OURS[1:], tuple(before.records)),
        database=DATABASE,
    )
    for what, differences in {
        "tables with other rows": changed,
        "records of another id, or gone": gone,
        "columns and constraints gone": sorted(before.columns - after.columns | before.constraints - after.constraints),
    }.items():
        if differences:
            raise Trouble(f"The upgrade from {BEFORE}: {what}: {differences[:20]}")
    return [
        Figure("upgrade", BEFORE, "tables with the same rows", str(len(before.tables))),
        Figure("upgrade", BEFORE, "columns that are kept", str(len(before.columns))),
        *(Figure("upgrade", BEFORE, f"records that went to {addon} with their id", str(nr)) for addon, nr in moved),
    ]


def _look(odoo: Odoo, before: _Look | None = None) -> _Look:
    """Look at the columns of before alone, or at all."""

    def ask(query: str, *parameters: object) -> list[tuple]:
        return odoo.postgres.rows(query, parameters, database=DATABASE)

    columns = set(ask("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"))
    new = columns - before.columns if before else set()
    tables = {}
    for (name,) in ask(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND NOT relname LIKE ANY(%s)",
        list(REGISTRY),
    ):
        left_out = ["write_date", "write_uid", *(column for table, column in new if table == name)]
        row = "md5((to_jsonb(t) - %s::text[])::text)"
        query = f"SELECT count(*), md5(string_agg({row}, '' ORDER BY {row})) FROM \"{name}\" t"
        [tables[name]] = ask(query, left_out, left_out)
    constraints = ask(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
    )
    records = ask("SELECT model, name, res_id FROM ir_model_data WHERE module IN %s", OURS)
    return _Look(tables, columns, set(constraints), set(records))


def _source_of(commit: str) -> Path:
    """Return a folder with the addons of a commit."""
    folder = HOME / "before" / commit
    if not folder.exists():
        archive = made(folder.parent) / f"{commit}.tar"
        subprocess.run(["git", "-C", ROOT, "archive", "-o", archive, commit], check=True)
        subprocess.run(["tar", "-C", made(folder), "-xf", archive], check=True)
        archive.unlink()
    return folder


def _run(odoo: Odoo, name: str, arguments: list[str], addons: Path) -> None:
    _call(odoo, name, [*arguments, "--stop-after-init"], "", addons)


def _shell(odoo: Odoo, name: str, script: str, addons: Path = ROOT) -> None:
    _call(odoo, name, ["--log-level", "error"], script, addons)


def _call(odoo: Odoo, name: str, arguments: list[str], script: str, addons: Path) -> None:
    """Run Odoo on the addons of a folder; a script is read by its shell."""
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
