"""B12: the leads page, its searches and a mass change of status, with every customer a lead.

The peer of the page is Odoo's own list of contacts, also for the search panel, which it does not have. Pages are read
as a Leads Manager, who sees all leads, and as the administrator. Runs on a copy of the database, with the life cycle
installed.
"""

import hashlib
import hmac
import itertools
import json
import time
from unittest.mock import patch

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tools import SQL

from ..measure import Candidate, interleave
from ..report import Row
from .visibility import _specification as specification
from .visibility import page

LIST = "leads_agent_lifecycle.res_partner_view_lead_list"
SEARCH = "leads_agent_lifecycle.res_partner_view_lead_search"
MOVED = 10_000
MESSAGES = 100
SECRET = "bench secret"
# Create a profile for every customer, evenly distributed over the table.
PROFILES = """
    UPDATE res_partner p
       SET lead_channel = (ARRAY['order', 'mail', 'form', 'chat', 'whatsapp', 'import'])[1 + h.n % 6],
           lead_gender = (ARRAY['female', 'male', 'other'])[1 + h.n / 6 % 3],
           lead_marital = (ARRAY['single', 'married', 'divorced'])[1 + h.n / 18 % 3],
           lead_loyalty = (ARRAY['new', 'bronze', 'silver', 'gold', 'platinum'])[1 + h.n / 54 % 5],
           lead_relationship = (ARRAY['b2b', 'b2c', 'education', 'government'])[1 + h.n / 270 % 4],
           lead_birthdate = DATE '1940-01-01' + h.n % 25000,
           lead_stage_id = (SELECT id FROM leads_agent_stage ORDER BY sequence OFFSET h.n / 1080 % 4 LIMIT 1),
           lead_at = now() AT TIME ZONE 'UTC' - make_interval(mins => p.id)
      FROM (SELECT id, hashint4(id) & 2147483647 AS n FROM res_partner) h
     WHERE h.id = p.id AND lead_stage_id IS NOT NULL
"""


def run(registry, scale, rounds, record) -> None:
    manager = _prepare(registry)
    with registry.cursor() as cr:
        env = api.Environment(cr, manager, {"lead_page": True})
        ours, theirs = (
            specification(env, "res.partner", LIST),
            specification(env, "res.partner", "base.view_partner_tree"),
        )
        arch = env["res.partner"].get_view(env.ref(SEARCH).id, "search")["arch"]
        panel = [node.get("name") for node in etree.fromstring(arch).iterfind(".//searchpanel/field")]
        name, phone, email, code = _somebody(env)
    leads = [("lead_stage_id", "!=", False), ("lead_activity", "=", "active")]

    def leads_page(env):
        partners = env["res.partner"].with_context(lead_page=True)
        page_of(partners, leads, ours)
        for field in panel:
            partners.search_panel_select_multi_range(field, search_domain=leads, enable_counters=True)

    def contacts(env):
        return page(env["res.partner"], theirs)

    timings = interleave(
        registry, {"ours": Candidate(manager, leads_page), "peer": Candidate(SUPERUSER_ID, contacts)}, rounds
    )
    record(
        Row.timed(
            "B12", scale.name, "leads page with the panel", "manager", scale.customers, timings["ours"],
            "list of contacts", timings["peer"].median, "leads page", 3.0,
        )
    )  # fmt: skip
    alone = interleave(
        registry, {"ours": Candidate(manager, lambda env: page_of(env["res.partner"], leads, ours))}, rounds
    )
    record(
        Row.timed(
            "B12", scale.name, "leads page alone", "manager", scale.customers, alone["ours"],
            "list of contacts", timings["peer"].median,
        )
    )  # fmt: skip
    searches = {
        "name": [("complete_name", "ilike", name)],
        "phone": [("phone_mobile_search", "ilike", phone)],
        "e-mail": [("email", "ilike", email)],
        "code": [("lead_code", "=ilike", f"{code}%")],
    }
    works = {
        key: Candidate(manager, lambda env, domain=domain: page_of(env["res.partner"], leads + domain, ours))
        for key, domain in searches.items()
    }
    timings = interleave(registry, works, rounds)
    for key in ("phone", "e-mail", "code"):
        record(
            Row.timed(
                "B12", scale.name, f"search by {key}", "manager", scale.customers, timings[key],
                "search by name", timings["name"].median, "search", 1.5,
            )
        )  # fmt: skip
    _move_many(registry, scale, record, manager)
    _receive_many(registry, scale, record)


