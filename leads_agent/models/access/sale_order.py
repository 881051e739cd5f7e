from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...arguments import takes
from ...tools import given

# Written only by the addon itself, in sets and elevated.
PROTECTED_FIELDS = {
    "leads_agent_id",
    "leads_last_agent_id",
    "leads_commercial_partner_id",
    "leads_completed_by_id",
    "leads_completed_until",
}
# An agent neither sets nor forges the key of the customer's page.
SECRET_FIELDS = {"access_token"}
CUSTOMERS = frozenset(("partner_id", "partner_invoice_id", "partner_shipping_id"))


class SaleOrder(models.Model):
    """What agents see of orders. Their own are for customers in sight, with only the proposed salesperson.

    An order prints the addresses of its contacts. Odoo's own rules let its salesperson read it, who is also credited
    with it.
    """

    _inherit = "sale.order"

    @takes(values=given.values)
    def onchange(self, values, field_names, fields_spec):
        """Refuse a customer out of sight in the form at once, not only on saving."""
        if not self.env.su and self.env.user._is_leads_agent():
            context = self.env.context
            defaults = {name: context[f"default_{name}"] for name in CUSTOMERS if f"default_{name}" in context}
            for source in (values, defaults):
                self._leads_judged([{name: source[name] for name in CUSTOMERS & source.keys()}])
        return super().onchange(values, field_names, fields_spec)

    def _leads_judged(self, vals_list, known=None):
        """:raises AccessError: when the salesperson is not one that the server would have set"""
        vals_list = super()._leads_judged(vals_list, known)
        for vals in vals_list:
            if salesperson := vals.get("user_id"):
                # sudo: res.partner, sale.order - the salesperson of the customer, as proposed by the form
                partner = self.env["res.partner"].sudo().browse(vals.get("partner_id")) | self.sudo().partner_id
                proposed = partner.user_id | partner.commercial_partner_id.user_id | self.sudo().user_id | self.env.user
                if salesperson not in proposed.ids:
                    raise AccessError(self.env._("Leads Agents cannot give an order to another salesperson."))
        return vals_list

    def _leads_fetch_for_rules(self):
        """Fill the cache with the columns that record rules read of most orders.

        Writing a message takes a third longer when its whole order is fetched instead, and a tenth longer with Odoo's
        ``fetch`` of only these columns.
        """
        if not (ids := tuple(filter(None, self._fields["state"]._cache_missing_ids(self)))):
            return
        rows = self.env.execute_query_dict(
            SQL("SELECT id, company_id, leads_agent_id, state FROM sale_order WHERE id IN %s", ids)
        )
        orders = self.browse(row["id"] for row in rows)
        for name in ("company_id", "leads_agent_id", "state"):
            self._fields[name]._insert_cache(orders, [row[name] for row in rows])

    def _leads_filter_in_sight(self):
        now = fields.Datetime.now()
        seen = self.filtered(
            lambda order: (
                order.leads_agent_id.id == self.env.uid
                or (
                    order.leads_completed_by_id.id == self.env.uid
                    and order.leads_completed_until
                    and order.leads_completed_until > now
                )
            )
        )
        if others := self - seen:
            graced = self.env.user._leads_sight_now()["graced"]
            seen += others.filtered(lambda order: order.leads_commercial_partner_id.id in graced)
        return seen

    def _leads_sight_domain(self):
        """Return the domain of orders of customers held or in their grace, and of orders the user just completed.

        PostgreSQL should read the agent's orders in list order from an index: most orders in sight have the agent as
        last holder. The others, whose customer has a new holder within the hour or whose own grace runs, are read
        first and given by ID.
        """
        now, uid = fields.Datetime.now(), self.env.uid
        # sudo: leads.agent.assignment, sale.order - only IDs, which define what the user may read
        self.env["leads.agent.assignment"].sudo().flush_model(["agent_id", "partner_id", "visible_until"])
        self.sudo().flush_model(
            ["leads_last_agent_id", "leads_commercial_partner_id", "leads_completed_by_id", "leads_completed_until"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.partner_id, o.id
                  FROM leads_agent_assignment a
             LEFT JOIN sale_order o ON o.leads_commercial_partner_id = a.partner_id
                       AND o.leads_last_agent_id IS DISTINCT FROM a.agent_id
                 WHERE a.agent_id = %(uid)s AND a.visible_until > %(now)s
             UNION ALL
                SELECT NULL, o.id
                  FROM sale_order o
                 WHERE o.leads_completed_by_id = %(uid)s AND o.leads_completed_until > %(now)s
                   AND o.leads_agent_id IS DISTINCT FROM %(uid)s
                   AND NOT EXISTS (
                       SELECT FROM leads_agent_assignment a
                        WHERE a.partner_id = o.leads_commercial_partner_id AND a.agent_id = %(uid)s
                          AND a.visible_until > %(now)s)
                """,
                uid=uid,
                now=now,
            )
        )
        graced, named = ({row[column] for row in rows} - {None} for column in (0, 1))
        held = Domain("leads_agent_id", "=", uid) | Domain("leads_commercial_partner_id", "in", graced)
        return (Domain("leads_last_agent_id", "=", uid) & held) | Domain("id", "in", named)

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su:
            if field.name in PROTECTED_FIELDS:
                return False
            if field.name in SECRET_FIELDS and self.env.user._is_leads_agent():
                return False
        return super()._has_field_access(field, operation)

    @takes(default=given.optional(given.values))
    def copy_data(self, default=None):
        """Recompute salesperson and call center for a copy by an agent, as for a new order."""
        vals_list = super().copy_data(default)
        if not self.env.su and self.env.user._is_leads_agent():
            for vals in vals_list:
                vals.pop("user_id", None)
                vals.pop("team_id", None)
        return vals_list

    def _compute_duplicated_order_ids(self):
        """Warn agents only of duplicates in sight; core finds duplicates in SQL, and others would break the form."""
        if self.env.su or not self.env.user._is_leads_agent():
            return super()._compute_duplicated_order_ids()
        # sudo: sale.order - core puts hidden orders into the field, which agents may not read; they are removed below
        super(SaleOrder, self.sudo())._compute_duplicated_order_ids()
        for order in self.sudo():
            order.duplicated_order_ids = order.duplicated_order_ids.sudo(False)._filtered_access("read").sudo()
        return None

    @property
    def _mail_post_access(self):
        """Agents post on, and plan activities for, what they may read, without a right to write on it."""
        return "read" if self.env.user._is_leads_agent() else super()._mail_post_access

    def _get_invoiced(self):
        """Show no invoices to users who may not read them, instead of an access error."""
        role = self.env.user._is_leads_agent() or self.env.user._is_leads_manager()
        if role and not self.env["account.move"].has_access("read"):
            # sudo: account.move - only writes "no invoice" to the cache; nothing is read
            orders_sudo = self.sudo()
            orders_sudo.invoice_ids = False
            orders_sudo.invoice_count = 0
            return None
        return super()._get_invoiced()
