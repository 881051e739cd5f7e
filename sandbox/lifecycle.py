"""Proofs that cannot be tests inside Odoo: an upgrade without an index, uninstalling addons, and installing them again.

Each step runs Odoo's own command on a separate database, and then checks the database with queries.
"""

import subprocess
from dataclasses import dataclass

from . import addons, databases, postgres
from .console import Trouble, step
from .figures import Figure
from .odoo_process import Odoo
from .paths import LOGS, made

DATABASE = "leads_lifecycle"
PEOPLE = """
from odoo.fields import Command
group = lambda name: env.ref(name).id
users = env["res.users"].with_context(no_reset_password=True).create([
    {"login": login, "name": login, "password": login, "group_ids": [Command.set([group(name) for name in groups])]}
    for login, groups in {
        "life_agent": ["leads_agent.group_leads_agent"],
        "life_forced": ["leads_agent.group_leads_agent"],
        "life_manager": ["leads_agent.group_leads_manager"],
    }.items()
])
env.flush_all()
# By force, as no form would have it: an agent who sees all orders too.
env.cr.execute(
    "INSERT INTO res_groups_users_rel (uid, gid) SELECT id, %s FROM res_users WHERE login = 'life_forced'",
    [group("sales_team.group_sale_salesman_all_leads")],
)
env.cr.execute("DROP INDEX leads_agent_assignment_one_active_per_customer")
env.cr.execute('''
    INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, assigned_at, is_sale)
    SELECT partner_id, (SELECT id FROM res_users WHERE login = 'life_agent'), company_id, state, source, assigned_at, 0
      FROM leads_agent_assignment WHERE state = 'active' LIMIT 3
''')
env.cr.commit()
"""
UNINSTALL = "env['ir.module.module'].search([('name', '=', '{}')]).button_immediate_uninstall()"
# A model that an administrator closed, and a finished visibility test.
AUDITED = """
closed = env["leads.agent.closed.model"]
closed.create({"model_id": closed._closable_models()[:1].id})
env["leads.agent.self.test"].create({"company_ids": env.company.ids})._run()
env.cr.commit()
"""
# What was closed to agents stays closed without the audit.
UNAUDITED = """
closed = env["leads.agent.closed.model"].search([])
assert len(closed) == 1 and closed.rule_id.active
"""
# The data of agents and managers remain without the removed addon.
WORKING = """
for login in ("life_agent", "life_manager"):
    user = env["res.users"].search([("login", "=", login)])
    env["res.partner"].with_user(user).get_views([(False, "form"), (False, "list"), (False, "search")])
    env["sale.order"].with_user(user).search([], limit=5).mapped("display_name")
    env["leads.agent.dashboard"].with_user(user).get_data()
    menus = env["ir.ui.menu"].with_user(user).load_menus(False)
    assert any(menu.get("xmlid") == "leads_agent.menu_root" for menu in menus.values())
"""
# A lead is assigned, resolved and sold without calls.
UNCALLED = """
from odoo.fields import Command
agent, manager = (env["res.users"].search([("login", "=", login)]) for login in ("life_agent", "life_manager"))
product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
customers = env["res.partner"].create([{"name": "Uncalled One"}, {"name": "Uncalled Two"}])
orders = env["sale.order"].create([
    {"partner_id": customer.id, "order_line": [Command.create({"product_id": product.id})]} for customer in customers
])
for customer in customers:
    env["leads.agent.assign"].with_user(manager).create(
        {"agent_id": agent.id, "partner_id": customer.id}
    ).action_assign()
held = env["leads.agent.assignment"].search([("partner_id", "in", customers.ids), ("state", "=", "active")])
assert len(held) == 2 and held.agent_id == agent, held
data = env["leads.agent.dashboard"].with_user(agent).get_data()
assert {"Uncalled One", "Uncalled Two"} <= {lead["name"] for lead in data["leads"]}, data
env["leads.agent.resolve"].with_user(agent).create({
    "assignment_id": held[0].id, "disposition_id": env.ref("leads_agent.disposition_too_expensive").id,
}).action_resolve()
orders.filtered(lambda order: order.partner_id == held[1].partner_id).with_user(agent).action_confirm()
assert sorted(held.mapped("end_reason")) == ["resolved", "sale"], held.mapped("end_reason")
assert not any(data["figures"].get(name) for name in ("calls_today", "contacts_today"))
env.cr.rollback()
"""
# A plan, an undone batch and a rule that has run.
DISTRIBUTED = """
manager = env["res.users"].search([("login", "=", "morgan")])
agents = env["res.users"].search([("is_leads_agent", "=", True)])
orders = env["sale.order"].search([("state", "in", ("draft", "sent")), ("leads_agent_id", "=", False)])
Batch = env["leads.agent.batch.assign"].with_user(manager)
undone, planned = (
    Batch.create({"agent_ids": agents.ids, "selected_order_ids": some.ids}) for some in (orders[:4], orders)
)
undone.action_assign()
undone.action_undo()
planned.action_plan()
assert (undone.state, planned.state) == ("undone", "planned"), (undone.state, planned.state)
team = env["crm.team"].search([("member_ids", "in", agents.ids)], limit=1)
rule = env["leads.agent.rule"].with_user(manager).create({"name": "Of the proof", "team_id": team.id})
rule.action_run()
assert rule.last_assigned_count, rule.last_result
env.cr.commit()
"""
# Leads are assigned to one agent; all agents are available, and results of rules and plans remain readable.
UNDISTRIBUTED = """
manager, agent = (env["res.users"].search([("login", "=", login)]) for login in ("morgan", "life_agent"))
Batch = env["leads.agent.batch.assign"].with_user(manager)
assert not set(Batch.search([]).mapped("state")) & {"planned", "undone"}
assert not env["leads.agent.assignment"].search_count([("source", "=", "rule")])
agent.leads_assignment_ids.with_user(manager).action_unassign()
held = env["sale.order"].search([("leads_agent_id", "!=", False), ("state", "in", ("draft", "sent"))], limit=3)
assert held, "the rule has given leads"
batch = Batch.create({"agent_id": agent.id, "selected_order_ids": held.ids, "reassign": True})
batch.action_assign()
leads = held.partner_id.commercial_partner_id
assert (batch.state, batch.assigned_count) == ("done", len(leads)), batch.line_ids.mapped("reason")
assert batch.line_ids.export_data(["result"]) and agent.leads_availability == "available"
env["leads.agent.batch.assign"].with_user(manager).get_views([(False, "form"), (False, "list"), (False, "search")])
env["res.users"].with_user(manager).get_views([
    (env.ref("leads_agent.res_users_view_kanban_agents").id, "kanban"),
    (env.ref("leads_agent.res_users_view_form_agent").id, "form"),
])
env.cr.rollback()
"""
AFTERWARDS = """
manager = env["res.users"].search([("login", "=", "life_manager")])
assert manager._is_internal() and manager.with_user(manager).has_access("read")
manager.with_user(manager).context_get()
assert not env["sale.order"].with_user(manager).has_access("read")
"""


