from werkzeug.routing import BaseConverter

from odoo import models
from odoo.http import request

# The addresses of the pages behind links.
OFFER_PAGE = "/leads/offer"
MY_LEADS_PAGE = "/leads/mine"


class AnythingConverter(BaseConverter):
    """Match the rest of an address, including line breaks, at which the converter for paths stops."""

    regex = r"(?s:.+)"
    part_isolating = False
    weight = 300


class IrHttp(models.AbstractModel):
    """Let the pages behind links accept any parameter."""

    _inherit = "ir.http"

    @classmethod
    def _get_converters(cls):
        return {**super()._get_converters(), "leads_anything": AnythingConverter}

    @classmethod
    def _dispatch(cls, endpoint):
        # Odoo passes all parameters to the method: one named `self` would raise a server error.
        if request.httprequest.path.startswith((OFFER_PAGE, MY_LEADS_PAGE)):
            request.params.pop("self", None)
        return super()._dispatch(endpoint)
