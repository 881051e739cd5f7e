from random import randint

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.leads_agent.fields import Bounded, Link

from ..tools import ranking, tag_matching

KINDS = [("text", "Text"), ("money", "Range of money"), ("zip", "Range of zip codes")]
NEEDS = [("preferential", "Preferential"), ("exclusive", "Exclusive"), ("required", "Required")]
MOST_WEIGHT = 1_000


class LeadsAgentTag(models.Model):
    """A text or range that is searched for in incoming leads, and its requirement for agents."""

    _name = "leads.agent.tag"
    _description = "Routing Tag"
    _order = "kind, name, id"

    name = fields.Char(
        required=True,
        help="The text to look for. Spaces, dashes, commas, periods, underscores and line breaks are "
        "treated alike. For a range, this is its name.",
    )
    spelling = fields.Char(compute="_compute_spelling", store=True, export_string_translation=False)
    kind = fields.Selection(KINDS, default="text", required=True)
    need = fields.Selection(
        NEEDS,
        string="Requirement",
        default="preferential",
        required=True,
        help="Preferential: agents with the tag come earlier. Exclusive: an agent must hold one of the lead's "
        "exclusive tags. Required: an agent must hold all of the lead's required tags.",
    )
    low = fields.Float(string="From", help="The lowest amount of the range.")
    high = fields.Float(string="To", help="The highest amount of the range. 0: no limit.")
    zip_low = fields.Char(string="From Zip")
    zip_high = fields.Char(string="To Zip")
    zip_country_id = Link(
        "res.country",
        string="Country of the ZIP Codes",
        help="The country of these ZIP codes. Leads from other countries do not get the tag, and ZIP codes "
        "that lost their leading zeros are recognized. Leave empty for any country.",
    )
    weight = Bounded(
        string="Default Weight",
        most=MOST_WEIGHT,
        default=ranking.DEFAULT_WEIGHT,
        help="The initial weight for agents who get this tag.",
    )
    # Cards do not show tags without a colour.
    color = fields.Integer(default=lambda self: randint(1, 11), export_string_translation=False)
    active = fields.Boolean(default=True)
    company_id = Link("res.company", index=True, help="Leave empty for all companies.")
    skill_ids = fields.One2many("leads.agent.skill", "tag_id", string="Agents")
    agent_count = fields.Integer(string="Number of Agents", compute="_compute_agent_count")

    _one_name = models.UniqueIndex(
        "(spelling, COALESCE(company_id, 0)) WHERE active",
        "A tag with this name already exists. Differences in capitals, spaces and dashes are ignored.",
    )

    @api.depends("name")
    def _compute_spelling(self):
        for tag in self:
            tag.spelling = tag_matching.spelling(tag.name or "")

    @api.depends("skill_ids")
    def _compute_agent_count(self):
        counts = dict(self.env["leads.agent.skill"]._read_group([("tag_id", "in", self.ids)], ["tag_id"], ["__count"]))
        for tag in self:
            tag.agent_count = counts.get(tag, 0)

    @api.constrains("name", "kind", "low", "high", "zip_low", "zip_high", "zip_country_id")
    def _check_tag(self):
        for tag in self:
            if problem := tag_matching.check_name(tag.name):
                raise ValidationError(tag._problem_sentence(problem))
            if tag.kind != "text" and (problem := tag_matching.check_range(tag._prepared())):
                raise ValidationError(tag._problem_sentence(problem))

    def _problem_sentence(self, problem):
        match problem:
            case "empty":
                return self.env._("A tag needs a name.")
            case "comma":
                return self.env._("The name of a tag cannot contain a comma: '%s'.", self.name)
            case "too_long":
                return self.env._("The name of a tag can have at most %s characters.", tag_matching.LONGEST_NAME)
            case "too_short":
                return self.env._("The name of a tag must have at least %s characters.", tag_matching.SHORTEST_NAME)
            case "no_bound":
                return self.env._("The range '%s' needs a lower or an upper limit.", self.name)
            case "order":
                return self.env._("In the range '%s', the lower limit is above the upper limit.", self.name)
        return self.env._("The zip codes of the range '%s' must have the same length.", self.name)

    def _prepared(self):
        """Return the tag as input of the matching."""
        self.ensure_one()
        low = high = None
        country = ""
        if self.kind == "money":
            low, high = self.low or None, self.high or None
        elif self.kind == "zip":
            low, high = self.zip_low or None, self.zip_high or self.zip_low or None
            country = self.zip_country_id.code or ""
        return tag_matching.Tag(self.id, self.name, self.kind, self.need, low, high, country)

    @api.model
    def _join_spellings(self):
        """Elevated, at an upgrade: merge tags with the same spelling into the oldest one, with their agents.

        The others are archived. A range is renamed instead, since two ranges of one name may differ.
        """
        stays, joined = {}, {}
        for tag in self.search([("active", "=", True)], order="id"):
            first = stays.setdefault((tag.spelling, tag.company_id), tag)
            if first != tag and tag.kind == first.kind == "text":
                joined[tag] = first
                tag.active = False
            elif first != tag:
                tag.name = f"{tag.name} ({tag.id})"
        for model in ("leads.agent.skill", "leads.agent.pecking"):
            rows = self.env[model].search([("tag_id", "in", [tag.id for tag in (*joined, *joined.values())])])
            held = {(row.profile_id, row.tag_id) for row in rows}
            for row in rows.filtered(lambda row: row.tag_id in joined):
                first = joined[row.tag_id]
                if (row.profile_id, first) not in held:
                    held.add((row.profile_id, first))
                    row.write({"tag_id": first.id} | ({"weight": row.weight} if "weight" in row else {}))

    @api.model
    def _of_company(self, company):
        return self.search(Domain("company_id", "in", (False, company.id)))
