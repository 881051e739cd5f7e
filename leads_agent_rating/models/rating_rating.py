from odoo import models


class RatingRating(models.Model):
    """Odoo lets every employee read all ratings, those of customers and orders out of sight included."""

    _name = "rating.rating"
    _inherit = ["rating.rating", "leads.agent.document.sight.mixin"]
