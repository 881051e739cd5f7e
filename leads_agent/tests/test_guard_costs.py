from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .statements import StatementsCommon, guard_methods


def _lines(product):
    return [Command.create({"product_id": product.id, "product_uom_qty": 2})]


@tagged("post_install", "-at_install")
class TestGuardCosts(StatementsCommon):
    """The guard of links asks nothing for anybody but agents, and of them once per model, however many the records."""

    # ------------------------------------------------------------------
    # What is done: (what comes before, the work)
    # ------------------------------------------------------------------

    def _orders(self):
        customers, orders, lines = self.customers.ids, self.orders.ids, _lines(self.product)
        fields = {"name": {}, "partner_id": {"fields": {"display_name": {}}}, "amount_total": {}}

        def create(env, count):
            return env["sale.order"].create(
                [
                    {"partner_id": customer, "partner_shipping_id": customer, "order_line": lines}
                    for customer in customers[:count]
                ]
            )

        def write(env, count):
            for order, customer in zip(orders[:count], customers, strict=False):
                env["sale.order"].browse(order).write({"client_order_ref": "PO", "partner_shipping_id": customer})

        return {
            "search orders": (None, lambda env, count: env["sale.order"].search([("partner_id", "in", customers)])),
            "read orders": (None, lambda env, count: env["sale.order"].browse(orders[:count]).web_read(fields)),
            "create orders": (None, create),
            "write orders": (None, write),
            "write many orders at once": (
                None,
                lambda env, count: env["sale.order"].browse(orders[:count]).write({"client_order_ref": "PO"}),
            ),
        }

    def _contacts(self):
        customers = self.customers.ids
        fields = {"name": {}, "parent_id": {"fields": {"display_name": {}}}, "phone": {}}

        def create(env, count):
            return env["res.partner"].create(
                [
                    {"name": f"Jo {customer}", "parent_id": customer, "type": "delivery"}
                    for customer in customers[:count]
                ]
            )

        return {
            "search contacts": (None, lambda env, count: env["res.partner"].search([("name", "ilike", "Café")])),
            "read contacts": (None, lambda env, count: env["res.partner"].browse(customers[:count]).web_read(fields)),
            "create contacts": (None, create),
            "write contacts": (
                None,
                lambda env, count: env["res.partner"].browse(customers[:count]).write({"phone": "+32 3 555 01 99"}),
            ),
        }

    def _activities(self):
        customers, call = self.customers.ids, self.env.ref("mail.mail_activity_data_call").id
        model = self.env["ir.model"]._get_id("res.partner")
        fields = {"summary": {}, "res_name": {}, "user_id": {"fields": {"display_name": {}}}}

        def create(env, count):
            return env["mail.activity"].create(
                [
                    {"res_model_id": model, "res_id": customer, "activity_type_id": call, "user_id": env.uid}
                    for customer in customers[:count]
                ]
            )

        return {
            "search activities": (
                create,
                lambda env, count, made: env["mail.activity"].search([("res_model", "=", "res.partner")]),
            ),
            "read activities": (create, lambda env, count, made: made.web_read(fields)),
            "create activities": (None, create),
            "write activities": (create, lambda env, count, made: made.write({"summary": "Ring", "user_id": env.uid})),
        }

    def _messages(self):
        orders = self.orders.ids
        fields = {"body": {}, "record_name": {}, "author_id": {"fields": {"display_name": {}}}}

        def post(env, count):
            return env["mail.message"].union(
                *[
                    order.message_post(body="They call back", subtype_xmlid="mail.mt_note")
                    for order in env["sale.order"].browse(orders[:count])
                ]
            )

        def create(env, count):
            return env["mail.message"].create(
                [{"model": "sale.order", "res_id": order, "body": "Note"} for order in orders[:count]]
            )

        return {
            "search messages": (
                post,
                lambda env, count, made: env["mail.message"].search([("model", "=", "sale.order")], limit=80),
            ),
            "read messages": (post, lambda env, count, made: made.web_read(fields)),
            "post messages": (None, post),
            "create messages": (None, create),
            "write messages": (post, lambda env, count, made: made.write({"body": "<p>At noon</p>"})),
        }

    def _reading_and_writing(self):
        return {**self._orders(), **self._contacts(), **self._activities(), **self._messages()}

    # ------------------------------------------------------------------
    # Others
    # ------------------------------------------------------------------

    def test_guard_is_found_where_these_tests_look_for_it(self):
        names = {name for cls, name, _method in guard_methods(self.registry) if cls._name == "base"}
        self.assertLessEqual({"write", "onchange"}, names)
        self.assertTrue({"create", "_prepare_create_values"} & names, names)

    def test_salespeople_read_and_write_with_the_very_sql_they_would_have_without_us(self):
        self._assert_same_text([self.salesperson], self._reading_and_writing())

    def test_other_employees_read_and_write_with_the_very_sql_they_would_have_without_us(self):
        works = self._reading_and_writing()
        searches = {name: (None, works[name][1]) for name in ("search contacts", "read contacts")}
        for name in ("search activities", "search messages"):
            searches[name] = (None, lambda env, count, work=works[name][1]: work(env, count, None))
        self._assert_same_text([self.plain], searches)

    def test_portal_users_read_with_the_very_sql_they_would_have_without_us(self):
        portal = new_test_user(self.env, "portal_pia", "base.group_portal")
        self.orders.partner_id = portal.partner_id
        works = self._orders()
        self._assert_same_text([portal], {name: works[name] for name in ("search orders", "read orders")})

    def test_salespeople_fill_in_forms_with_the_very_sql_they_would_have_without_us(self):
        works = {name: work[:2] for name, work in self._forms().items() if "activity" not in name}
        self._assert_same_text([self.salesperson], works)

    # ------------------------------------------------------------------
    # Agents
    # ------------------------------------------------------------------

    def _forms(self):
        """``{what: (None, the work, most queries of the guard)}``"""
        customers, orders = self.customers.ids, self.orders.ids
        link = {"fields": {"display_name": {}}}
        model = self.env["ir.model"]._get_id("res.partner")

        def order(env, count):
            entered = {"partner_id": customers[0], "order_line": _lines(self.product) * count}
            fields = {"partner_id": link, "partner_shipping_id": link, "order_line": {"fields": {"product_id": link}}}
            return env["sale.order"].onchange(entered, ["partner_id"], fields)

        def existing_order(env, count):
            fields = {"partner_id": link, "partner_shipping_id": link, "note": {}}
            order = env["sale.order"].browse(orders[:1])
            return order.onchange({"partner_shipping_id": customers[0]}, ["partner_shipping_id"], fields)

        def contact(env, count):
            return env["res.partner"].onchange(
                {"parent_id": customers[0]}, ["parent_id"], {"parent_id": link, "street": {}, "name": {}}
            )

        def activity(env, count):
            entered = {"res_model_id": model, "res_model": "res.partner", "res_id": customers[0]}
            return env["mail.activity"].onchange(entered, ["res_id"], {"res_name": {}, "summary": {}})

        return {
            "form of an order": (None, order, 1),
            "form of an order that exists": (None, existing_order, 1),
            "form of a contact": (None, contact, 1),
            "form of an activity": (None, activity, 1),
        }

    def test_guard_asks_once_per_model_and_not_at_all_without_links(self):
        self._assign(self.customers)
        most = {
            # The customer; and the rows that the order's own defaults filled.
            "create orders": 2,
            "create contacts": 2,
            # The customer is linked by number.
            "create activities": 1,
            "create messages": 1,
            # One call, and so one `create`, for each.
            "post messages": lambda count: count,
            "write many orders at once": 0,
            "write contacts": 0,
            "write activities": 0,
            "write messages": 0,
        }
        works = self._reading_and_writing()
        self._assert_guard_costs({name: (*works[name], number) for name, number in most.items()} | self._forms())

    def test_guard_asks_once_per_write_that_links(self):
        self._assign(self.customers)
        orders = self.env["sale.order"].create([{"partner_id": self.customers[0].id}] * 10)
        customer = self.customers[0].id
        address = self.env["res.partner"].create({"name": "Dock", "parent_id": customer, "type": "delivery"}).id

        def write(env, count):
            env["sale.order"].browse(orders.ids[:count]).write({"partner_shipping_id": address})

        self._assert_guard_costs({"write a link": (None, write, 1)})
