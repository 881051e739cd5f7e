from datetime import timedelta

from odoo import fields, models

# Seconds between imported leads.
IMPORT_SPACING = 60
# When to ask hours again that say nothing of the next weeks.
LOOK_AGAIN_AT_HOURS = timedelta(days=1)
HOLDS = [("company", "By Hours or Settings"), ("manager", "By a Manager"), ("turn", "Until Its Turn")]


class CrmLead(models.Model):
    """Leads that are held: outside the operating hours, while all are held, by a manager, or until their turn."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    leads_hold = fields.Selection(
        HOLDS,
        string="Held",
        readonly=True,
        copy=False,
        help="By hours or settings: goes on when these allow it. By a manager: waits for Release. Until its turn: was "
        "released, and is offered whatever the hours say.",
    )

    def _leads_route(self):
        """Route leads that nobody owns: held while the company offers none, else offered at once."""
        for company, leads in self.grouped(lambda lead: lead._leads_company()).items():
            opening = leads._leads_wait_for(company)
            if opening and opening > fields.Datetime.now():
                leads._leads_hold(company, opening, company.leads_offer_spacing)
            elif opening:
                leads._leads_offer_now()

    def _leads_wait_for(self, company):
        """Hold leads for as long as nobody can say when the company offers leads again.

        :returns: the moment from which on they are offered; None when they are held now
        """
        opening = company._leads_offer_opening()
        if company.leads_offer_intercept:
            self._leads_move("held", reason=self.env._("Held: a manager releases each lead."), hold="company")
            return None
        if opening is None:
            again = None if company.leads_offer_override else fields.Datetime.now() + LOOK_AGAIN_AT_HOURS
            self._leads_move("held", again, self.env._("Held: the lead desk is closed."), hold="company")
        return opening

    def _leads_hold_import(self):
        """Imported leads come one a minute, the oldest first."""
        now = fields.Datetime.now()
        for company, leads in self.grouped(lambda lead: lead._leads_company()).items():
            ordered = leads.sorted(lambda lead: (lead.create_date, lead.id))
            ordered._leads_hold(company, company._leads_offer_opening() or now, IMPORT_SPACING)

    def _leads_hold(self, company, opening, spacing):
        """Hold leads and release them one by one from a moment on, after those that wait already."""
        last = self._leads_last_moment([("company_id", "in", (False, company.id))])
        first = max(opening, last + timedelta(seconds=spacing)) if last else opening
        until = {lead.id: first + timedelta(seconds=spacing * nr) for nr, lead in enumerate(self)}
        self._leads_wait_for_opening(until)

    def _leads_wait_for_opening(self, until):
        reason = self.env._("Held until the operating hours begin, then released one by one.")
        self._leads_move("held", until, reason, hold="company")

    def _leads_last_moment(self, domain):
        """When the last of the held leads is released."""
        held = [("leads_offer_state", "=", "held"), ("leads_offer_until", "!=", False), ("id", "not in", self.ids)]
        last = self.env["crm.lead"].search([*held, *domain], order="leads_offer_until desc", limit=1)
        return last.leads_offer_until

    def _leads_release(self):
        """Release held leads one by one, from now on, after those that were released already."""
        now = fields.Datetime.now()
        for company, leads in self.grouped(lambda lead: lead._leads_company()).items():
            spacing = timedelta(seconds=company.leads_offer_spacing)
            released = [("leads_hold", "=", "turn"), ("company_id", "in", (False, company.id))]
            last = leads._leads_last_moment(released)
            first = max(now, last + spacing) if last else now
            until = {lead.id: first + spacing * nr for nr, lead in enumerate(leads)}
            reason = self.env._("Released: the lead is offered in its turn.")
            leads._leads_move("held", until, reason, hold="turn")

    def _leads_plan_anew(self, company):
        """The company offers leads at other times now: what it held goes on one by one, as far apart as before.

        What a manager took back stays, and what was released goes on in its turn.
        """
        opening = self._leads_wait_for(company)
        if not opening:
            return
        until, spacing, before, moment = {}, company.leads_offer_spacing, None, opening
        for lead in self:
            if until:
                gap = (lead.leads_offer_until - before).total_seconds() if lead.leads_offer_until and before else 0
                moment += timedelta(seconds=max(spacing, min(gap, IMPORT_SPACING)))
            until[lead.id] = moment
            before = lead.leads_offer_until
        self._leads_wait_for_opening(until)

    def _leads_due_held(self):
        """Held leads whose moment has come: offered, one by one, unless the company holds them longer."""
        for company, group in self.grouped(lambda lead: lead._leads_company()).items():
            opening = company._leads_offer_opening()
            is_open = opening and opening <= fields.Datetime.now() and not company.leads_offer_intercept
            going = group if is_open else group.filtered(lambda lead: lead.leads_hold == "turn")
            # One by one: each sees who was served by the one before.
            for lead in going:
                lead._leads_offer_now()
            (group - going)._leads_route()
