from email.message import EmailMessage

from odoo.tests import tagged

from odoo.addons.leads_agent_channel import hooks as channel_hooks
from odoo.addons.leads_agent_lifecycle import hooks
from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound

from .test_leads import WithAlias
from .test_meta import MetaCommon, whatsapp


@tagged("post_install", "-at_install")
class TestReceivedUninstall(WithAlias, MetaCommon):
    """What is deleted on uninstallation, and recognised after a reinstallation."""

    def test_secrets_and_keys_go(self):
        self._post(whatsapp(("w1", "Hello", 10)))
        hooks.uninstall_hook(self.env)
        for name in (leads_agent_inbound.SECRET, leads_agent_inbound.TOKEN):
            self.assertFalse(self.env["ir.config_parameter"].get_param(name))
        self.assertFalse(self.env["leads.agent.received"].search([("channel", "=", "whatsapp")]))

    def test_what_was_kept_of_mails_goes(self):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["X-Spam-Flag"] = "ada@example.org", "hello@leads.example.com", "YES"
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        kept = self.env["ir.attachment"].search([("res_model", "=", "leads.agent.received")])
        self.assertTrue(kept)
        channel_hooks.uninstall_hook(self.env)
        self.assertFalse(kept.exists())

    def test_a_message_that_comes_again_after_a_reinstall_is_not_posted_twice(self):
        payload = whatsapp(("w1", "Hello", 20), ("w2", "Anybody?", 10))
        self._post(payload)
        lead = self._leads()
        moves = lead.lead_move_ids
        self.env["leads.agent.received"].search([("channel", "=", "whatsapp")]).unlink()
        lead.lead_identity_ids.unlink()
        self._post(payload)
        rows = self.env["leads.agent.received"].search([("id", ">", self.before), ("channel", "=", "whatsapp")])
        self.assertEqual(rows.mapped("reason"), ["Already received"] * 2)
        self.assertEqual(rows.partner_id, lead)
        self.assertEqual(self._said(lead), ["Hello", "Anybody?"])
        self.assertEqual(lead.lead_move_ids, moves)
        self.assertFalse(self._leads(), "nobody is met again")
