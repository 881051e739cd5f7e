from odoo import api, models

from .. import cooling
from ..tools.eligibility import Cause


class LeadsAgentWording(models.AbstractModel):
    """The sentences shown to users, in one place; one method per message."""

    _name = "leads.agent.wording"
    _description = "Wording"

    @api.model
    def _verdict(self, cause, customer="", agent="", holder=""):
        """Return the sentence for the result of a request to assign a customer to an agent.

        :param cause: of a :class:`eligibility.Verdict`
        :param str customer, agent, holder: names
        """
        if isinstance(cause, Cause):
            return self._verdict_of(cause, customer, agent, holder)
        match cause:
            case "assigned":
                return self.env._("Assigned to %s.", agent)
            case "reassigned":
                return self.env._("Taken from %(holder)s and assigned to %(agent)s.", holder=holder, agent=agent)
            case "already":
                return self.env._("%(agent)s already holds %(customer)s.", agent=agent, customer=customer)
            case "held":
                return self.env._("%(holder)s already holds %(customer)s.", holder=holder, customer=customer)
            case "gone":
                return self.env._("This customer no longer exists.")
            case "archived":
                return self.env._("%s is archived.", customer)
            case "company":
                return self.env._(
                    "%(customer)s belongs to a company in which %(agent)s does not work.",
                    customer=customer,
                    agent=agent,
                )
            case "no_order":
                return self.env._("%s has no quotation: the customer has no order at all.", customer)
            case "cancel":
                return (
                    self.env._("The latest order of %s is cancelled, so there is no open quotation.", customer)
                    + self._hint()
                )
            case "sale":
                return (
                    self.env._("The latest order of %s is confirmed, so there is no open quotation.", customer)
                    + self._hint()
                )
        return self.env._("%s cannot be assigned.", customer)

    @api.model
    def _verdict_of(self, cause, customer, agent, holder):
        """Return the sentence for a :class:`eligibility.Cause`."""
        if cause.kind == "unable":
            return cause.name
        return self.env["res.partner"]._refusal_sentence(cause.kind, customer, cause)

    @api.model
    def _hint(self):
        """Return the advice to change the setting, for users who may."""
        if not self.env.user.has_group("base.group_system"):
            return ""
        return " " + self.env._(
            "Switch on 'Allow Leads Agents to View Non-Partial Orders' to assign such customers from the order list."
        )

    @api.model
    def _logged(self, cause, agent="", holder=""):
        """Return a verdict for the result log of a batch, where lines are grouped by reason.

        :returns: ``(reason, detail)``: the reason is the same for all customers, the detail is about one
        """
        if isinstance(cause, Cause):
            return self._logged_cause(cause, agent, holder)
        match cause:
            case "assigned":
                return self.env._("Assigned to %s", agent), ""
            case "reassigned":
                return self.env._("Assigned to %s", agent), self.env._("Taken from %s", holder)
            case "already":
                return self.env._("Held by the agent already"), self.env._("Held by %s", agent)
            case "held":
                return self.env._("Held by another agent"), self.env._("Held by %s", holder)
            case "archived":
                return self.env._("The customer is archived"), ""
            case "company":
                return self.env._("Customers of a company in which the agent does not work"), agent
            case "no_order":
                return self.env._("No quotation: the customer has no order at all"), ""
            case "cancel":
                return self.env._("No open quotation: the latest order is cancelled"), ""
            case "sale":
                return self.env._("No open quotation: the latest order is confirmed"), ""
        return self._verdict(cause), ""

    @api.model
    def _logged_cause(self, cause, agent, holder):
        """Return the reason and the detail for a :class:`eligibility.Cause`."""
        if cause.kind == "unable":
            return cause.name, ""
        detail = cooling.until(self.env, cause) if cause.kind == cooling.REFUSAL.name else ""
        if holder and detail:
            # Somebody holds the lead now, which matters more to the manager than the cooling-off.
            return self.env._("Held by another agent"), self.env._(
                "Held by %(holder)s. Cooling-off: %(until)s", holder=holder, until=detail
            )
        refusals = {refusal.name: refusal for refusal in self.env["res.partner"]._refusals()}
        return refusals[cause.kind].title(self.env), detail

    @api.model
    def _reasons_of_setting(self):
        """Return the reasons that the setting *View Non-Partial Orders* would remove."""
        return {self._logged(cause)[0] for cause in ("cancel", "sale")}