@dataclass(frozen=True)
class _Question:
    """A query, and its only correct result."""

    name: str
    sql: str
    answer: object = 0


INDEX = "SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%one_active_per_customer'"
TWICE = (
    "SELECT count(*) FROM (SELECT FROM leads_agent_assignment WHERE state = 'active' GROUP BY partner_id"
    " HAVING count(*) > 1) AS twice"
)
DAMAGED = [_Question("unique index", INDEX, 0), _Question("customers held twice", TWICE, 3)]
UPGRADED = [_Question("unique index", INDEX, 1), _Question("customers held twice", TWICE, 0)]
WITHOUT_AUDIT = [
    _Question("addon", "SELECT count(*) FROM ir_module_module WHERE name = 'leads_agent' AND state = 'installed'", 1),
    _Question("tables left", "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'leads_agent_self_test%'"),
    _Question("records left", "SELECT count(*) FROM ir_model_data WHERE module = 'leads_agent_audit'"),
    _Question(
        "models and fields left",
        "SELECT count(*) FROM ir_model_fields WHERE model LIKE 'leads.agent.self.test%'"
        " OR model = 'leads.agent.who.can.see' OR name = 'leads_who_can_see'",
    ),
    _Question(
        "views and actions left",
        "SELECT (SELECT count(*) FROM ir_ui_view WHERE model LIKE 'leads.agent.self.test%'"
        " OR arch_db::text LIKE '%leads_who_can_see%')"
        " + (SELECT count(*) FROM ir_act_window WHERE res_model LIKE 'leads.agent.self.test%')",
    ),
    _Question("models closed to agents", "SELECT count(*) FROM leads_agent_closed_model WHERE active", 1),
]
WITHOUT_CALLS = [
    WITHOUT_AUDIT[0],
    _Question(
        "tables left",
        "SELECT count(*) FROM pg_tables WHERE tablename ~ '^leads_agent_(call|callback|calling_hours|opt_out)'",
    ),
    _Question("records left", "SELECT count(*) FROM ir_model_data WHERE module = 'leads_agent_call'"),
    _Question(
        "models and fields left",
        "SELECT count(*) FROM ir_model_fields WHERE model ~ '^leads.agent.(call|opt|desk|floor|zone|lift|outcome)'"
        " OR relation ~ '^leads.agent.(call|opt)'",
    ),
    _Question(
        "columns left",
        "SELECT count(*) FROM information_schema.columns WHERE column_name IN"
        " ('leads_zone', 'leads_script', 'leads_break_since', 'leads_until', 'fate', 'do_not_call', 'next_call_at')",
    ),
    _Question(
        "views left", "SELECT count(*) FROM ir_ui_view WHERE arch_db::text ~ 'leads_call|leads_callback|next_call_at'"
    ),
    _Question(
        "jobs left",
        "SELECT count(*) FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
        " WHERE s.code ~ '_cron_(tell|leads_expire)'",
    ),
]
WITHOUT_DISTRIBUTION = [
    WITHOUT_AUDIT[0],
    _Question(
        "tables left",
        "SELECT count(*) FROM pg_tables WHERE tablename"
        " ~ '^leads_agent_(rule|rotation|hand_over|capacity|batch_assign_share|batch_assign_load|batch_assign_agent)'",
    ),
    _Question(
        "records left",
        "SELECT count(*) FROM ir_model_data WHERE module ~ '^leads_agent_(call_)?distribution$'",
    ),
    _Question(
        "models and fields left",
        "SELECT count(*) FROM ir_model_fields WHERE model ~ '^leads.agent.(rule|rotation|hand|capacity)'"
        " OR name ~ '^leads_(agent_)?(available|calendar_id|max_|weight|capacity)'",
    ),
    _Question(
        "columns left",
        "SELECT count(*) FROM information_schema.columns WHERE table_name ~ '^(leads_agent_batch|res_)'"
        " AND column_name IN ('leads_available', 'leads_calendar_id', 'leads_max_open', 'leads_max_per_day',"
        " 'leads_weight', 'leads_agent_max_open', 'leads_agent_max_per_day', 'plan_turns', 'turns', 'undone',"
        " 'undo_reason', 'undo_summary', 'prefer_lang')",
    ),
    _Question(
        "choices left",
        "SELECT count(*) FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id"
        " WHERE f.model ~ '^leads.agent.(batch.assign|assignment)$' AND s.value IN ('planned', 'undo', 'rule', 'plan')"
        " AND f.name IN ('state', 'task', 'source')",
    ),
    _Question(
        "views, menus and actions left",
        "SELECT (SELECT count(*) FROM ir_ui_view"
        "         WHERE arch_db::text ~ 'leads_available|share_ids|action_plan|leads_hand')"
        " + (SELECT count(*) FROM ir_act_window"
        "     WHERE res_model ~ '^leads.agent.(rule|hand|capacity|batch.assign.load)')"
        " + (SELECT count(*) FROM ir_ui_menu WHERE name->>'en_US' = 'Assignment Rules')",
    ),
    _Question(
        "jobs left",
        "SELECT count(*) FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
        " WHERE s.code ~ '_cron_run_due'",
    ),
]
REMOVED = [
    _Question("tables left", "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'leads_agent%'"),
    _Question("columns left", "SELECT count(*) FROM information_schema.columns WHERE column_name LIKE 'leads_%'"),
    _Question(
        "rules left",
        "SELECT count(*) FROM ir_rule WHERE domain_force LIKE '%leads_%'",
    ),
    # Customers and users of the demo remain, and are recognised when the addon is installed again.
    _Question(
        "groups, views, menus and actions left",
        "SELECT count(*) FROM ir_model_data WHERE module LIKE 'leads_agent%'"
        " AND model NOT IN ('res.partner', 'res.users')",
    ),
    _Question(
        "jobs left",
        "SELECT count(*) FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
        " WHERE s.code LIKE '%leads_agent%' OR s.code LIKE '%leads.agent%'",
    ),
    _Question(
        "home actions left dangling",
        "SELECT count(*) FROM res_users WHERE action_id IS NOT NULL AND action_id NOT IN (SELECT id FROM ir_actions)",
    ),
    _Question(
        "agents who can still sign in",
        "SELECT count(*) FROM res_users WHERE active AND login IN ('life_agent', 'life_forced', 'anna', 'ben')",
    ),
    _Question(
        "managers who are plain internal users",
        "SELECT count(*) FROM res_users u JOIN res_groups_users_rel r ON r.uid = u.id JOIN ir_model_data d"
        " ON d.res_id = r.gid AND d.model = 'res.groups' AND d.module = 'base' AND d.name = 'group_user'"
        " WHERE u.active AND u.login = 'life_manager'",
        1,
    ),
]
RETURNED = [
    _Question(
        "installed again", "SELECT count(*) FROM ir_module_module WHERE name = 'leads_agent' AND state = 'installed'", 1
    ),
    UPGRADED[0],
    _Question("rules", "SELECT count(*) > 15 FROM ir_rule WHERE domain_force LIKE '%leads_%'", True),
]


