from odoo import models

# The document of a rating; Odoo writes it elevated.
DOCUMENT_FIELDS = frozenset(("res_model_id", "res_id", "parent_res_model_id", "parent_res_model", "parent_res_id"))


class RatingRating(models.Model):
    """Odoo lets every employee read all ratings, including those of customers and orders out of sight.

    It also lets them move a rating to another document, which changes the average of both.
    """

    _name = "rating.rating"
    _inherit = ["rating.rating", "leads.agent.document.sight.mixin"]

    def _has_field_access(self, field, operation):
        if operation == "write" and field.name in DOCUMENT_FIELDS and not self.env.su:
            if self.env.user._is_leads_agent():
                return False
        return super()._has_field_access(field, operation)
