import { choose, openMenu, seeFigure, seeLeadGone, seeNoDialog, seeView } from "@leads_agent/../tests/tours/tour_steps";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const DESK = ".o_leads_agent_dashboard .o_leads_agent_desk";

/** Open a lead from the list of leads. */
const openLead = (name) => [
    ...seeView("Leads", "list"),
    { content: `Open ${name}`, trigger: `.o_data_row td[name=name]:contains("${name}")`, run: "click" },
    { content: "There it is", trigger: `.o_form_view .o_field_widget[name=name] input:value("${name}")` },
];

const seeStage = (stage) => [
    { content: `The stage is ${stage}`, trigger: `.o_statusbar_status .o_arrow_button_current:contains("${stage}")` },
];

const saved = () => [
    { content: "Save", trigger: ".o_form_button_save:visible", run: "click" },
    { content: "Saved", trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)" },
];

tours.add("leads_agent_chat_enrich", {
    steps: () => [
        ...openLead("ada@example.com"),
        ...seeStage("Lead"),
        { content: "The chat told the e-mail", trigger: `.o_field_widget[name=email] input:value("ada@example.com")` },
        { content: "Who it is", trigger: ".o_field_widget[name=name] input", run: "edit Ada Moreau" },
        { content: "What they do", trigger: ".o_field_widget[name=function] input", run: "edit Head of Beans" },
        ...saved(),
    ],
});

tours.add("leads_agent_chat_quote", {
    steps: () => [
        ...openLead("Ada Moreau"),
        {
            content: "New order",
            trigger: `.o_statusbar_buttons button:contains("New Order")`,
            run: "click",
        },
        { content: "It is Ada's", trigger: `.o_field_widget[name=partner_id] input:value("Ada Moreau")` },
        {
            content: "Add a product",
            trigger: `.o_field_widget[name=order_line] .o_field_x2many_list_row_add a:contains("Add a product")`,
            run: "click",
        },
        ...choose("product_template_id", "Espresso machine", { inside: ".o_field_widget[name=order_line]" }),
        {
            content: "Its price is there: what is saved before is the line without it",
            trigger: `.o_field_widget[name=order_line] td[name=price_subtotal]:contains("500.00")`,
        },
        ...saved(),
    ],
});

tours.add("leads_agent_chat_assign", {
    steps: () => [
        ...openLead("Ada Moreau"),
        ...seeStage("Opportunity"),
        { content: "Assign Lead", trigger: "button[name=action_assign_lead]:visible", run: "click" },
        ...choose("agent_id", "Agent Anna", { inside: ".modal" }),
        { content: "Assign", trigger: ".modal button[name=action_assign]", run: "click" },
        ...seeNoDialog(),
        { content: "It is Anna's", trigger: `.o_field_widget[name=leads_agent_id]:contains("Agent Anna")` },
    ],
});

tours.add("leads_agent_chat_sell", {
    steps: () => [
        {
            content: "The lead waits at the desk",
            trigger: `${DESK} button[name=next]:enabled`,
            run() {
                // Do not open the phone app.
                browser.open = () => {};
            },
        },
        { content: "Next lead", trigger: `${DESK} button[name=next]`, run: "click" },
        { content: "It is Ada", trigger: `${DESK} .o_leads_agent_desk_name:contains("Ada Moreau")` },
        { content: "Call", trigger: `${DESK} button[name=call]`, run: "click" },
        { content: "The call runs", trigger: `${DESK} .o_leads_agent_timer` },
        { content: "Open the quotation", trigger: `${DESK} button[name=open_order]`, run: "click" },
        {
            content: "Confirm it",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        ...seeStage("Sales Order"),
        ...openMenu("menu_dashboard"),
        ...seeLeadGone("Ada Moreau"),
        ...seeFigure("sold_today", "1"),
    ],
});
