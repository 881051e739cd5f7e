import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.eligibility import Cause
from ..tools.refusals import Refusal
from .res_groups import HOLDERS


def _last_resolution(customer):
    """Until when the newest resolution of a customer asks to leave the customer alone, and its disposition."""
    return SQL(
        """
        SELECT a.ended_at + d.cooling_days * interval '1 day' AS until, a.disposition_id
          FROM leads_agent_assignment a
     LEFT JOIN leads_agent_disposition d ON d.id = a.disposition_id
         WHERE a.partner_id = %s AND a.state = 'resolved'
      ORDER BY a.ended_at DESC, a.id DESC
         LIMIT 1
        """,
        customer,
    )


def _is_cooling(env, customer):
    return SQL("EXISTS (SELECT FROM (%s) r WHERE r.until > %s)", _last_resolution(customer), fields.Datetime.now())


def _cooling_sentence(env, customer, cause):
    return env._(
        "%(customer)s was resolved as '%(disposition)s' and is left alone until %(date)s. A manager can assign the "
        "customer by hand before.",
        customer=customer,
        disposition=cause.name,
        date=format_date(env, pytz.utc.localize(cause.until)),
    )


REFUSALS = (Refusal("cooling", frozenset(("share",)), condition=_is_cooling, sentence=_cooling_sentence),)


class ResPartner(models.Model):
    """Who may not be given to anybody; other addons know more reasons."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    is_leads_refused = fields.Boolean(
        string="Given to Nobody",
        compute="_compute_leads_refusal",
        search="_search_is_leads_refused",
        compute_sudo=True,
        help="The customer may not be given to anybody now, not by hand either.",
    )
    leads_refusal = fields.Char(
        string="Why Nobody Gets It",
        compute="_compute_leads_refusal",
        compute_sudo=True,
        groups=HOLDERS,
        help="Why the customer may not be given to anybody now.",
    )

    @api.depends_context("lang", "company")
    def _compute_leads_refusal(self):
        causes = self._refused(self.commercial_partner_id._origin.ids, "give")
        for partner in self:
            customer = partner.commercial_partner_id._origin
            cause = causes.get(customer.id)
            partner.is_leads_refused = bool(cause)
            partner.leads_refusal = cause and self._refusal_sentence(cause.kind, customer.complete_name, cause)

    def _search_is_leads_refused(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._refused_domain("give")
        return domain if True in value else ~domain

    @api.model
    def _refusals(self):
        """The reasons why a customer may not be given to anybody, or not be called: the one list, the gravest first.

        :rtype: tuple[Refusal]
        """
        return REFUSALS

    @api.model
    def _refusal_sentence(self, name, customer, known):
        return next(refusal.sentence(self.env, customer, known) for refusal in self._refusals() if refusal.name == name)

    @api.model
    def _refusals_sql(self, customer, door, but_judged=False):
        """The names of what stands against customers at a door, as an array in the order of the list.

        :param SQL customer: the id of a commercial customer
        :param bool but_judged: without what is judged by the facts of a call
        """
        self._flush_refusals()
        names = [
            SQL("CASE WHEN %s THEN %s END", refusal.condition(self.env, customer), refusal.name)
            for refusal in self._refusals()
            if door in refusal.doors and refusal.condition and not (but_judged and refusal.judge)
        ]
        return SQL("array_remove(ARRAY[%s]::text[], NULL)", SQL(", ").join(names))

    @api.model
    def _refused_domain(self, door):
        """Those who may not be given at a door; contacts as their customer."""

        def to_sql(model, alias, query):
            customer = SQL.identifier(alias, "commercial_partner_id")
            conditions = [
                refusal.condition(model.env, customer)
                for refusal in model._refusals()
                if door in refusal.doors and refusal.condition
            ]
            return SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))

        self._flush_refusals()
        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda partner: bool(partner._refused(partner.commercial_partner_id.ids, door)),
        )

    @api.model
    def _refused(self, partner_ids, door):
        """Commercial customers that nobody may be given now at a door.

        :returns: ``{partner_id: Cause}``
        """
        if not door or not partner_ids:
            return {}
        names_of = self._refusal_names(partner_ids, door)
        grave = {
            partner_id: next(refusal.name for refusal in self._refusals() if refusal.name in names)
            for partner_id, names in names_of.items()
        }
        causes = self._cooling_causes([partner_id for partner_id, name in grave.items() if name == "cooling"])
        return {partner_id: causes.get(partner_id) or Cause(name) for partner_id, name in grave.items()}

    @api.model
    def _refusal_names(self, partner_ids, door):
        """What stands against customers at a door.

        :returns: ``{partner_id: names of refusals}``, of those against whom something stands
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH customers AS MATERIALIZED (
                    SELECT c.id, %(names)s AS names FROM res_partner c WHERE c.id = ANY(%(partners)s))
                SELECT id, names FROM customers WHERE names <> '{}'
                """,
                names=self._refusals_sql(SQL("c.id"), door),
                partners=list(partner_ids),
            )
        )
        return {partner_id: set(names) for partner_id, names in rows}

    @api.model
    def _cooling_causes(self, partner_ids):
        """Until when each of these is left alone, and the name of the outcome for which.

        :returns: ``{partner_id: Cause}``
        """
        if not partner_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, r.until, r.disposition_id
                  FROM unnest(%s::int[]) AS t (id)
            CROSS JOIN LATERAL (%s) r
                """,
                partner_ids,
                _last_resolution(SQL("t.id")),
            )
        )
        # sudo: leads.agent.disposition - the name of the outcome belongs to the sentence, whoever reads it
        outcomes = self.env["leads.agent.disposition"].sudo().browse({row[2] for row in rows})
        name_of = {outcome.id: outcome.name for outcome in outcomes}
        return {partner_id: Cause("cooling", until=until, name=name_of[nr]) for partner_id, until, nr in rows}

    @api.model
    def _flush_refusals(self):
        """What the conditions read."""
        for model in ("leads.agent.assignment", "leads.agent.disposition"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["active", "commercial_partner_id"])
