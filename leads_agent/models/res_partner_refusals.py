from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.calling_hours import open_everywhere
from ..tools.eligibility import Cause
from ..tools.phone_numbers import choices, is_blocked
from ..tools.refusals import Refusal
from .res_partner_desk import HOLDERS

# ----------------------------------------------------------------------
# Conditions
# ----------------------------------------------------------------------


def _is_cell(customer):
    """That a contact ``p`` is of a customer, in use, and has something in the cell of the phone."""
    return SQL(
        "p.commercial_partner_id = %(id)s AND (p.active OR p.id = %(id)s) AND p.phone <> ''",
        id=customer,
    )


def _is_blacklisted(env, customer):
    """As :func:`phone_numbers.is_blocked`: the own number is on the list, or each number there is."""
    return SQL(
        """(
        SELECT COALESCE(bool_or(b.id IS NOT NULL AND p.id = %(id)s) OR bool_and(b.id IS NOT NULL), FALSE)
          FROM res_partner p
     LEFT JOIN phone_blacklist b ON b.number = p.phone_sanitized AND %(in_force)s
         WHERE %(is_cell)s)""",
        id=customer,
        is_cell=_is_cell(customer),
        in_force=env["phone.blacklist"]._leads_in_force_sql("b"),
    )


def _has_odd_cells(customer):
    """That there are cells in which Odoo found no number, or that have more digits than the one that it found."""
    return SQL(
        r"""EXISTS (
        SELECT FROM res_partner p
         WHERE %(is_cell)s
           AND length(regexp_replace(p.phone, '\D', '', 'g')) >= length(COALESCE(p.phone_sanitized, '')))""",
        is_cell=_is_cell(customer),
    )


def _needs_phone(env, customer):
    # sudo: res.company - a setting
    if not env.company.sudo().leads_agent_need_phone:
        return SQL("FALSE")
    return SQL(
        """NOT EXISTS (
        SELECT FROM res_partner p
         WHERE %(is_cell)s)""",
        is_cell=_is_cell(customer),
    )


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


# ----------------------------------------------------------------------
# The list
# ----------------------------------------------------------------------

ALL = frozenset(("give", "share", "call", "promise", "keep"))
CALLS = frozenset(("call", "promise"))
NOW = frozenset(("call",))

REFUSALS = (
    Refusal(
        "ours",
        CALLS | {"keep"},
        judge=lambda attempt: attempt.facts.is_ours,
        sentence=lambda env, customer, _known: env["leads.agent.desk"]._ours_sentence(customer),
    ),
    Refusal(
        "colleague",
        NOW,
        judge=lambda attempt: attempt.is_of_a_colleague,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._holder_sentence(attempt.facts),
    ),
    Refusal(
        "on_the_phone",
        NOW,
        judge=lambda attempt: attempt.facts.caller_id and attempt.facts.caller_id != attempt.user.id,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._caller_sentence(attempt.facts),
    ),
    Refusal(
        "opted_out",
        ALL,
        condition=lambda env, customer: env["leads.agent.opt.out"]._condition(customer),
        sentence=lambda env, customer, _known: env._("%s does not want to be called.", customer),
    ),
    Refusal(
        "blacklisted",
        ALL,
        condition=_is_blacklisted,
        judge=lambda attempt: is_blocked(attempt.facts.lines),
        sentence=lambda env, customer, _known: env._(
            "Do not call: the number of %s is on the do-not-call list.", customer
        ),
    ),
    Refusal(
        "no_phone",
        NOW | {"give", "share"},
        condition=_needs_phone,
        judge=lambda attempt: not attempt.facts.lines,
        sentence=lambda env, customer, _known: env._("%s has no phone number.", customer),
    ),
    Refusal(
        "unreadable",
        NOW,
        judge=lambda attempt: not choices(attempt.facts.lines),
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._number_sentence(attempt.facts.lines[0]),
    ),
    Refusal(
        "most_calls",
        NOW,
        judge=lambda attempt: 0 < attempt.facts.most_calls <= attempt.facts.calls_today,
        sentence=lambda env, customer, attempt: env._(
            "%(customer)s was called %(most)s times today; that is the most for a day.",
            customer=customer,
            most=attempt.facts.most_calls,
        ),
    ),
    Refusal(
        "unknown_zone",
        CALLS,
        judge=lambda attempt: not attempt.facts.clocks,
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._unknown_zone_sentence(attempt.facts),
    ),
    Refusal(
        "hours",
        CALLS,
        judge=lambda attempt: not open_everywhere(attempt.facts.clocks, attempt.at),
        sentence=lambda env, _customer, attempt: env["leads.agent.desk"]._closed_sentence(attempt.facts, attempt.at),
    ),
    Refusal(
        "cooling",
        frozenset(("share",)),
        condition=_is_cooling,
        sentence=lambda env, customer, cause: env["leads.agent.assignment"]._cooling_sentence(customer, cause),
    ),
)


class ResPartner(models.Model):
    """Who may not be given to anybody, or not be called."""

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
            return SQL("(%s)", SQL(" OR ").join(conditions))

        self._flush_refusals()
        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda partner: bool(partner._refused(partner.commercial_partner_id.ids, door)),
        )

    @api.model
    def _refused(self, partner_ids, door):
        """Commercial customers that nobody may be given now at a door, in one query.

        Cells that may say more than one number are read besides, as for calls; SQL compares the number that Odoo found.

        :returns: ``{partner_id: Cause}``
        """
        if not door or not partner_ids:
            return {}
        Desk = self.env["leads.agent.desk"]
        rows = self.env.execute_query(
            SQL(
                """
                WITH customers AS MATERIALIZED (
                    SELECT c.id, %(names)s AS names, CASE WHEN %(has_odd_cells)s THEN (%(cells)s) END AS cells
                      FROM res_partner c
                     WHERE c.id = ANY(%(partners)s))
                SELECT t.id, t.names, t.cells, r.until, r.disposition_id
                  FROM customers t
             LEFT JOIN LATERAL (%(last)s) r ON 'cooling' = ANY(t.names)
                 WHERE t.names <> '{}' OR t.cells IS NOT NULL
                """,
                names=self._refusals_sql(SQL("c.id"), door),
                has_odd_cells=_has_odd_cells(SQL("c.id")),
                cells=Desk._cells_sql("c"),
                partners=list(partner_ids),
                last=_last_resolution(SQL("t.id")),
            )
        )
        lines_of = Desk._lines({row[0]: row[2] for row in rows if row[2]})
        blocked = {partner_id for partner_id, lines in lines_of.items() if is_blocked(lines)}
        # sudo: leads.agent.disposition - the name of the outcome belongs to the sentence, whoever reads it
        outcomes = self.env["leads.agent.disposition"].sudo().browse({row[4] for row in rows} - {None})
        outcome_of = {outcome.id: outcome.name for outcome in outcomes}
        refused = {}
        for partner_id, names, _cells, until, disposition_id in rows:
            for refusal in self._refusals():
                if refusal.name in names or (refusal.name == "blacklisted" and partner_id in blocked):
                    refused[partner_id] = Cause(refusal.name, until=until, name=outcome_of.get(disposition_id, ""))
                    break
        return refused

    @api.model
    def _flush_refusals(self):
        """What the conditions read."""
        for model in (
            "leads.agent.opt.out",
            "leads.agent.assignment",
            "leads.agent.disposition",
            "phone.blacklist",
        ):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["phone", "phone_sanitized", "active", "commercial_partner_id"])
