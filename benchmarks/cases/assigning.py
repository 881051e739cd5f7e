"""B4: assigning batches of leads, compared with Odoo's own way and the same rows in plain SQL; planning; memory.

All candidates use the same unassigned customers. Their history is recorded first, so that plain SQL can write exactly
the same rows as our code. Odoo's way is to set a salesperson on the same orders. A scale with fewer customers than a
size uses all it has.

A batch of a hundred thousand is for the job, whose steps run here in one transaction that is rolled back. These
customers are assigned, so they are first unassigned in that transaction; PostgreSQL then checks every foreign key of
their orders again, as for all rows that the same transaction has written. This affects both our code and the peer.
"""

import os
import time

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

from ..measure import Candidate, Timing, interleave, once
from ..report import Row, exponent

SIZES = (100, 1_000, 10_000)
JOB = 100_000
# Odoo's way takes minutes for more, and is measured once then.
MOST_WRITTEN = 1_000
MOST_MEGABYTES = 300
PLANNERS = 100


def run(registry, scale, rounds, record) -> None:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        manager = env["res.users"].search([("login", "=", "bench_manager")]).id
        agent = env["res.users"].search([("login", "=", "bench_agent_00")]).id
        leads, held = _assignable(cr, "NULL"), _assignable(cr, "NOT NULL")
    points = []
    if scale.name == "L":
        # First, in a new process: memory is measured relative to its idle state.
        points.append(_job(registry, scale, manager, agent, held[:JOB], record))
    for size in _sizes(len(leads)):
        partners, orders = map(list, zip(*leads[:size], strict=True))
        few = rounds if size <= 1_000 else 3
        candidates = {
            "ours": Candidate(manager, _assign, _prepare_batch(agent, partners, orders)),
            "raw": Candidate(SUPERUSER_ID, _raw(agent, partners, orders), _prepare_raw(agent, partners, orders)),
        }
        if size <= MOST_WRITTEN:
            candidates["write"] = Candidate(SUPERUSER_ID, _write(agent, orders))
        # Odoo's way takes seconds each time.
        timings = interleave(registry, candidates, min(few, 5))
        ours = timings["ours"]
        if ours.answer != {"assigned": size}:
            raise AssertionError(f"not all were assigned: {ours.answer}")
        points.append((size, ours.median))
        record(_row(scale, f"assign {size:,}", size, ours, "raw SQL, same rows", timings["raw"].median, "G6", 2.5))
        write = timings.get("write") or once(registry, Candidate(SUPERUSER_ID, _write(agent, orders)))
        record(
            _row(
                scale,
                f"assign {size:,}",
                size,
                ours,
                "order.write(user_id)",
                write.median,
                "G5",
                0.10 if size < 1_000 else 0.06,
            )
        )
        record(
            _figure(scale, f"assign {size:,}: queries", size, ours.queries, "allowed", 35 + size / 20, "G6"),
        )
    record(_planning(registry, scale, manager, agent, held[:JOB]))
    if len(points) > 1:
        slope = exponent(points)
        record(_figure(scale, "growth of assigning", max(points)[0], slope, "exponent allowed", 1.1, "G6"))


def _sizes(most):
    """The sizes for which a scale has enough customers, and its largest."""
    return sorted({min(size, most) for size in SIZES})


def _assignable(cr, holder):
    """Return customers whose newest order is partial, with that order.

    :param holder: ``NULL`` or ``NOT NULL``
    """
    cr.execute(
        f"""
        SELECT p.id, o.id
          FROM res_partner p
    CROSS JOIN LATERAL (
               SELECT id, state FROM sale_order WHERE leads_commercial_partner_id = p.id
             ORDER BY date_order DESC, id DESC LIMIT 1) o
         WHERE p.commercial_partner_id = p.id AND p.leads_agent_id IS {holder} AND o.state IN ('draft', 'sent')
      ORDER BY md5(p.id::text)
        """
    )
    return cr.fetchall()


def _free(env, partners):
    """Unassign the customers, and keep their history."""
    for statement in (
        "DELETE FROM leads_agent_assignment WHERE state = 'active' AND partner_id = ANY(%s)",
        # No cooling-off: some are customers of the demo.
        "UPDATE leads_agent_assignment SET disposition_id = NULL WHERE partner_id = ANY(%s) AND disposition_id > 0",
        "UPDATE sale_order SET leads_agent_id = NULL"
        " WHERE leads_commercial_partner_id = ANY(%s) AND leads_agent_id > 0",
        "UPDATE res_partner SET leads_agent_id = NULL WHERE commercial_partner_id = ANY(%s) AND leads_agent_id > 0",
    ):
        env.cr.execute(statement, [partners])
    env.invalidate_all()


def _prepare_batch(agent, partners, orders, **vals):
    def prepare(env):
        _free(env, partners)
        env["leads.agent.history"].sudo()._take_in(partners)
        return env["leads.agent.batch.assign"].create({"agent_id": agent, "selected_order_ids": orders, **vals})

    return prepare


def _assign(env, batch):
    batch.action_assign()
    counts = env["leads.agent.batch.assign.line"]._read_group([("batch_id", "=", batch.id)], ["result"], ["__count"])
    return dict(counts)


def _write(agent, orders):
    def work(env):
        env["sale.order"].browse(orders).write({"user_id": agent})
        return len(orders)

    return work


def _prepare_raw(agent, partners, orders):
    prepare = _prepare_batch(agent, partners, orders)
    return lambda env: prepare(env).id


