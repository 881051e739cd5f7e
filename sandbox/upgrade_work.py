"""The work done in a database of an old version before its upgrade, in addition to its demo data, and afterwards.

These are scripts for Odoo's shell, not modules, because they use the code of the old commit.
"""

PEOPLE = """
from odoo.fields import Command, Datetime
manager = env["res.users"].search([("login", "=", "morgan")])
agents = env["res.users"].search([("is_leads_agent", "=", True)], order="login")
"""
# Batches for several agents, one undone and one planned; a rule that ran; a customer who does not want calls.
DESK = """
orders = env["sale.order"].search([("state", "in", ("draft", "sent")), ("leads_agent_id", "=", False)], order="id")
Batch = env["leads.agent.batch.assign"].with_user(manager)
undone, planned = (
    Batch.create({"agent_ids": agents.ids, "selected_order_ids": some.ids}) for some in (orders[:4], orders[4:])
)
undone.action_assign()
undone.action_undo()
planned.action_plan()
assert (undone.state, planned.state) == ("undone", "planned"), (undone.state, planned.state)
team = env["crm.team"].search([("member_ids", "in", agents.ids)], limit=1)
rule = env["leads.agent.rule"].with_user(manager).create({"name": "Kept rule", "team_id": team.id, "daily_cap": 7})
rule.action_run()
refusing = env["leads.agent.assignment"].search([("state", "=", "active")], order="id", limit=1)
env["leads.agent.resolve"].with_user(refusing.agent_id).create({
    "assignment_id": refusing.id, "disposition_id": env.ref("leads_agent.disposition_do_not_call").id, "note": "Please",
}).action_resolve()
agents[:1].write({"leads_max_open": 40, "leads_available": False})
test = env["leads.agent.self.test"].create({"company_ids": env.company.ids})
test._run()
if "leads.agent.closed.model" in env:
    closed = env["leads.agent.closed.model"]
    closed.create({"model_id": closed._closable_models()[:1].id})
"""
# A lead of an assigned customer, one that all agents decline, two spellings of a tag, messages from channels.
LEADS = """
held = env["leads.agent.assignment"].search([("state", "=", "active"), ("partner_id.email_normalized", "!=", False)])
web = env.ref("leads_agent_offer.demo_call_center_web")
company = env.company
company.write({"leads_offer_catch_all_ids": [Command.set(manager.ids)]})
incoming = {"type": "lead", "team_id": web.id, "user_id": False}
again, declined = env["crm.lead"].create([
    {"name": "Espresso again", "email_from": held[0].partner_id.email, **incoming},
    {"name": "Espresso for nobody", "email_from": "nobody@wanted.example.com", **incoming},
])
reason = env.ref("leads_agent_offer.decline_reason_region")
for turn in range(20):
    offers = declined.leads_offer_ids.filtered(lambda offer: offer.state == "offered")
    if not offers:
        break
    offers[:1].with_user(offers[:1].agent_id).action_decline(reason.id)
assert again.leads_offer_ids.mapped("state") == ["accepted"], again.leads_offer_ids.mapped("state")
env["leads.agent.tag"].create([{"name": "Bean-to-cup"}])
if "spelling" not in env["leads.agent.tag"]:
    env["leads.agent.tag"].create([{"name": "bean to cup"}])
Inbound = env["leads.agent.inbound"]
if Inbound._auto:
    Inbound.create([{"channel": "whatsapp", "key": "w1"}, {"channel": "instagram", "key": "i1"}])
stage = env["leads.agent.stage"].create({"name": "Ours"})
env.ref("leads_agent_lifecycle.rule_answer").write({"name": "Our own words"})
env["res.partner"].search([("lead_stage_id", "!=", False)], order="id", limit=2).write({"lead_stage_id": stage.id})
"""
# Settings and records that a company changed or created itself.
CUSTOMISED = """
def favourite(name, model, domain, action):
    env["ir.filters"].create({
        "name": name, "model_id": model, "domain": domain, "action_id": env.ref(action).id,
        "user_ids": [Command.link(env.uid)],
    })

def customised(name, model, view, arch):
    inherited = env.ref(view).id
    env["ir.ui.view"].create(
        {"name": name, "model": model, "mode": "extension", "inherit_id": inherited, "arch": arch}
    )

favourite("Kept favourite", "leads.agent.self.test", "[('finding_count', '>', 0)]", "leads_agent.action_self_tests")
favourite("Kept rules", "leads.agent.rule", "[('daily_cap', '>', 0)]", "leads_agent.action_rules")
favourite("Kept calls", "leads.agent.call", "[('is_contact', '=', 1)]", "leads_agent.action_calls")
customised(
    "kept.customised", "leads.agent.self.test", "leads_agent.leads_agent_self_test_view_list",
    '<field name="model_count" position="after"><field name="seconds"/></field>',
)
customised(
    "kept.rules", "leads.agent.rule", "leads_agent.leads_agent_rule_view_list",
    '<field name="daily_cap" position="after"><field name="given_count"/></field>',
)
customised(
    "kept.batches", "leads.agent.batch.assign", "leads_agent.leads_agent_batch_assign_view_form",
    '<page name="shares" position="attributes"><attribute name="string">Team</attribute></page>',
)
customised(
    "kept.customised.call", "leads.agent.call", "leads_agent.leads_agent_call_view_list",
    '<field name="note" position="after"><field name="local_hour"/></field>',
)
env.ref("leads_agent.disposition_no_answer").write({"retry_minutes": 45, "most_attempts": 3, "exhausted": "close"})
env["leads.agent.calling.hours"].search([], limit=3).write({"hour_to": 18.5, "source": "Our own rule"})
env.ref("leads_agent.cron_callbacks").write({"interval_number": 3})
env.ref("leads_agent.cron_run_rules").write({"active": False})
env["ir.config_parameter"].set_param("leads_agent_lifecycle.meta_verify_token", "kept")
env.cr.commit()
"""
WORKED_ON = PEOPLE + DESK + LEADS + CUSTOMISED

