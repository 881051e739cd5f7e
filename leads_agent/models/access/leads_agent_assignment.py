from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ... import newest


class LeadsAgentAssignment(models.Model):
    """What an agent may do with leads and read of them, and the access that ends with them.

    Assignments are never deleted and their agents may read them, but not the customer's data. The agent stops reading
    and following the customer when the lead or its grace ends: a follower would be notified of every later message.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.depends("partner_id.complete_name")
    def _compute_display_name(self):
        """Show the customer's name, which an old assignment keeps when the customer is out of sight."""
        # sudo: res.partner - the name alone, as every many2one shows it
        for assignment in self.sudo():
            assignment.display_name = assignment.partner_id.complete_name or ""

    @api.depends("partner_id", "order_id", "state", "sale_order_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_details(self):
        """Compute the details of customer and order for lists; empty when they are out of sight.

        The order of an active lead is the customer's latest quotation; of another one, the order it was about.
        """
        partners = self.partner_id._filtered_access("read")
        active = self.filtered(lambda assignment: assignment.state == "active")
        quotations = newest.latest_partial_orders(self.env, active.partner_id.ids, ("id",)) if active else ()
        quotation_of = {row["partner_id"]: row["id"] for row in quotations}
        ended = (self - active).sale_order_id | (self - active).order_id
        orders = ended._filtered_access("read") | ended.browse(quotation_of.values())
        for assignment in self:
            partner, order = assignment.partner_id & partners, assignment.sale_order_id or assignment.order_id
            if assignment in active:
                order = order.browse(quotation_of.get(assignment.partner_id.id, ()))
            assignment.current_order_id = order = order & orders
            assignment.phone, assignment.email, assignment.city = partner.phone, partner.email, partner.city
            assignment.amount_total, assignment.currency_id = order.amount_total, order.currency_id

    def _check_may_resolve(self):
        """Agents may resolve their own active leads, managers all."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select at least one lead."))
        if self.env.su or self.env.user._is_leads_manager():
            return
        if any(assignment.agent_id != self.env.user for assignment in self):
            raise AccessError(self.env._("You can only resolve leads that are assigned to you."))

    @api.model
    def _end_grace(self, domain):
        """End the grace on customers that agents no longer hold, and on orders they completed.

        :param Domain domain: assignments, of any state, of the agents and customers concerned
        """
        now = self.env.cr.now().replace(microsecond=0)
        # sudo: leads.agent.assignment - the grace ends, regardless of the user who caused it
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
        """Unsubscribe agents from customers, contacts and orders that they no longer hold, in one statement.

        Also when resolved: reading continues for the grace, following would never end.

        :param ended: rows of :class:`ending.Ended`
        """
        self.env.cr.execute(self._unfollowing(ended))

    def _unfollowing(self, ended):
        """Return the statement, so that callers can combine it with another one.

        :param ended: rows of :class:`ending.Ended`
        """
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
            partners=[row.partner_id for row in ended],
            agents=[row.agent_id for row in ended],
        )
