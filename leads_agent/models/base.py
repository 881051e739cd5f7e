from collections import defaultdict

from odoo import api, models

# What agents see in part only. The name of such a record is no secret where it stands on something in sight; but agents
# do not make it stand on something by its number.
NAMED_IN_SIGHT_ONLY = frozenset(
    (
        "account.move",
        "calendar.event",
        "crm.lead",
        "leads.agent.assignment",
        "leads.agent.call",
        "leads.agent.callback",
        "res.partner",
        "sale.order",
        "sale.order.line",
        "stock.picking",
    )
)
# These check by themselves, value by value, which customers an agent may write on them.
CHECK_CUSTOMERS = frozenset(("sale.order", "sale.order.line", "res.partner"))


class Base(models.AbstractModel):
    """Agents learn no name of a record out of sight by linking to its number, in a form or in a record of their own.

    Odoo reads names elevated, and takes the number from whoever asks.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        self._leads_check_links(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._leads_check_links([vals])
        return super().write(vals)

    def _leads_check_links(self, vals_list):
        """:raises AccessError: when an agent links to a record out of sight"""
        if self.env.su or not self.env.user._is_leads_agent():
            return
        guarded = NAMED_IN_SIGHT_ONLY - {"res.partner"} if self._name in CHECK_CUSTOMERS else NAMED_IN_SIGHT_ONLY
        linked = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if field and field.type == "many2one" and field.comodel_name in guarded:
                    if isinstance(value, int) and value:
                        linked[field.comodel_name].add(value)
        for model, ids in linked.items():
            self.env[model].browse(ids).exists().check_access("read")

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su and self.env.user._is_leads_agent():
            links = defaultdict(list)
            self._leads_collect_links(result.get("value") or {}, links)
            for model, answers in links.items():
                records = self.env[model].browse(record_id for record_id, _answer in answers)
                readable = set(records.exists()._filtered_access("read").ids)
                for record_id, answer in answers:
                    if record_id not in readable:
                        answer.update(dict.fromkeys(answer.keys() - {"id"}, False))
        return result

    def _leads_collect_links(self, answer, links):
        """Put what an answer tells of records of guarded models, however deep, into lists by model.

        :param dict links: ``{model: [(id, what is told)]}``
        """
        for name, value in answer.items():
            field = self._fields.get(name)
            if field is None or not field.relational:
                continue
            told = []
            if field.type == "many2one" and isinstance(value, dict):
                told = [(value.get("id"), value)]
            elif isinstance(value, list):
                told = [command[1:] for command in value if len(command) == 3 and isinstance(command[2], dict)]
            for record_id, part in told:
                if isinstance(record_id, int) and field.comodel_name in NAMED_IN_SIGHT_ONLY:
                    links[field.comodel_name].append((record_id, part))
                self.env[field.comodel_name]._leads_collect_links(part, links)