def _raw(agent, partners, orders):
    """Write the same rows in as few statements as possible: lines, assignments, history, partners and orders."""

    def work(env, batch_id):
        known = {"agent": agent, "partners": partners, "orders": orders, "batch": batch_id}
        for statement in (
            """
            WITH given AS (
                INSERT INTO leads_agent_assignment (partner_id, order_id, agent_id, company_id, state, source, reason,
                       batch_id, assigned_at, assigned_by_id, is_sale, create_uid, write_uid, create_date, write_date,
                       last_event_at)
                SELECT t.p, t.o, %(agent)s, 1, 'active', 'batch', 'Batch by Bench Manager', %(batch)s, now(), 2, 0, 2,
                       2, now(), now(), now()
                  FROM unnest(%(partners)s::int[], %(orders)s::int[]) AS t (p, o)
             RETURNING id, partner_id, order_id
            ), log AS (
                INSERT INTO leads_agent_batch_assign_line
                       (batch_id, order_id, partner_id, agent_id, result, reason, assignment_id)
                SELECT %(batch)s, order_id, partner_id, %(agent)s, 'assigned', 'Assigned to Bench Agent.', id
                  FROM given
            )
            INSERT INTO leads_agent_history (partner_id, at, kind, author_id, res_model, res_id, assignment_id)
            SELECT partner_id, now(), 'assigned', 3, 'res.partner', partner_id, id FROM given
            """,
            "UPDATE res_partner SET leads_agent_id = %(agent)s WHERE commercial_partner_id = ANY(%(partners)s)",
            "UPDATE sale_order SET leads_agent_id = %(agent)s, leads_last_agent_id = %(agent)s"
            " WHERE leads_commercial_partner_id = ANY(%(partners)s)",
        ):
            env.cr.execute(statement, known)
        return len(partners)

    return work


def _planning(registry, scale, manager, agent, leads):
    """Measure planning over 100 agents, compared with assigning the same leads."""
    partners, orders = map(list, zip(*leads, strict=True))
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        group = env.ref("leads_agent.group_leads_agent")
        agents = env["res.users"].create(
            [
                {"login": f"bench_planner_{nr}", "name": f"Planner {nr}", "group_ids": [Command.set(group.ids)]}
                for nr in range(PLANNERS)
            ]
        )
        vals = {"agent_ids": [Command.set(agents.ids)]}
        batch = _prepare_batch(False, partners, orders, **vals)(env(user=manager))
        made = _timed(batch, lambda: _make_lines(batch, planning=True))
        batch = batch.sudo()
        plan = _timed(batch, lambda: _all_chunks(batch, "plan"))
        writes = _timed(batch, lambda: _all_chunks(batch, "assign"))
        cr.rollback()
    registry.clear_all_caches()
    what = f"plan {len(leads):,} leads over {PLANNERS} agents"
    timing = Timing([made + plan], 0, None)
    return _row(scale, what, len(leads), timing, "assigning them", writes, "plan", 2)


def _make_lines(batch, planning=False):
    """Create the lines, as before the job begins."""
    leads = batch._prepare_leads()
    if planning:
        leads = [(order_id, partner_id, None, None) for order_id, partner_id, *_meant in leads]
    batch._lines()._insert_leads(batch, leads)


def _all_chunks(batch, task):
    while batch._work(task):
        batch.env.flush_all()
        # As after the commit of each chunk of the job.
        batch.env.invalidate_all()


def _timed(batch, work):
    begun = time.perf_counter()
    work()
    batch.env.flush_all()
    return 1000 * (time.perf_counter() - begun)


def _job(registry, scale, manager, agent, leads, record):
    """Assign a hundred thousand by the steps of the job: time compared with plain SQL, and memory."""
    partners, orders = map(list, zip(*leads, strict=True))
    with registry.cursor() as cr:
        env = api.Environment(cr, manager, {"lang": "en_US", "tz": "UTC"})
        batch = _prepare_batch(agent, partners, orders)(env)
        env.flush_all()
        env.invalidate_all()
        idle, most, queries = _megabytes(), 0.0, cr.sql_log_count
        begun = time.perf_counter()
        _make_lines(batch)
        most = _megabytes()
        while batch.sudo()._work("assign"):
            env.flush_all()
            # As after the commit of each chunk of the job.
            env.invalidate_all()
            most = max(most, _megabytes())
        elapsed = 1000 * (time.perf_counter() - begun)
        queries = cr.sql_log_count - queries
        cr.rollback()
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        batch_id = _prepare_raw(agent, partners, orders)(env)
        begun = time.perf_counter()
        _raw(agent, partners, orders)(env, batch_id)
        raw = 1000 * (time.perf_counter() - begun)
        cr.rollback()
    size, what = len(leads), f"assign {len(leads):,} by the job"
    timing = Timing([elapsed], queries, None)
    record(_row(scale, what, size, timing, "raw SQL, same rows", raw, "G6", 2.5))
    record(_figure(scale, f"{what}: queries", size, queries, "allowed", 35 + size / 20, "G6"))
    record(
        _figure(scale, f"{what}: megabytes over idle", size, max(0, most - idle), "allowed", MOST_MEGABYTES, "memory")
    )
    return size, elapsed


def _megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def _row(scale, what, size, *args):
    return Row.timed("B4", scale.name, what, f"{size:,} leads", size, *args)


def _figure(scale, what, size, *args):
    return Row.counted("B4", scale.name, what, f"{size:,} leads", size, *args)
