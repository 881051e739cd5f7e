from odoo import models
from odoo.exceptions import AccessError

from ...arguments import takes
from ...tools import given

CUSTOMERS = frozenset(("partner_id", "partner_invoice_id", "partner_shipping_id"))


class SaleOrder(models.Model):
    """An order of an agent is for customers in sight, and for no salesperson whom the server would not have set.

    An order prints the address of whoever stands on it. Its salesperson reads it by Odoo's own rules, and is credited
    with it.
    """

    _inherit = "sale.order"

    @takes(values=given.values)
    def onchange(self, values, field_names, fields_spec):
        """A form for a customer out of sight says so at once, and not when it is saved."""
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
                # sudo: res.partner, sale.order - the salesperson of a customer is what the form proposed
                partner = self.env["res.partner"].sudo().browse(vals.get("partner_id")) | self.sudo().partner_id
                proposed = partner.user_id | partner.commercial_partner_id.user_id | self.sudo().user_id | self.env.user
                if salesperson not in proposed.ids:
                    raise AccessError(self.env._("Leads Agents cannot give an order to another salesperson."))
        return vals_list