def page_of(partners, domain, fields):
    return partners.web_search_read(domain, fields, limit=80, order="lead_at desc, id desc", count_limit=10_001)[
        "length"
    ]


def _move_many(registry, scale, record, manager):
    count = min(MOVED, scale.customers // 2)

    def choose(env):
        stage = env["leads.agent.stage"].search([], limit=1, order="sequence")
        return env["res.partner"].search([("lead_stage_id", "=", stage.id)], limit=count), stage

    def move(env, chosen):
        leads, stage = chosen
        after = env["leads.agent.stage"].search([("sequence", ">", stage.sequence)], limit=1, order="sequence")
        leads.write({"lead_stage_id": after.id})
        return len(leads)

    timing = interleave(registry, {"ours": Candidate(manager, move, prepare=choose)}, 3)["ours"]
    record(
        Row.counted(
            "B12", scale.name, f"move {timing.answer:,} leads: queries", "manager", timing.answer, timing.queries,
            "allowed", 30 + timing.answer / 20, "move",
        )
    )  # fmt: skip
    record(Row.timed("B12", scale.name, f"move {timing.answer:,} leads", "manager", timing.answer, timing, "", 0.0))


def _receive_many(registry, scale, record):
    """Messages of unknown people through Meta's webhook: in a single payload, and in one payload each.

    They are committed, as the webhook does, so each is only received once.
    """
    from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param(leads_agent_inbound.SECRET, SECRET)
    numbers = itertools.count(33_155_500_000)

    def receive(env, *senders):
        body = json.dumps(_payload(senders)).encode()
        signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return env["leads.agent.inbound"]._receive(body, signature)

    def together(env):
        return receive(env, *itertools.islice(numbers, MESSAGES))

    def apart(env):
        return [receive(env, next(numbers)) for _nr in range(MESSAGES)]

    works = {"together": Candidate(SUPERUSER_ID, together), "apart": Candidate(SUPERUSER_ID, apart)}
    with patch.object(leads_agent_inbound, "MOST_PER_MINUTE", 1_000_000):
        timings = interleave(registry, works, 3)
    record(
        Row.timed(
            "B12", scale.name, f"{MESSAGES} messages in one payload", "webhook", MESSAGES, timings["together"],
            f"{MESSAGES} payloads of one", timings["apart"].median, "payload", 0.5,
        )
    )  # fmt: skip


def _payload(senders):
    now = str(int(time.time()))
    changes = [
        {
            "value": {
                "messaging_product": "whatsapp",
                "contacts": [{"profile": {"name": f"Bench {sender}"}, "wa_id": str(sender)}],
                "messages": [
                    {
                        "from": str(sender),
                        "id": f"bench-{sender}",
                        "timestamp": now,
                        "type": "text",
                        "text": {"body": "Hello"},
                    }
                ],
            }
        }
        for sender in senders
    ]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def _prepare(registry):
    with registry.cursor() as cr:
        uid = leads_manager(api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})).id
        cr.execute(PROFILES)
    with registry.cursor() as cr:
        cr._cnx.rollback()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE res_partner")
        cr._cnx.autocommit = False
    return uid


def leads_manager(env):
    """Return a Leads Manager without any other group, created if missing."""
    vals = {
        "name": "Bench Manager",
        "login": "bench_lifecycle_manager",
        "group_ids": [Command.set(env.ref("leads_agent.group_leads_manager").ids)],
    }
    users = env["res.users"]
    return users.search([("login", "=", vals["login"])]) or users.create(vals)


def _somebody(env):
    """Return name, number, e-mail and code of a contact in the middle of the table."""
    [row] = env.execute_query(
        SQL(
            """
            SELECT name, phone, email, lead_code FROM res_partner
             WHERE lead_stage_id IS NOT NULL AND phone IS NOT NULL AND email IS NOT NULL ORDER BY id OFFSET 1000 LIMIT 1
            """
        )
    )
    return row
