from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.leads_agent_call.tools.phone_numbers import Line, read_cell
from odoo.addons.leads_agent_offer.answering import Answering

from ..models.ir_http import MY_LEADS_PAGE, OFFER_PAGE

# The page of all leads lists this many of the latest ones; the others are in Odoo.
MOST_LEADS = 500
LONGEST_NOTE = 500
LONGEST_TOKEN = 256
HEADERS = {
    "Cache-Control": "no-store",
    # The link is the key: no referrer to other sites, no search index, no frame on another site.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
# Answers in the URL of a form.
ANSWERS = ("accept", "decline", "again", "send-access-link")


class OfferController(http.Controller):
    """The pages behind the links of an offer. No login: the signed link is the key.

    Opening a link decides nothing, because mail scanners open links; only submitted forms do. A page shows the contact
    of a lead after the agent of the link has accepted it, and only while the agent may see it in Odoo.
    """

    # ------------------------------------------------------------------
    # Routes
    # ------------------------------------------------------------------

    @http.route(f"{OFFER_PAGE}/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def offer_page(self, token, **params):
        offer = self._offer(token)
        if not offer:
            return self._not_found()
        if newer := self._offered_anew(offer):
            return self._redirect_to(newer)
        return self._page(offer, wanted=params.get("answer"))

    # csrf: checked in `_is_from_our_form`, so that a form of an expired session is shown again instead of an error page
    @http.route(
        f"{OFFER_PAGE}/<string:token>/<string:answer>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        sitemap=False,
    )
    def offer_answer(self, token, answer, **params):
        offer = self._offer(token)
        if not offer or answer not in ANSWERS:
            return self._not_found()
        if request.httprequest.method != "POST":
            # A submitted form was reloaded, or its address was opened: nothing is decided.
            return self._redirect_to(offer)
        form = request.httprequest.form
        if not self._is_from_our_form(form):
            return self._page(
                offer, problem=request.env._("Please confirm your answer again."), status=400, wanted=answer
            )
        try:
            with request.env.cr.savepoint():
                self._answer(offer, answer, form)
        except UserError as error:
            return self._page(offer, problem=str(error), status=409, wanted=answer)
        if answer == "send-access-link":
            return self._page(
                offer,
                notice=request.env._(
                    "The link to all your leads was sent to your e-mail address. It is valid for 7 days."
                ),
            )
        return self._redirect_to(self._offered_anew(offer) or offer)

    @http.route(f"{MY_LEADS_PAGE}/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def my_leads(self, token, **params):
        # sudo: leads.agent.offer - the signed link identifies the agent
        Offer = request.env["leads.agent.offer"].sudo()
        agent = Offer._agent_from_token(self._plain(token, LONGEST_TOKEN))
        if not agent or not agent.active:
            return self._not_found()
        request.update_context(lang=agent.lang, tz=agent.tz)
        leads = Offer._leads_in_sight(
            agent,
            [("leads_offer_state", "=", "accepted")],
            order="leads_accepted_at desc, id desc",
            limit=MOST_LEADS,
        )
        return self._render(
            "leads_agent_offer_link.my_leads_page",
            {"agent": agent, "leads": leads, "is_cut": len(leads) == MOST_LEADS, "most": MOST_LEADS},
        )

    @http.route(
        [url for page in (OFFER_PAGE, MY_LEADS_PAGE) for url in (page, f"{page}/<leads_anything:rest>")],
        type="http",
        auth="public",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def elsewhere(self, **params):
        """Answer any other request to these addresses."""
        return self._not_found()

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def _plain(self, text, longest):
        """Return user input as text, without null characters and cut to a length."""
        return str(text or "").replace("\x00", "")[:longest]

    def _offer(self, token):
        """Return the offer of a token, with the agent's language and time zone, or None if the link is invalid."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        # sudo: leads.agent.offer - the signed link is the right to see and to answer this offer
        offer = request.env["leads.agent.offer"].sudo()._from_token(token)
        if not offer or not offer.agent_id.active:
            return None
        request.update_context(lang=offer.agent_id.lang, tz=offer.agent_id.tz)
        return offer._in_words_of_agent()

    def _offered_anew(self, offer):
        """Return the live offer of the same lead if the agent missed this one, else None."""
        if offer.state not in ("missed", "requeued", "ended"):
            return None
        return offer.search(
            [
                ("lead_id", "=", offer.lead_id.id),
                ("agent_id", "=", offer.agent_id.id),
                ("is_live", "=", True),
                ("id", ">", offer.id),
            ],
            order="id desc",
            limit=1,
        )

    def _is_from_our_form(self, form):
        token = form.get("csrf_token") or ""
        return token.isascii() and request.validate_csrf(token)

    def _answer(self, offer, answer, form):
        """Apply the answer of a form.

        :raises UserError: when it is too late, or a value is missing
        """
        match answer:
            case "accept":
                if offer.state == "accepted":
                    # The button was pressed twice.
                    return
                Answering(offer).accept(agreed=bool(form.get("terms")))
            case "decline":
                Answering(offer).decline(
                    self._reason(offer, form.get("reason")), self._plain(form.get("note"), LONGEST_NOTE)
                )
            case "again":
                Answering(offer).request_again()
            case "send-access-link":
                if not offer.agent_id.can_hold_leads:
                    raise UserError(request.env._("You no longer hold leads."))
                if not offer.agent_id.email_normalized:
                    raise UserError(request.env._("You have no e-mail address to which the link could be sent."))
                if not offer._send_access_link():
                    raise UserError(request.env._("The link was just sent. Please check your inbox."))

    def _reason(self, offer, value):
        reasons = self._reasons(offer)
        return reasons.filtered(lambda reason: str(reason.id) == value)

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _reasons(self, offer):
        return offer.env["leads.agent.decline.reason"].search([])

    def _page(self, offer, *, problem="", notice="", status=None, wanted=None):
        stage, usual_status = self._stage(offer)
        values = {
            "offer": offer,
            "stage": stage,
            "path": f"{OFFER_PAGE}/{offer._token()}",
            "problem": problem,
            "notice": notice,
            "wanted": wanted if wanted in ANSWERS else "",
            "may_get_link": offer.agent_id.can_hold_leads,
        }
        if stage == "live":
            values |= {"terms": offer._terms(), "reasons": self._reasons(offer)}
        elif stage == "accepted":
            values["details"] = self._details(offer)
        return self._render("leads_agent_offer_link.offer_page", values, status or usual_status)

    def _stage(self, offer):
        """Return which page to show, and its HTTP status."""
        if offer._is_live():
            return "live", 200
        match offer.state:
            case "accepted":
                return ("accepted", 200) if offer._accepted_lead() else ("gone", 410)
            case "declined":
                return "declined", 410
            case "requeued":
                return "requeued", 200
            case "offered" | "missed" | "ended":
                return ("missed", 200) if Answering(offer).may_ask_again() else ("late", 410)
        return "gone", 410

    def _details(self, offer):
        """Return the contact of an accepted lead, read with the rights of the agent."""
        lead = offer._accepted_lead()
        town = " ".join(filter(None, [lead.zip, lead.city]))
        phone = read_cell(lead.phone, (lead.country_id or lead.partner_id.country_id).code)
        lines = [lead.street, lead.street2, town, lead.state_id.name, lead.country_id.name]
        return {
            "lead": lead,
            "address": [line for line in lines if line],
            "phone": phone,
            # sudo: leads.agent.desk - only a sentence about the number, no record is read
            "phone_note": request.env["leads.agent.desk"].sudo()._number_sentence(Line(lead.phone or "", phone)),
            "mail": lead.email_normalized or "",
            "text": offer._accepted_text(),
            "url": f"/odoo/leads-accepted/{lead.id}",
        }

    def _render(self, template, values, status=200):
        code = request.env.lang or "en_US"
        # sudo: res.lang - only the direction in which a language is written
        direction = request.env["res.lang"].sudo()._get_data(code=code).direction
        words = {"language": code.replace("_", "-"), "direction": direction or "ltr"}
        response = request.render(template, {**words, **values})
        response.status_code = status
        return self._guarded(response)

    def _not_found(self):
        """Return the same page for any invalid link: forged, malformed, of another agent, or expired."""
        return self._render("leads_agent_offer_link.no_such_link_page", {}, 404)

    def _redirect_to(self, offer):
        return self._guarded(request.redirect(f"{OFFER_PAGE}/{offer._token()}"))

    def _guarded(self, response):
        response.headers.update(HEADERS)
        return response
