from odoo import api, models


class LeadsAgentWording(models.AbstractModel):
    """Sentences on agents who are full or away."""

    _inherit = "leads.agent.wording"

    @api.model
    def _verdict_of(self, cause, customer, agent, holder):
        match cause.kind:
            case "full":
                return self.env._("%(agent)s is full: at most %(most)s open leads.", agent=agent, most=cause.most)
            case "full_today":
                return self.env._(
                    "%(agent)s is full for today: at most %(most)s new leads a day.", agent=agent, most=cause.most
                )
            case "assigned" | "reassigned":
                sentence = self._verdict(cause.kind, customer, agent, holder)
                return f"{sentence} {self._absence(cause.name, agent)}"
        return super()._verdict_of(cause, customer, agent, holder)

    @api.model
    def _logged_cause(self, cause, agent, holder):
        match cause.kind:
            case "full" | "full_today":
                return self._verdict_of(cause, "", agent, holder), ""
            case "assigned" | "reassigned":
                reason, detail = self._logged(cause.kind, agent, holder)
                return reason, " ".join(filter(None, (detail and f"{detail}.", self._absence(cause.name, agent))))
        return super()._logged_cause(cause, agent, holder)

    @api.model
    def _absence(self, absence, agent):
        """Return why an agent is away.

        :param str absence: a value of :meth:`_leads_absences`
        """
        match absence:
            case "leave":
                return self.env._("%s is on leave now.", agent)
            case "hours":
                return self.env._("%s is outside working hours now.", agent)
        return self.env._("%s is switched off for new leads.", agent)
