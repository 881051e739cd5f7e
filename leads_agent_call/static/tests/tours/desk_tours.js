import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

import { openMenu, seeFigure, seeLeadGone, seeNoDialog } from "@leads_agent/../tests/tours/tour_steps";

const DESK = ".o_leads_agent_dashboard .o_leads_agent_desk";

/** The pane shows this customer. */
const seePane = (customer) => [
    { content: `The desk shows ${customer}`, trigger: `${DESK} .o_leads_agent_desk_name:contains("${customer}")` },
];

const seeIdle = () => [
    { content: "Next is offered and has the focus", trigger: `${DESK} button[name=next]:focus:enabled` },
];

const seeCall = () => [
    { content: "The call runs", trigger: `${DESK} .o_leads_agent_timer` },
    { content: "and can be ended", trigger: `${DESK} button[name=hang_up]:enabled` },
];

const chooseOutcome = (outcome, effect) => [
    {
        content: `Choose ${outcome}`,
        trigger: `${DESK} .o_leads_agent_outcome:enabled:contains("${outcome}")`,
        run: "click",
    },
    {
        content: "The form has it already",
        trigger: `.modal .o_leads_agent_chosen .o_field_widget[name=disposition_id]:contains("${outcome}")`,
    },
    { content: "and does not ask for it again", trigger: ".modal:not(:has(.o_radio_item))" },
    { content: "and says what will happen", trigger: `.modal [name=effects]:contains("${effect}")` },
];

/** One click is enough, and can be undone. */
const clickOutcome = (outcome, effect) => [
    {
        content: `Click ${outcome}`,
        trigger: `${DESK} .o_leads_agent_outcome:enabled:contains("${outcome}")`,
        run: "click",
    },
    {
        content: "It says what happened",
        trigger: `.o_notification.o_leads_agent_undo:contains("${outcome}"):contains("${effect}"):has(button:contains(Undo))`,
    },
    ...seeNoDialog(),
    ...seeIdle(),
];

const logOutcome = () => [
    { content: "Log the outcome", trigger: ".modal button[name=action_confirm]", run: "click" },
    ...seeNoDialog(),
    ...seeIdle(),
];

/** Call the next lead, and mark the page to notice if it is reloaded. */
const callNext = (customer) => [
    {
        content: "Next lead",
        trigger: `${DESK} button[name=next]:enabled`,
        async run({ click }) {
            // Do not dial.
            browser.open = () => {};
            // Lost when the page is reloaded
            document.body.dataset.page = "first";
            await click();
        },
    },
    ...seePane(customer),
    { content: "Call", trigger: `${DESK} button[name=call]:enabled`, run: "click" },
    ...seeCall(),
];

/** Call as another user, without the session of this browser. */
async function as(login, model, method, args) {
    const execute = async (service, name, serviceArgs) => {
        const response = await browser.fetch("/jsonrpc", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({
                jsonrpc: "2.0",
                method: "call",
                params: { service, method: name, args: serviceArgs },
            }),
        });
        const { result, error } = await response.json();
        if (error) {
            throw new Error(error.data?.message || error.message);
        }
        return result;
    };
    const { db } = session;
    const uid = await execute("common", "login", [db, login, login]);
    return execute("object", "execute_kw", [db, uid, login, model, method, args]);
}

const asManager = (model, method, args) => as("manager_mia", model, method, args);

async function takeAway(customer) {
    const domain = [
        ["partner_id.name", "=", customer],
        ["state", "=", "active"],
    ];
    const ids = await asManager("leads.agent.assignment", "search", [domain]);
    await asManager("leads.agent.assignment", "action_unassign", [ids]);
}

