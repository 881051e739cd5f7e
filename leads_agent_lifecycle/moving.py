"""The life cycle: makes contacts leads, and moves leads. All changes of stage and status are made here.

A plain object beside ``res.partner``::

    LifeCycle(customers.sudo().env).event(customers, "order", "Quotation S00012")

It works in sets and checks no access: the caller passes an elevated environment, in the company of the event.
"""

from datetime import datetime
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .tools import steps

CODE_SEQUENCE = "leads_agent_lifecycle.lead.code"
# Fields that a move changes, directly or by computation.
MOVED_FIELDS = [
    "lead_stage_id",
    "lead_status_id",
    "lead_allowed_status_ids",
    "lead_move_ids",
    "lead_at",
    "lead_activity",
    "date_last_stage_update",
    "duration_tracking",
    "is_rotting",
    "rotting_days",
    "write_uid",
    "write_date",
]
# Fields that an event changes, whether or not the lead moves.
EVENT_FIELDS = ["lead_event_at", "lead_activity", "lead_waits_since"]


class LeadPlace(NamedTuple):
    """A lead with a new event, and its place."""

    id: int
    stage_id: int
    status_id: int | None
    customer_id: int


class Customer(NamedTuple):
    """A customer from before the installation: stage by its orders, and the first and last contact.

    :param stage: index of the stage: lead, prospect or customer
    """

    id: int
    stage: int
    since: datetime
    last_event_at: datetime | None


