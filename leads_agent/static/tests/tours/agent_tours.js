import { registry } from "@web/core/registry";

import {
    choose,
    openMenu,
    resolveWith,
    row,
    seeFigure,
    seeLead,
    seeLeadGone,
    seeNoDialog,
    seeView,
} from "./tour_steps";

const tours = registry.category("web_tour.tours");

tours.add("leads_agent_login", {
    steps: () => [
        { content: "The login", trigger: ".oe_login_form input[name=login]", run: "edit agent_anna" },
        { content: "The password", trigger: ".oe_login_form input[name=password]", run: "edit agent_anna" },
        {
            content: "Sign in",
            trigger: ".oe_login_form button[type=submit]:contains(Log in)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The first page is the dashboard, under its own address",
            trigger: ".o_leads_agent_dashboard",
            async run({ waitUntil }) {
                await waitUntil(() => window.location.pathname === "/odoo/leads-agent");
            },
        },
        ...seeLead("Harbour Café"),
        ...seeLead("Lighthouse Inn"),
        ...seeLeadGone("Bakery of the other agent"),
        ...seeFigure("open", "2"),
        ...seeFigure("assigned_today", "2"),
        ...seeFigure("resolved_today", "0"),
        ...seeFigure("sold_today", "0"),
        ...seeFigure("conversion", "0%"),
        {
            content: "The history tells that the lead was assigned",
            trigger: `.o_leads_agent_history_entry[data-kind=assigned]:contains("Harbour Café")`,
        },
        {
            content: "There is no other app, except for those that all users have",
            trigger: `.o_menu_brand:contains("Leads Agent")`,
        },
    ],
});

tours.add("leads_agent_resolve", {
    steps: () => [
        ...seeFigure("open", "2"),
        { content: "Resolve", trigger: `${row("Harbour Café")} button[name=resolve]`, run: "click" },
        ...resolveWith("Too expensive", { customer: "Harbour Café", note: "Wants 20 % off" }),
        ...seeLeadGone("Harbour Café"),
        ...seeLead("Lighthouse Inn"),
        ...seeFigure("open", "1"),
        ...seeFigure("resolved_today", "1"),
        ...seeFigure("sold_today", "0"),
        {
            content: "The history is that of the leads one still holds",
            trigger: `.o_leads_agent_history:has([data-kind=assigned]:contains("Lighthouse Inn")):not(:contains("Harbour Café"))`,
        },
    ],
});

