"""Our overrides and opened fields, each with the finding that proves it is needed; and those that hide nothing."""

from odoo.fields import Command, Domain
from odoo.tools import SQL

from . import behind_overrides as behind
from .findings import (
    ALL_ORDERS,
    ENDED,
    LOCKED,
    LOST,
    MANAGER,
    UNLOCKED,
    breaks,
    finds,
    override,
    passes,
    posts,
    reads,
    sweeps,
    thing,
    write,
)
from .link_asking import Example, shows

LINKED_LINE = ("sale.order.line", "linked_line_id")
ATTENDEE, ACTIVITY = ("calendar.attendee", "partner_id"), ("mail.activity", "res_id")
ANSWER, AUTHOR = ("mail.compose.message", "parent_id"), ("mail.compose.message", "author_id")
FALSE = property(lambda self: False)
OVERRIDES = (
    override("base._prepare_create_values", LOCKED, passes(behind.linked)),
    override(
        "base._prepare_create_values", LOCKED, shows(Example("V1", *LINKED_LINE, "text", "a new record", "sold_line"))
    ),
    override("base.onchange", LOCKED, finds(behind.named_by_default)),
    override("base.onchange", LOCKED, shows(Example("V2", *ATTENDEE, "integer", "a form, changed"))),
    override("base.onchange", LOCKED, shows(Example("V3", *ACTIVITY, "integer", "a form, changed", is_document=True))),
    override("base.onchange", LOCKED, shows(Example("V4", *ANSWER, "integer", "a form, changed", "partner_message"))),
    override("base.write", LOCKED, passes(behind.linked_later)),
    override("base.write", LOCKED, shows(Example("V1", *AUTHOR, "text", "a write", "contact", "A"))),
    override(
        "ir.rule._compute_domain",
        LOCKED,
        finds(lambda test, env: env["sale.order.discount"].search(test._is("D", "discount"))),
    ),
    override("ir.websocket._build_bus_channel_list", LOCKED, finds(behind.notified_of_chats)),
    override("ir.rule._make_access_error", LOCKED, finds(behind.debug_error)),
    override("leads.agent.callback.create", LOCKED, passes(behind.forged_promise)),
    override("leads.agent.callback.write", LOCKED, write("A", "callback", closed_at="2020-01-01")),
    override("mail.thread._notify_get_recipients", LOCKED, finds(behind.told_out_of_sight)),
    override("leads.agent.document.sight.mixin._search", LOCKED, finds(behind.written_elsewhere)),
    override("mail.notification._search", LOCKED, sweeps("mail.notification")),
    override("mail.thread.message_subscribe", LOCKED, finds(behind.subscribed)),
    override("mail.message._message_notifications_to_store", ENDED, finds(behind.failures)),
    override("mail.notification._filtered_for_web_client", LOCKED, finds(behind.behind_recipients)),
    override("res.company.cache_invalidation_fields", UNLOCKED, finds(behind.stale_setting)),
    override(
        "res.groups._check_leads_exclusive",
        LOCKED,
        passes(
            lambda test, env: test.env.ref("sales_team.group_sale_salesman").write(
                {"user_ids": [Command.link(test.agent.id)]}
            )
        ),
    ),
    override(
        "res.users._check_leads_exclusive",
        LOCKED,
        passes(
            lambda test, env: test.agent.write(
                {"group_ids": [Command.link(test.env.ref("sales_team.group_sale_salesman").id)]}
            )
        ),
    ),
    override("rating.rating._has_field_access", LOCKED, passes(behind.rating_moved)),
    override(
        "crm.lead._has_field_access",
        MANAGER,
        passes(lambda test, env: thing("A", "incoming")(test, env).write({"leads_offer_state": "accepted"})),
    ),
    override("res.groups.write", LOCKED, finds(behind.role_by_another_group)),
    override(
        "res.users.write",
        LOCKED,
        behind.still_held(
            lambda test: test.agent.write({"group_ids": [Command.set(test.env.ref("base.group_user").ids)]})
        ),
    ),
    override("res.partner._compute_display_name", LOCKED, finds(behind.name_with_address)),
    override("res.partner._has_field_access", UNLOCKED, write("A", "partner", ref="x")),
    override("res.partner._mail_post_access", LOCKED, posts("E", "contact")),
    override("res.partner.create", LOCKED, breaks(lambda test, env: env["res.partner"].create({"name": "New"}))),
    override(
        "res.partner._leads_check_new_customer",
        LOCKED,
        passes(lambda test, env: env["res.partner"].create({"name": "New", "ref": "x"})),
        instead=lambda self, vals: vals,
    ),
    override(
        "res.partner.signup_get_auth_param",
        LOCKED,
        passes(lambda test, env: thing("B", "partner")(test, env).signup_get_auth_param()),
    ),
    override("res.partner.web_read", LOCKED, finds(behind.wrong_error)),
    override("res.partner.write", LOCKED, write("A", "contact", type="delivery")),
    override(
        "res.partner._leads_check_correction",
        LOCKED,
        write("A", "contact", type="delivery"),
        instead=lambda self, vals: vals,
    ),
    override("sale.order._compute_duplicated_order_ids", UNLOCKED, breaks(behind.hidden_twin)),
    override("sale.order._get_invoiced", LOCKED, reads("A", "quotation", "invoice_count")),
    override("sale.order._has_field_access", LOCKED, write("A", "quotation", access_token="guess")),
    override(
        "sale.order._leads_judged",
        LOCKED,
        passes(lambda test, env: thing("A", "quotation")(test, env).write({"user_id": test.salesperson.id})),
        instead=lambda self, vals_list, known=None: vals_list,
    ),
    override("sale.order._mail_post_access", ALL_ORDERS, posts("A", "cancelled")),
    override("sale.order.action_cancel", UNLOCKED, finds(behind.stays_on_cancelled)),
    override("sale.order.action_confirm", UNLOCKED, breaks(behind.confirms_and_locks)),
    override("sale.order.copy_data", LOCKED, breaks(behind.copies)),
    override("sale.order.onchange", LOCKED, passes(behind.onchange)),
    override("sale.order.write", LOCKED, finds(behind.unresolved)),
    override("crm.team.write", MANAGER, passes(lambda test, env: test.call_center.with_env(env).write({"color": 3}))),
    override(
        "crm.team.create",
        MANAGER,
        passes(lambda test, env: env["crm.team"].create({"name": "Painted", "color": 3})),
    ),
    override("base.partner.merge.automatic.wizard._update_foreign_keys", LOCKED, breaks(behind.merge)),
    override(
        "leads.agent.assignment._compute_display_name",
        LOCKED,
        breaks(lambda test, env: env["leads.agent.assignment"].search([]).mapped("display_name")),
    ),
    override("leads.agent.assignment.create", MANAGER, passes(behind.forged)),
    override("leads.agent.rule.create", MANAGER, finds(behind.authorless_rule)),
    override("leads.agent.rule.write", MANAGER, finds(behind.rule_with_the_eyes_of_another)),
    override(
        "leads.agent.rule._has_field_access",
        MANAGER,
        passes(lambda test, env: behind.new_rule(test, env).write({"user_id": test.env.ref("base.user_admin").id})),
    ),
    override(
        "leads.agent.batch.assign._has_field_access",
        MANAGER,
        passes(
            lambda test, env: (
                env["leads.agent.batch.assign"]
                .create({"selected_order_ids": test.world["B"]["quotation"].ids})
                .write({"state": "done"})
            )
        ),
    ),
    override(
        "leads.agent.batch.assign.write", MANAGER, passes(lambda test, env: behind.begun(test, env).write({"cap": 1}))
    ),
    override(
        "leads.agent.batch.assign.share.write",
        MANAGER,
        passes(lambda test, env: behind.begun(test, env).share_ids.write({"weight": 9})),
    ),
    override(
        "leads.agent.batch.assign.share.create",
        MANAGER,
        passes(
            lambda test, env: env["leads.agent.batch.assign.share"].create(
                {"batch_id": behind.begun(test, env).id, "agent_id": test.other_agent.id}
            )
        ),
    ),
    override(
        "leads.agent.batch.assign.share._has_field_access",
        MANAGER,
        passes(
            lambda test, env: (
                env["leads.agent.batch.assign"]
                .create({"share_ids": [Command.create({"agent_id": test.agent.id})]})
                .share_ids.write({"planned_count": 9})
            )
        ),
    ),
    # Our own methods, which rules and guards depend on.
    override("res.users.leads_locked", LOCKED, sweeps("res.partner"), instead=FALSE),
    override("res.users.leads_partial_only", UNLOCKED, sweeps("sale.order"), instead=FALSE),
    override("res.users.leads_needs_sight", LOST, sweeps("mail.message"), instead=FALSE),
    override(
        "project.project._leads_order_sight",
        UNLOCKED,
        sweeps("project.project", "project.task"),
        instead=lambda self, field: Domain.TRUE,
    ),
    override("res.users._check_leads_manager", LOCKED, passes(behind.own_action), instead=lambda self: None),
    override("res.partner._leads_check_sign_in", MANAGER, passes(behind.portal_email), instead=lambda self, vals: None),
    override(
        "leads.agent.assignment._unfollowing",
        LOCKED,
        finds(behind.left_follower),
        instead=lambda self, ended: SQL("SELECT 1"),
    ),
    override("leads.agent.assignment._end_grace", LOCKED, finds(behind.left_grace), instead=lambda self, domain: None),
)