class LifeCycle:
    """Changes stages and statuses of leads, by users and by events."""

    def __init__(self, env):
        self.env, self.partners = env, env["res.partner"]

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def place(self, places, reasons=None):
        """Make contacts leads. Only this method starts a life cycle.

        :param dict places: ``{partner_id: (stage_id, status_id)}``; without a status, the first one of the stage
        """
        if not places:
            return
        firsts = self.env["leads.agent.lifecycle.rule"]._landscape()[1]
        for partner_id, (stage_id, status_id) in places.items():
            places[partner_id] = (stage_id, status_id or next(iter(firsts.get(stage_id, [])), None))
        self._store(places, reasons or {}, {})

    def move(self, targets, reasons=None, rules=None):
        """Move leads. Only this method changes the stage and status of a lead.

        Leads that are already there do not change. Rows are locked in the order of their IDs.

        :param dict targets: ``{partner_id: (stage_id, status_id)}``
        :param dict reasons: ``{partner_id: sentence}``
        :param dict rules: ``{partner_id: rule_id}``
        :returns: the leads that moved
        """
        if not targets:
            return self.partners.browse()
        self.partners.flush_model(["lead_stage_id", "lead_status_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, lead_stage_id, lead_status_id FROM res_partner
                 WHERE id = ANY(%s) AND lead_stage_id IS NOT NULL ORDER BY id FOR NO KEY UPDATE
                """,
                list(targets),
            )
        )
        moved = {nr: targets[nr] for nr, *place in rows if tuple(place) != tuple(targets[nr])}
        self._store(moved, reasons or {}, rules or {})
        return self.partners.browse(moved)

    def _store(self, places, reasons, rules):
        """Write places and log them, in two statements."""
        if not places:
            return
        at = self.env.cr.now().replace(microsecond=0)
        ids = sorted(places)
        self.partners.flush_model(
            ["lead_stage_id", "lead_status_id", "date_last_stage_update", "lead_at", "lead_activity"]
        )
        rows = SQL(
            "unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::int[]) AS t (id, stage, status, reason, rule)",
            ids,
            [places[nr][0] for nr in ids],
            [places[nr][1] or None for nr in ids],
            [reasons.get(nr) for nr in ids],
            [rules.get(nr) for nr in ids],
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO leads_agent_move (
                       partner_id, company_id, at, user_id, stage_from_id, stage_id, status_from_id, status_id, rule_id,
                       reason, is_stage_change, days, create_uid, create_date, write_uid, write_date)
                SELECT p.id, p.company_id, %(at)s, %(uid)s, p.lead_stage_id, t.stage, p.lead_status_id, t.status,
                       t.rule, t.reason, CASE WHEN p.lead_stage_id IS DISTINCT FROM t.stage THEN 1 ELSE 0 END,
                       CASE WHEN p.lead_stage_id <> t.stage
                           THEN EXTRACT(EPOCH FROM %(at)s - p.date_last_stage_update) / 86400 END,
                       %(uid)s, %(at)s, %(uid)s, %(at)s
                  FROM %(rows)s JOIN res_partner p ON p.id = t.id ORDER BY p.id
                """,
                at=at,
                uid=self.env.uid,
                rows=rows,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET lead_stage_id = t.stage, lead_status_id = t.status,
                       date_last_stage_update = CASE WHEN p.lead_stage_id IS DISTINCT FROM t.stage
                           THEN %(at)s ELSE p.date_last_stage_update END,
                       lead_at = COALESCE(p.lead_at, %(at)s), lead_activity = COALESCE(p.lead_activity, 'active'),
                       write_uid = %(uid)s, write_date = %(at)s
                  FROM %(rows)s WHERE p.id = t.id
                """,
                at=at,
                uid=self.env.uid,
                rows=rows,
            )
        )
        self.partners.browse(ids).invalidate_recordset(MOVED_FIELDS)
        if self.env["leads.agent.stage"]._weights():
            self.env["leads.agent.desk"]._refresh_priorities(Domain("partner_id", "in", ids))

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def step(self, plan, reason):
        """Take the steps that rules have planned.

        :param dict plan: ``{partner_id: steps.Step}``
        """
        return self.move(*self._steps(plan, reason))

    def _steps(self, plan, reason):
        """Return the places, reasons and rules of the steps, as arguments of :meth:`move`."""
        places = {lead_id: (step.stage_id, step.status_id) for lead_id, step in plan.items()}
        return places, dict.fromkeys(plan, reason), {lead_id: step.rule_id for lead_id, step in plan.items()}

    def event(self, customers, trigger, reason, *, disposition=None, becomes_lead=False):
        """Handle an event of these customers: their leads may become active, and rules may move them.

        It applies to all leads of a commercial customer. Customers without a lead cost one query.

        :param str trigger: a value of :data:`TRIGGERS`
        :param str reason: what happened, for the history of the lead
        :param bool becomes_lead: make customers without a lead leads
        """
        if not customers:
            return
        entities = customers.commercial_partner_id.ids
        found = self._record_event(entities, trigger)
        leads = [steps.Where(lead.id, lead.stage_id, lead.status_id) for lead in found]
        if becomes_lead and (new := set(entities) - {lead.customer_id for lead in found}):
            leads += [steps.Where(nr, *place) for nr, place in self.enter(new, None, reason).items()]
        Rule = self.env["leads.agent.lifecycle.rule"]
        if leads and (rules := Rule._rules(trigger, self.env.company.id)):
            plan = Rule._plan(rules, leads, disposition.id if disposition else None)
            # The rows are locked already.
            self._store(*self._steps(plan, reason))

    def _record_event(self, entities, trigger):
        """Lock the leads of some customers, and record the event on them."""
        self.partners.flush_model(["commercial_partner_id", "lead_stage_id", "lead_status_id", *EVENT_FIELDS])
        rows = self.env.execute_query(
            SQL(
                """
                WITH lead AS (
                    SELECT id FROM res_partner
                     WHERE commercial_partner_id = ANY(%(entities)s) AND lead_stage_id IS NOT NULL
                  ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE res_partner p
                   SET lead_event_at = CASE WHEN %(is_ours)s THEN lead_event_at ELSE %(now)s END,
                       lead_activity = CASE WHEN %(is_interest)s THEN 'active' ELSE lead_activity END,
                       lead_waits_since = CASE WHEN %(is_answer)s THEN COALESCE(lead_waits_since, %(now)s)
                                               WHEN %(is_answered)s THEN NULL ELSE lead_waits_since END
                  FROM lead WHERE lead.id = p.id
             RETURNING p.id, lead_stage_id, lead_status_id, commercial_partner_id
                """,
                entities=entities,
                now=self.env.cr.now().replace(microsecond=0),
                is_ours=trigger == "spoken",
                is_interest=trigger in ("order", "sale", "answer"),
                is_answer=trigger == "answer",
                is_answered=trigger in ("called", "spoken", "sale"),
            )
        )
        leads = [LeadPlace(*row) for row in rows]
        self.partners.browse(lead.id for lead in leads).invalidate_recordset(EVENT_FIELDS)
        return leads

    def go_back(self, assignments):
        """Move back leads whose last move was made by a rule for one of these assignments."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.partner_id, m.stage_from_id, m.status_from_id
                  FROM leads_agent_assignment a
                  JOIN res_partner p ON p.commercial_partner_id = a.partner_id AND p.lead_stage_id IS NOT NULL
            CROSS JOIN LATERAL (
                       SELECT * FROM leads_agent_move WHERE partner_id = p.id ORDER BY id DESC LIMIT 1) m
                  JOIN leads_agent_lifecycle_rule r ON r.id = m.rule_id AND r.trigger = 'assigned'
                 WHERE a.id = ANY(%s) AND m.at >= a.create_date AND m.stage_from_id IS NOT NULL
                """,
                assignments.ids,
            )
        )
        places = {lead_id: tuple(place) for lead_id, *place in rows}
        self.move(places, dict.fromkeys(places, self.env._("The batch was undone.")))

    def enter(self, partner_ids, channel, reason):
        """Make contacts leads in the first stage, with a code.

        :param channel: the channel; None if it was an order or manual entry
        :returns: ``{partner_id: (stage_id, status_id)}``
        """
        now = self.env.cr.now().replace(microsecond=0)
        ids = sorted(partner_ids)
        place = self.first_place()
        self.partners.flush_model(["lead_code", "lead_channel", "lead_activity", "lead_event_at"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p SET lead_code = COALESCE(p.lead_code, t.code),
                       lead_channel = COALESCE(p.lead_channel, %s, CASE WHEN EXISTS (
                           SELECT FROM sale_order o WHERE o.leads_commercial_partner_id = p.id
                       ) THEN 'order' ELSE 'manual' END), lead_activity = 'active', lead_event_at = %s
                  FROM unnest(%s::int[], %s::text[]) AS t (id, code) WHERE p.id = t.id
                """,
                channel,
                now,
                ids,
                self.next_codes(len(ids)),
            )
        )
        places = dict.fromkeys(ids, place)
        self.place(places, dict.fromkeys(ids, reason))
        return places

    def take_in(self):
        """Make customers with orders or a holder leads; their orders determine the stage."""
        self.env.flush_all()
        ref = self.env.ref
        stages = [ref(f"leads_agent_lifecycle.stage_{name}") for name in ("lead", "prospect", "customer")]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, CASE WHEN bool_or(o.state = 'sale') THEN 2 WHEN count(o.id) > 0 THEN 1 ELSE 0 END,
                       COALESCE(min(o.date_order), p.create_date),
                       GREATEST(max(o.date_order), (SELECT max(a.last_event_at) FROM leads_agent_assignment a
                                                     WHERE a.partner_id = p.id))
                  FROM res_partner p LEFT JOIN sale_order o ON o.leads_commercial_partner_id = p.id
                 WHERE p.partner_share AND p.commercial_partner_id = p.id AND p.lead_stage_id IS NULL
                   AND (o.id IS NOT NULL OR p.leads_agent_id IS NOT NULL)
              GROUP BY p.id ORDER BY p.id
                """
            )
        )
        customers = [Customer(*row) for row in rows]
        if not customers:
            return
        ids = [one.id for one in customers]
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p SET lead_code = t.code, lead_channel = 'order', lead_activity = 'active',
                       lead_at = t.since, lead_event_at = t.heard
                  FROM unnest(%s::int[], %s::text[], %s::timestamp[], %s::timestamp[]) AS t (id, code, since, heard)
                 WHERE p.id = t.id
                """,
                ids,
                self.next_codes(len(ids)),
                [one.since for one in customers],
                [one.last_event_at for one in customers],
            )
        )
        self.partners.invalidate_model()
        self.place(
            {one.id: (stages[one.stage].id, None) for one in customers},
            dict.fromkeys(ids, self.env._("Created from orders")),
        )

    # ------------------------------------------------------------------
    # New leads
    # ------------------------------------------------------------------

    def first_place(self, stage_id=None):
        """Return the first stage, or the given one, and its first status.

        :raises UserError: when there are no stages
        """
        order, statuses = self.env["leads.agent.lifecycle.rule"]._landscape()
        if not order:
            raise UserError(self.env._("There are no stages. A manager sets them up under Configuration > Stages."))
        stage_id = stage_id or next(iter(order))
        return stage_id, next(iter(statuses.get(stage_id, [])), False)

    def next_codes(self, count):
        """Return unused codes with one query; more only if some codes were typed by users before."""
        # sudo: ir.sequence - only numbers
        sequence = self.env["ir.sequence"].sudo().search([("code", "=", CODE_SEQUENCE)], limit=1)
        found = []
        while len(found) < count:
            wanted = count - len(found)
            if not sequence:
                raise UserError(
                    self.env._("The sequence for contact codes is missing. Upgrade the module Leads Agent: Life Cycle.")
                )
            if sequence.implementation == "standard" and not sequence.use_date_range:
                numbers = self.env.execute_query(
                    SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", wanted)
                )
                new = [sequence.get_next_char(number) for (number,) in numbers]
            else:
                new = [sequence.next_by_id() for _nr in range(wanted)]
            # sudo: res.partner - only whether a code is taken
            taken = (
                self.partners.sudo()
                .with_context(active_test=False)
                .search_fetch([("lead_code", "in", new)], ["lead_code"])
            )
            found += [code for code in new if code not in set(taken.mapped("lead_code"))]
        return found
