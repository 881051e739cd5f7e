from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.statements import StatementsCommon

START = datetime(2030, 5, 6, 10)


@tagged("post_install", "-at_install")
class TestGuardCosts(StatementsCommon):
    """The guard of links runs no query about meetings for other users, and one per model for agents."""

    def _meetings(self):
        customers = self.customers.ids
        fields = {"name": {}, "partner_ids": {"fields": {"display_name": {}}}, "user_id": {}}

        def create(env, count):
            return env["calendar.event"].create(
                [
                    {
                        "name": "Visit",
                        "start": START,
                        "stop": START + timedelta(hours=1),
                        "partner_ids": [Command.set([customer, env.user.partner_id.id])],
                    }
                    for customer in customers[:count]
                ]
            )

        return {
            "search meetings": (
                create,
                lambda env, count, made: env["calendar.event"].search([("name", "=", "Visit")]),
            ),
            "read meetings": (create, lambda env, count, made: made.web_read(fields)),
            "create meetings": (None, create),
            "write meetings": (create, lambda env, count, made: made.write({"location": "At their shop"})),
            "write guests": (
                create,
                lambda env, count, made: made.write({"partner_ids": [Command.link(customers[0])]}),
            ),
        }

    def _form(self, env, count):
        link = {"fields": {"display_name": {}}}
        entered = {"partner_ids": [Command.link(customer) for customer in self.customers.ids[:count]]}
        fields = {"partner_ids": link, "user_id": link, "name": {}}
        return env["calendar.event"].onchange(entered, ["partner_ids"], fields)

    def test_salespeople_plan_with_the_very_sql_they_would_have_without_us(self):
        self._assert_same_text([self.salesperson], self._meetings() | {"form of a meeting": (None, self._form)})

    def test_guard_asks_once_per_model_and_not_at_all_without_links(self):
        self._assign(self.customers)
        works = self._meetings()
        most = {
            # The guests, and the attendees that the meeting creates for them.
            "create meetings": 2,
            "write meetings": 0,
            "write guests": 1,
        }
        costs = {name: (*works[name], number) for name, number in most.items()}
        self._assert_guard_costs(costs | {"form of a meeting": (None, self._form, 1)})
