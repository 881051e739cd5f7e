"""Leads who write: they become active and visible in the company they write to, and a user is notified."""

from odoo.fields import Domain

from odoo.addons.leads_agent.notices import names as name_some

from .moving import LifeCycle

# Cache key of the cursor: leads who began to wait for an answer in this transaction.
ARRIVED = "leads_agent_lifecycle.arrived"


class Arrivals:
    """Leads who write. Needs elevated records, in the company to which they write."""

    def __init__(self, leads):
        self.env, self.leads = leads.env, leads

    def activate(self):
        """Make the leads and their customers active again."""
        if away := (self.leads | self.leads.commercial_partner_id).filtered(lambda one: not one.active):
            away.active = True

    def share(self):
        """Make leads visible in the company to which they write.

        A contact of another company becomes shared instead of moving: it stays visible there, and keeps its holder.
        """
        customer, company = self.leads.commercial_partner_id, self.env.company
        both = customer | self.leads
        if both.company_id <= company.parent_ids:
            return
        known = ", ".join((both.company_id - company.parent_ids).mapped("name"))
        # The other contacts of the customer are updated too.
        both.company_id = False
        self.leads._message_log(
            body=self.env._(
                "Known in %(known)s, and wrote to %(company)s. Now shared by all companies.",
                known=known,
                company=company.name,
            )
        )

    def note(self, reason):
        """Record that these leads wrote, which counts as an answer."""
        news = self.leads.filtered(lambda lead: not lead.lead_waits_since)
        self.env.cr.cache.setdefault(ARRIVED, set()).update(news.ids)
        LifeCycle(self.env).event(self.leads, "answer", reason)

    def notify(self, channel):
        """Notify users of leads who wrote in this transaction and did not wait for an answer before: the holder, else
        the call center. One notification for any number of leads."""
        arrived = self.env.cr.cache.setdefault(ARRIVED, set())
        news = self.leads.filtered(lambda lead: lead.id in arrived)
        arrived.difference_update(news.ids)
        for holder, leads in news.grouped(lambda lead: lead.commercial_partner_id.leads_agent_id).items():
            if holder:
                Arrivals(leads)._notify_users(holder, channel)
                continue
            for company, theirs in leads.grouped(lambda lead: lead.company_id or lead.env.company).items():
                mine = Arrivals(theirs)
                mine._notify_users(mine._call_center(company), channel)

    def _notify_users(self, users, channel):
        root = self.env.ref("base.partner_root")
        for lang, group in users.grouped("lang").items():
            leads = self.leads.with_context(lang=lang)
            labels = dict(leads._fields["lead_channel"]._description_selection(leads.env))
            names = name_some(leads.env, leads)
            (leads if len(leads) == 1 else leads.env["mail.thread"]).message_notify(
                partner_ids=group.partner_id.ids,
                subject=leads.env._("Wrote to us: %s", names),
                body=leads.env._("%(leads)s wrote to us by %(channel)s.", leads=names, channel=labels[channel]),
                author_id=root.id,
            )

    def _call_center(self, company):
        """Return who assigns these leads: call center leaders who may see them, else managers of the company."""
        has_leader = Domain("user_id", "!=", False) & Domain("company_id", "in", (False, company.id))
        teams = self.env["crm.team"].search(has_leader)
        leaders = teams.filtered(lambda team: any(user._is_leads_agent() for user in team.member_ids)).user_id
        managers = self.env.ref("leads_agent.group_leads_manager").all_user_ids

        def may_see(user):
            leads = self.leads.with_user(user).with_context(allowed_company_ids=company.ids)
            return company in user.company_ids and leads.has_access("read")

        return leaders.filtered(may_see) or managers.filtered(lambda user: company in user.company_ids)
