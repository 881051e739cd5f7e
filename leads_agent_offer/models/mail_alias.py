import ast

from odoo import models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _leads_takes_mail(self):
        """Also take mail to the addresses of call centers whose incoming leads are offered."""
        return self._leads_team().leads_offer_routing or super()._leads_takes_mail()

    def _leads_company(self):
        return self._leads_team().company_id or super()._leads_company()

    def _leads_team(self):
        """Return the call center of the address."""
        teams = self.env["crm.team"]
        if self.alias_model_id.model != "crm.lead":
            return teams
        try:
            return teams.browse(int(ast.literal_eval(self.alias_defaults or "{}").get("team_id") or 0)).exists()
        except (ValueError, SyntaxError, TypeError, AttributeError):
            # Invalid defaults typed by a manager are reported when the mail is processed.
            return teams
