from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class LeadsAgentAssignment(models.Model):
    """What an agent may do with leads and read of them, and what ends with them.

    An assignment is kept for good and its agent may read it; the customer's data must not come along with it. Reading
    and following the customer end when the lead or its grace does: a follower is notified of every message for ever.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.depends("partner_id.complete_name")
    def _compute_display_name(self):
        """The customer's name, which an old assignment keeps when the customer is out of sight."""
        # sudo: res.partner - the name alone, as every many2one shows it
        for assignment in self.sudo():
            assignment.display_name = assignment.partner_id.complete_name or ""

    @api.depends("partner_id", "order_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_details(self):
        """What the lists show of the customer and the order, empty where these are out of sight by now."""
        partners = self.partner_id._filtered_access("read")
        orders = self.order_id._filtered_access("read")
        for assignment in self:
            partner, order = assignment.partner_id & partners, assignment.order_id & orders
            assignment.phone, assignment.email, assignment.city = partner.phone, partner.email, partner.city
            assignment.amount_total, assignment.currency_id = order.amount_total, order.currency_id

    def _check_may_resolve(self):
        """Agents resolve their own active leads; managers anybody's."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select at least one lead."))
        if self.env.su or self.env.user._is_leads_manager():
            return
        if any(assignment.agent_id != self.env.user for assignment in self):
            raise AccessError(self.env._("You can only resolve leads that are assigned to you."))

    @api.model
    def _end_grace(self, domain):
        """End at once what agents may still read of customers they no longer hold, and of orders they completed.

        :param Domain domain: assignments, of any state, of the agents and customers concerned
        """
        now = self.env.cr.now().replace(microsecond=0)
        # sudo: leads.agent.assignment - what ends, whoever brought it about
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

        :param ended: rows of :class:`ending.Ended`
        """
        self.env.cr.execute(self._unfollowing(ended))

    def _unfollowing(self, ended):
        """The statement, for whoever has another one to send along.

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
