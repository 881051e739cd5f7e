from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import eligibility, terms


class LeadsAgentAssignment(models.Model):
    """The doors: where assignments begin and end, and what hangs on them.

    Everything here is private, works in sets and decides no access: whoever calls it has checked the right to.
    """

    _inherit = "leads.agent.assignment"

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
                own_company_ids=frozenset(self.env.companies.ids),
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
                SELECT p.id, c.id, c.active, c.company_id, a.agent_id, o.id, o.state, a.company_id
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
        match cause:
            case "assigned":
                return self.env._("Assigned to %s.", agent)
            case "reassigned":
                return self.env._("Taken from %(holder)s and assigned to %(agent)s.", holder=holder, agent=agent)
            case "already":
                return self.env._("%(agent)s already holds %(customer)s.", agent=agent, customer=customer)
            case "held":
                return self.env._("%(holder)s already holds %(customer)s.", holder=holder, customer=customer)
            case "gone":
                return self.env._("This customer no longer exists.")
            case "archived":
                return self.env._("%s is archived.", customer)
            case "company":
                return self.env._(
                    "%(customer)s belongs to a company in which %(agent)s does not work.",
                    customer=customer,
                    agent=agent,
                )
            case "no_order":
                return self.env._("%s has no quotation: the customer has no order at all.", customer)
            case "cancel":
                return (
                    self.env._("The latest order of %s is cancelled, so there is no open quotation.", customer)
                    + self._hint()
                )
            case "sale":
                return (
                    self.env._("The latest order of %s is confirmed, so there is no open quotation.", customer)
                    + self._hint()
                )
        return self.env._("%s cannot be assigned.", customer)

    def _hint(self):
        return " " + self.env._(
            "Switch on 'Allow Leads Agents to View Non-Partial Orders' to assign such customers from the order list."
        )

    # ------------------------------------------------------------------
    # The door out
    # ------------------------------------------------------------------

    def _resolve(self, disposition, note=""):
        """Close leads with a disposition. The agent may read the customer for the grace of the company.

        :returns: the assignments that were active until now
        """
        return self._end(
            Domain("id", "in", self.ids),
            state="resolved",
            end_reason="resolved",
            kind="resolved",
            disposition=disposition,
            note=note,
        )

    def _unassign(self, end_reason):
        """Take leads back; access ends at once.

        :param str end_reason: a value of :data:`terms.END_REASONS`
        """
        return self._end(Domain("id", "in", self.ids), state="unassigned", end_reason=end_reason, kind="unassigned")

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
        query = self.sudo()._search(domain & Domain("state", "=", "active"))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET state = %(state)s, end_reason = %(end_reason)s, ended_at = %(now)s, ended_by_id = %(uid)s,
                       visible_until = CASE WHEN %(state)s = 'resolved'
                           THEN %(now)s + make_interval(mins => COALESCE(c.leads_agent_grace_minutes, 60))
                           ELSE %(now)s END,
                       disposition_id = %(disposition)s, note = %(note)s, is_sale = CASE WHEN %(sold)s AND NOT EXISTS (
                               SELECT FROM leads_agent_assignment b WHERE b.sale_order_id = s.order_id)
                           THEN 1 ELSE 0 END,
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
                sold=end_reason == "sale",
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
        if state == "unassigned":
            self._unfollow(rows)
            self._end_grace(
                Domain("partner_id", "in", [row[1] for row in rows])
                & Domain("agent_id", "in", [row[2] for row in rows])
            )
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
    def _end_grace(self, domain):
        """End at once what agents may still read of customers they no longer hold, and of orders they completed.

        :param Domain domain: assignments, of any state, of the agents and customers concerned
        """
        now = self.env.cr.now().replace(microsecond=0)
        query = self.sudo()._search(domain)
        self.env["sale.order"].flush_model(["leads_completed_by_id", "leads_completed_until"])
        self.env.cr.execute(
            SQL(
                """
                WITH ended AS (
                    SELECT id, partner_id, agent_id FROM leads_agent_assignment WHERE id IN %(ids)s
                ), orders AS (
                    UPDATE sale_order o SET leads_completed_until = %(now)s
                      FROM ended e
                     WHERE o.leads_completed_by_id = e.agent_id AND o.leads_commercial_partner_id = e.partner_id
                       AND o.leads_completed_until > %(now)s
                )
                UPDATE leads_agent_assignment a SET visible_until = %(now)s
                  FROM ended e
                 WHERE a.id = e.id AND a.visible_until > %(now)s
                """,
                ids=query.subselect(),
                now=now,
            )
        )
        self.invalidate_model(["visible_until"], flush=False)
        self.env["sale.order"].invalidate_model(["leads_completed_until"], flush=False)

    @api.model
    def _unfollow(self, ended):
        """Agents no longer follow customers, contacts and orders that were taken from them, in one statement.

        :param list ended: ``(assignment, commercial customer, agent)`` ids
        """
        self.env["mail.followers"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_followers f
                 USING unnest(%(partners)s::int[], %(agents)s::int[]) AS t (partner_id, agent_id)
                  JOIN res_users u ON u.id = t.agent_id
                 WHERE f.partner_id = u.partner_id
                   AND (f.res_model = 'res.partner' AND f.res_id IN (
                            SELECT id FROM res_partner WHERE commercial_partner_id = t.partner_id)
                        OR f.res_model = 'sale.order' AND f.res_id IN (
                            SELECT id FROM sale_order WHERE leads_commercial_partner_id = t.partner_id))
                """,
                partners=[row[1] for row in ended],
                agents=[row[2] for row in ended],
            )
        )
        self.env["mail.followers"].invalidate_model(flush=False)
        for model in ("res.partner", "sale.order"):
            self.env[model].invalidate_model(["message_follower_ids", "message_partner_ids"], flush=False)

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
                customers = self.env["res.partner"].sudo().browse(partner_ids)
                self.with_context(lang=agent_sudo.lang)._post_notice(agent_sudo, customers, event)

    @api.model
    def _post_notice(self, agent, customers, event):
        """One message to the agent, by Odoo's own notifications: in the inbox or by mail, as the agent prefers."""
        names = self._names(customers)
        match event:
            case "assigned":
                subject = self.env._("New leads") if len(customers) > 1 else self.env._("New lead")
                body = self.env._("%(user)s assigned to you: %(leads)s", user=self.env.user.name, leads=names)
            case "resolved":
                subject = self.env._("Leads resolved")
                body = self.env._("%(user)s resolved for you: %(leads)s", user=self.env.user.name, leads=names)
            case _:
                subject = self.env._("Leads taken back")
                reasons = self._fields["end_reason"]._description_selection(self.env)
                body = self.env._(
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
