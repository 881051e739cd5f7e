from odoo.fields import Command

from .locked_common import LockedCommon

LINKS = {
    "x_partner_id": ("many2one", {"relation": "res.partner"}),
    "x_partner_ids": ("many2many", {"relation": "res.partner"}),
    "x_order_id": ("many2one", {"relation": "sale.order"}),
    "x_line_id": ("many2one", {"relation": "sale.order.line"}),
    "x_order_ids": ("many2many", {"relation": "sale.order"}),
    "x_user_id": ("many2one", {"relation": "res.users"}),
    "x_user_ids": ("many2many", {"relation": "res.users"}),
}


class ClosedCommon(LockedCommon):
    """An app that every employee may use: tickets, with each kind of link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Custom models are read again when the registry is put back; see Odoo's own tests of ir.model.
        cls.registry_enter_test_mode_cls()
        cls.admin = cls._user(
            "admin_ada", "base.group_system,base.group_partner_manager,leads_agent.group_leads_manager"
        )
        cls.sold = cls.mine.sale_order_ids.filtered(lambda order: order.state == "sale")

    def setUp(self):
        # After what the test made was rolled back.
        self.addCleanup(self.registry.clear_all_caches)
        self.addCleanup(self.registry.reset_changes)
        super().setUp()
        self.model = self._model("x_leads_ticket", "Ticket", LINKS)
        self.env["ir.model.fields"].create(
            {
                "model_id": self.model.id,
                "name": "x_ref",
                "ttype": "reference",
                "field_description": "Document",
                "selection": "[('res.partner', 'Contact'), ('sale.order', 'Order'), ('res.currency', 'Currency')]",
            }
        )

    def _model(self, name, description, links):
        return self.env["ir.model"].create(
            {
                "model": name,
                "name": description,
                "field_id": [
                    Command.create({"name": "x_name", "ttype": "char", "field_description": "Name"}),
                    *(
                        Command.create({"name": link, "ttype": ttype, "field_description": link[2:].title(), **values})
                        for link, (ttype, values) in links.items()
                    ),
                ],
                "access_ids": [
                    Command.create(
                        {
                            "name": f"{description} for all",
                            "group_id": self.env.ref("base.group_user").id,
                            **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
                        }
                    )
                ],
            }
        )

    def _close(self, shape="links", names=None, user=None):
        values = {"model_id": self.model.id, "shape": shape}
        if names:
            fields = self.env["ir.model.fields"].search([("model", "=", self.model.model), ("name", "in", names)])
            values["field_ids"] = [Command.set(fields.ids)]
        return self.env["leads.agent.closed.model"].with_user(user or self.admin).create(values)

    def _ticket(self, **vals):
        return self.env["x_leads_ticket"].create({"x_name": "Ticket", **vals})

    def _seen(self, tickets, user=None):
        """Return the rows seen by searching and by checking records, which must agree."""
        self.env.flush_all()
        self.env.invalidate_all()
        as_user = tickets.with_user(user or self.agent)
        found = as_user.with_context(active_test=False).search([("id", "in", tickets.ids)])
        self.assertEqual(found, as_user._filtered_access("read"), "search and check agree")
        return found
