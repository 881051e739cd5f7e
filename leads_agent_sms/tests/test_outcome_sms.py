from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.leads_agent_call import preview
from odoo.addons.leads_agent_call.tests.desk_common import DeskCommon


@tagged("post_install", "-at_install")
class TestOutcomeSms(DeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sms.template"].create(
            {
                "name": "We tried to reach you",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "body": "Dear {{ object.name }}, we call again tomorrow.",
            }
        )
        cls.rang = cls._disposition(fate="keep", is_contact=False, sms_template_id=cls.template.id)

    def _messages(self):
        return self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])

    def test_the_customer_gets_a_text_message_and_the_agent_is_told_before(self):
        call = self._start()
        self.assertEqual(
            preview.sentences(preview.know(call), self.rang)[-1], "Text message sent: We tried to reach you."
        )
        call.finish(self.rang.id)
        self.assertEqual(self._messages().body, "Dear Harbour Café, we call again tomorrow.")

    def test_numbers_that_are_not_called_get_none(self):
        self._finish(self._disposition(do_not_call=True, sms_template_id=self.template.id))
        self.assertFalse(self._messages())

    def test_only_templates_for_contacts(self):
        template = self.env["sms.template"].create(
            {"name": "For orders", "model_id": self.env["ir.model"]._get_id("sale.order"), "body": "x"}
        )
        with self.assertRefused(ValidationError, "is not for contacts"):
            self.rang.sms_template_id = template
