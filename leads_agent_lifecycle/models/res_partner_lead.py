from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize
from odoo.tools.mail import parse_contact_from_email
from odoo.tools.sql import column_exists, create_column

from .res_partner import CHANNELS

PLACE_FIELDS = ("lead_stage_id", "lead_status_id")
# What a move changes, or what follows from it.
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
CODE_SEQUENCE = "leads_agent_lifecycle.lead.code"


class ResPartner(models.Model):
    """How contacts become leads, and how leads move: by hand, by many at once, and by what happens to them."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """A new lead begins in the first stage, with its first status."""
        values = super().default_get(fields)
        if self._lead_is_entered(values):
            values = self._lead_defaults(values.get("lead_stage_id")) | values
        return values

    @api.model
    def _lead_is_entered(self, vals):
        """Whether a contact that is being entered on the leads page is a lead, or the company or an address of one."""
        context = self.env.context
        if not context.get("lead_new") or context.get("default_is_company"):
            return False
        return bool(context.get("import_file")) or not (vals.get("parent_id") or context.get("default_parent_id"))

    @api.model
    def _lead_defaults(self, stage_id=None):
        stage_id, status_id = self._lead_first_place(stage_id)
        channel = "import" if self.env.context.get("import_file") else "manual"
        return {
            "lead_stage_id": stage_id,
            "lead_status_id": status_id,
            "lead_activity": "active",
            "lead_channel": channel,
        }

    @api.model
    def _lead_first_place(self, stage_id=None):
        """The first stage, or the one given, and its first status.

        :raises UserError: when there are no stages
        """
        order, statuses = self.env["leads.agent.lifecycle.rule"]._landscape()
        if not order:
            raise UserError(self.env._("There are no stages. A manager sets them up under Configuration > Stages."))
        stage_id = stage_id or next(iter(order))
        return stage_id, next(iter(statuses.get(stage_id, [])), False)

    @api.onchange("lead_stage_id")
    def _onchange_lead_stage_id(self):
        if self.lead_stage_id and self.lead_status_id not in self.lead_allowed_status_ids:
            self.lead_status_id = self.lead_allowed_status_ids[:1]

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._lead_clean(vals) for vals in vals_list]
        for vals in vals_list:
            if self.env.context.get("lead_new") and "lead_stage_id" not in vals:
                vals |= self._lead_defaults() | vals if self._lead_is_entered(vals) else {"lead_stage_id": False}
        places = [(vals.get("lead_stage_id"), vals.get("lead_status_id")) for vals in vals_list]
        if not any(stage_id for stage_id, _status_id in places):
            return super().create(vals_list)
        codes = iter(self._lead_next_codes(sum(1 for vals in vals_list if vals.get("lead_stage_id"))))
        for vals in vals_list:
            if vals.get("lead_stage_id"):
                vals["lead_code"] = vals.get("lead_code") or next(codes)
                vals["lead_activity"] = vals.get("lead_activity") or "active"
                vals["lead_channel"] = vals.get("lead_channel") or "manual"
            # Not left out: a default would be taken instead.
            vals |= {"lead_stage_id": False, "lead_status_id": False}
        partners = super().create(vals_list)
        # sudo: res.partner - the user was allowed to create the contact; the first move belongs to it
        leads = partners.sudo()
        # What a channel knows of somebody is little, and comes in elevated: the stage asks people alone.
        leads._lead_place(
            {
                lead.id: place if self.env.su else lead._lead_check_place(dict(zip(PLACE_FIELDS, place, strict=True)))
                for lead, place in zip(leads, places, strict=True)
                if place[0]
            }
        )
        return partners

    def write(self, vals):
        vals = self._lead_clean(vals)
        place = {name: vals.pop(name) for name in PLACE_FIELDS if name in vals}
        result = super().write(vals) if vals or not place else True
        if "name" in vals and (named := self.sudo().filtered("lead_is_anonymous")):
            # sudo: res.partner - the name, which the user was allowed to write, is no placeholder any more
            named.lead_is_anonymous = False
        if place:
            self._lead_move_by_hand(place)
        return result

    def _lead_move_by_hand(self, place):
        """The user moves these leads, or makes leads of these contacts.

        :param dict place: ``lead_stage_id``, ``lead_status_id`` or both
        :raises AccessError: without the right to write these contacts
        :raises ValidationError: when a status is not one of its stage, or a stage asks for more than is known
        """
        if not self.env.su:
            self.check_access("write")
            for name in place:
                self._check_field_access(self._fields[name], "write")
        targets, news = {}, {}
        for partner in self.sudo():
            if not place.get("lead_stage_id", partner.lead_stage_id.id):
                if partner.lead_stage_id:
                    raise ValidationError(self.env._("A lead keeps a stage: make %s inactive instead.", partner.name))
                continue
            checked = partner._lead_check_place(place)
            (targets if partner.lead_stage_id else news)[partner.id] = checked
        # sudo: res.partner - the rights were checked above; the log is nobody's to write
        self.sudo()._lead_move(targets)
        self.sudo()._lead_place(news)

    def _lead_check_place(self, place):
        """Where the lead goes when somebody wants it at a stage, with a status, or both.

        :returns: ``(stage_id, status_id)``; a status that the new stage does not know gives way to its first one
        :raises ValidationError: when a status is not one of its stage, or the stage asks for more than is known
        """
        self.ensure_one()
        stage = self.env["leads.agent.stage"].browse(place.get("lead_stage_id", self.lead_stage_id.id))
        allowed = self.env["leads.agent.lifecycle.rule"]._landscape()[1].get(stage.id, [])
        status_id = place.get("lead_status_id", self.lead_status_id.id)
        if allowed and status_id not in allowed:
            if place.get("lead_status_id"):
                raise ValidationError(
                    self.env._(
                        "'%(status)s' is no status of the stage '%(stage)s'.",
                        status=self.env["leads.agent.status"].browse(status_id).name,
                        stage=stage.name,
                    )
                )
            status_id = allowed[0]
        if stage != self.lead_stage_id and (missing := stage._missing(self)):
            raise ValidationError(
                self.env._(
                    "%(lead)s cannot enter the stage '%(stage)s' yet. Missing: %(what)s",
                    lead=self.name,
                    stage=stage.name,
                    what=", ".join(missing),
                )
            )
        return stage.id, status_id

    def action_lead_activate(self):
        """Make resting leads active again."""
        self.lead_activity = "active"

    def action_lead_rest(self):
        """Let leads rest: they leave the page until they show interest again."""
        self.lead_activity = "inactive"

    def action_lead_update_status(self):
        """Open *Update Status* for one lead or many."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Update Status"),
            "res_model": "leads.agent.status.update",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }

    def action_lead_duplicates(self):
        """Open the possible duplicates of a lead beside it, to look at or to merge."""
        self.ensure_one()
        twins = self._lead_twins()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possible Duplicates of %s", self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", (self | twins).ids)],
        }

    # ------------------------------------------------------------------
    # Codes
    # ------------------------------------------------------------------

    @api.model
    def lead_generate_code(self):
        """A contact code that nobody has and nobody else gets.

        :raises AccessError: for users who may not create contacts
        """
        self.browse().check_access("create")
        return self._lead_next_codes(1)[0]

    @api.model
    def _lead_next_codes(self, count):
        """Unused codes in one query, but for those that somebody typed before their turn."""
        # sudo: ir.sequence - numbers alone
        sequence = self.env["ir.sequence"].sudo().search([("code", "=", CODE_SEQUENCE)], limit=1)
        found = []
        while len(found) < count:
            wanted = count - len(found)
            if not sequence:
                raise UserError(self.env._("The sequence of contact codes is missing: upgrade the addon."))
            if sequence.implementation == "standard" and not sequence.use_date_range:
                numbers = self.env.execute_query(
                    SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", wanted)
                )
                new = [sequence.get_next_char(number) for (number,) in numbers]
            else:
                new = [sequence.next_by_id() for _nr in range(wanted)]
            # sudo: res.partner - whether a code is taken, by whomever
            taken = self.sudo().with_context(active_test=False).search_fetch([("lead_code", "in", new)], ["lead_code"])
            found += [code for code in new if code not in set(taken.mapped("lead_code"))]
        return found

    # ------------------------------------------------------------------
    # The doors
    # ------------------------------------------------------------------

    @api.model
    def _lead_place(self, places, reasons=None):
        """Elevated: make leads of contacts that are none. The only place where a life cycle begins.

        :param dict places: ``{partner_id: (stage_id, status_id)}``; without a status the first one of the stage
        """
        if not places:
            return
        firsts = self.env["leads.agent.lifecycle.rule"]._landscape()[1]
        for partner_id, (stage_id, status_id) in places.items():
            places[partner_id] = (stage_id, status_id or next(iter(firsts.get(stage_id, [])), None))
        self._lead_store(places, reasons or {}, {})

    @api.model
    def _lead_move(self, targets, reasons=None, rules=None):
        """Elevated: move leads. The only place where stage and status of a lead change.

        Leads that are where they should be are left alone. Rows are locked in the order of their ids.

        :param dict targets: ``{partner_id: (stage_id, status_id)}``
        :param dict reasons: a sentence for each lead
        :param dict rules: the rule that moved each lead
        :returns: the leads that moved
        """
        if not targets:
            return self.browse()
        self.flush_model(["lead_stage_id", "lead_status_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, lead_stage_id, lead_status_id FROM res_partner
                 WHERE id = ANY(%s) AND lead_stage_id IS NOT NULL ORDER BY id FOR NO KEY UPDATE
                """,
                list(targets),
            )
        )
        moved = {row[0]: targets[row[0]] for row in rows if tuple(row[1:]) != tuple(targets[row[0]])}
        self._lead_store(moved, reasons or {}, rules or {})
        return self.browse(moved)

    @api.model
    def _lead_store(self, places, reasons, rules):
        """Write where leads are, and the log of it, in two statements."""
        if not places:
            return
        at = self.env.cr.now().replace(microsecond=0)
        ids = sorted(places)
        self.flush_model(["lead_stage_id", "lead_status_id", "date_last_stage_update", "lead_at", "lead_activity"])
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
        self.browse(ids).invalidate_recordset(MOVED_FIELDS)
        if self.env["leads.agent.stage"]._weights():
            self.env["leads.agent.desk"]._refresh_priorities(Domain("partner_id", "in", ids))

    # ------------------------------------------------------------------
    # By what happens
    # ------------------------------------------------------------------

    @api.model
    def _lead_step(self, plan, reason):
        """Elevated: go the steps that rules have planned.

        :param dict plan: ``{partner_id: steps.Step}``
        """
        return self._lead_move(*self._lead_steps(plan, reason))

    @api.model
    def _lead_steps(self, plan, reason):
        """Where the steps lead, why, and by which rule."""
        places = {lead_id: (step.stage_id, step.status_id) for lead_id, step in plan.items()}
        return places, dict.fromkeys(plan, reason), {lead_id: step.rule_id for lead_id, step in plan.items()}

    def _lead_event(self, trigger, reason, *, disposition=None, becomes_lead=False):
        """Elevated: something happened with these customers. Their leads show interest, and rules may move them.

        All leads of a commercial customer answer to it. Customers who are no leads cost one query.

        :param str trigger: a value of :data:`TRIGGERS`
        :param str reason: what happened, in the history of the lead
        :param bool becomes_lead: make leads of customers of whom no contact is one
        """
        if not self:
            return
        self.flush_model(["commercial_partner_id", "lead_stage_id", "lead_status_id", "lead_event_at", "lead_activity"])
        entities = self.commercial_partner_id.ids
        rows = self.env.execute_query(
            SQL(
                """
                WITH lead AS (
                    SELECT id FROM res_partner
                     WHERE commercial_partner_id = ANY(%s) AND lead_stage_id IS NOT NULL
                  ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE res_partner p SET lead_event_at = %s,
                       lead_activity = CASE WHEN %s THEN 'active' ELSE lead_activity END
                  FROM lead WHERE lead.id = p.id
             RETURNING p.id, lead_stage_id, lead_status_id, commercial_partner_id
                """,
                entities,
                self.env.cr.now().replace(microsecond=0),
                trigger in ("order", "sale", "answer"),
            )
        )
        self.browse(row[0] for row in rows).invalidate_recordset(["lead_event_at", "lead_activity"])
        places = {row[0]: row[1:3] for row in rows}
        if becomes_lead and (new := set(entities) - {row[3] for row in rows}):
            places |= self._lead_enter(new, None, reason)
        Rule = self.env["leads.agent.lifecycle.rule"]
        if places and (rules := Rule._rules(trigger, self.env.company.id)):
            plan = Rule._plan(
                rules, [(nr, *place) for nr, place in places.items()], disposition.id if disposition else None
            )
            # The rows are locked already.
            self._lead_store(*self._lead_steps(plan, reason))

    @api.model
    def _lead_enter(self, partner_ids, channel, reason):
        """Elevated: contacts become leads of the first stage, with a code of their own.

        :param channel: how they came; None when it was by an order, or by hand
        :returns: ``{partner_id: (stage_id, status_id)}``
        """
        now = self.env.cr.now().replace(microsecond=0)
        ids = sorted(partner_ids)
        place = self._lead_first_place()
        self.flush_model(["lead_code", "lead_channel", "lead_activity", "lead_event_at"])
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
                self._lead_next_codes(len(ids)),
            )
        )
        places = dict.fromkeys(ids, place)
        self._lead_place(places, dict.fromkeys(ids, reason))
        return places

    @api.model
    def _lead_from_channel(self, channel, key=None, *, name=None, email=None, phone=None, fills_gaps=True, **values):
        """Elevated: who speaks on a channel. A returning visitor is the same lead; an unknown one becomes a new lead.

        :param str channel: a value of :data:`CHANNELS`
        :param str key: what the channel calls the person: a visitor, a number, an id
        :param bool fills_gaps: whether what is missing on a known lead is filled in; not where anybody can type
            the address of somebody else
        :param values: more of the profile of a new lead
        :returns: the lead
        """
        Identity = self.env["leads.agent.identity"]
        identity = Identity.search([("channel", "=", channel), ("key", "=", key)], limit=1) if key else Identity
        lead = identity.partner_id
        known = {"name": name, "email": email, "phone": phone}
        known = {field: value.strip() for field, value in known.items() if value and value.strip()}
        if not lead:
            lead = self._lead_find(**known)
        if not lead:
            place = self._lead_first_place()
            called = known.get("name") or known.get("email") or known.get("phone")
            lead = self.create(
                {
                    "name": called or self._lead_placeholder(channel),
                    "lead_is_anonymous": not known,
                    "lead_channel": channel,
                    "lead_stage_id": place[0],
                    "lead_status_id": place[1],
                    **{field: value for field, value in known.items() if field != "name"},
                    **values,
                }
            )
        else:
            missing = {field: value for field, value in known.items() if fills_gaps and not lead[field]}
            if fills_gaps and lead.lead_is_anonymous and known:
                missing |= {"name": known.get("name") or known.get("email") or known.get("phone")}
            if missing:
                lead.write(missing)
            if not lead.lead_stage_id:
                self._lead_enter(lead.ids, channel, self.env._("Came by %s", dict(CHANNELS)[channel]))
        if key and not identity:
            Identity.create({"partner_id": lead.id, "channel": channel, "key": key})
        elif identity:
            identity.seen_at = fields.Datetime.now()
        lead._lead_event("answer", self.env._("Came by %s", dict(CHANNELS)[channel]))
        return lead

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of the leads: who wrote it is found, or becomes a lead."""
        if (custom_values or {}).get("lead_channel") != "mail":
            return super().message_new(msg_dict, custom_values)
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        # sudo: res.partner - whoever writes to the alias has no user; only who it is comes from the mail
        return self.sudo()._lead_from_channel("mail", name=name, email=email)

    @api.model
    def _lead_find(self, name=None, email=None, phone=None):
        """The oldest contact with the e-mail or the number, leads first."""
        same = Domain.FALSE
        if normalized := email_normalize(email or ""):
            same |= Domain("email_normalized", "=", normalized)
        if number := self._phone_format(number=phone) if phone else False:
            same |= Domain("phone_sanitized", "=", number)
        if same.is_false():
            return self.browse()
        found = self.search(same & Domain("partner_share", "=", True), order="id")
        return (found.filtered("lead_stage_id") or found)[:1]

    @api.model
    def _lead_placeholder(self, channel):
        return self.env._("Visitor (%s)", dict(self._fields["lead_channel"]._description_selection(self.env))[channel])

    # ------------------------------------------------------------------
    # Install, and tidying up
    # ------------------------------------------------------------------

    def _auto_init(self):
        """At install nobody has a profile yet: what follows from columns is computed by PostgreSQL, not row by row."""
        cr = self.env.cr
        if not column_exists(cr, "res_partner", "lead_info"):
            for name in ("lead_info", "lead_account_type"):
                create_column(cr, "res_partner", name, "varchar")
            cr.execute(
                """
                UPDATE res_partner SET lead_info = 'info', lead_account_type =
                       CASE WHEN is_company OR parent_id IS NOT NULL THEN 'business' ELSE 'personal' END
                """
            )
        return super()._auto_init()

    @api.model
    def _lead_take_in(self):
        """Customers with orders, and those whom somebody holds, become leads; the orders say how far they are."""
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
        if not rows:
            return
        ids = [row[0] for row in rows]
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p SET lead_code = t.code, lead_channel = 'order', lead_activity = 'active',
                       lead_at = t.since, lead_event_at = t.heard
                  FROM unnest(%s::int[], %s::text[], %s::timestamp[], %s::timestamp[]) AS t (id, code, since, heard)
                 WHERE p.id = t.id
                """,
                ids,
                self._lead_next_codes(len(ids)),
                [row[2] for row in rows],
                [row[3] for row in rows],
            )
        )
        self.invalidate_model()
        self._lead_place(
            {row[0]: (stages[row[1]].id, None) for row in rows},
            dict.fromkeys(ids, self.env._("Taken in from the orders")),
        )

    @api.autovacuum
    def _gc_leads_without_info(self):
        """Delete leads of whom nothing became known, after the days that the company keeps them."""
        for company in self.env["res.company"].search([("leads_keep_no_info_days", ">", 0)]):
            before = fields.Datetime.subtract(fields.Datetime.now(), days=company.leads_keep_no_info_days)
            leads = self.with_context(active_test=False).search(
                [
                    ("lead_info", "=", "no_info"),
                    ("lead_stage_id", "!=", False),
                    ("company_id", "in", (False, company.id)),
                    ("lead_at", "<", before),
                    "|",
                    ("lead_event_at", "=", False),
                    ("lead_event_at", "<", before),
                    ("leads_assignment_ids", "=", False),
                    ("user_ids", "=", False),
                ],
                limit=1000,
            )
            leads.unlink()
