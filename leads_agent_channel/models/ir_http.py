from functools import wraps

from odoo import models
from odoo.http import request

from ..form_intake import FormIntake

WEBSITE_FORM = "/website/form/"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        if request.httprequest.path.startswith(WEBSITE_FORM) and request.httprequest.method == "POST":
            endpoint = cls._leads_noting(endpoint)
        return super()._dispatch(endpoint)

    @classmethod
    def _leads_noting(cls, endpoint):
        """Record a website form that creates leads after the captcha and before the form is processed."""

        @wraps(endpoint)
        def noted(**params):
            # sudo: leads.agent.received - visitors have no rights on received messages
            Received = request.env["leads.agent.received"].sudo()
            if not Received._takes_form(params):
                return endpoint(**params)
            return FormIntake(Received, request).take_in(lambda: endpoint(**params))

        return noted
