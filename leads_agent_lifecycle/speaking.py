"""Find the person on a channel: a returning lead, or a new one about whom little may be known."""

import re
from collections import Counter

from odoo import fields
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import parse_contact_from_email

from odoo.addons.leads_agent_channel.senders import Senders

from .arrivals import Arrivals
from .moving import LifeCycle
from .profile import CHANNELS
from .tools import own_address, phone_forms
from .tools.meta_said import phone_of

ALIAS = "leads_agent_lifecycle.alias_leads"
# Longer texts are not names, and do not fit into an index.
LONGEST_NAME = 250


def is_nameless(lead):
    """Whether the name is missing, or is only an address, a number or a placeholder for visitors."""
    return lead.lead_is_anonymous or not own_address.is_name(lead.name)


class Speakers:
    """Finds or creates people on channels. Needs an elevated environment."""

    def __init__(self, env):
        self.env, self.partners = env, env["res.partner"]

    def by_names(self, channel, names, *, fills_gaps=True, shows_interest=True, is_answer=True, **values):
        """Return the person on a channel: a returning lead, or a new one.

        :param str channel: a value of :data:`CHANNELS`
        :param names: the person's names on the channel, such as a number and an ID, the most reliable first
        :param bool fills_gaps: whether missing values of a known lead are filled in; False if anybody can type another
            person's address
        :param bool shows_interest: False for an opt-out, which finds a person but makes no lead
        :param bool is_answer: whether this counts as the answer; False if a message that counts follows
        :param values: name, email and phone, and other profile fields of a new lead
        :returns: the lead, and whether it was not a lead before
        """
        known = self._known(channel, {field: values.pop(field, None) for field in ("name", "email", "phone")})
        if known.get("email") and Senders(self.env).our_emails([known["email"]]):
            del known["email"]
        if channel != "whatsapp" and known.get("phone") and self.our_numbers([known["phone"]]):
            del known["phone"]
        lead, others, identities = self._known_by(channel, names, known)
        is_new = not lead
        if is_new:
            lead = self._new_lead(channel, known, values, shows_interest, names)
        else:
            self._fill_gaps(lead, known, fills_gaps)
            if shows_interest:
                Arrivals(lead).activate()
            if shows_interest and fills_gaps:
                # If anybody can type another person's address, contacts of other companies must not become visible.
                Arrivals(lead).share()
            if shows_interest and not lead.lead_stage_id:
                is_new = True
                LifeCycle(self.env).enter(lead.ids, channel, self.env._("Received by %s", dict(CHANNELS)[channel]))
        self._set_names(lead, channel, names, others, identities)
        if shows_interest and is_answer:
            arrivals = Arrivals(lead)
            arrivals.note(self.env._("Received by %s", dict(CHANNELS)[channel]))
            arrivals.notify(channel)
        return lead, is_new

    def by_mail(self, msg_dict, values):
        """Return the sender of a mail to the leads alias.

        :param dict values: including the person that the gateway found
        :returns: as :meth:`by_names`
        """
        name, email, phone = values.get("lead_person") or (
            *parse_contact_from_email(msg_dict.get("email_from") or ""),
            "",
        )
        Word = self.env["leads.agent.stop.word"]
        shows_interest = Word._purpose(Word._words_of_mail(msg_dict.get("body"), msg_dict.get("subject"))) != "stop"
        company = self.env.ref(ALIAS)._leads_company()
        speakers = Speakers(self.partners.with_company(company).env)
        return speakers.by_names(
            "mail", (), name=name, email=email, phone=phone, fills_gaps=not phone, shows_interest=shows_interest
        )

    def _known(self, channel, given):
        """Return the known values of a person, without empty ones."""
        known = {field: text for field, value in given.items() if (text := (value or "").strip())}
        if "name" in known:
            known["name"] = known["name"][:LONGEST_NAME].strip()
        if channel == "whatsapp" and "phone" in known:
            known["phone"] = phone_forms.dialled(known["phone"])
        return known

    def create_unknown(self, speakers):
        """Create leads for unknown persons, all at once.

        Persons who share a name or a number with another one are left to :meth:`by_names`.

        :param speakers: channel, names and values of each person
        :returns: the IDs of the new leads
        :rtype: set
        """
        speakers = {(channel, tuple(names)): self._known(channel, given) for channel, names, given in speakers}
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
        owned = self._owned_numbers(numbers)
        new = [
            (key, known)
            for key, known in speakers.items()
            if not forms[key] & set(named)
            and known.get("phone") not in owned
            and all(times[key[0], form] == 1 for form in forms[key])
        ]
        countries = {}
        values = [self._values(*key, known, countries) for key, known in new]
        leads = self.partners.create(values)
        self.env["leads.agent.identity"].create(
            [
                {"partner_id": lead.id, "channel": channel, "key": name}
                for lead, ((channel, names), _known) in zip(leads, new, strict=True)
                for name in names
            ]
        )
        return set(leads.ids)

    def _owned_numbers(self, numbers):
        """Return the numbers that belong to a contact, or that have several forms and need a separate search."""
        several = {number for number in numbers if len(phone_forms.forms(number)) > 1}
        single = Domain("phone_sanitized", "in", list(numbers - several))
        found = self.partners.with_context(active_test=False).search_fetch(single, ["phone_sanitized"])
        return several | set(found.mapped("phone_sanitized"))

    def _known_by(self, channel, names, known):
        """Return the contact with one of the names on the channel, else with the e-mail or number.

        A number is more reliable than an ID: if a person wrote without a number before, and now has the number of
        another contact, the person is that contact.

        :returns: the lead, other contacts that had one of the names, and the rows of these names
        """
        if channel == "whatsapp":
            # Numbers may have several forms; the first name is the number, if there is one.
            numbers = [form.lstrip("+") for form in phone_forms.forms(phone_of(names[0]))] if names else []
            names = [*(numbers or names[:1]), *names[1:]]
        named = Domain("channel", "=", channel) & Domain("key", "in", names)
        identities = self.env["leads.agent.identity"].search(named) if names else self.env["leads.agent.identity"]
        firsts = numbers if channel == "whatsapp" and numbers else names[:1]
        lead = identities.filtered(lambda one: one.key in firsts)[:1].partner_id
        if not lead:
            owner = self.find(**known) if not identities or known.get("phone") else self.partners.browse()
            lead = owner or identities[:1].partner_id
        return lead, identities.partner_id - lead, identities

    def _new_lead(self, channel, known, values, shows_interest, names=()):
        """Create a contact, which is a lead unless the person opted out."""
        return self.partners.create(self._values(channel, names, known, {}, shows_interest=shows_interest) | values)

    def _values(self, channel, names, known, countries, *, shows_interest=True):
        """Return the values of a new contact.

        :param dict countries: cache of country IDs by code
        """
        place = LifeCycle(self.env).first_place() if shows_interest else (False, False)
        called = known.get("name") or known.get("email") or known.get("phone")
        code = self._country_code(known.get("phone"), names)
        if code and code not in countries:
            countries[code] = self._country(known.get("phone"), names).id
        return {
            "name": called or self._placeholder(channel),
            "lead_is_anonymous": not known,
            "lead_channel": channel,
            "lead_stage_id": place[0],
            "lead_status_id": place[1],
            **({"country_id": countries[code]} if countries.get(code) else {}),
            **{field: value for field, value in known.items() if field != "name"},
        }

    def _country_code(self, phone, names=()):
        """Return the country code of a number, else the prefix of a WhatsApp ID: ``FR.134912``."""
        code = phone_forms.country_of(phone_forms.plain(phone or ""))
        return code or next((name[:2] for name in names if re.match(r"[A-Z]{2}\.\w", name)), "")

    def _country(self, phone, names=()):
        code = self._country_code(phone, names)
        return self.env["res.country"].search([("code", "=", code)], limit=1) if code else self.env["res.country"]

    def set_origin(self, lead, source, campaign):
        """Set the source and campaign of a new lead; unknown names are created."""
        values = {}
        for field, name in (("lead_source_id", source), ("lead_campaign_id", campaign)):
            if name and not lead[field]:
                Origin = self.env[lead._fields[field].comodel_name]
                found = Origin.with_context(active_test=False).search([("name", "=", name)], limit=1)
                values[field] = (found or Origin.create({"name": name})).id
        if values:
            lead.write(values)

    def _fill_gaps(self, lead, known, fills_gaps):
        """Fill in missing values of a known lead, if the channel proves the person's identity."""
        if not fills_gaps:
            return
        missing = {field: value for field, value in known.items() if not lead[field]}
        if "phone" in missing and not lead.country_id and (country := self._country(missing["phone"])):
            missing["country_id"] = country.id
        if "email" in missing and lead.with_context(active_test=False).user_ids:
            # Users reset their password by e-mail, so a channel must not set it.
            del missing["email"]
        if is_nameless(lead) and known:
            named = known.get("name") or (lead.lead_is_anonymous and (known.get("email") or known.get("phone")))
            missing |= {"name": named} if named else {}
        if missing:
            lead.write(missing)

    def _set_names(self, lead, channel, names, others=(), known=None):
        """Give the lead these names on the channel, and log it on contacts that had one of them before.

        :param known: the rows of these names and their other forms, if already searched
        """
        Identity = self.env["leads.agent.identity"]
        if known is None:
            known = Identity.search(Domain("channel", "=", channel) & Domain("key", "in", names))
        identities = known.filtered(lambda one: one.key in names)
        identities.write({"seen_at": fields.Datetime.now()})
        identities.filtered(lambda one: one.partner_id != lead).partner_id = lead
        new = [name for name in names if name not in identities.mapped("key")]
        Identity.create([{"partner_id": lead.id, "channel": channel, "key": name} for name in new])
        label = dict(CHANNELS)[channel]
        for other in others:
            said = self.env._(
                "Their number on %(channel)s is the number of %(lead)s.", channel=label, lead=lead.display_name
            )
            other._message_log(body=said)
            said = self.env._("Has written on %(channel)s as %(lead)s before.", channel=label, lead=other.display_name)
            lead._message_log(body=said)

    def change_names(self, said):
        """Process a new number or ID of a person on a channel. It does not count as an answer.

        :param Said said: with the old and the new names
        :returns: arguments of :meth:`LeadsAgentReceived._became`
        """
        lead, _others, _rows = self._known_by(said.channel, said.called, {"phone": said.phone} if said.phone else {})
        if not lead or not said.news:
            return {"state": "ignored", "reason": self.env._("A new number of an unknown person")}
        Identity = self.env["leads.agent.identity"]
        on_channel = Domain("channel", "=", said.channel)
        if taken := Identity.search(on_channel & Domain("key", "in", said.news)).partner_id - lead:
            reason = self.env._("Now uses the number or ID of %s", taken[0].display_name)
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
        self._set_names(lead, said.channel, said.news)
        old, new = said.phone, phone_of(said.news[0])
        if new and old:
            has_old = Domain("id", "=", lead.id) & self.phone_domain(old)
            self.partners.with_context(active_test=False).search(has_old).phone = phone_forms.dialled(new)
        reason = self.env._("New number or id: %(new)s instead of %(old)s", new=said.news[0], old=said.sender)
        lead._message_log(body=reason)
        return {"state": "ignored", "reason": reason, "lead": lead}

    def find(self, name=None, email=None, phone=None):
        """Return the contact with the e-mail or number: active ones first, then of the company, leads, the oldest."""
        same = Domain.FALSE
        if normalized := email_normalize(email or ""):
            same |= Domain("email_normalized", "=", normalized)
        if phone:
            same |= self.phone_domain(phone)
        if same.is_false():
            return self.partners.browse()
        share = Domain("partner_share", "=", True)
        found = self.partners.with_context(active_test=False).search(same & share).with_env(self.env)
        found = found.filtered(lambda one: not one._leads_is_ours())
        own = self.env.company.parent_ids
        return found.sorted(lambda one: (not one.active, not one.company_id <= own, not one.lead_stage_id, one.id))[:1]

    def our_numbers(self, numbers):
        """Return the numbers that belong to colleagues and own companies."""
        forms_of = {number: self._forms(number) for number in numbers}
        every = [form for forms in forms_of.values() for form in forms]
        if not every:
            return set()
        partners, us = Senders(self.env).us()
        ours = set(partners.search(us & Domain("phone_sanitized", "in", every)).mapped("phone_sanitized"))
        return {number for number, forms in forms_of.items() if ours & set(forms)}

    def _forms(self, phone, country=None):
        """Return a number in all its forms."""
        written = phone_forms.plain(phone)
        number = self.partners._phone_format(number=phone, country=country) or (
            phone_forms.dialled(written) if written.startswith("+") else ""
        )
        return phone_forms.forms(number)

    def phone_domain(self, phone, country=None):
        """Return a domain of contacts with a number, in any of its forms."""
        forms = self._forms(phone, country)
        domain = Domain("phone_sanitized", "in", forms)
        if len(forms) > 1:
            # Forms that are no longer valid numbers are stored only as typed.
            self.partners.flush_model(["phone"])
            domain |= Domain("phone_mobile_search", "in", forms)
        return domain

    def _placeholder(self, channel):
        return self.env._(
            "Visitor (%s)", dict(self.partners._fields["lead_channel"]._description_selection(self.env))[channel]
        )

    def duplicates(self, lead, limit=5):
        """Return contacts in sight with the same e-mail or number, or the same name and zip code."""
        lead.ensure_one()
        same = []
        if email := email_normalize(lead.email or ""):
            same.append(Domain("email_normalized", "=", email))
        if lead.phone and lead._phone_format(number=lead.phone, country=lead.country_id):
            same.append(self.phone_domain(lead.phone, lead.country_id))
        if lead.name and lead.zip:
            same.append(Domain("zip", "=", lead.zip) & Domain("name", "=ilike", lead.name.strip()))
        duplicates = self.partners.browse()
        for domain in same:
            domain &= Domain("id", "!=", lead._origin.id) & Domain("partner_share", "=", True)
            duplicates |= self.partners.search(domain, limit=limit)
        # A company and its contacts may share a number; these are not duplicates.
        return (duplicates - lead.parent_id - lead._origin.child_ids)[:limit]

    def unknown(self, company):
        """Return leads without contact details after the retention period of the company, at most a thousand."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=company.leads_keep_no_info_days)
        return self.partners.with_context(active_test=False).search(
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
