from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import eligibility, terms


class LeadsAgentAssignment(models.Model):
    """Who holds which lead, kept as history afterwards.

    A lead is a commercial customer. Life cycle: ``active`` until it is ``resolved`` (with a disposition, or by a sale)
    or ``unassigned``. At most one assignment per customer is active in the whole database; a conditional unique index
    says so. Three doors lead in and out, whatever the caller: :meth:`_assign_leads`, :meth:`_resolve` and
    :meth:`_unassign`. They write in sets, keep ``leads_agent_id`` of customers, contacts and orders in step, feed the
    history and tell the agents, once per operation.

    A plain model without chatter: creating a tracked record costs ten times as much, and the history table
    already tells the story.
    """

    _name = "leads.agent.assignment"
    _description = "Lead Assignment"
    _order = "assigned_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    agent_id = fields.Many2one("res.users", string="Leads Agent", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(terms.STATES, required=True, readonly=True, default="active")
    source = fields.Selection(terms.SOURCES, required=True, readonly=True, default="manual")
    reason = fields.Char(readonly=True, help="Why this agent got the lead.")
    batch_id = fields.Many2one("leads.agent.batch.assign", readonly=True, index="btree_not_null", ondelete="set null")
    order_id = fields.Many2one(
        "sale.order",
        string="Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer's newest order when the lead was assigned.",
    )
    assigned_at = fields.Datetime(required=True, readonly=True)
    assigned_by_id = fields.Many2one("res.users", string="Assigned By", readonly=True)
    ended_at = fields.Datetime(readonly=True)
    ended_by_id = fields.Many2one("res.users", string="Ended By", readonly=True)
    end_reason = fields.Selection(terms.END_REASONS, readonly=True)
    visible_until = fields.Datetime(
        readonly=True,
        help="After resolving, the agent may still read the customer until this moment.",
    )
    disposition_id = fields.Many2one("leads.agent.disposition", readonly=True, index=True, ondelete="restrict")
    note = fields.Text(readonly=True)
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sale",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The sale that resolved the lead.",
    )
    last_event_at = fields.Datetime(readonly=True, help="When the newest entry of the customer's history was made.")
    last_contact_at = fields.Datetime(string="Last Contact", readonly=True)

    phone = fields.Char(related="partner_id.phone", related_sudo=False)
    email = fields.Char(related="partner_id.email", related_sudo=False)
    city = fields.Char(related="partner_id.city", related_sudo=False)
    amount_total = fields.Monetary(related="order_id.amount_total", related_sudo=False)
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    is_sale = fields.Integer(
        string="Sales", compute="_compute_is_sale", store=True, aggregator="sum", help="1 when a sale resolved the lead."
    )
    age_days = fields.Integer(string="Age (days)", compute="_compute_age_days")
    can_reopen = fields.Boolean(compute="_compute_can_reopen")
    can_manage = fields.Boolean(compute="_compute_can_manage")

    _one_active_per_customer = models.UniqueIndex(
        "(partner_id) WHERE state = 'active'", "Another Leads Agent already holds this customer."
    )
    _agent_active_idx = models.Index("(agent_id, last_event_at DESC) WHERE state = 'active'")
    _agent_partner_idx = models.Index("(agent_id, visible_until, partner_id)")
    _ended_idx = models.Index("(ended_at, agent_id)")

    @api.depends("end_reason")
    def _compute_is_sale(self):
        for assignment in self:
            assignment.is_sale = assignment.end_reason == "sale"

    @api.depends("assigned_at", "ended_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for assignment in self:
            end = assignment.ended_at or now
            assignment.age_days = (end - (assignment.assigned_at or end)).days

    @api.depends("state", "visible_until")
    @api.depends_context("uid")
    def _compute_can_reopen(self):
        now = fields.Datetime.now()
        manager = self.env.user._is_leads_manager()
        for assignment in self:
            assignment.can_reopen = assignment.state != "active" and (
                manager
                or (
                    assignment.agent_id == self.env.user
                    and assignment.state == "resolved"
                    and bool(assignment.visible_until and assignment.visible_until > now)
                )
            )

    @api.depends_context("uid")
    def _compute_can_manage(self):
        self.can_manage = self.env.user._is_leads_manager()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_unassign(self):
        """Take the leads back. For managers; access of the agent ends at once.

        :raises AccessError: when the user is no Leads Manager
        """
        self.check_access("read")
        self.env.user._check_leads_manager()
        self._unassign("unassigned")
        return True

    def action_resolve(self):
        """Open *Mark Lead As Resolved* for these leads."""
        self._check_may_resolve()
        context = {"default_assignment_ids": self.ids}
        if len(self) == 1:
            context["default_assignment_id"] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark Lead As Resolved"),
            "res_model": "leads.agent.resolve",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_reassign(self):
        """Open the form that gives these leads to another agent."""
        self.env.user._check_leads_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign Leads"),
            "res_model": "leads.agent.reassign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_assignment_ids": self.ids},
        }

    def action_reopen(self):
        """Give resolved leads back to their agent: a manager always, the agent while the customer is still visible.

        :raises UserError: when another agent holds one of the customers meanwhile
        """
        self.check_access("read")
        if forbidden := self.filtered(lambda a: not a.can_reopen):
            raise UserError(
                self.env._("%s can no longer be reopened by you.", forbidden[0].sudo().partner_id.display_name)
            )
        reopened = self.browse()
        # sudo: leads.agent.assignment - the right to reopen was checked above; agents have no write access of their own
        for agent, assignments in self.sudo().grouped("agent_id").items():
            outcomes = self.sudo()._assign_leads(
                agent,
                assignments.partner_id,
                source="manual",
                reason=self.env._("Reopened by %s", self.env.user.name),
                unconditional=True,
            )
            for outcome in outcomes:
                if outcome["result"] not in ("assigned", "already"):
                    raise UserError(outcome["reason"])
                reopened |= outcome["assignment"]
        return reopened.sudo(False)._get_records_action() if len(reopened) == 1 else True

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action(name=self.env._("Customer"))

    def _check_may_resolve(self):
        """Agents resolve their own active leads; managers anybody's."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select at least one lead."))
        if self.env.su or self.env.user._is_leads_manager():
            return
        if any(assignment.agent_id != self.env.user for assignment in self):
            raise AccessError(self.env._("You can only resolve leads that are assigned to you."))

    # ------------------------------------------------------------------
    # Create: managers may import assignments; they pass through the same door
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Assign through the one door, so that an import or an RPC client gets the same checks and sentences.

        :raises UserError: with the reason of the first customer that cannot be assigned
        """
        self.env.user._check_leads_manager()
        self.check_access("create")
        allowed = {"partner_id", "agent_id", "order_id", "reason", "source"}
        records = self.browse()
        # sudo: leads.agent.assignment - only managers come here, and the door writes columns that nobody may write
        Door = self.env["leads.agent.assignment"].sudo()
        for vals in vals_list:
            if unknown := {key for key, value in vals.items() if value} - allowed:
                raise UserError(
                    self.env._("An assignment cannot be created with: %s", ", ".join(sorted(unknown)))
                )
            partner = self.env["res.partner"].browse(vals.get("partner_id")).exists()
            partner.check_access("read")
            [outcome] = Door._assign_leads(
                self.env["res.users"].browse(vals.get("agent_id")),
                partner or self.env["res.partner"].browse(vals.get("partner_id") or 0),
                source="import" if self.env.context.get("import_file") else "manual",
                reason=vals.get("reason") or "",
            )
            if outcome["result"] != "assigned":
                raise UserError(outcome["reason"])
            records += outcome["assignment"]
        return records.sudo(self.env.su)

    # ------------------------------------------------------------------
    # The door in
    # ------------------------------------------------------------------

    @api.model
    def _assign_leads(
        self,
        agent,
        partners,
        *,
        source,
        reason="",
        batch=None,
        any_order=False,
        reassign=False,
        unconditional=False,
    ):
        """Give customers to an agent. The only place where an assignment begins.

        :param agent: one ``res.users`` who may hold leads
        :param partners: ``res.partner`` records, contacts included (they are normalised to their commercial entity);
            records that no longer exist are reported as ``gone``
        :param str source: a value of :data:`terms.SOURCES`
        :param bool any_order: accept customers whose newest order is not partial
        :param bool reassign: take leads from other agents
        :param bool unconditional: do not look at the orders (order entry, reopening)
        :returns: one dict per record of ``partners``, in their order, with ``result`` (a value of
            :data:`terms.RESULTS`), ``reason`` (a sentence), ``partner`` (the commercial customer, empty when gone) and
            ``assignment`` (the active one, empty when there is none)
        :raises UserError: when the agent may not hold leads
        """
        agent._check_may_hold_leads()
        # sudo: res.partner - names and commercial entities of what the caller already may name
        leads = self._read_leads(partners.ids)
        companies = frozenset(agent.sudo().company_ids.ids)
        verdicts = {
            partner_id: eligibility.judge(
                lead,
                agent.id,
                companies,
                any_order=any_order,
                reassign=reassign,
                unconditional=unconditional,
            )
            for partner_id, lead in leads["by_commercial"].items()
        }
        taken = sorted(p for p, verdict in verdicts.items() if verdict.replaces_holder)
        if taken:
            self._end(
                Domain("partner_id", "in", taken),
                state="unassigned",
                end_reason="reassigned",
                kind="unassigned",
                propagate=False,
            )
        wanted = sorted(p for p, verdict in verdicts.items() if verdict.result == "assigned")
        created = self._insert(agent, wanted, leads, source, reason, batch)
        assignments = self._after_assign(agent, created)
        return self._outcomes(partners, leads, verdicts, created, assignments, agent)

    def _read_leads(self, partner_ids):
        """Read what judging needs, in one query, whatever the number of customers.

        :returns: ``{"commercial_of": {partner: commercial}, "by_commercial": {commercial: eligibility.Lead}}``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, c.id, c.active, c.company_id, a.agent_id, o.id, o.state
                  FROM res_partner p
                  JOIN res_partner c ON c.id = p.commercial_partner_id
             LEFT JOIN leads_agent_assignment a ON a.partner_id = c.id AND a.state = 'active'
             LEFT JOIN LATERAL (
                       SELECT id, state
                         FROM sale_order
                        WHERE leads_commercial_partner_id = c.id
                     ORDER BY date_order DESC, id DESC
                        LIMIT 1
                       ) o ON TRUE
                 WHERE p.id = ANY(%s)
                """,
                list(partner_ids),
            )
        )
        return {
            "commercial_of": {row[0]: row[1] for row in rows},
            "by_commercial": {row[1]: eligibility.Lead(*row[2:]) for row in rows},
        }

    def _insert(self, agent, partner_ids, leads, source, reason, batch):
        """Insert active assignments; a customer whom somebody else took meanwhile is left out.

        Customers are sorted, so that two managers lock in the same order. A conflicting row of a transaction that
        committed after ours began raises a serialization error, which Odoo retries with a fresh view.

        :returns: ``{partner_id: assignment_id}``
        """
        if not partner_ids:
            return {}
        now = self.env.cr.now().replace(microsecond=0)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_assignment (
                       partner_id, order_id, agent_id, company_id, state, source, reason, batch_id, assigned_at,
                       assigned_by_id, is_sale, create_uid, write_uid, create_date, write_date)
                SELECT t.partner_id, t.order_id, %(agent)s, %(company)s, 'active', %(source)s, %(reason)s, %(batch)s,
                       %(now)s, %(uid)s, 0, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(partners)s::int[], %(orders)s::int[]) AS t (partner_id, order_id)
           ON CONFLICT (partner_id) WHERE state = 'active' DO NOTHING
             RETURNING partner_id, id
                """,
                agent=agent.id,
                company=self.env.company.id,
                source=source,
                reason=reason or None,
                batch=batch.id if batch else None,
                now=now,
                uid=self.env.uid,
                partners=partner_ids,
                orders=[leads["by_commercial"][partner_id].order_id for partner_id in partner_ids],
            )
        )
        return dict(rows)

    def _after_assign(self, agent, created):
        """Bring everything that hangs on new assignments in step: stored holders, history, notices."""
        assignments = self.browse(created.values())
        if not created:
            return assignments
        self.invalidate_model()
        partner_ids = list(created)
        self._propagate_holder(partner_ids)
        History = self.env["leads.agent.history"]
        History._take_in(partner_ids)
        History._log_assignments(assignments.ids, "assigned", self.env.cr.now())
        self._refresh_last_events(partner_ids)
        self._tell_agents({agent: partner_ids}, "assigned")
        return assignments

    def _outcomes(self, partners, leads, verdicts, created, assignments, agent):
        """One sentence per requested customer."""
        Partner = self.env["res.partner"].sudo()
        lost = [p for p, verdict in verdicts.items() if verdict.result == "assigned" and p not in created]
        holders = {p: lead.holder_id for p, lead in leads["by_commercial"].items() if lead and lead.holder_id}
        if lost:
            rows = self.sudo()._read_group(
                [("partner_id", "in", lost), ("state", "=", "active")], ["partner_id", "agent_id"]
            )
            holders.update({partner.id: holder.id for partner, holder in rows})
        names = {user.id: user.name for user in self.env["res.users"].sudo().browse(set(holders.values()))}
        prefetch = Partner.browse(leads["by_commercial"])
        outcomes = []
        for partner_id in partners.ids:
            commercial_id = leads["commercial_of"].get(partner_id)
            if not commercial_id:
                outcomes.append(
                    {
                        "result": "gone",
                        "reason": self._verdict_sentence("gone", "", "", ""),
                        "partner": Partner,
                        "assignment": self.browse(),
                    }
                )
                continue
            verdict = verdicts[commercial_id]
            result, cause = verdict.result, verdict.cause
            if result == "assigned" and commercial_id not in created:
                result = cause = "held"
            partner = Partner.browse(commercial_id).with_prefetch(prefetch.ids)
            holder = names.get(holders.get(commercial_id), "")
            outcomes.append(
                {
                    "result": result,
                    "reason": self._verdict_sentence(cause, partner.display_name, agent.sudo().name, holder),
                    "partner": partner,
                    "assignment": assignments.browse(created.get(commercial_id, ())),
                }
            )
        return outcomes

    def _verdict_sentence(self, cause, customer, agent, holder):
        """The sentence for a cause of :func:`eligibility.judge`."""
        _ = self.env._
        match cause:
            case "assigned":
                return _("Assigned to %s.", agent)
            case "reassigned":
                return _("Taken from %(holder)s and assigned to %(agent)s.", holder=holder, agent=agent)
            case "already":
                return _("%(agent)s already holds %(customer)s.", agent=agent, customer=customer)
            case "held":
                return _("%(holder)s already holds %(customer)s.", holder=holder, customer=customer)
            case "gone":
                return _("This customer no longer exists.")
            case "archived":
                return _("%s is archived.", customer)
            case "company":
                return _(
                    "%(customer)s belongs to a company in which %(agent)s does not work.",
                    customer=customer,
                    agent=agent,
                )
            case "no_order":
                return _("%s has no quotation: the customer has no order at all.", customer)
            case "cancel":
                return _("The latest order of %s is cancelled, so there is no open quotation.", customer) + self._hint()
            case "sale":
                return _("The latest order of %s is confirmed, so there is no open quotation.", customer) + self._hint()
        return _("%s cannot be assigned.", customer)

    def _hint(self):
        return " " + self.env._(
            "Switch on 'Allow Leads Agents to View Non-Partial Orders' to assign such customers from the order list."
        )

    # ------------------------------------------------------------------
    # The door out
    # ------------------------------------------------------------------

    def _resolve(self, disposition, note="", *, sale_order=None):
        """Close leads with a disposition. The agent may read the customer for the grace of the company.

        :returns: the assignments that were active until now
        """
        return self._end(
            Domain("id", "in", self.ids),
            state="resolved",
            end_reason="sale" if sale_order else "resolved",
            kind="resolved",
            disposition=disposition,
            note=note,
            sale_order=sale_order,
        )

    def _unassign(self, end_reason):
        """Take leads back; access ends at once.

        :param str end_reason: a value of :data:`terms.END_REASONS`
        """
        return self._end(
            Domain("id", "in", self.ids), state="unassigned", end_reason=end_reason, kind="unassigned"
        )

    @api.model
    def _resolve_by_sale(self, orders):
        """Resolve the leads whose customer just completed one of ``orders``; the newest of a customer's orders counts.

        Costs nothing when no customer is held: the holder stands on the order.
        """
        held = orders.filtered("leads_agent_id")
        if not held:
            return self.browse()
        return self._end(
            Domain("partner_id", "in", held.leads_commercial_partner_id.ids),
            state="resolved",
            end_reason="sale",
            kind="sale",
            disposition=self.env["leads.agent.disposition"]._set_by_sale(),
            sale_of={order.leads_commercial_partner_id.id: order.id for order in held.sorted("id")},
        )

    def _end(
        self,
        domain,
        *,
        state,
        end_reason,
        kind,
        disposition=None,
        note="",
        sale_order=None,
        sale_of=None,
        propagate=True,
    ):
        """End the active assignments of ``domain`` in one statement. The only place where an assignment ends.

        Whoever was faster wins: an assignment that ended meanwhile is left as it is.

        :param str kind: kind of the history entry
        :param dict sale_of: ``{partner_id: order_id}`` of the sales that resolved them
        :returns: the assignments that ended now
        """
        now = self.env.cr.now().replace(microsecond=0)
        self.flush_model()
        self.env["res.company"].flush_model(["leads_agent_grace_minutes"])
        if sale_order:
            sale_of = {partner.id: sale_order.id for partner in self.partner_id}
        query = self.sudo()._search(domain & Domain("state", "=", "active"))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET state = %(state)s, end_reason = %(end_reason)s, ended_at = %(now)s, ended_by_id = %(uid)s,
                       visible_until = CASE WHEN %(state)s = 'resolved'
                           THEN %(now)s + make_interval(mins => COALESCE(c.leads_agent_grace_minutes, 60))
                           ELSE %(now)s END,
                       disposition_id = %(disposition)s, note = %(note)s, is_sale = %(is_sale)s,
                       sale_order_id = s.order_id, last_event_at = %(now)s,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM res_company c,
                       (SELECT id, partner_id FROM leads_agent_assignment WHERE id IN %(ids)s) t
             LEFT JOIN unnest(%(partners)s::int[], %(orders)s::int[]) AS s (partner_id, order_id)
                       ON s.partner_id = t.partner_id
                 WHERE a.id = t.id AND c.id = a.company_id AND a.state = 'active'
             RETURNING a.id, a.partner_id, a.agent_id
                """,
                state=state,
                end_reason=end_reason,
                now=now,
                uid=self.env.uid,
                disposition=disposition.id if disposition else None,
                note=note or None,
                is_sale=int(end_reason == "sale"),
                ids=query.subselect(),
                partners=list(sale_of or ()),
                orders=list((sale_of or {}).values()),
            )
        )
        ended = self.browse(row[0] for row in rows)
        if not ended:
            return ended
        self.invalidate_model()
        if propagate:
            self._propagate_holder([row[1] for row in rows], holder_gone=True)
        self.env["leads.agent.history"]._log_assignments(ended.ids, kind, now, sale_of)
        by_agent = defaultdict(list)
        for _id, partner_id, agent_id in rows:
            by_agent[self.env["res.users"].browse(agent_id)].append(partner_id)
        self._tell_agents(by_agent, end_reason)
        return ended

    # ------------------------------------------------------------------
    # What hangs on an assignment
    # ------------------------------------------------------------------

    @api.model
    def _propagate_holder(self, partner_ids, holder_gone=False):
        """Write who holds these commercial customers on them, their contacts and all their orders.

        Stored, because a record rule through a join makes the planner walk the whole order table for an agent whose
        customers are old. Set-based, so that a batch costs two statements.

        :param bool holder_gone: nobody holds them any more, which saves looking it up
        """
        partner_ids = sorted(partner_ids)
        Partner, Order = self.env["res.partner"], self.env["sale.order"]
        Partner.flush_model(["commercial_partner_id", "leads_agent_id"])
        Order.flush_model(["leads_commercial_partner_id", "leads_agent_id"])
        if holder_gone:
            holders = SQL("SELECT unnest(%s::int[]) AS partner_id, NULL::int AS agent_id", partner_ids)
        else:
            holders = SQL(
                """
                SELECT t.partner_id, a.agent_id
                  FROM unnest(%s::int[]) AS t (partner_id)
             LEFT JOIN leads_agent_assignment a ON a.partner_id = t.partner_id AND a.state = 'active'
                """,
                partner_ids,
            )
        self.env.cr.execute(
            SQL(
                """
                WITH holders AS (%s),
                     partners AS (
                         UPDATE res_partner p SET leads_agent_id = h.agent_id
                           FROM holders h
                          WHERE p.commercial_partner_id = h.partner_id
                            AND p.leads_agent_id IS DISTINCT FROM h.agent_id)
                UPDATE sale_order o SET leads_agent_id = h.agent_id
                  FROM holders h
                 WHERE o.leads_commercial_partner_id = h.partner_id
                   AND o.leads_agent_id IS DISTINCT FROM h.agent_id
                """,
                holders,
            )
        )
        Partner.invalidate_model(["leads_agent_id"], flush=False)
        Order.invalidate_model(["leads_agent_id"], flush=False)

    @api.model
    def _refresh_last_events(self, partner_ids):
        """Take the newest history entry, and the newest contact, of customers over to their active assignment."""
        self.env["leads.agent.history"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET last_event_at = h.last_event_at, last_contact_at = h.last_contact_at
                  FROM (
                       SELECT partner_id, max(at) AS last_event_at,
                              max(at) FILTER (WHERE kind IN %(contact)s) AS last_contact_at
                         FROM leads_agent_history
                        WHERE partner_id = ANY(%(partners)s)
                     GROUP BY partner_id
                       ) h
                 WHERE a.partner_id = h.partner_id AND a.state = 'active'
                """,
                contact=terms.CONTACT_KINDS,
                partners=list(partner_ids),
            )
        )
        self.invalidate_model(["last_event_at", "last_contact_at"], flush=False)

    @api.model
    def _tell_agents(self, leads_by_agent, event):
        """Tell each agent once that leads came or went, and let their dashboard refresh.

        What the agents did themselves needs no notice; a sale by somebody else is good news for the screen, not for
        the inbox.

        :param dict leads_by_agent: ``{agent: ids of the customers}``
        :param str event: ``assigned``, or a value of :data:`terms.END_REASONS`
        """
        # sudo: res.users, res.partner - the holder is told, whoever caused the change
        for agent, partner_ids in leads_by_agent.items():
            agent_sudo = agent.sudo()
            agent_sudo._leads_dashboard_changed()
            if agent == self.env.user or not agent_sudo.active:
                continue
            if event == "sale":
                agent_sudo._bus_send(
                    "simple_notification",
                    {
                        "type": "success",
                        "title": self.env._("Sold"),
                        "message": self.env._("Leads that bought, credited to you: %s", len(partner_ids)),
                    },
                )
            else:
                self._post_notice(agent_sudo, self.env["res.partner"].sudo().browse(partner_ids), event)

    @api.model
    def _post_notice(self, agent, customers, event):
        """One message to the agent, by Odoo's own notifications: in the inbox or by mail, as the agent prefers."""
        _ = self.with_context(lang=agent.lang).env._
        names = self._names(customers)
        match event:
            case "assigned":
                subject = _("New leads") if len(customers) > 1 else _("New lead")
                body = _("%(user)s assigned to you: %(leads)s", user=self.env.user.name, leads=names)
            case "resolved":
                subject = _("Leads resolved")
                body = _("%(user)s resolved for you: %(leads)s", user=self.env.user.name, leads=names)
            case _:
                subject = _("Leads taken back")
                reasons = self._fields["end_reason"]._description_selection(self.with_context(lang=agent.lang).env)
                body = _(
                    "No longer assigned to you (%(reason)s): %(leads)s",
                    reason=dict(reasons)[event],
                    leads=names,
                )
        self.env["mail.thread"].message_notify(partner_ids=agent.partner_id.ids, subject=subject, body=body)

    @api.model
    def _names(self, customers, most=5):
        """The customers in words: at most ``most`` names and a count of the others."""
        names = customers[:most].mapped("display_name")
        if len(customers) > most:
            names.append(self.env._("and %s more", len(customers) - most))
        return ", ".join(names)

    @api.model
    def _expiry(self, company):
        """When the grace of something that ends now is over."""
        return fields.Datetime.now() + timedelta(minutes=company.sudo().leads_agent_grace_minutes or 60)
