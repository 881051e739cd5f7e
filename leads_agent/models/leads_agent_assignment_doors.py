import json
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class LeadsAgentAssignment(models.Model):
    """The doors: where assignments begin and end.

    Everything here is private, works in sets and decides no access: whoever calls it has checked the right to.
    """

    _inherit = "leads.agent.assignment"

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
