"""Contacts that users enter as leads, manually or by a file, and leads that they move."""

from odoo.exceptions import ValidationError

from .moving import LifeCycle
from .profile import PLACE_FIELDS


class Entering:
    """What a user enters on the leads page or elsewhere."""

    def __init__(self, env):
        self.env = env

    def is_entered(self, vals):
        """Whether a contact entered on the leads page is a lead, and not the company or an address of one."""
        context = self.env.context
        if not context.get("lead_new") or context.get("default_is_company"):
            return False
        return bool(context.get("import_file")) or not (vals.get("parent_id") or context.get("default_parent_id"))

    def defaults(self, stage_id=None):
        """Return the defaults of a new lead: the given or first stage, with its first status."""
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
        """Complete the values of new contacts, some of which are leads.

        :returns: ``(stage_id, status_id)`` for each contact, to be set after its creation; no stage for no lead
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
            # Set to False, or Odoo would use the defaults.
            vals |= {"lead_stage_id": False, "lead_status_id": False}
        return places

    def place(self, partners, places):
        """Make created contacts leads, according to their places."""
        # sudo: res.partner - the user was allowed to create the contact; its first move belongs to that
        leads = partners.sudo()
        # Channels know little about a contact and are elevated: only users must meet the requirements of the stage.
        LifeCycle(leads.env).place(
            {
                lead.id: place if self.env.su else self._check_place(lead, dict(zip(PLACE_FIELDS, place, strict=True)))
                for lead, place in zip(leads, places, strict=True)
                if place[0]
            }
        )

    def move(self, partners, place):
        """Move leads, or make contacts leads, on behalf of the user.

        :param dict place: ``lead_stage_id``, ``lead_status_id`` or both
        :raises AccessError: without write access to these contacts
        :raises ValidationError: if the status does not belong to the stage, or the stage requires more information
        """
        if not self.env.su:
            partners.check_access("write")
            for name in place:
                partners._check_field_access(partners._fields[name], "write")
        targets, news = {}, {}
        # sudo: res.partner - access was checked above; nobody has write access to the log
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
        """Return where to move an elevated lead, given a stage, a status, or both.

        :returns: ``(stage_id, status_id)``; a status that the new stage does not have is replaced by its first one
        :raises ValidationError: if the status does not belong to the stage, or the stage requires more information
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
