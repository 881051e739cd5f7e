from odoo import http
from odoo.http import Response, request

# The maximum stated by Meta.
LARGEST_BODY = 3 * 1024 * 1024
ROUTE = {"type": "http", "auth": "public", "csrf": False, "save_session": False, "sitemap": False}


class MetaWebhook(http.Controller):
    """The webhook of WhatsApp, Messenger and Instagram. Requests without a valid signature are refused."""

    @http.route("/leads/meta", methods=["GET"], **ROUTE)
    def subscribe(self, **query):
        """Confirm to Meta that this address belongs to us."""
        # sudo: leads.agent.inbound - Meta has no user; the token authenticates it
        is_known = request.env["leads.agent.inbound"].sudo()._is_subscriber(query.get("hub.verify_token", ""))
        if query.get("hub.mode") != "subscribe" or not is_known:
            return Response(status=403)
        return Response(query.get("hub.challenge", ""), mimetype="text/plain")

    @http.route("/leads/meta", methods=["POST"], max_content_length=LARGEST_BODY, **ROUTE)
    def receive(self, **_ignored):
        body = request.httprequest.get_data()
        signature = request.httprequest.headers.get("X-Hub-Signature-256", "")
        # sudo: leads.agent.inbound - Meta has no user; the signature authenticates it
        return Response(status=request.env["leads.agent.inbound"].sudo()._receive(body, signature))