registry.category("web_tour.tours").add("leads_agent_taken_in_call", {
    steps: () => [
        ...callNext("Harbour Café"),
        { content: "Nothing happened yet", trigger: `${DESK}:not(:has(.o_leads_agent_desk_changes))` },
        { content: "A manager takes the lead away", trigger: DESK, run: () => takeAway("Harbour Café") },
        {
            content: "The pane says who and what, without a reload",
            trigger: `body[data-page=first] ${DESK} .o_leads_agent_desk_changes:contains("Manager Mia took back the lead Harbour Café")`,
        },
        ...seeCall(),
        ...chooseOutcome("No answer", "not your lead"),
        {
            content: "Write a note",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Rang for a while",
        },
        ...logOutcome(),
        { content: "It is told no more", trigger: `${DESK}:not(:has(.o_leads_agent_desk_changes))` },
        { content: "No error stands there", trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

async function sellTo(customer) {
    const domain = [
        ["partner_id.name", "=", customer],
        ["state", "=", "draft"],
    ];
    const ids = await as("sales_sam", "sale.order", "search", [domain]);
    await as("sales_sam", "sale.order", "action_confirm", [ids]);
}

/** The chosen outcome, what will happen, and the buttons are on screen without scrolling. */
const seeAboveTheFold = () => ({
    content: "Everything is above the fold",
    // Tours scroll to the trigger: it is what stands on top.
    trigger: ".modal .o_leads_agent_chosen",
    async run({ waitUntil }) {
        const parts = [
            ".o_leads_agent_chosen",
            "[name=effects]",
            "[name=callback]",
            "[name=note] textarea",
            "button[name=action_confirm]",
        ];
        // When the dialog has slid in
        await waitUntil(() =>
            parts.every((part) => {
                const { top, bottom } = document.querySelector(`.modal ${part}`).getBoundingClientRect();
                return top >= 0 && bottom <= window.innerHeight && top < bottom;
            })
        );
    },
});

registry.category("web_tour.tours").add("leads_agent_undo_outcome", {
    steps: () => [
        ...callNext("Harbour Café"),
        {
            content: "No answer says when the lead comes back",
            trigger: `${DESK} [data-group=missed] .o_leads_agent_outcome:contains("No answer"):contains("again")`,
        },
        {
            content: "What blocks is red",
            trigger: `${DESK} [data-group=close] .btn-outline-danger:contains("Does not want calls"):contains("no more calls")`,
        },
        { content: "What sells is green", trigger: `${DESK} [data-group=close] .btn-outline-success[name=sell]` },
        ...clickOutcome("No answer", "Attempt 1 of 6. The lead comes back to you in 4 hours."),
        ...seeFigure("calls_today", "1"),
        { content: "Undo", trigger: ".o_notification.o_leads_agent_undo button:contains(Undo)", run: "click" },
        {
            content: "The call waits for its outcome",
            trigger: `${DESK} .o_leads_agent_call_status:contains("Choose the outcome")`,
        },
        ...seePane("Harbour Café"),
        ...seeFigure("calls_today", "0"),
        {
            content: "The history says so",
            trigger: `${DESK} .o_leads_agent_pane_history:contains("No answer (undone)")`,
        },
        ...chooseOutcome("Callback agreed", "You call back on"),
        seeAboveTheFold(),
        {
            content: "Write a note",
            trigger: ".modal .o_field_widget[name=note] textarea:focus",
            run: "edit Picked up after all",
        },
        ...logOutcome(),
        ...seeFigure("calls_today", "1"),
        ...seeFigure("contacts_today", "1"),
    ],
});

registry.category("web_tour.tours").add("leads_agent_sold_in_call", {
    steps: () => [
        ...callNext("Harbour Café"),
        { content: "A salesperson sells to the customer", trigger: DESK, run: () => sellTo("Harbour Café") },
        {
            content: "The desk says who and what, without a reload",
            trigger: `body[data-page=first] ${DESK} .o_leads_agent_desk_changes:contains("Sales Sam confirmed an order of Harbour Café: your call has its outcome, 'Sale'")`,
        },
        { content: "There is no call any more", trigger: `${DESK}:not(:has(.o_leads_agent_timer))` },
        ...seeIdle(),
        ...seeLeadGone("Harbour Café"),
        { content: "No error stands there", trigger: "body:not(:has(.o_error_dialog))" },
    ],
});

/** The row of a lead, with or without the moon. */
const timeOf = (customer, isOutside) =>
    `.o_leads_agent_dashboard .o_leads_agent_lead:has(.o_leads_agent_lead_name:contains("${customer}")) .o_leads_agent_lead_time:has(.${isOutside ? "fa-moon-o" : "fa-clock-o"})`;

registry.category("web_tour.tours").add("leads_agent_moon", {
    steps: () => [
        { content: "Today no calls are allowed in one country", trigger: timeOf("Harbour Café", true) },
        {
            content: "which is read to those who do not see the moon",
            trigger: `${timeOf("Harbour Café", true)}:contains("outside calling hours")`,
        },
        { content: "In the other one they are, whatever the hour", trigger: timeOf("Quayside Books", false) },
        {
            content: "A manager allows them at any hour there, and at none here",
            trigger: DESK,
            async run() {
                const model = "leads.agent.calling.hours";
                const [closed] = await asManager(model, "search", [[["country_id.code", "=", "BE"]]]);
                const open = await asManager(model, "search", [[["country_id.code", "=", "FR"]]]);
                await asManager(model, "unlink", [closed]);
                await asManager(model, "unlink", [open.slice(1)]);
                await asManager(model, "write", [open.slice(0, 1), { hour_from: 23.9, hour_to: 23.95 }]);
            },
        },
        ...openMenu("leads_agent_call.menu_calls_root", "leads_agent_call.menu_callbacks"),
        { content: "Elsewhere", trigger: ".o_breadcrumb:contains(Callbacks)" },
        ...openMenu("menu_dashboard"),
        { content: "There is no moon any more", trigger: timeOf("Harbour Café", false) },
        { content: "but here", trigger: timeOf("Quayside Books", true) },
    ],
});

registry.category("web_tour.tours").add("leads_agent_choose_number", {
    steps: () => [
        {
            content: "Next lead",
            trigger: `${DESK} button[name=next]:enabled`,
            async run({ click }) {
                // Do not dial.
                browser.open = (url) => {
                    document.body.dataset.dialled = url;
                };
                await click();
            },
        },
        ...seePane("Harbour Café"),
        { content: "Call", trigger: `${DESK} button[name=call]:focus`, run: "press c" },
        {
            content: "Which number do you want to call?",
            trigger: ".modal .o_leads_agent_numbers button:eq(0):contains(+32 3 227 01 02):focus",
        },
        { content: "Nothing was dialled yet", trigger: "body:not([data-dialled])" },
        { content: "Rather none", trigger: ".modal .modal-footer button:contains(Cancel)", run: "click" },
        ...seeNoDialog(),
        { content: "There is no call", trigger: `${DESK}:not(:has(.o_leads_agent_timer))` },
        { content: "Call again", trigger: `${DESK} button[name=call]`, run: "press c" },
        {
            content: "Take the second",
            trigger: ".modal .o_leads_agent_numbers button:contains(+32 475 55 01 03)",
            run: "click",
        },
        ...seeNoDialog(),
        ...seeCall(),
        { content: "That one is dialled", trigger: `body[data-dialled="tel:+32475550103"]` },
        { content: "The desk shows it", trigger: `${DESK} .o_leads_agent_desk_phone:contains(+32 475 55 01 03)` },
        ...clickOutcome("Busy", "comes back to you in 30 minutes"),
    ],
});

registry.category("web_tour.tours").add("leads_agent_confirm_zone", {
    steps: () => [
        {
            content: "Nothing says where the customer is: the list asks",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_lead:contains("Harbour Café") button[name=confirm_zone]`,
        },
        {
            content: "A call is refused",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_lead:contains("Harbour Café") button[name=call_lead]`,
            run: "click",
        },
        {
            content: "in a sentence that says why",
            trigger: ".o_error_dialog:contains(tells the time zone), .modal:contains(tells the time zone)",
        },
        { content: "Close it", trigger: ".modal .modal-footer button", run: "click" },
        ...seeNoDialog(),
        {
            content: "Confirm the time zone",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_lead:contains("Harbour Café") button[name=confirm_zone]`,
            run: "click",
        },
        { content: "Open the zones", trigger: ".modal .o_field_widget[name=zone] input", run: "click" },
        { content: "Look for one", trigger: ".modal .o_field_widget[name=zone] input", run: "edit Chicago" },
        { content: "Take it", trigger: ".o_select_menu_item:contains(America/Chicago)", run: "click" },
        { content: "Confirm", trigger: ".modal button[name=action_confirm]", run: "click" },
        ...seeNoDialog(),
        {
            content: "The list has the time there, and asks no more",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_lead:contains("Harbour Café"):has(.o_leads_agent_lead_time):not(:has([name=confirm_zone]))`,
        },
        {
            content: "Now a call begins",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_lead:contains("Harbour Café") button[name=call_lead]`,
            async run({ click }) {
                // Do not dial.
                browser.open = () => {};
                await click();
            },
        },
        ...seeCall(),
        ...clickOutcome("Busy", "comes back to you in 30 minutes"),
    ],
});

registry.category("web_tour.tours").add("leads_agent_callback_moved", {
    steps: () => [
        {
            content: "The callback of today says that it moved, and why",
            trigger: `${DESK} .o_leads_agent_callback:contains("Harbour Café"):contains("Later") .o_leads_agent_callback_moved:contains("moved from"):contains(", outside calling hours")`,
        },
        {
            content: "and so does the history",
            trigger: `.o_leads_agent_dashboard .o_leads_agent_history:contains("Callback moved from"):contains("outside calling hours")`,
        },
        ...openMenu("leads_agent_call.menu_calls_root", "leads_agent_call.menu_callbacks"),
        {
            content: "The list says so",
            trigger: `.o_list_view .o_data_row:contains("Harbour Café") td[name=moved]:contains("moved from"):contains(", outside calling hours")`,
        },
        {
            content: "Open the callback",
            trigger: `.o_list_view .o_data_row:contains("Harbour Café") td[name=due_at]`,
            run: "click",
        },
        {
            content: "It says so too",
            trigger: `.o_form_view .o_field_widget[name=moved]:contains(", outside calling hours")`,
        },
        { content: "and keeps what was promised", trigger: ".o_form_view .o_field_widget[name=promised_at]" },
    ],
});

registry.category("web_tour.tours").add("leads_agent_working_day", {
    steps: () => [
        {
            content: "A callback is due",
            trigger: `${DESK} .o_leads_agent_callback:contains("Harbour Café"):contains("Due")`,
            run() {
                // Do not dial.
                browser.open = (url) => {
                    document.body.dataset.dialled = url;
                };
            },
        },
        { content: "Keep it", trigger: `${DESK} .o_leads_agent_callback button[name=call_back]`, run: "click" },
        ...seePane("Harbour Café"),
        ...seeCall(),
        { content: "The telephone was asked to dial", trigger: `body[data-dialled^="tel:+32"]` },
        { content: "What is offered", trigger: `${DESK} .o_leads_agent_pane_lines:contains("Espresso machine")` },
        { content: "What was said last", trigger: `${DESK} .o_leads_agent_last_call:contains("Callback agreed")` },
        { content: "H hangs up", trigger: "body", run: "press h" },
        {
            content: "The outcome is next",
            trigger: `${DESK} .o_leads_agent_call_status:contains("Choose the outcome")`,
        },
        ...chooseOutcome("Callback agreed", "You call back on"),
        {
            content: "Write what the customer said",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Wants a price for two",
        },
        ...logOutcome(),
        {
            content: "The promise was kept",
            trigger: `${DESK}:not(:has(.o_leads_agent_callback:contains("Due")))`,
        },
        ...seeFigure("contacts_today", "2"),

        { content: "Next lead", trigger: `${DESK} button[name=next]`, run: "click" },
        ...seePane("Lighthouse Inn"),
        { content: "It is told why", trigger: `${DESK} .o_leads_agent_reasons:contains("Quotation for")` },
        { content: "C calls", trigger: `${DESK} button[name=call]:focus`, run: "press c" },
        ...seeCall(),
        { content: "Open the quotation", trigger: `${DESK} button[name=open_order]`, run: "click" },
        {
            content: "Confirm it",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "The order is a sale",
            trigger: `.o_statusbar_status .o_arrow_button_current:contains("Sales Order")`,
        },
        ...openMenu("menu_dashboard"),
        ...seeLeadGone("Lighthouse Inn"),
        ...seeFigure("sold_today", "1"),
        ...seeFigure("calls_today", "3"),

        {
            content: "The call has its outcome: X is the next lead",
            trigger: `${DESK} button[name=next]:enabled`,
            run: "press x",
        },
        ...seePane("Old Bakery"),
        { content: "Call", trigger: `${DESK} button[name=call]`, run: "click" },
        ...seeCall(),
        ...chooseOutcome("Does not want calls", "never called again"),
        ...logOutcome(),
        ...seeLeadGone("Old Bakery"),

        { content: "Next lead", trigger: `${DESK} button[name=next]`, run: "click" },
        {
            content: "Nobody is left, and it is told when to come back",
            trigger: `${DESK} .o_leads_agent_nobody:contains("Nobody can be called now")`,
        },
    ],
});
