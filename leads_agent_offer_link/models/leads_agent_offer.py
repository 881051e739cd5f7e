import hmac
import re
from base64 import b32decode, b32encode
from datetime import datetime, timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import misc

from odoo.addons.leads_agent_offer.notifying import send_mail

from .ir_http import MY_LEADS_PAGE, OFFER_PAGE

LINK_DAYS = 30
ACCESS_LINK_DAYS = 7
# The token of an offer: its ID (4 bytes) and its signature (16 bytes). In base 32, because messaging apps cut an
# address that ends with a dash, which base 64 can produce.
SHORT_TOKEN = re.compile("[a-z2-7]{32}")
ID_BYTES, SIGNATURE_BYTES = 4, 16


def _seconds(moment):
    """Return a moment in UTC as seconds since 1970."""
    return int((moment - datetime(1970, 1, 1)).total_seconds())


class LeadsAgentOffer(models.Model):
    """Links by which agents answer without signing in. A link identifies its agent."""

    _inherit = "leads.agent.offer"

    link_sent_at = fields.Datetime(string="Access Link Sent On", readonly=True, copy=False)

    def _offer_url(self, answer=None):
        self.ensure_one()
        return f"{self.get_base_url()}{OFFER_PAGE}/{self._token()}" + (f"?answer={answer}" if answer else "")

    def _access_link_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}{MY_LEADS_PAGE}/{self._agent_token(self.agent_id)}"

    def _send_access_link(self):
        """Elevated: mail the agent a link to their accepted leads, at most once a minute.

        :returns: whether it was sent
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.link_sent_at and (now - self.link_sent_at).total_seconds() < 60:
            return False
        self.link_sent_at = now
        send_mail(self, self.env.ref("leads_agent_offer_link.mail_template_access_link", raise_if_not_found=False))
        return True

    # ------------------------------------------------------------------
    # Tokens
    # ------------------------------------------------------------------

    def _token(self):
        """Return the signed token for this offer and its agent."""
        self.ensure_one()
        return b32encode(self.id.to_bytes(ID_BYTES, "big") + self._offer_signature()).decode().lower()

    def _offer_signature(self):
        """Return the signature of the offer, its agent and the expiry of the link, made with the database secret."""
        message = f"{self.id}-{self.agent_id.id}-{_seconds(self._link_until())}"
        # sudo: ir.config_parameter - reads the secret of the database
        return bytes.fromhex(misc.hmac(self.env(su=True), "leads_agent_offer", message))[:SIGNATURE_BYTES]

    def _link_until(self):
        return self.offered_at + timedelta(days=LINK_DAYS)

    @api.model
    def _from_token(self, token):
        """Return the offer of a token, elevated; empty if the token is forged, malformed or expired."""
        # sudo: leads.agent.offer - the signed link is the right to see this offer
        offers = self.sudo().browse()
        if not SHORT_TOKEN.fullmatch(token):
            return offers
        content = b32decode(token.upper())
        offer = offers.browse(int.from_bytes(content[:ID_BYTES], "big")).exists()
        is_ours = offer and hmac.compare_digest(offer._offer_signature(), content[ID_BYTES:])
        return offer if is_ours and offer._link_until() >= fields.Datetime.now() else offers

    @api.model
    def _agent_token(self, user):
        """Return a token for the leads that an agent has accepted."""
        payload = f"{user.id}-{user.id}-{_seconds(fields.Datetime.now() + timedelta(days=ACCESS_LINK_DAYS))}"
        return f"{payload}-{self._signature(payload)}"

    @api.model
    def _agent_from_token(self, token):
        """Return the agent of a token, elevated; empty if the token is invalid or the user cannot hold leads."""
        # sudo: res.users - the signed link is the right to see the agent's leads
        users = self.env["res.users"].sudo()
        payload, _dash, signature = str(token).rpartition("-")
        expected = self._signature(payload)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return users
        user_id, _same, until = (int(part) for part in payload.split("-"))
        user = users.browse(user_id).exists() if until >= _seconds(fields.Datetime.now()) else users
        return user.filtered("can_hold_leads")

    @api.model
    def _signature(self, payload):
        # sudo: ir.config_parameter - reads the secret of the database
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        return hmac.new(
            secret.encode(), f"leads_agent_offer-leads-{payload}".encode("utf-8", "replace"), sha256
        ).hexdigest()
