"""Test in a database whether each agent sees what they should. Returns 1 on findings. DB= for another database.

A database that these commands did not create is only read: it is neither updated nor changed.
"""

import json
import os
import subprocess

from .. import databases, postgres
from ..console import Trouble, say, step, table
from ..odoo_process import Odoo
from ..paths import ROOT
from ..workbench import ready_odoo

DATABASE = os.environ.get("DB") or "leads_demo"

# Runs inside Odoo: tests every agent, prints the result and rolls back.
SCRIPT = """
import json
companies = env["res.company"].search([])
tests = env["leads.agent.self.test"].with_context(allowed_company_ids=companies.ids)
test = tests.create({"company_ids": companies.ids})
test._run()
rows = [
    (line.verdict, line.agent_id.login or "", line.model or "", line.seen, line.expected, line.explanation or "")
    for line in test.line_ids
]
print(json.dumps({"rows": rows, "agents": test.agent_count, "models": test.model_count, "reads": test.read_count}))
env.cr.rollback()
"""


def run(arguments: list[str]) -> int:
    with ready_odoo() as odoo:
        if postgres.read_note(odoo.postgres, DATABASE) == {}:
            _refuse_without_the_test(odoo)
        else:
            databases.prepare(odoo, DATABASE)
        with step(f"Reading {DATABASE} as each agent"):
            result = _result(odoo)
    return _report(result)


def _refuse_without_the_test(odoo: Odoo) -> None:
    query = "SELECT 1 FROM pg_class WHERE relname = 'leads_agent_self_test'"
    if not odoo.postgres.rows(query, database=DATABASE):
        raise Trouble(f"{DATABASE} has no visibility test: update leads_agent, or install leads_agent_audit.")


def _result(odoo: Odoo) -> dict:
    conf = odoo.configuration(f"{DATABASE}-selftest", db_name=DATABASE, dbfilter=f"^{DATABASE}$", http_enable=False)
    command = odoo.command("shell", "-c", conf, "--log-level", "error")
    done = subprocess.run(
        command, input=SCRIPT, stdout=subprocess.PIPE, env=odoo.environ(), cwd=ROOT, text=True, check=False
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise Trouble("The test did not come to an end; what went wrong stands above.")
    return json.loads(lines[-1])


def _report(result: dict) -> int:
    """Print the findings and notes, and a summary. Return the exit status."""
    rows = [row for row in result["rows"] if row[0] != "ok"]
    findings = [row for row in rows if row[0] != "note"]
    if rows:
        head = ("verdict", "agent", "model", "seen", "expected", "why")
        print(table([head, *(tuple(map(str, row)) for row in rows)]))
        print()
    print(
        f"{result['agents']} agents, {result['models']} models, {result['reads']} reads: {len(findings)} findings"
        + ("" if findings else ". Every agent sees what they should.")
    )
    if not result["agents"]:
        say("    there is no agent in this database, so nothing was read")
    return 1 if findings else 0