KEPT = """
arch = env["leads.agent.self.test"].get_view(env.ref("leads_agent_audit.leads_agent_self_test_view_list").id)["arch"]
assert 'name="seconds"' in arch, arch
arch = env["leads.agent.rule"].get_view(env.ref("leads_agent_distribution.leads_agent_rule_view_list").id)["arch"]
assert 'name="given_count"' in arch, arch
arch = env["leads.agent.batch.assign"].get_view(env.ref("leads_agent.leads_agent_batch_assign_view_form").id)["arch"]
assert 'string="Team"' in arch, arch
arch = env["leads.agent.call"].get_view(env.ref("leads_agent_call.leads_agent_call_view_list").id)["arch"]
assert 'name="local_hour"' in arch, arch
arch = env["res.partner"].get_view(env.ref("base.view_partner_form").id)["arch"]
assert "leads_who_can_see" in arch and "action_leads_call" in arch
for name, action in {
    "Kept favourite": "leads_agent_audit.action_self_tests",
    "Kept rules": "leads_agent_distribution.action_rules",
    "Kept calls": "leads_agent_call.action_calls",
}.items():
    assert env["ir.filters"].search([("name", "=", name)]).action_id.id == env.ref(action).id, name
assert not env.ref("leads_agent_distribution.cron_run_rules").active
assert env.ref("leads_agent.disposition_no_answer").retry_minutes == 45
assert env.ref("leads_agent_call.cron_callbacks").interval_number == 3
assert env["ir.config_parameter"].get_param("leads_agent_lifecycle.meta_verify_token") == "kept"
assert env.ref("leads_agent_lifecycle.rule_answer").name == "Our own words"
test = env["leads.agent.self.test"].create({"company_ids": env.company.ids})
test._run()
assert test.verdict == "clean", test.finding_ids.mapped("explanation")
"""
# Work continues after the upgrade: dashboards, an open offer, the plan, the undone batch.
WENT_ON = """
for agent in agents:
    env["leads.agent.dashboard"].with_user(agent).get_data()
offer = env["leads.agent.offer"].search([("state", "=", "offered"), ("kind", "=", "exclusive")], limit=1)
offer.with_user(offer.agent_id).action_accept()
assert offer.state == "accepted" and offer.lead_id.user_id == offer.agent_id, offer.state
Batch = env["leads.agent.batch.assign"].with_user(manager)
planned = Batch.search([("state", "=", "planned")])
planned.action_assign()
assert planned.state in ("done", "running"), planned.state
given = Batch.search([("state", "=", "done")], order="id", limit=1)
assert given._csv()
env.cr.rollback()
"""
UPGRADED = PEOPLE + KEPT + WENT_ON
