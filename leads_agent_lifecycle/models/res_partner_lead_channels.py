import re
from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import parse_contact_from_email

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.models.leads_agent_received_mail import Intake

from ..tools import own_address, phone_forms
from ..tools.meta_said import phone_of
from .res_partner import CHANNELS

ALIAS = "leads_agent_lifecycle.alias_leads"
# What is longer is no name, and fits into no index.
LONGEST_NAME = 250


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
        lead, _is_new = self._lead_by_names(
            channel,
            (key,) if key else (),
            name=name,
            email=email,
            phone=phone,
            fills_gaps=fills_gaps,
            wakes=wakes,
            **values,
        )
        return lead

    @api.model
    def _lead_by_names(self, channel, names, *, fills_gaps=True, wakes=True, is_answer=True, **values):
        """Elevated: the same for somebody whom the channel calls by several names, such as a number and an id.

        :param names: what the channel calls the person, what tells most first
        :param bool is_answer: whether it is the answer; not where a message of theirs follows, which is one
        :returns: the lead, and whether it was none before
        """
        known = self._lead_known(channel, {field: values.pop(field, None) for field in ("name", "email", "phone")})
        if known.get("email") and self._leads_our_emails([known["email"]]):
            del known["email"]
        if channel != "whatsapp" and known.get("phone") and self._lead_our_numbers([known["phone"]]):
            del known["phone"]
        lead, others, identities = self._lead_known_by(channel, names, known)
        is_new = not lead
        if is_new:
            lead = self._lead_of_channel(channel, known, values, wakes, names)
        else:
            lead._lead_learn(known, fills_gaps)
            if wakes:
                lead._lead_return()
            if wakes and fills_gaps:
                # Where anybody can type the address of somebody else, no company learns of another one's customers.
                lead._lead_share()
            if wakes and not lead.lead_stage_id:
                is_new = True
                self._lead_enter(lead.ids, channel, self.env._("Came by %s", dict(CHANNELS)[channel]))
        lead._lead_is_called(channel, names, others, identities)
        if wakes and is_answer:
            lead._lead_arrives(self.env._("Came by %s", dict(CHANNELS)[channel]))
            lead._lead_tell_arrival(channel)
        return lead, is_new

    @api.model
    def _lead_known(self, channel, told):
        """What is known of a person by a channel, without what was not told."""
        known = {field: text for field, value in told.items() if (text := (value or "").strip())}
        if "name" in known:
            known["name"] = known["name"][:LONGEST_NAME].strip()
        if channel == "whatsapp" and "phone" in known:
            known["phone"] = phone_forms.dialled(known["phone"])
        return known

    @api.model
    def _lead_meet(self, speakers):
        """Elevated: those of some speakers whom nobody knows become leads, all at once.

        Who shares a name or a number with another speaker is left to meet alone.

        :param speakers: channel, names, and what they tell of themselves
        :returns: the numbers of the new leads
        :rtype: set
        """
        speakers = {(channel, tuple(names)): self._lead_known(channel, told) for channel, names, told in speakers}
        if len(speakers) < 2:
            return set()
        forms = {
            key: {*key[1], *(form.lstrip("+") for form in phone_forms.forms(known.get("phone") or ""))}
            for key, known in speakers.items()
        }
        times = Counter((channel, form) for (channel, _names), all_forms in forms.items() for form in all_forms)
        every = {form for all_forms in forms.values() for form in all_forms}
        named = self.env["leads.agent.identity"].search_fetch([("key", "in", list(every))], ["key"]).mapped("key")
        numbers = {known["phone"] for known in speakers.values() if known.get("phone")}
        owned = self._lead_owned_numbers(numbers)
        new = [
            (key, known)
            for key, known in speakers.items()
            if not forms[key] & set(named)
            and known.get("phone") not in owned
            and all(times[key[0], form] == 1 for form in forms[key])
        ]
        countries = {}
        values = [self._lead_values_of_channel(*key, known, countries) for key, known in new]
        leads = self.create(values)
        self.env["leads.agent.identity"].create(
            [
                {"partner_id": lead.id, "channel": channel, "key": name}
                for lead, ((channel, names), _known) in zip(leads, new, strict=True)
                for name in names
            ]
        )
        return set(leads.ids)

    @api.model
    def _lead_owned_numbers(self, numbers):
        """Which of some numbers are somebody's, or can be written in several forms, so that a look has to tell."""
        several = {number for number in numbers if len(phone_forms.forms(number)) > 1}
        single = Domain("phone_sanitized", "in", list(numbers - several))
        found = self.with_context(active_test=False).search_fetch(single, ["phone_sanitized"])
        return several | set(found.mapped("phone_sanitized"))

    @api.model
    def _lead_known_by(self, channel, names, known):
        """Who is called so on the channel, else who has the e-mail or the number.

        A number says more than an id: who wrote without one before, and is somebody else's contact with that number,
        is this contact.

        :returns: the lead, those who went by one of the names until now, and the rows of these names
        """
        if channel == "whatsapp":
            # Numbers are said in several forms; the first name is the number, where there is one.
            numbers = [form.lstrip("+") for form in phone_forms.forms(phone_of(names[0]))] if names else []
            names = [*(numbers or names[:1]), *names[1:]]
        named = Domain("channel", "=", channel) & Domain("key", "in", names)
        identities = self.env["leads.agent.identity"].search(named) if names else self.env["leads.agent.identity"]
        firsts = numbers if channel == "whatsapp" and numbers else names[:1]
        lead = identities.filtered(lambda one: one.key in firsts)[:1].partner_id
        if not lead:
            owner = self._lead_find(**known) if not identities or known.get("phone") else self.browse()
            lead = owner or identities[:1].partner_id
        return lead, identities.partner_id - lead, identities

    @api.model
    def _lead_of_channel(self, channel, known, values, wakes, names=()):
        """A new contact, who is a lead unless they ask to be left alone."""
        return self.create(self._lead_values_of_channel(channel, names, known, {}, wakes=wakes) | values)

    @api.model
    def _lead_values_of_channel(self, channel, names, known, countries, *, wakes=True):
        """Values of a new contact.

        :param dict countries: those that were looked up already, by their code
        """
        place = self._lead_first_place() if wakes else (False, False)
        called = known.get("name") or known.get("email") or known.get("phone")
        code = self._lead_country_code(known.get("phone"), names)
        if code and code not in countries:
            countries[code] = self._lead_country(known.get("phone"), names).id
        return {
            "name": called or self._lead_placeholder(channel),
            "lead_is_anonymous": not known,
            "lead_channel": channel,
            "lead_stage_id": place[0],
            "lead_status_id": place[1],
            **({"country_id": countries[code]} if countries.get(code) else {}),
            **{field: value for field, value in known.items() if field != "name"},
        }

    @api.model
    def _lead_country_code(self, phone, names=()):
        """The country of a number, else the one with which an id of WhatsApp begins: ``FR.134912``."""
        code = phone_forms.country_of(phone_forms.plain(phone or ""))
        return code or next((name[:2] for name in names if re.match(r"[A-Z]{2}\.\w", name)), "")

    @api.model
    def _lead_country(self, phone, names=()):
        code = self._lead_country_code(phone, names)
        return self.env["res.country"].search([("code", "=", code)], limit=1) if code else self.env["res.country"]

    def _lead_came_by(self, source, campaign):
        """Elevated: by which advert or link a new lead came; those that nobody has named yet are added."""
        values = {}
        for field, name in (("lead_source_id", source), ("lead_campaign_id", campaign)):
            if name and not self[field]:
                Origin = self.env[self._fields[field].comodel_name]
                found = Origin.with_context(active_test=False).search([("name", "=", name)], limit=1)
                values[field] = (found or Origin.create({"name": name})).id
        if values:
            self.write(values)

    def _lead_learn(self, known, fills_gaps):
        """What is missing on a known lead is filled in, where the channel proves who speaks."""
        if not fills_gaps:
            return
        missing = {field: value for field, value in known.items() if not self[field]}
        if "phone" in missing and not self.country_id and (country := self._lead_country(missing["phone"])):
            missing["country_id"] = country.id
        if "email" in missing and self.with_context(active_test=False).user_ids:
            # Who signs in gets new passwords by e-mail: nobody says on a channel what it is.
            del missing["email"]
        if self._lead_is_nameless() and known:
            named = known.get("name") or (self.lead_is_anonymous and (known.get("email") or known.get("phone")))
            missing |= {"name": named} if named else {}
        if missing:
            self.write(missing)

    def _leads_sender_names(self):
        return [*super()._leads_sender_names(), *self.lead_identity_ids.mapped("key")]

    def _lead_is_nameless(self):
        """Whether what stands for the name is an address, a number, or what visitors are called."""
        return self.lead_is_anonymous or not own_address.is_name(self.name)

    def _lead_is_called(self, channel, names, others=(), known=None):
        """The lead goes by these names on the channel from now on; who went by one of them is told.

        :param known: the rows of these names and of other forms of them, where they were looked up
        """
        Identity = self.env["leads.agent.identity"]
        if known is None:
            known = Identity.search(Domain("channel", "=", channel) & Domain("key", "in", names))
        identities = known.filtered(lambda one: one.key in names)
        identities.write({"seen_at": fields.Datetime.now()})
        identities.filtered(lambda one: one.partner_id != self).partner_id = self
        new = [name for name in names if name not in identities.mapped("key")]
        Identity.create([{"partner_id": self.id, "channel": channel, "key": name} for name in new])
        label = dict(CHANNELS)[channel]
        for other in others:
            said = self.env._(
                "By their number on %(channel)s, this is %(lead)s.", channel=label, lead=self.display_name
            )
            other._message_log(body=said)
            said = self.env._("Wrote on %(channel)s as %(lead)s before.", channel=label, lead=other.display_name)
            self._message_log(body=said)

    @api.model
    def _lead_moved_on_channel(self, said):
        """Elevated: somebody has a new number or a new id on a channel. Both move; it is no answer.

        :param Said said: the old names, and the new ones
        :returns: what became of it, as :meth:`LeadsAgentReceived._became` takes it
        """
        lead, _others, _rows = self._lead_known_by(
            said.channel, said.called, {"phone": said.phone} if said.phone else {}
        )
        if not lead or not said.news:
            return {"state": "ignored", "reason": self.env._("A new number of somebody unknown")}
        Identity = self.env["leads.agent.identity"]
        on_channel = Domain("channel", "=", said.channel)
        if taken := Identity.search(on_channel & Domain("key", "in", said.news)).partner_id - lead:
            reason = self.env._("Goes by the number or id of %s now", taken[0].display_name)
            lead._message_log(body=reason)
            return {"state": "ignored", "reason": reason, "lead": lead}
        numbers = [name for name in said.news if phone_of(name)]
        ids = [name for name in said.news if not phone_of(name)]
        there = Identity.search(on_channel & Domain("key", "in", said.news)).mapped("key")
        for identity in Identity.search(on_channel & Domain("key", "in", said.called)):
            if (new := next(iter(numbers if phone_of(identity.key) else ids), "")) and new not in there:
                identity.key = new
                there.append(new)
            elif new:
                identity.unlink()
        lead._lead_is_called(said.channel, said.news)
        old, new = said.phone, phone_of(said.news[0])
        if new and old:
            has_old = Domain("id", "=", lead.id) & self._lead_phone_domain(old)
            self.with_context(active_test=False).search(has_old).phone = phone_forms.dialled(new)
        reason = self.env._("New number or id: %(new)s instead of %(old)s", new=said.news[0], old=said.sender)
        lead._message_log(body=reason)
        return {"state": "ignored", "reason": reason, "lead": lead}

    @api.model
    @takes(msg_dict=given.values, custom_values=given.optional(given.values))
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of the leads: who wrote it is found, or becomes a lead."""
        if (custom_values or {}).get("lead_channel") != "mail":
            return super().message_new(msg_dict, custom_values)
        values = dict(custom_values)
        name, email, phone = values.get("lead_person") or (
            *parse_contact_from_email(msg_dict.get("email_from") or ""),
            "",
        )
        Word = self.env["leads.agent.stop.word"]
        wants = Word._purpose(Word._words_of_mail(msg_dict.get("body"), msg_dict.get("subject")))
        # sudo: res.partner - whoever writes to the alias has no user; only who it is comes from the mail
        leads = self.sudo().with_company(self.env.ref(ALIAS).sudo()._leads_company())
        lead, is_new = leads._lead_by_names(
            "mail", (), name=name, email=email, phone=phone, fills_gaps=not phone, wakes=wants != "stop"
        )
        msg_dict["author_id"] = lead.id
        if intake := Intake.of(self.env):
            intake.is_new_lead = bool(is_new and lead.lead_stage_id)
        return lead.with_env(self.env)

    @api.model
    def _lead_find(self, name=None, email=None, phone=None):
        """Who has the e-mail or the number: active contacts, those of the company, leads and older ones come first."""
        same = Domain.FALSE
        if normalized := email_normalize(email or ""):
            same |= Domain("email_normalized", "=", normalized)
        if phone:
            same |= self._lead_phone_domain(phone)
        if same.is_false():
            return self.browse()
        share = Domain("partner_share", "=", True)
        found = self.with_context(active_test=False).search(same & share).with_env(self.env)
        found = found.filtered(lambda one: not one._leads_is_ours())
        own = self.env.company.parent_ids
        return found.sorted(lambda one: (not one.active, not one.company_id <= own, not one.lead_stage_id, one.id))[:1]

    @api.model
    def _lead_our_numbers(self, numbers):
        """Elevated: which of some numbers are those of colleagues and of the own companies."""
        forms_of = {number: self._lead_phone_forms(number) for number in numbers}
        every = [form for forms in forms_of.values() for form in forms]
        if not every:
            return set()
        partners, us = self._leads_us()
        ours = set(partners.search(us & Domain("phone_sanitized", "in", every)).mapped("phone_sanitized"))
        return {number for number, forms in forms_of.items() if ours & set(forms)}

    @api.model
    def _lead_phone_forms(self, phone, country=None):
        """A number in whichever of its forms it is written."""
        written = phone_forms.plain(phone)
        number = self._phone_format(number=phone, country=country) or (
            phone_forms.dialled(written) if written.startswith("+") else ""
        )
        return phone_forms.forms(number)

    @api.model
    def _lead_phone_domain(self, phone, country=None):
        """Who has a number, in whichever of its forms it is written."""
        forms = self._lead_phone_forms(phone, country)
        domain = Domain("phone_sanitized", "in", forms)
        if len(forms) > 1:
            # A form that the numbering plan does not know any more is kept as it was typed.
            self.flush_model(["phone"])
            domain |= Domain("phone_mobile_search", "in", forms)
        return domain

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