# Fields of other modules that we opened to agents: (model, field, groups of Odoo, what fails otherwise).
FIELDS = (
    ("sale.order", "tag_ids", "sales_team.group_sale_salesman", reads("A", "quotation", "tag_ids")),
    (
        "project.project",
        "reinvoiced_sale_order_id",
        "sales_team.group_sale_salesman",
        reads("A", "quotation", "project_ids"),
    ),
    (
        "product.document",
        "attached_on_sale",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["product.document"].search([("attached_on_sale", "=", "quotation")])),
    ),
    (
        "quotation.document",
        "quotation_template_ids",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["sale.order"].create({"partner_id": test.world["A"]["partner"].id})),
    ),
    (
        "project.project",
        "reinvoiced_sale_order_id",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["project.project"].search([("reinvoiced_sale_order_id", "!=", False)])),
    ),
)

# Overrides that hide nothing from users; other tests cover them.
NOT_ABOUT_SIGHT = {
    "mail.thread.message_route": "who is told, and what no person wrote: test_incoming_senders, test_received_mail",
    "mail.thread.message_process": "notes mail to leads first: test_received_mail",
    "mail.thread.message_parse": "texts that a database takes: test_received_mail",
    "mail.alias._alias_bounce_incoming_email": "what fails is kept, not sent back: test_received_mail",
    "mail.thread.message_post": "recipients out of sight are left out instead of refused: test_back_doors",
    "leads.agent.closed.model._has_field_access": "rules made for closed models: test_closed_models",
    "leads.agent.closed.model._register_hook": "links that an uninstalled app took along: test_closed_models",
    "leads.agent.closed.model.copy_data": "one model is closed once: test_closed_models",
    "leads.agent.closed.model.create": "makes the rule: test_closed_models",
    "leads.agent.closed.model.unlink": "removes the rule: test_closed_models",
    "leads.agent.closed.model.write": "keeps the rule in step: test_closed_models",
    "base.partner.merge.automatic.wizard._update_values": "profiles of leads: test_channels",
    "leads.agent.lifecycle.setup.create": "forgets what was remembered: test_leads",
    "leads.agent.lifecycle.setup.unlink": "forgets what was remembered: test_leads",
    "leads.agent.lifecycle.setup.write": "forgets what was remembered: test_leads",
    "leads.agent.officer.create": "officers follow: test_access",
    "leads.agent.officer.unlink": "officers follow: test_access",
    "leads.agent.officer.write": "officers follow: test_access",
    "leads.agent.stage.write": "the order of Next follows the weight: test_reach",
    "resource.calendar.write": "forgets the time zone of the figures: test_figures",
    "leads.agent.meta.receiver.create": "forgets what was remembered: test_receivers",
    "leads.agent.meta.receiver.unlink": "forgets what was remembered: test_receivers",
    "leads.agent.meta.receiver.write": "forgets what was remembered: test_receivers",
    "mail.thread._message_parse_post_process": "finds archived senders: test_return",
    "discuss.channel._message_post_after_hook": "visitors become leads: test_livechat",
    "discuss.channel.write": "chats are told in the chatter: test_livechat",
    "leads.agent.status.update.default_get": "many leads at once: test_leads",
    "res.partner._compute_duration_tracking": "time in stages: test_leads",
    "res.partner._search_panel_domain_image": "counts what is in sight: test_panel",
    "res.partner.default_get": "a new lead: test_leads",
    "res.partner.get_import_templates": "offers a file: test_channels",
    "res.partner.message_new": "leads by mail: test_channels",
    "base_import.import._handle_fallback_values": "blank cells of a file of leads: test_import_programs",
    "base_import.import.get_fields_tree": "no fields of a file of leads that keep nothing: test_import_programs",
    "base_import.import._read_csv": "files of leads by other programs: test_import_programs",
    "base_import.import._read_file": "files of leads by other programs: test_import_programs",
    "base_import.import.execute_import": "what is ticked beside a file of leads: test_import",
    "ir.fields.converter.db_id_for": "names in a file of leads are looked up once: test_import",
    "res.partner._convert_fields_to_values": "contacts of a company in a file of leads: test_import_programs",
    "res.partner._convert_records": "ids of a file of leads are looked up in sets: test_import_programs",
    "res.partner._extract_records": "blank cells of a file of leads: test_import",
    "res.partner._load_records": "stages of a file of leads: test_import",
    "res.partner._load_records_write": "stages of a file of leads: test_import",
    "res.partner.load": "finds who is known: test_import",
    "leads.agent.offer._compute_display_name": "offers have a number: test_access",
    "mail.mail._postprocess_sent_message": "says on the offer what failed: test_notices",
    "sms.sms._handle_call_result_hook": "says on the offer what failed: test_notices",
    "crm.lead.create": "routes what comes in: test_routing",
    "crm.lead.write": "takes offers back: test_offers",
    "crm.lead.message_new": "routes by the mail: test_routing",
    "crm.lead._merge_opportunity": "takes offers back, and goes on: test_never_lost",
    "crm.lead._merge_dependences": "keeps what was offered: test_never_lost",
    "crm.lead._assign_userless_lead_in_team": "offered leads get nobody by Odoo's way: test_routing",
    "leads.agent.score.entry.write": "points are never changed: test_ledger",
    "leads.agent.score.entry.create": "points are not made by hand: test_ledger",
    "leads.agent.profile.get_import_templates": "offers a file",
    "sale.order.line._read_qties": "sums over the moves of all: test_sale_stock",
    "leads.agent.calling.hours.create": "forgets the table of hours: test_calls",
    "leads.agent.calling.hours.unlink": "forgets the table of hours: test_calls",
    "leads.agent.calling.hours.write": "forgets the table of hours: test_calls",
    "leads.agent.disposition._auto_init": "calls that sell nothing keep the lead",
    "res.company.write": "the order of Next: test_next_lead",
    "leads.agent.batch.assign.load._table_query": "the bars of a batch: test_batch_sharing",
    "ir.http.session_info": "the user's own switch: test_availability",
    "leads.agent.assignment._field_to_sql": "the age in reports: test_floor",
    "ir.actions.actions.get_bindings": "offers nothing that is refused: test_buttons",
    "leads.agent.offered.mixin.get_view": "offers nothing that is refused: test_buttons",
    "res.users.create": "remembers the home action of the role: test_roles",
    "res.users.action_archive": "asks to whom: test_hand_over",
    "leads.agent.assignment._load_records": "rows of an import in sets: test_import",
    "leads.agent.stop.word._load_records_create": "words that were entered before they were shipped: test_stop",
    "leads.agent.assignment.get_import_templates": "offers a file: test_import",
    "leads.agent.assignment.load": "names each refused row: test_import",
    "leads.agent.assignment._auto_init": "sees to the unique index: test_guarantee",
    "leads.agent.assignment._register_hook": "asserts the unique index: test_guarantee",
    "leads.agent.history._auto_init": "takes the last 90 days in at install",
    "leads.agent.self.test._compute_display_name": "words: test_self_test",
    "mail.message.create": "feeds the history: test_history",
    "res.partner._auto_init": "creates a column fast",
    "res.partner._compute_partner_share": "forgets what was looked up: test_lock",
    "res.partner.get_empty_list_help": "words: test_partial_only",
    "sale.order._auto_init": "creates columns fast",
    "sale.order._compute_amounts": "the order of Next: test_next_lead",
    "sale.order.create": "feeds the history, and a sale resolves the lead: test_history, test_sale",
    "sale.order._compute_team_id": "order entry: test_order_entry",
    "sale.order._compute_user_id": "order entry: test_order_entry",
    "sale.order.get_empty_list_help": "words: test_partial_only",
}
