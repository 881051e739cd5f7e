from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import terms


class LeadsAgentAssignmentEffects(models.AbstractModel):
    """What hangs on an assignment and follows when it begins or ends.

    Stored holders, last events, followers, grace, notices: private like the doors that call it, and in sets. A part of
    ``leads.agent.assignment`` in a file of its own.
    """

    _name = "leads.agent.assignment.effects"
    _description = "What Follows From Lead Assignments"

    # ------------------------------------------------------------------
    # Hooks: what other models do when somebody holds a customer, or does no longer. Elevated, once per operation
    # ------------------------------------------------------------------

    def _on_started(self):
        """These assignments have just begun; holders and history say so already."""

    def _on_ended(self, end_reason):
        """These assignments have just ended.

        Those that were taken for somebody else (``reassigned``) are followed by :meth:`_on_started` of the new ones.

        :param str end_reason: a value of :data:`terms.END_REASONS`
        """

    def _on_undone(self):
        """These assignments count as never made; :meth:`_on_ended` was called for them before."""

    @api.model
    def _on_events(self, partner_ids):
        """The history of these commercial customers has new entries, or other ones."""

    def _on_sales_changed(self):
        """The sales of these assignments began or ceased to count."""

    @api.model
    def _against_undo(self):
        """What stands against undoing an active assignment, the gravest first.

        :returns: list of ``(name, condition, sentence)``: SQL over ``a``, the assignment, and ``h.at``, when somebody
            worked on the lead last since
        """
        return [("worked", SQL("h.at IS NOT NULL"), "")]

    # ------------------------------------------------------------------
    # In step
    # ------------------------------------------------------------------

    @api.model
    def _propagate_holder(self, partner_ids):
        """Write who holds these commercial customers on them, their contacts and all their orders.

        Stored, because a record rule through a join makes the planner walk the whole order table for an agent whose
        customers are old. Set-based, so that a batch costs two statements. Orders are written by id, as they lie on the
        disk: for ten thousand customers, that takes a fifth less.
        """
        partner_ids = sorted(partner_ids)
        self._flush_holders()
        # By place: Odoo's transactions are repeatable reads, so a row that moved meanwhile is an error, and retried.
        self.env.cr.execute(
            SQL(
                """
                WITH holders AS (
                    SELECT t.partner_id, a.agent_id
                      FROM unnest(%(partners)s::int[]) AS t (partner_id)
                 LEFT JOIN leads_agent_assignment a ON a.partner_id = t.partner_id AND a.state = 'active'
                ), partners AS (
                    UPDATE res_partner p SET leads_agent_id = h.agent_id
                      FROM holders h
                     WHERE p.commercial_partner_id = ANY(%(partners)s) AND p.commercial_partner_id = h.partner_id
                       AND p.leads_agent_id IS DISTINCT FROM h.agent_id
                )
                UPDATE sale_order o
                   SET leads_agent_id = t.agent_id, leads_last_agent_id = COALESCE(t.agent_id, o.leads_last_agent_id)
                  FROM (
                       SELECT o.ctid AS place, h.agent_id
                         FROM sale_order o
                         JOIN holders h ON h.partner_id = o.leads_commercial_partner_id
                        WHERE o.leads_commercial_partner_id = ANY(%(partners)s)
                          AND o.leads_agent_id IS DISTINCT FROM h.agent_id
                     ORDER BY o.id
                       OFFSET 0
                       ) t
                 WHERE o.ctid = t.place
                """,
                partners=partner_ids,
            )
        )
        self._forget_holders()

    @api.model
    def _free(self, ended):
        """Nobody holds these customers any more, and their agents follow them no longer; one statement.

        :param list ended: ``(assignment, commercial customer, agent)`` ids
        """
        self._flush_holders()
        self.env.cr.execute(
            SQL(
                """
                WITH followers AS (%(followers)s), partners AS (
                    UPDATE res_partner SET leads_agent_id = NULL
                     WHERE commercial_partner_id = ANY(%(partners)s) AND leads_agent_id IS NOT NULL
                )
                UPDATE sale_order SET leads_agent_id = NULL
                 WHERE leads_commercial_partner_id = ANY(%(partners)s) AND leads_agent_id IS NOT NULL
                """,
                followers=self._unfollowing(ended),
                partners=sorted(row[1] for row in ended),
            )
        )
        self._forget_holders()

    def _flush_holders(self):
        self.env["res.partner"].flush_model(["commercial_partner_id", "leads_agent_id"])
        self.env["sale.order"].flush_model(["leads_commercial_partner_id", "leads_agent_id", "leads_last_agent_id"])

    def _forget_holders(self):
        self.env["res.partner"].invalidate_model(["leads_agent_id"], flush=False)
        self.env["sale.order"].invalidate_model(["leads_agent_id", "leads_last_agent_id"], flush=False)

    @api.model
    def _graced_customer_ids(self):
        """Customers whom the current user no longer holds and may still read."""
        return self.env.user._leads_sight_now()["graced"]

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
        self.env["res.users"]._leads_forget_sight()
        self.env["sale.order"].invalidate_model(["leads_completed_until"], flush=False)

    @api.model
    def _unfollow(self, ended):
        """Agents no longer follow customers, contacts and orders that they no longer hold, in one statement.

        So when resolved, too: reading goes on for the grace, following would go on for ever.

        :param list ended: ``(assignment, commercial customer, agent)`` ids
        """
        self.env.cr.execute(self._unfollowing(ended))

    def _unfollowing(self, ended):
        """The statement, for whoever has another one to send along."""
        self.env["mail.followers"].flush_model()
        self.env["mail.followers"].invalidate_model(flush=False)
        for model in ("res.partner", "sale.order"):
            self.env[model].invalidate_model(["message_follower_ids", "message_partner_ids"], flush=False)
        return SQL(
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

    @api.model
    def _refresh_last_events(self, partner_ids):
        """Take the newest history entry, and the newest contact, of customers over to their active assignment."""
        self.env["leads.agent.history"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_assignment a
                   SET last_event_at = h.last_event_at, last_contact_at = h.last_contact_at
                  FROM (
                       SELECT partner_id, max(at) AS last_event_at,
                              max(at) FILTER (WHERE kind IN %(contact)s) AS last_contact_at
                         FROM leads_agent_history
                        WHERE partner_id = ANY(%(partners)s) AND undone IS NOT TRUE
                     GROUP BY partner_id
                       ) h
                 WHERE a.partner_id = h.partner_id AND a.state = 'active'
                """,
                contact=terms.CONTACT_KINDS,
                partners=list(partner_ids),
            )
        )
        self.invalidate_model(["last_event_at", "last_contact_at"], flush=False)
        self._on_events(partner_ids)

    @api.model
    def _tell_agents(self, leads_by_agent, event, tell=True):
        """Tell each agent once that leads came or went, and let their dashboard refresh.

        What the agents did themselves needs no notice; a sale by somebody else is good news for the screen, not for
        the inbox.

        :param dict leads_by_agent: ``{agent: ids of the customers}``
        :param str event: ``assigned``, or a value of :data:`terms.END_REASONS`
        :param bool tell: with a notice; the dashboard changes anyway
        """
        # sudo: res.users, res.partner - the holder is told, whoever caused the change
        prefetch = [agent.id for agent in leads_by_agent]
        for agent, partner_ids in leads_by_agent.items():
            agent_sudo = agent.sudo().with_prefetch(prefetch)
            agent_sudo._leads_dashboard_changed()
            if not tell or agent == self.env.user or not agent_sudo.active:
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
