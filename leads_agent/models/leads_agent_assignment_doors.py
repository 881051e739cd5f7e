import json
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import eligibility


class LeadsAgentAssignment(models.Model):
    """The doors: where assignments begin and end.

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
        unlimited=False,
        plan=None,
        tell=True,
    ):
        """Give customers to an agent, or to several by a plan. The only place where an assignment begins.

        :param agent: one ``res.users`` who may hold leads; with a plan, none
        :param partners: ``res.partner`` records, contacts included (they are normalised to their commercial entity);
            records that no longer exist are reported as ``gone``
        :param str source: a value of :data:`terms.SOURCES`
        :param bool any_order: accept customers whose newest order is not partial
        :param bool reassign: take leads from other agents
        :param bool unconditional: do not look at the orders (order entry, reopening)
        :param bool unlimited: ask for no limit, as nothing is given out: the customer changed, not the agent
        :param dict plan: ``{commercial partner_id: (agent_id, reason)}``, instead of one agent and one reason
        :param bool tell: tell the agents; a batch does so itself, once at its end
        :returns: one dict per record of ``partners``, in their order, with ``result`` (a value of
            :data:`terms.RESULTS`), ``reason`` (a sentence), ``agent_id``, ``partner`` (the commercial customer, empty
            when gone), ``holder`` (the user from whom the lead was taken) and ``assignment`` (the active one, empty
            when none)
        :raises UserError: when the one agent may not hold leads; in a plan, such leads are reported as ``failed``
        """
        if plan is None:
            agent._check_may_hold_leads()
        # sudo: res.partner - names and commercial entities of what the caller already may name
        leads = self._read_leads(partners.ids)
        if plan is None:
            shares = dict.fromkeys(leads["by_commercial"], (agent.id, reason))
        else:
            # A customer who has become a contact of another one since brings the plan along.
            moved = {leads["commercial_of"][nr]: share for nr, share in plan.items() if nr in leads["commercial_of"]}
            shares = moved | plan
        agent_of = {partner_id: shares[partner_id][0] for partner_id in leads["by_commercial"]}
        self.env["res.users"].browse(set(agent_of.values()))._leads_take_turns()
        verdicts = self._judge(
            leads, agent_of, any_order=any_order, reassign=reassign, unconditional=unconditional, check=plan is not None
        )
        verdicts = self._limit(
            verdicts,
            agent_of,
            source=source,
            unconditional=unconditional,
            reassign=reassign,
            unlimited=unlimited,
            order=[leads["commercial_of"].get(partner_id) for partner_id in partners.ids],
        )
        taken = sorted(p for p, verdict in verdicts.items() if verdict.replaces_holder)
        if taken:
            self._end(
                Domain("partner_id", "in", taken),
                end_reason="reassigned",
                propagate=False,
                tell=tell,
            )
        wanted = sorted(p for p, verdict in verdicts.items() if verdict.result == "assigned")
        created = self._insert(shares, wanted, leads, source, batch)
        assignments = self._after_assign(agent_of, created, tell)
        return self._outcomes(partners, leads, verdicts, created, assignments, agent_of)

    def _judge(
        self, leads, agent_of, *, any_order=False, reassign=False, unconditional=False, check=False, receivers=None
    ):
        """Judge each lead with the agent it is meant for.

        :param dict agent_of: ``{partner_id: agent_id}``; 0: whoever of ``receivers`` it will be
        :param bool check: agents of a plan may have lost the role since; their leads fail, each with the reason
        :returns: ``{partner_id: eligibility.Verdict}``
        """
        # sudo: res.users - the companies of an agent, and whether they may hold leads
        agents = self.env["res.users"].sudo().browse(sorted(set(agent_of.values()) - {0}))
        companies = {agent.id: frozenset(agent.company_ids.ids) for agent in agents}
        companies[0] = frozenset(receivers.sudo().company_ids.ids) if receivers else frozenset()
        unable = agents._leads_unable() if check else {}
        own_companies = frozenset(self.env.companies.ids)
        verdicts = {}
        for partner_id, lead in leads["by_commercial"].items():
            agent_id = agent_of[partner_id]
            if agent_id in unable:
                verdicts[partner_id] = eligibility.Verdict("failed", eligibility.Cause("unable", name=unable[agent_id]))
                continue
            verdicts[partner_id] = eligibility.judge(
                lead,
                agent_id,
                companies[agent_id],
                any_order=any_order,
                reassign=reassign,
                unconditional=unconditional,
                own_company_ids=own_companies,
            )
        return verdicts

    def _read_leads(self, partner_ids):
        """Read what judging needs, in one query, whatever the number of customers.

        :returns: ``{"commercial_of": {partner: commercial}, "by_commercial": {commercial: eligibility.Lead},
            "names": {commercial: name}}``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, c.id, c.complete_name, c.active, c.company_id, a.agent_id, o.id, o.state, a.company_id
                  FROM res_partner p
                  JOIN res_partner c ON c.id = p.commercial_partner_id
             LEFT JOIN leads_agent_assignment a ON a.partner_id = c.id AND a.state = 'active'
             LEFT JOIN LATERAL (%(newest)s) o ON TRUE
                 WHERE p.id = ANY(%(partners)s)
                """,
                newest=self.env["sale.order"]._leads_newest_sql(SQL.identifier("c", "id")),
                partners=list(partner_ids),
            )
        )
        return {
            "commercial_of": {row[0]: row[1] for row in rows},
            "by_commercial": {row[1]: eligibility.Lead(*row[3:]) for row in rows},
            "names": {row[1]: row[2] or "" for row in rows},
        }

    def _insert(self, shares, partner_ids, leads, source, batch):
        """Insert active assignments; a customer whom somebody else took meanwhile is left out.

        Customers are sorted, so that two managers lock in the same order. A conflicting row of a transaction that
        committed after ours began raises a serialization error, which Odoo retries with a fresh view. What is known of
        the customers says how fresh the leads are.

        :returns: ``{partner_id: assignment_id}``
        """
        if not partner_ids:
            return {}
        now = self.env.cr.now().replace(microsecond=0)
        History = self.env["leads.agent.history"]
        History._take_in(partner_ids)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO leads_agent_assignment (
                       partner_id, order_id, agent_id, company_id, state, source, reason, batch_id, assigned_at,
                       assigned_by_id, first_id, is_assigned, is_resolved, is_sale, conversion, create_uid, write_uid,
                       create_date, write_date, last_event_at, last_contact_at)
                SELECT t.partner_id, t.order_id, t.agent_id, %(company)s, 'active', %(source)s, t.reason, %(batch)s,
                       %(now)s, %(uid)s, (%(before)s), 1, 0, 0,
                       (SELECT 0 FROM sale_order WHERE id = t.order_id AND state <> 'sale'), %(uid)s, %(uid)s, %(now)s,
                       %(now)s, GREATEST(h.event_at, %(now)s), h.contact_at
                  FROM unnest(%(partners)s::int[], %(orders)s::int[], %(agents)s::int[], %(reasons)s::text[])
                       AS t (partner_id, order_id, agent_id, reason)
            CROSS JOIN LATERAL (%(events)s) h
           ON CONFLICT (partner_id) WHERE state = 'active' DO NOTHING
             RETURNING partner_id, id
                """,
                company=self.env.company.id,
                source=source,
                batch=batch.id if batch else None,
                now=now,
                uid=self.env.uid,
                partners=partner_ids,
                orders=[leads["by_commercial"][partner_id].order_id for partner_id in partner_ids],
                agents=[shares[partner_id][0] for partner_id in partner_ids],
                reasons=[shares[partner_id][1] or None for partner_id in partner_ids],
                before=self._lead_before_sql("t"),
                events=History._newest_events("t"),
            )
        )
        return dict(rows)

    def _after_assign(self, agent_of, created, tell=True):
        """Bring everything that hangs on new assignments in step: stored holders, history, notices."""
        assignments = self.browse(created.values())
        if not created:
            return assignments
        self.invalidate_model()
        partner_ids = list(created)
        self._propagate_holder(partner_ids)
        self.env["leads.agent.history"]._log_assignments(assignments, "assigned", self.env.cr.now())
        assignments._count_logged()
        assignments._on_started()
        by_agent = defaultdict(list)
        for partner_id in partner_ids:
            by_agent[self.env["res.users"].browse(agent_of[partner_id])].append(partner_id)
        self._tell_agents(by_agent, "assigned", tell)
        return assignments

    def _outcomes(self, partners, leads, verdicts, created, assignments, agent_of):
        """One sentence per requested customer."""
        Partner = self.env["res.partner"].sudo()
        lost = [p for p, verdict in verdicts.items() if verdict.result == "assigned" and p not in created]
        holders = {p: lead.holder_id for p, lead in leads["by_commercial"].items() if lead and lead.holder_id}
        if lost:
            rows = self.sudo()._read_group(
                [("partner_id", "in", lost), ("state", "=", "active")], ["partner_id", "agent_id"]
            )
            holders.update({partner.id: holder.id for partner, holder in rows})
        Users = self.env["res.users"].sudo()
        names = {user.id: user.name for user in Users.browse({*holders.values(), *agent_of.values()} - {0})}
        prefetch = tuple(leads["by_commercial"])
        outcomes = []
        for partner_id in partners.ids:
            commercial_id = leads["commercial_of"].get(partner_id)
            if not commercial_id:
                outcomes.append(
                    {
                        "result": "gone",
                        "reason": self._verdict_sentence("gone", "", "", ""),
                        "partner": Partner,
                        "agent_id": False,
                        "holder": Users,
                        "assignment": self.browse(),
                    }
                )
                continue
            verdict = verdicts[commercial_id]
            result, cause = verdict.result, verdict.cause
            if result == "assigned" and commercial_id not in created:
                result = cause = "held"
            partner = Partner.browse(commercial_id).with_prefetch(prefetch)
            holder = names.get(holders.get(commercial_id), "")
            outcomes.append(
                {
                    "result": result,
                    "reason": self._verdict_sentence(
                        cause, leads["names"][commercial_id], names.get(agent_of[commercial_id], ""), holder
                    ),
                    "partner": partner,
                    "agent_id": agent_of[commercial_id],
                    "holder": Users.browse(leads["by_commercial"][commercial_id].holder_id)
                    if result == "assigned" and verdict.replaces_holder
                    else Users,
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
            end_reason="resolved",
            disposition=disposition,
            note=note,
        )

    def _unassign(self, end_reason):
        """Take leads back; access ends at once.

        :param str end_reason: a value of :data:`terms.END_REASONS`
        """
        return self._end(Domain("id", "in", self.ids), end_reason=end_reason)

    @api.model
    def _resolve_by_sale(self, orders):
        """Resolve the leads whose customer just completed one of ``orders``; the newest of a customer's orders counts.

        Costs nothing when no customer is held: the holder stands on the order.
        """
        held = orders.filtered("leads_agent_id")
        if others := (orders - held).filtered("leads_last_agent_id"):
            self._sold_again(others)
        if not held:
            return self.browse()
        sales = {order.leads_commercial_partner_id.id: order.id for order in held.sorted("id")}
        ended = self._end(
            Domain("partner_id", "in", held.leads_commercial_partner_id.ids),
            end_reason="sale",
            disposition=self.env["leads.agent.disposition"]._set_by_sale(),
            sale_of=sales,
        )
        if others := held.filtered(lambda order: order.id not in sales.values()):
            self._recount_orders(others)
        return ended

    def _end(
        self,
        domain,
        *,
        end_reason,
        disposition=None,
        note="",
        sale_of=None,
        propagate=True,
        tell=True,
    ):
        """End the active assignments of ``domain`` in one statement. The only place where an assignment ends.

        Whoever was faster wins: an assignment that ended meanwhile is left as it is.

        :param str end_reason: a value of :data:`terms.END_REASONS`; what is ``undone`` has never been
        :param dict sale_of: ``{partner_id: order_id}`` of the sales that resolved them
        :param bool tell: tell the agents
        :returns: the assignments that ended now
        """
        now = self.env.cr.now().replace(microsecond=0)
        is_resolved = end_reason in ("resolved", "sale")
        self.flush_model()
        self.env["res.company"].flush_model(["leads_agent_grace_minutes"])
        query = self.sudo()._search(domain & Domain("state", "=", "active"))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET state = %(state)s, end_reason = %(end_reason)s, ended_at = %(now)s, ended_by_id = %(uid)s,
                       visible_until = CASE WHEN %(state)s = 'resolved'
                           THEN %(now)s + make_interval(mins => COALESCE(
                               (SELECT leads_agent_grace_minutes FROM res_company WHERE id = a.company_id), 60))
                           ELSE %(now)s END,
                       disposition_id = %(disposition)s, note = %(note)s, sale_order_id = %(sale)s,
                       last_event_at = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                 WHERE a.id IN %(ids)s AND a.state = 'active'
             RETURNING a.id, a.partner_id, a.agent_id
                """,
                state="resolved" if is_resolved else "unassigned",
                end_reason=end_reason,
                now=now,
                uid=self.env.uid,
                disposition=disposition.id if disposition else None,
                note=note or None,
                sale=SQL("(%s::jsonb ->> a.partner_id::text)::int", json.dumps(sale_of or {})),
                ids=query.subselect(),
            )
        )
        ended = self.browse(row[0] for row in rows)
        if not ended:
            return ended
        self.invalidate_model()
        self.env["res.users"]._leads_forget_sight()
        if propagate:
            self._free(rows)
        else:
            self._unfollow(rows)
        agents = self.env["res.users"].browse({row[2] for row in rows})
        # sudo: res.users - the author of the entries and who is told of them, read together
        (self.env.user | agents).sudo().mapped("partner_id")
        if end_reason != "undone":
            kind = end_reason if is_resolved else "unassigned"
            self.env["leads.agent.history"]._log_assignments(ended, kind, now, sale_of)
            ended._count_logged((sale_of or {}).values())
            if not is_resolved:
                self._end_grace(
                    Domain("partner_id", "in", [row[1] for row in rows])
                    & Domain("agent_id", "in", [row[2] for row in rows])
                )
        ended._on_ended(end_reason)
        by_agent = defaultdict(list)
        for _id, partner_id, agent_id in rows:
            by_agent[agents.browse(agent_id)].append(partner_id)
        self._tell_agents(by_agent, end_reason, tell)
        return ended
