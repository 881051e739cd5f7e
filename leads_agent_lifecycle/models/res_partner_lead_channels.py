from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import parse_contact_from_email

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from .res_partner import CHANNELS


class ResPartner(models.Model):
    """Who speaks on a channel: a lead who returns, or a new one, of whom little may be known."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _lead_from_channel(
        self, channel, key=None, *, name=None, email=None, phone=None, fills_gaps=True, wakes=True, **values
    ):
        """Elevated: who speaks on a channel. A returning visitor is the same lead; an unknown one becomes a new lead.

        :param str channel: a value of :data:`CHANNELS`
        :param str key: what the channel calls the person: a visitor, a number, an id
        :param bool fills_gaps: whether what is missing on a known lead is filled in; not where anybody can type
            the address of somebody else
        :param bool wakes: whether it is an answer; who asks to be left alone is found, and becomes no lead by it
        :param values: more of the profile of a new lead
        :returns: the lead, or the contact that is none
        """
        Identity = self.env["leads.agent.identity"]
        identity = Identity.search([("channel", "=", channel), ("key", "=", key)], limit=1) if key else Identity
        lead = identity.partner_id
        known = {"name": name, "email": email, "phone": phone}
        known = {field: value.strip() for field, value in known.items() if value and value.strip()}
        if not lead:
            lead = self._lead_find(**known)
        if not lead:
            place = self._lead_first_place() if wakes else (False, False)
            called = known.get("name") or known.get("email") or known.get("phone")
            lead = self.create(
                {
                    "name": called or self._lead_placeholder(channel),
                    "lead_is_anonymous": not known,
                    "lead_channel": channel,
                    "lead_stage_id": place[0],
                    "lead_status_id": place[1],
                    **{field: value for field, value in known.items() if field != "name"},
                    **values,
                }
            )
        else:
            missing = {field: value for field, value in known.items() if fills_gaps and not lead[field]}
            if "email" in missing and lead.with_context(active_test=False).user_ids:
                # Who signs in gets new passwords by e-mail: nobody says on a channel what it is.
                del missing["email"]
            if fills_gaps and lead.lead_is_anonymous and known:
                missing |= {"name": known.get("name") or known.get("email") or known.get("phone")}
            if missing:
                lead.write(missing)
            if wakes and not lead.lead_stage_id:
                self._lead_enter(lead.ids, channel, self.env._("Came by %s", dict(CHANNELS)[channel]))
        if key and not identity:
            Identity.create({"partner_id": lead.id, "channel": channel, "key": key})
        elif identity:
            identity.seen_at = fields.Datetime.now()
        if wakes:
            lead._lead_event("answer", self.env._("Came by %s", dict(CHANNELS)[channel]))
        return lead

    @api.model
    @takes(msg_dict=given.values, custom_values=given.optional(given.values))
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of the leads: who wrote it is found, or becomes a lead."""
        if (custom_values or {}).get("lead_channel") != "mail":
            return super().message_new(msg_dict, custom_values)
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        Word = self.env["leads.agent.stop.word"]
        wants = Word._purpose(Word._words_of_mail(msg_dict.get("body"), msg_dict.get("subject")))
        # sudo: res.partner - whoever writes to the alias has no user; only who it is comes from the mail
        return self.sudo()._lead_from_channel("mail", name=name, email=email, wakes=wants != "stop")

    @api.model
    def _lead_find(self, name=None, email=None, phone=None):
        """The oldest contact with the e-mail or the number, leads first."""
        same = Domain.FALSE
        if normalized := email_normalize(email or ""):
            same |= Domain("email_normalized", "=", normalized)
        if number := self._phone_format(number=phone) if phone else False:
            same |= Domain("phone_sanitized", "=", number)
        if same.is_false():
            return self.browse()
        found = self.search(same & Domain("partner_share", "=", True), order="id")
        return (found.filtered("lead_stage_id") or found)[:1]

    @api.model
    def _lead_placeholder(self, channel):
        return self.env._("Visitor (%s)", dict(self._fields["lead_channel"]._description_selection(self.env))[channel])

    @api.autovacuum
    def _gc_leads_without_info(self):
        """Delete leads of whom nothing became known, after the days that the company keeps them."""
        for company in self.env["res.company"].search([("leads_keep_no_info_days", ">", 0)]):
            before = fields.Datetime.subtract(fields.Datetime.now(), days=company.leads_keep_no_info_days)
            leads = self.with_context(active_test=False).search(
                [
                    ("lead_info", "=", "no_info"),
                    ("lead_stage_id", "!=", False),
                    ("company_id", "in", (False, company.id)),
                    ("lead_at", "<", before),
                    "|",
                    ("lead_event_at", "=", False),
                    ("lead_event_at", "<", before),
                    ("leads_assignment_ids", "=", False),
                    ("user_ids", "=", False),
                ],
                limit=1000,
            )
            leads.unlink()
