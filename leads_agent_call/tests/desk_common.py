from datetime import datetime

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon

# A Wednesday, at an hour when customers in Europe may be called.
WORKDAY = "2026-11-25 10:00:00"
PHONE = "+32 2 555 01 {:02d}"


class DeskCommon(LeadsAgentCommon):
    """A lead of the agent in Brussels, who may be called at any hour unless a test restricts the hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.belgium = cls.env.ref("base.be")
        cls.customer = cls._callable("Harbour Café")
        cls.assignment = cls._assign(cls.customer)
        cls.no_answer = cls.env.ref("leads_agent.disposition_no_answer")
        cls.agreed = cls.env.ref("leads_agent.disposition_callback")

    @classmethod
    def _callable(cls, name="Quayside Books", **vals):
        """Create a customer in Belgium with a phone number and a quotation."""
        cls.phones = getattr(cls, "phones", 0) + 1
        return cls._lead(name, country_id=cls.belgium.id, phone=PHONE.format(cls.phones), **vals)

    def _start(self, customer=None, user=None, **kwargs):
        Call = self.env["leads.agent.call"].with_user(user or self.agent)
        return Call.browse(Call.start((customer or self.customer).id, **kwargs)["call_id"])

    def _finish(self, disposition, customer=None, user=None, **kwargs):
        call = self._start(customer, user)
        call.finish(disposition.id, **kwargs)
        return call

    def _callback(self, customer=None, user=None, day="2026-11-26", hour=14.5, zone=""):
        """Create a callback."""
        customer = customer or self.customer
        self._finish(self.agreed, customer, user, callback={"date": day, "time": hour, "zone": zone})
        return self.env["leads.agent.callback"].search([("partner_id", "=", customer.id), ("state", "=", "open")])

    @classmethod
    def _disposition(cls, **vals):
        return cls.env["leads.agent.disposition"].create({"name": "Policy of the test", **vals})

    def _only_open(self, hour_from, hour_to, country=None):
        """Allow calls, everywhere or in a country, only between these hours of weekdays."""
        return self.env["leads.agent.calling.hours"].create(
            {
                "country_id": country and country.id,
                "days": "weekdays",
                "hour_from": hour_from,
                "hour_to": hour_to,
            }
        )

    @staticmethod
    def _at(text):
        return datetime.fromisoformat(text)