tours.add("leads_agent_resolve_twice", {
    steps: () => [
        {
            content: "Resolve is a word",
            trigger: `${row("Harbour Café")} button[name=resolve]:contains("Resolve")`,
            run: "dblclick",
        },
        {
            content: "One dialog is open, the focus is in Disposition",
            trigger: ".modal:only-of-type .o_field_widget[name=disposition_id] .o_radio_item:first-child input:focus",
        },
        { content: "Nothing is said before a choice", trigger: ".modal:not(:has([name=effects]))" },
        {
            content: "Choose a disposition",
            trigger: `.modal .o_radio_item:has(label:text("Not interested")) input`,
            run: "click",
        },
        {
            content: "It says what will happen",
            trigger: `.modal [name=effects]:contains("The lead is closed, and not assigned again for 90 days."):contains("You can reopen it for 60 minutes.")`,
        },
        { content: "Press twice", trigger: ".modal button[name=action_resolve]:enabled", run: "dblclick" },
        ...seeNoDialog(),
        ...seeLeadGone("Harbour Café"),
        ...seeLead("Lighthouse Inn"),
        ...seeFigure("resolved_today", "1"),
        { content: "No error stands there", trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

tours.add("leads_agent_resolve_by_keyboard", {
    steps: () => [
        ...seeLead("Lighthouse Inn"),
        { content: "/ goes to the search", trigger: "body", run: "press /" },
        {
            content: "Type a part of the name",
            trigger: ".o_leads_agent_search:focus",
            run: "edit lighthouse",
        },
        ...seeLeadGone("Harbour Café"),
        { content: "Empty the search", trigger: ".o_leads_agent_search:focus", run: "press Escape" },
        ...seeLead("Harbour Café"),
        { content: "The arrow goes to the first lead", trigger: ".o_leads_agent_search:focus", run: "press ArrowDown" },
        { content: "Down", trigger: ".o_leads_agent_lead:first-child:focus", run: "press ArrowDown" },
        { content: "and up again", trigger: ".o_leads_agent_lead:nth-child(2):focus", run: "press ArrowUp" },
        { content: "R resolves", trigger: ".o_leads_agent_lead:first-child:focus", run: "press r" },
        {
            content: "The focus is in Disposition",
            trigger: ".modal .o_field_widget[name=disposition_id] .o_radio_item:first-child input:focus",
        },
        {
            content: "Choose a disposition; the space bar, which tours cannot press on a radio button, is a click",
            trigger: `.modal .o_radio_item:has(label:text("Not interested")) input`,
            run() {
                this.anchor.focus();
                this.anchor.click();
            },
        },
        {
            content: "Alt+Q marks as resolved",
            trigger: `.modal .o_radio_item:has(label:text("Not interested")) input:checked`,
            run: "press alt+q",
        },
        ...seeNoDialog(),
        ...seeFigure("resolved_today", "1"),
        {
            content: "The keyboard goes on with the lead that took the place",
            trigger: ".o_leads_agent_lead:first-child:focus:last-child",
        },
    ],
});

tours.add("leads_agent_confirm", {
    steps: () => [
        ...seeFigure("sold_today", "0"),
        { content: "Open the order", trigger: `${row("Harbour Café")} button[name=open_order]`, run: "click" },
        {
            content: "Confirm it",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "The order is a sale",
            trigger: `.o_statusbar_status .o_arrow_button_current:contains("Sales Order")`,
        },
        ...seeNoDialog(),
        ...openMenu("menu_dashboard"),
        ...seeLead("Lighthouse Inn"),
        ...seeLeadGone("Harbour Café"),
        ...seeFigure("sold_today", "1"),
        ...seeFigure("open", "1"),
    ],
});

/**
 * The page is never touched but for the sort menu: each choice of it asks the server, which is how the test knows that
 * the manager may act now.
 */
const sortBy = (sort) => [
    { content: "Open the sort menu", trigger: ".o_leads_agent_sort", run: "click" },
    { content: `Sort by ${sort}`, trigger: `.o-dropdown--menu [data-sort=${sort}]`, run: "click" },
];

tours.add("leads_agent_update_by_bus", {
    steps: () => [
        {
            content: "No lead yet",
            trigger: ".o_leads_agent_leads .o_leads_agent_empty",
            run() {
                document.body.dataset.sameDocument = "yes";
            },
        },
        ...sortBy("oldest"),
        { content: "The manager assigns a lead: it appears", trigger: row("Harbour Café"), timeout: 20000 },
        ...seeFigure("open", "1"),
        ...sortBy("newest"),
        {
            content: "The manager takes it back: it disappears",
            trigger: ".o_leads_agent_leads .o_leads_agent_empty",
            timeout: 20000,
        },
        ...seeFigure("open", "0"),
        { content: "The page was never loaded again", trigger: "body[data-same-document=yes]" },
    ],
});

tours.add("leads_agent_order_entry", {
    steps: () => [
        ...openMenu("menu_orders_root", "menu_order_entry"),
        ...seeView("New", "form"),
        {
            content: "A customer who is not known yet",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Windmill Bistro",
        },
        {
            content: "Create and edit",
            trigger: ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create_edit a",
            run: "click",
        },
        {
            content: "The name is filled in",
            trigger: `.modal .o_form_view .o_field_widget[name=name] .o_input:value("Windmill Bistro")`,
        },
        {
            content: "The phone",
            trigger: ".modal .o_form_view .o_field_widget[name=phone] input",
            run: "edit +1 212 555 0123",
        },
        { content: "Save the customer", trigger: ".modal .o_form_button_save", run: "click" },
        ...seeNoDialog(),
        {
            content: "The order is for the new customer",
            trigger: `.o_field_widget[name=partner_id] input:value("Windmill Bistro")`,
        },
        {
            content: "Add a product",
            trigger: `.o_field_widget[name=order_line] .o_field_x2many_list_row_add a:contains("Add a product")`,
            run: "click",
        },
        ...choose("product_template_id", "Espresso machine", { inside: ".o_field_widget[name=order_line]" }),
        {
            content: "The total is that of one machine",
            trigger: `.o_field_widget[name=tax_totals]:contains("500.00")`,
        },
        { content: "Save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
        {
            content: "Send by email",
            trigger: ".o_statusbar_buttons button[name=action_quotation_send]:visible",
            run: "click",
        },
        {
            content: "The composer proposes the customer and a text",
            trigger: `.modal:has(.o_field_widget[name=partner_ids]:contains("Windmill Bistro")) .o_field_widget[name=subject] input`,
        },
        { content: "Close it again", trigger: ".modal header .btn-close", run: "click" },
        ...seeNoDialog(),
        { content: "Log a note", trigger: ".o-mail-Chatter-logNote", run: "click" },
        {
            content: "What the customer said",
            trigger: ".o-mail-Composer-input",
            run: "edit Wants delivery in May",
        },
        { content: "Log it", trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { content: "It is in the chatter", trigger: `.o-mail-Message:contains("Wants delivery in May")` },
        { content: "Schedule an activity", trigger: ".o-mail-Chatter-activity", run: "click" },
        { content: "Its summary", trigger: ".modal .o_field_widget[name=summary] input", run: "edit Call in April" },
        { content: "Schedule", trigger: ".modal button[name=action_schedule_activities]", run: "click" },
        ...seeNoDialog(),
        { content: "It is in the chatter", trigger: `.o-mail-Activity:contains("Call in April")` },
    ],
});

/** After the setting was switched on. */
tours.add("leads_agent_see_confirmed_order", {
    steps: () => [
        ...seeView("Order Details", "list"),
        { content: "Take the filter off", trigger: ".o_searchview_facet .o_facet_remove", run: "click" },
        {
            content: "Open the confirmed order",
            trigger: `.o_data_row:contains("Tour Customer who bought") .o_data_cell[name=name]`,
            run: "click",
        },
        {
            content: "It is a sale",
            trigger: `.o_statusbar_status .o_arrow_button_current:contains("Sales Order")`,
        },
        ...seeNoDialog(),
    ],
});