def prove(odoo: Odoo) -> list[Figure]:
    """Upgrade, uninstall the audit, calls, distribution and then all, and install again. Return a figure per query.

    :raises Trouble: when Odoo logs an error, or a result is wrong
    """
    figures = []
    with step("Making a database for the life cycle"):
        databases.copy_of_template(odoo, DATABASE)
        databases.install(odoo, DATABASE, ["-i", ",".join(addons.for_demo())])
    _shell(odoo, "people", PEOPLE)
    figures += _ask(odoo, "damage", DAMAGED)
    with step("Upgrading without the index"):
        databases.install(odoo, DATABASE, ["-u", "leads_agent"])
    figures += _ask(odoo, "upgrade", UPGRADED)
    _shell(odoo, "audit", AUDITED)
    _shell(odoo, "removal of the audit", UNINSTALL.format("leads_agent_audit"))
    _shell(odoo, "without the audit", UNAUDITED + WORKING)
    figures += _ask(odoo, "removal of the audit", WITHOUT_AUDIT)
    _shell(odoo, "removal of calls", UNINSTALL.format("leads_agent_call"))
    _shell(odoo, "without calls", WORKING + UNCALLED)
    figures += _ask(odoo, "removal of calls", WITHOUT_CALLS)
    _shell(odoo, "distribution", DISTRIBUTED)
    _shell(odoo, "removal of distribution", UNINSTALL.format("leads_agent_distribution"))
    _shell(odoo, "without distribution", WORKING + UNDISTRIBUTED)
    figures += _ask(odoo, "removal of distribution", WITHOUT_DISTRIBUTION)
    _shell(odoo, "removal", UNINSTALL.format("leads_agent"))
    figures += _ask(odoo, "removal", REMOVED)
    _shell(odoo, "afterwards", AFTERWARDS)
    with step("Installing again"):
        databases.install(odoo, DATABASE, ["-i", "leads_agent"])
    figures += _ask(odoo, "return", RETURNED)
    postgres.drop(odoo.postgres, DATABASE)
    return figures


def _shell(odoo: Odoo, name: str, script: str) -> None:
    conf = odoo.configuration(f"{DATABASE}-shell", db_name=DATABASE, http_enable=False)
    log = made(LOGS) / f"{DATABASE}-{name}.log"
    with step(f"Life cycle: {name}"), open(log, "w") as file:
        command = odoo.command("shell", "-c", conf)
        done = subprocess.run(
            command, input=script, text=True, env=odoo.environ(), stdout=file, stderr=subprocess.STDOUT
        )
    if done.returncode or "Traceback" in log.read_text():
        raise Trouble(f"The step {name} failed (exit status {done.returncode}). Log: {log}")


def _ask(odoo: Odoo, stage: str, questions: list[_Question]) -> list[Figure]:
    figures = []
    for question in questions:
        [(answer,)] = odoo.postgres.rows(question.sql, database=DATABASE)
        if answer != question.answer:
            raise Trouble(f"After {stage}: {question.name} is {answer}, not {question.answer}.")
        figures.append(Figure("life cycle", f"{stage}, {question.name}", "answer", str(answer)))
    return figures
