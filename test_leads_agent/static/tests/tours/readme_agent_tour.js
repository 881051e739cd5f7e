/** README, "As an agent (anna)", click by click. Each step of the README is a function of its number. */

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import {
    openMenu,
    resolveWith,
    row,
    seeFigure,
    seeLeadGone,
    seeNoDialog,
    seeView,
} from "@leads_agent/../tests/tours/tour_steps";

import { DASHBOARD, DESK, logCallback, logNoAnswer, openTab, signIn } from "./readme_steps";

const HISTORY = `${DASHBOARD} .o_leads_agent_history_list`;

const seeCall = () => [{ content: "The clock runs", trigger: `${DESK} .o_leads_agent_timer` }];

const theDashboard = () => [
    ...signIn("anna", DASHBOARD),
    { content: "Nine leads", trigger: `${DASHBOARD} .o_leads_agent_lead:nth-child(9):last-child` },
    ...seeFigure("open", "9"),
    {
        content: "the longest without contact first",
        trigger: `${DASHBOARD} .o_leads_agent_lead:first-child:contains("Nord Transit")`,
    },
    {
        content: "the callbacks of today",
        trigger: `${DESK} .o_leads_agent_callback:contains("De Kade"):contains("Due")`,
    },
    { content: "on the right the day", trigger: `${DASHBOARD} .o_leads_agent_day .o_leads_agent_day_hour` },
    { content: "and the ten latest events", trigger: `${HISTORY} li:nth-child(10):last-child` },
    {
        content: "On top: a machine broke down",
        trigger: `${HISTORY} li:first-child:contains("Van Aken Logistics"):contains("Our present machine broke down")`,
    },
];

const theCallback = () => [
    {
        content: "Call",
        trigger: `${DESK} .o_leads_agent_callback:contains("De Kade") button[name=call_back]`,
        async run({ click }) {
            // No telephone rings here.
            browser.open = () => {};
            await click();
        },
    },
    ...seeCall(),
    { content: "with De Kade", trigger: `${DESK} .o_leads_agent_desk_name:contains("De Kade Coworking")` },
    ...logCallback(),
    { content: "Nothing is due any more", trigger: `${DESK}:not(:has(.o_leads_agent_callback:contains("Due")))` },
];

const theNextLead = () => [
    { content: "Next lead", trigger: `${DESK} button[name=next]:enabled`, run: "press x" },
    {
        content: "The best prospects, as they are at this hour",
        trigger: `${DESK} .o_leads_agent_desk_name:not(:contains("De Kade"))`,
    },
    { content: "and why", trigger: `${DESK} .o_leads_agent_reasons:contains("Quotation for")` },
    { content: "who may be called at this hour", trigger: `${DESK} .o_leads_agent_reasons:contains("It is")` },
    { content: "Call", trigger: `${DESK} button[name=call]:enabled`, run: "click" },
    ...seeCall(),
    ...logNoAnswer(),
];

const theSale = () => [
    ...seeFigure("sold_today", "1"),
    { content: "Open order", trigger: `${row("Van Aken Logistics")} button[name=open_order]`, run: "click" },
    {
        content: "Confirm",
        trigger: ".o_form_view .o_statusbar_buttons button[name=action_confirm]:visible",
        run: "click",
    },
    { content: "The order is a sale", trigger: `.o_statusbar_status .o_arrow_button_current:contains("Sales Order")` },
    ...seeNoDialog(),
    ...openMenu("menu_dashboard"),
    ...seeLeadGone("Van Aken Logistics"),
    ...seeFigure("sold_today", "2"),
];

const theResolving = () => [
    {
        content: "The quotation has expired",
        trigger: `${row("Nord Transit")} .o_leads_agent_lead_quotation:contains("expired")`,
    },
    { content: "Resolve", trigger: `${row("Nord Transit")} button[name=resolve]`, run: "click" },
    ...resolveWith("Unreachable", { customer: "Nord Transit", note: "Four attempts, nobody picks up" }),
    ...seeLeadGone("Nord Transit"),
    ...seeFigure("open", "7"),
];

const theCustomer = () => [
    { content: "Open a customer", trigger: `${row("Tulp Media")} .o_leads_agent_lead_name`, run: "click" },
    { content: "Call", trigger: ".o_form_view button[name=action_leads_call]:visible" },
    { content: "New Order", trigger: ".o_form_view button[name=action_leads_order]:visible" },
    { content: "Callback", trigger: ".o_form_view button[name=action_leads_callback]:visible" },
    ...openTab("Timeline"),
    {
        content: "The whole story",
        trigger: ".o_field_widget[name=leads_history_ids] .o_data_row:nth-child(5)",
    },
];

const theOrders = () => [
    ...openMenu("menu_orders_root", "menu_orders"),
    ...seeView("Order Details", "list"),
    {
        content: "Quotations only",
        trigger: `.o_list_view:has(.o_searchview_facet):has(.o_data_row:contains("Quotation")):not(:has(.o_data_row:contains("Sales Order")))`,
    },
    { content: "Take the filter off", trigger: ".o_searchview_facet .o_facet_remove", run: "click" },
    {
        content: "There are one's own sales of the last hour, and no other confirmed order",
        trigger: `.o_list_view:not(:has(.o_searchview_facet)):has(.o_data_row:contains("Sales Order"):contains("Van Aken")):not(:has(.o_data_row:contains("Sales Order"):not(:contains("Van Aken")):not(:contains("Hof ter Linden"))))`,
    },
    ...seeNoDialog(),
];

registry.category("web_tour.tours").add("readme_agent", {
    steps: () => [
        ...theDashboard(),
        ...theCallback(),
        ...theNextLead(),
        ...theSale(),
        ...theResolving(),
        ...theCustomer(),
        ...theOrders(),
    ],
});
