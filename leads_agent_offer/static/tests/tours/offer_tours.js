import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const CARD = ".o_kanban_record:not(.o_kanban_ghost)";

/** A manager checks why an agent was offered a lead. */
tours.add("leads_agent_offer_audit", {
    steps: () => [
        {
            content: "Open the lead",
            trigger: '.o_data_row:contains("Solar roof") .o_data_cell[name=name]',
            run: "click",
        },
        { content: "Why this agent", trigger: "button[name=action_leads_audit]", run: "click" },
        { content: "Open the routing", trigger: ".o_data_row .o_data_cell[name=at]", run: "click" },
        { content: "A tag was found", trigger: '.o_leads_agent_offer_audit li:contains("solar")' },
        { content: "Anna is selected", trigger: '.o_leads_agent_offer_audit tr.table-success:contains("Agent Anna")' },
        { content: "Ben is not", trigger: '.o_leads_agent_offer_audit tr.text-muted:contains("none of the lead")' },
    ],
});

/** An agent accepts, and then sees the contact. */
tours.add("leads_agent_offer_accept", {
    steps: () => [
        { content: "The offer says where", trigger: `${CARD}:contains("Antwerp")` },
        { content: "It does not say who", trigger: `${CARD}:not(:contains("Secret"))` },
        { content: "Accept", trigger: `${CARD} button[name=action_accept]`, run: "click" },
        { content: "The contact is there", trigger: '.o_form_view [name=contact_name]:contains("Secret Contact")' },
        { content: "And the phone", trigger: '.o_form_view [name=phone]:contains("470")' },
        { content: "Tell how it goes", trigger: "button[name=action_leads_feedback]", run: "click" },
        { content: "What was said", trigger: ".modal [name=outcome] textarea", run: "edit Wants a visit on Monday" },
        { content: "Submit", trigger: ".modal button[name=action_tell]", run: "click" },
        { content: "Done", trigger: "body:not(:has(.modal)) .o_form_view" },
        { content: "The chatter has it", trigger: '.o-mail-Message:contains("Wants a visit on Monday")' },
    ],
});

/** An agent has to agree to the terms before accepting. */
tours.add("leads_agent_offer_terms", {
    steps: () => [
        { content: "Accept", trigger: `${CARD} button[name=action_ask_accept]`, run: "click" },
        { content: "The terms are there", trigger: '.modal [name=terms]:contains("within the hour")' },
        { content: "Accept without agreeing", trigger: ".modal button[name=action_accept]", run: "click" },
        {
            content: "Told what is missing",
            trigger: '.modal:contains("agree to the terms first") button.btn-primary',
            run: "click",
        },
        { content: "Agree", trigger: ".modal [name=agreed] input", run: "check" },
        { content: "Accept", trigger: ".modal button[name=action_accept]", run: "click" },
        { content: "The contact is there", trigger: '.o_form_view [name=contact_name]:contains("Secret Contact")' },
    ],
});

/** An agent declines with a reason. */
tours.add("leads_agent_offer_decline", {
    steps: () => [
        { content: "Decline", trigger: `${CARD} button:contains("Decline")`, run: "click" },
        { content: "No time", trigger: '.modal label:contains("No time now")', run: "click" },
        { content: "Decline", trigger: ".modal button[name=action_decline]", run: "click" },
        { content: "It is declined", trigger: `.o_view_nocontent, ${CARD}:contains("Declined")` },
    ],
});

/** An agent who missed an offer asks for another chance and sees the effect on the score. */
tours.add("leads_agent_offer_second_chance", {
    steps: () => [
        {
            content: "Show what was missed, too",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "Another chance",
            trigger: `${CARD} button[name=action_request_again]`,
            run: "click",
        },
        { content: "It stands in line", trigger: `${CARD}:contains("Asked Again")` },
        {
            content: "Open the menu",
            trigger: '[data-menu-xmlid="leads_agent_offer.menu_my_offers_root"]',
            run: "click",
        },
        { content: "My performance", trigger: '[data-menu-xmlid="leads_agent_offer.menu_my_points"]', run: "click" },
        { content: "The miss", trigger: '.o_data_row:contains("Did not answer an offer in time"):contains("-5")' },
        { content: "The other chance", trigger: '.o_data_row:contains("another chance"):contains("4")' },
    ],
});

/** An agent accepts a missed lead after another chance, and sees that the score is restored. */
tours.add("leads_agent_offer_taken_again", {
    steps: () => [
        { content: "Accept", trigger: `${CARD} button[name=action_accept]`, run: "click" },
        { content: "The contact is there", trigger: '.o_form_view [name=contact_name]:contains("Secret Contact")' },
        {
            content: "Open the menu",
            trigger: '[data-menu-xmlid="leads_agent_offer.menu_my_offers_root"]',
            run: "click",
        },
        { content: "My performance", trigger: '[data-menu-xmlid="leads_agent_offer.menu_my_points"]', run: "click" },
        { content: "The miss", trigger: '.o_data_row:contains("Did not answer an offer in time"):contains("-5")' },
        { content: "The other chance", trigger: '.o_data_row:contains("Asked for another chance"):contains("4")' },
        {
            content: "It was taken",
            trigger: '.o_data_row:contains("this makes up for the missed offer"):contains("1")',
        },
    ],
});

/** A manager checks the result of a mail. */
tours.add("leads_agent_offer_mail_audit", {
    steps: () => [
        {
            content: "Open the lead that came by mail",
            trigger: '.o_data_row:contains("Heat pump for a bakery"):contains("Offered") .o_data_cell[name=name]',
            run: "click",
        },
        { content: "Why this agent", trigger: "button[name=action_leads_audit]", run: "click" },
        { content: "Open the routing", trigger: ".o_data_row .o_data_cell[name=at]", run: "click" },
        { content: "The tag was found", trigger: '.o_leads_agent_offer_audit li:contains("heat pump")' },
        { content: "Ben is selected", trigger: '.o_leads_agent_offer_audit tr.table-success:contains("Agent Ben")' },
        { content: "Anna is not", trigger: '.o_leads_agent_offer_audit tr.text-muted:contains("exclusive tags")' },
    ],
});
