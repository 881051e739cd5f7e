"""Contacts that people enter as leads, by hand or by a file, and leads that they move."""

from odoo.exceptions import ValidationError

from .moving import LifeCycle
from .profile import PLACE_FIELDS


class Entering:
    """What one user enters on the leads page or elsewhere."""

    def __init__(self, env):
        self.env = env

    def is_entered(self, vals):
        """Whether a contact that is being entered on the leads page is a lead, or the company or an address of one."""
        context = self.env.context
        if not context.get("lead_new") or context.get("default_is_company"):
            return False
        return bool(context.get("import_file")) or not (vals.get("parent_id") or context.get("default_parent_id"))

    def defaults(self, stage_id=None):
        """A new lead begins in the first stage, or the one given, with its first status."""
        stage_id, status_id = LifeCycle(self.env).first_place(stage_id)
        return {
            "lead_stage_id": stage_id,
            "lead_status_id": status_id,
            "lead_activity": "active",
            "lead_channel": self._channel(),
        }

    def _channel(self):
        return "import" if self.env.context.get("import_file") else "manual"

    def prepare(self, vals_list):
        """Complete the values of new contacts of whom some are leads.

        :returns: where each of them is placed once it is created: a stage, None for no lead, and a status
        """
        for vals in vals_list:
            if self.env.context.get("lead_new") and "lead_stage_id" not in vals:
                vals |= self.defaults() | vals if self.is_entered(vals) else {"lead_stage_id": False}
        places = [(vals.get("lead_stage_id"), vals.get("lead_status_id")) for vals in vals_list]
        count = sum(1 for stage_id, _status_id in places if stage_id)
        if not count:
            return places
        codes = iter(LifeCycle(self.env).next_codes(count))
        for vals in vals_list:
            if vals.get("lead_stage_id"):
                vals["lead_code"] = vals.get("lead_code") or next(codes)
                vals["lead_activity"] = vals.get("lead_activity") or "active"
                vals["lead_channel"] = vals.get("lead_channel") or self._channel()
            # Not left out: a default would be taken instead.
            vals |= {"lead_stage_id": False, "lead_status_id": False}
        return places

    def place(self, partners, places):
        """Contacts that were created are leads from now on."""
        # sudo: res.partner - the user was allowed to create the contact; the first move belongs to it
        leads = partners.sudo()
        # What a channel knows of somebody is little, and comes in elevated: the stage asks people alone.
        LifeCycle(leads.env).place(
            {
                lead.id: place if self.env.su else self._check_place(lead, dict(zip(PLACE_FIELDS, place, strict=True)))
                for lead, place in zip(leads, places, strict=True)
                if place[0]
            }
        )

    def move(self, partners, place):
        """The user moves these leads, or makes leads of these contacts.

        :param dict place: ``lead_stage_id``, ``lead_status_id`` or both
        :raises AccessError: without the right to write these contacts
        :raises ValidationError: when a status is not one of its stage, or a stage asks for more than is known
        """
        if not self.env.su:
            partners.check_access("write")
            for name in place:
                partners._check_field_access(partners._fields[name], "write")
        targets, news = {}, {}
        # sudo: res.partner - the rights were checked above; the log is nobody's to write
        leads = partners.sudo()
        for partner in leads:
            if not place.get("lead_stage_id", partner.lead_stage_id.id):
                if partner.lead_stage_id:
                    raise ValidationError(
                        self.env._("A lead always has a stage. Set %s inactive instead.", partner.name)
                    )
                continue
            checked = self._check_place(partner, place)
            (targets if partner.lead_stage_id else news)[partner.id] = checked
        life_cycle = LifeCycle(leads.env)
        life_cycle.move(targets)
        life_cycle.place(news)

    def _check_place(self, lead, place):
        """Where an elevated lead goes when somebody wants it at a stage, with a status, or both.

        :returns: ``(stage_id, status_id)``; a status that the new stage does not know gives way to its first one
        :raises ValidationError: when a status is not one of its stage, or the stage asks for more than is known
        """
        stage = lead.env["leads.agent.stage"].browse(place.get("lead_stage_id", lead.lead_stage_id.id))
        allowed = self.env["leads.agent.lifecycle.rule"]._landscape()[1].get(stage.id, [])
        status_id = place.get("lead_status_id", lead.lead_status_id.id)
        if allowed and status_id not in allowed:
            if place.get("lead_status_id"):
                raise ValidationError(
                    self.env._(
                        "'%(status)s' is not a status of the stage '%(stage)s'.",
                        status=lead.env["leads.agent.status"].browse(status_id).name,
                        stage=stage.name,
                    )
                )
            status_id = allowed[0]
        if stage != lead.lead_stage_id and (missing := stage._missing(lead)):
            raise ValidationError(
                self.env._(
                    "%(lead)s cannot enter the stage '%(stage)s' yet. Missing: %(what)s",
                    lead=lead.name,
                    stage=stage.name,
                    what=", ".join(missing),
                )
            )
        return stage.id, status_id
