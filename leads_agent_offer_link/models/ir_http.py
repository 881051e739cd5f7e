from werkzeug.routing import BaseConverter

from odoo import models
from odoo.http import request

# The addresses of the pages behind links.
OFFER_PAGE = "/leads/offer"
MY_LEADS_PAGE = "/leads/mine"


class AnythingConverter(BaseConverter):
    """The rest of an address, whatever it holds: the converter for paths stops at a line break."""

    regex = r"(?s:.+)"
    part_isolating = False
    weight = 300


class IrHttp(models.AbstractModel):
    """The pages of links bear every parameter."""

    _inherit = "ir.http"

    @classmethod
    def _get_converters(cls):
        return {**super()._get_converters(), "leads_anything": AnythingConverter}

    @classmethod
    def _dispatch(cls, endpoint):
        # Odoo hands all parameters to a method: one that is called `self` would be an error of the server.
        if request.httprequest.path.startswith((OFFER_PAGE, MY_LEADS_PAGE)):
            request.params.pop("self", None)
        return super()._dispatch(endpoint)
