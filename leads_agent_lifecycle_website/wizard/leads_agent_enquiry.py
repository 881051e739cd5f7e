from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.senders import Senders
from odoo.addons.leads_agent_lifecycle.speaking import Speakers

LONGEST_LINE = 200
LONGEST_TEXT = 10_000
# Values that are written on the profile of a new lead.
PROFILE = {"company": "company_name", "city": "city", "zip": "zip"}


class LeadsAgentEnquiry(models.TransientModel):
    """The input of the website form. It is posted as a message of a lead, and then deleted.

    Anybody may type another person's address. So a known contact only gets the message: its data do not change, and the
    response is the same as for a stranger.
    """

    _name = "leads.agent.enquiry"
    _inherit = ["utm.mixin"]
    _description = "Website Enquiry"

    lead_id = Link("res.partner", readonly=True, ondelete="cascade")
    is_new_lead = fields.Boolean(readonly=True)
    name = fields.Char(string="Your Name")
    email = fields.Char(string="Your E-mail")
    phone = fields.Char(string="Phone Number")
    company = fields.Char(string="Your Company")
    city = fields.Char()
    zip = fields.Char(string="ZIP")
    country = fields.Char(help="Country code or name.")
    subject = fields.Char()
    message = fields.Text()
    consent = fields.Boolean(
        string="I agree to be contacted about offers",
        help="The consent is stored with its date and time on the new lead.",
    )

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        enquiries = super().create(vals_list)
        for enquiry in enquiries:
            enquiry._check_reachable()
            enquiry._hand_over()
        return enquiries

    def _check_reachable(self):
        """Check that the sender can be contacted, and that the text is not too long.

        :raises ValidationError: otherwise; the form shows the message
        """
        if self.email and not email_normalize(self.email):
            raise ValidationError(self.env._("This is not a valid e-mail address."))
        if not self.email and not self.phone:
            raise ValidationError(
                self.env._("Please give us an e-mail address or a phone number so that we can reply.")
            )
        lines = (self.name, self.email, self.phone, self.company, self.city, self.zip, self.country, self.subject)
        if any(len(line or "") > LONGEST_LINE for line in lines) or len(self.message or "") > LONGEST_TEXT:
            raise ValidationError(self._too_long())

    def _hand_over(self):
        """Find or create the lead, and post the input in its name, unless all addresses are ours."""
        if self._is_ours():
            return
        values = {field: self[typed] for typed, field in PROFILE.items() if self[typed]}
        if country := self._country():
            values["country_id"] = country.id
        self.lead_id, self.is_new_lead = Speakers(self.env).by_names(
            "form",
            (),
            name=self.name,
            email=self.email,
            phone=self._dialled(),
            fills_gaps=False,
            lead_source_id=self.source_id.id,
            lead_campaign_id=self.campaign_id.id,
            lead_consent_at=self.consent and fields.Datetime.now(),
            **values,
        )
        self.lead_id.message_post(
            author_id=self.lead_id.id,
            body=self._body(),
            email_from=email_normalize(self.email or "") or self.lead_id.email_formatted,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            subject=self.subject,
        )

    def _dialled(self):
        """Return the number as it was typed; one without a prefix is completed by the chosen country."""
        number, country = (self.phone or "").strip(), self._country()
        if not number or not country or number.startswith(("+", "00")):
            return number
        return self.env["res.partner"]._phone_format(number=number, country=country) or number

    def _country(self):
        typed = (self.country or "").strip()
        same = Domain("code", "=ilike", typed) | Domain("name", "=ilike", typed)
        return self.env["res.country"].search(same, limit=1) if typed else self.env["res.country"]

    def _is_ours(self):
        """Whether all addresses and numbers are ours."""
        is_theirs = (self.email and not Senders(self.env).our_emails([self.email])) or (
            self.phone and not Speakers(self.env).our_numbers([self._dialled()])
        )
        return not is_theirs

    def _body(self):
        """Return the message with all other input as typed, which may differ from the data of the lead."""
        names = ("name", "email", "phone", "company", "zip", "city", "subject")
        lines = [(self._fields[name]._description_string(self.env), self[name]) for name in names if self[name]]
        if self.country:
            lines.append((self._fields["country"]._description_string(self.env), self._country().name or self.country))
        lines.append((self._fields["consent"]._description_string(self.env), self._consent_word()))
        listed = Markup().join(Markup("<li>%s: %s</li>") % line for line in lines)
        said = Markup("<br/>").join((self.message or "").strip().splitlines())
        return Markup("<p>%s</p><ul>%s</ul>") % (said, listed)

    def _consent_word(self):
        return self.env._("yes") if self.consent else self.env._("no")

    def _message_log(self, *, body="", attachment_ids=(), **kwargs):
        """Called by Odoo's form: log input without a field of its own, including files, on the lead."""
        if len(body) > LONGEST_TEXT:
            raise ValidationError(self._too_long())
        if not self.lead_id:
            return self.env["mail.message"]
        attachments = self.env["ir.attachment"].browse(nr for *_, ids in attachment_ids for nr in ids)
        attachments.write({"res_model": "res.partner", "res_id": self.lead_id.id})
        return self.lead_id._message_log(body=body, attachment_ids=attachments.ids, author_id=self.lead_id.id, **kwargs)

    def _too_long(self):
        return self.env._("Your message is too long for this form. Please send us an e-mail.")
