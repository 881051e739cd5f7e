import { waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, mockDate, queryAllTexts, waitForNone } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { Component, xml } from "@odoo/owl";
import {
    asyncStep,
    contains,
    getService,
    MockServer,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    serverState,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const OUTCOME = {
    fate: "keep",
    is_contact: true,
    asks_callback: false,
    is_blocking: false,
    is_one_click: false,
    again_at: false,
    effects: [],
};
const DISPOSITIONS = [
    { ...OUTCOME, id: 1, name: "Not interested", fate: "close", effects: ["The lead is closed."] },
    {
        ...OUTCOME,
        id: 2,
        name: "No answer",
        is_contact: false,
        is_one_click: true,
        again_at: "2026-03-10 18:00:00",
        effects: ["Attempt 2 of 6.", "The lead comes back to you in 4 hours."],
    },
    { ...OUTCOME, id: 3, name: "Callback agreed", asks_callback: true },
    { ...OUTCOME, id: 4, name: "Does not want calls", fate: "close", is_blocking: true },
];
const CALLBACK = {
    id: 51,
    partner_id: 101,
    partner_name: "Aroma Coffee",
    due_at: "2026-03-10 13:00:00",
    is_due: true,
    is_missed: false,
    mine: true,
    note: "About the grinder",
};
const CALL = {
    id: 71,
    partner_id: 101,
    partner_name: "Aroma Coffee",
    phone: "+39 02 5555 1234",
    started_at: "2026-03-10 13:58:30",
    ended_at: false,
    state: "talking",
};

/** The responses of get_data and next_lead; each test may change them. */
let answer, next;

function lead(partner_id) {
    return {
        partner_id,
        assignment_id: partner_id + 1000,
        name: partner_id === 101 ? "Aroma Coffee" : "Kiwi Outdoor",
        phone: "+39 02 5555 1234",
        phone_note: "",
        numbers: [{ dial: "+390255551234", name: "+39 02 5555 1234", contact: "" }],
        email: "ordini@aroma.example.com",
        city: "Milano",
        country: "Italy",
        tz: "Europe/Rome",
        calling: [["2026-03-10 13:00:00", "2026-03-10 19:00:00"]],
        attempts: 2,
        last_contact_at: false,
        orders: [
            {
                id: 201,
                name: "S00201",
                amount_total: 1450,
                currency_id: 1,
                date_order: "2026-02-26 10:00:00",
                expired: true,
                lines: [
                    { id: 1, name: "Espresso machine", quantity: 2, unit_price: "$ 700.00", subtotal: "$ 1,400.00" },
                    { id: 2, name: "Beans", quantity: 2.5, unit_price: "$ 20.00", subtotal: "$ 50.00" },
                ],
            },
        ],
        history: [
            {
                id: 301,
                at: "2026-03-10 13:00:00",
                kind: "note",
                kind_label: "Note",
                author: "Maria Keller",
                summary: "<i>Likes</i> red",
                partner_id,
                partner_name: "Aroma Coffee",
                res_model: "res.partner",
                res_id: partner_id,
            },
        ],
        last_call: {
            started_at: "2026-03-09 14:00:00",
            note: "Wants 10 % off",
            disposition: "No answer",
            agent: "Maria Keller",
        },
        callback: false,
        script: "<p>Say <b>hello</b></p>",
        dispositions: DISPOSITIONS,
    };
}

class Form extends Component {
    static template = xml`<button class="o_leads_agent_test_form">Form</button>`;
    static props = ["*"];
}

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    next = { partner_id: 101, callback_id: false, reasons: ["2 unsuccessful attempts.", "It is 15:00 there."] };
    answer = {
        user: { name: "Maria Keller", is_agent: true, is_caller: true },
        figures: {
            open: 0,
            assigned_today: 0,
            resolved_today: 0,
            sold_today: 0,
            value_sold: 2336,
            value_open: 64200,
            currency_id: 1,
            calls_today: 0,
            contacts_today: 0,
            talk_hours_today: 0,
            conversion: false,
            conversion_days: 30,
        },
        leads: [],
        leads_count: 0,
        history: [],
        empty_reason: "",
        callbacks: [],
        call: false,
    };
    onRpc("leads.agent.dashboard", "get_data", () => ({ ...answer }));
    onRpc("leads.agent.dashboard", "get_lead", ({ args }) => lead(args[0]));
    onRpc("leads.agent.desk", "next_lead", ({ kwargs }) => {
        asyncStep(`next without ${kwargs.skipped}`);
        return next;
    });
    onRpc("leads.agent.call", "start", ({ args }) => {
        asyncStep(`start ${args[0]}`);
        answer.call = { ...CALL, partner_id: args[0] };
        return { call_id: 71, phone: CALL.phone, dial: { url: "tel:+390255551234" } };
    });
    onRpc("leads.agent.call", "hang_up", ({ args }) => {
        asyncStep(`hang up ${args[0]}`);
        answer.call = { ...answer.call, state: "wrap_up", ended_at: "2026-03-10 14:00:00" };
        return true;
    });
    onRpc("leads.agent.call", "log_outcome", ({ args: [ids, outcomeId] }) => {
        asyncStep(`outcome ${ids} ${outcomeId}`);
        const { is_one_click, name, effects } = DISPOSITIONS.find((outcome) => outcome.id === outcomeId);
        if (!is_one_click) {
            return { action: { type: "ir.actions.client", tag: "leads_agent.test_form", target: "new" } };
        }
        answer.call = false;
        return { logged: { call_id: 71, customer: "Aroma Coffee", outcome: name, effects, undo_seconds: 10 } };
    });
    onRpc("leads.agent.call", "undo_outcome", ({ args }) => {
        asyncStep(`undo ${args[0]}`);
        answer.call = { ...CALL, state: "wrap_up", ended_at: "2026-03-10 14:00:00" };
        return true;
    });
    registry.category("actions").add("leads_agent.test_form", Form, { force: true });
    patchWithCleanup(browser, { open: (url, target) => asyncStep(`${target} ${url}`) });
});

async function openDashboard() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.dashboard" });
    await animationFrame();
    await animationFrame();
}

const DESK = ".o_leads_agent_desk";

test("callbacks of today, missed and due and to come", async () => {
    answer.callbacks = [
        {
            ...CALLBACK,
            id: 50,
            partner_name: "Old Bakery",
            due_at: "2026-03-10 09:30:00",
            is_missed: true,
            mine: false,
        },
        CALLBACK,
        { ...CALLBACK, id: 52, partner_name: "Kiwi Outdoor", due_at: "2026-03-10 16:15:00", is_due: false, note: "" },
    ];
    await openDashboard();
    expect(queryAllTexts(".o_leads_agent_callback_time .badge")).toEqual(["09:30 Missed", "13:00 Due", "16:15 Later"]);
    expect(".o_leads_agent_callback:eq(0) .badge:eq(0)").toHaveClass("text-bg-danger");
    expect(".o_leads_agent_callback:eq(0)").toHaveText(/Call center/);
    expect(".o_leads_agent_callback:eq(1)").toHaveText(/About the grinder/);
    expect(".o_leads_agent_missed").toHaveText("1 missed");
    expect(".o_leads_agent_due").toHaveText("1 due");
    await contains(".o_leads_agent_callback:eq(1) button[name=call_back]").click();
    await waitForSteps(["start 101", "_self tel:+390255551234"]);
    await animationFrame();
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveText("Aroma Coffee");
    expect(".o_leads_agent_callback").toHaveCount(0);
});

test("a callback that moved says from when, and why", async () => {
    const moved = { ...CALLBACK, is_due: false, moved_because: "hours" };
    answer.callbacks = [
        { ...moved, id: 60, due_at: "2026-03-11 08:00:00", moved_from: "2026-03-10 23:44:00" },
        { ...moved, id: 61, due_at: "2026-03-10 16:00:00", moved_from: "2026-03-10 06:05:00" },
        { ...moved, id: 62, due_at: "2026-03-12 08:00:00", moved_from: "2026-03-10 23:44:00" },
        {
            ...moved,
            id: 63,
            due_at: "2026-03-10 18:00:00",
            moved_from: "2026-03-11 09:00:00",
            moved_because: "in_vain",
        },
        { ...CALLBACK, id: 64, moved_from: "", moved_because: "" },
    ];
    await openDashboard();
    expect(queryAllTexts(".o_leads_agent_callback_moved")).toEqual([
        "moved from 23:44, outside calling hours",
        "moved from 06:05, outside calling hours",
        "moved from 10 Mar 23:44, outside calling hours",
        "moved from 11 Mar 09:00, nobody was reached",
    ]);
    expect(queryAllTexts(".o_leads_agent_callback_time .badge:eq(0)")).toEqual(["11 Mar 08:00 Later"]);
});

test("the next lead with everything that a call needs", async () => {
    await openDashboard();
    await contains(`${DESK} button[name=next]`).click();
    await waitForSteps(["next without "]);
    await animationFrame();
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveText("Aroma Coffee");
    expect(queryAllTexts(".o_leads_agent_reasons li")).toEqual(["2 unsuccessful attempts.", "It is 15:00 there."]);
    expect(queryAllTexts(".o_leads_agent_pane_lines tbody td")).toEqual([
        ...["2 ×", "Espresso machine", "$ 700.00", "$ 1,400.00"],
        ...["2.5 ×", "Beans", "$ 20.00", "$ 50.00"],
    ]);
    expect(".o_leads_agent_last_call").toHaveText(/No answer: Wants 10 % off/);
    expect(".o_leads_agent_pane_history").toHaveText(/<i>Likes<\/i> red/);
    expect(".o_leads_agent_script b").toHaveText("hello");
    expect(`${DESK} button[name=call]`).toBeFocused();
    expect(`${DESK} .o_leads_agent_outcome`).toHaveCount(0);
});

test("of several numbers one is chosen, by the pane or when the server asks", async () => {
    const numbers = [
        { dial: "+3232270102", name: "+32 3 227 01 02", contact: "" },
        { dial: "+32475550103", name: "+32 475 55 01 03", contact: "Joan" },
    ];
    onRpc("leads.agent.dashboard", "get_lead", ({ args }) => ({ ...lead(args[0]), numbers }));
    onRpc("leads.agent.call", "start", ({ kwargs }) => {
        asyncStep(`number ${kwargs.number || "not chosen"}`);
        if (!kwargs.number) {
            return { call_id: false, phone: "", dial: {}, numbers };
        }
        answer.call = CALL;
        return { call_id: 71, phone: kwargs.number, dial: { url: `tel:${kwargs.number}` } };
    });
    await openDashboard();
    await press("x");
    await waitForSteps(["next without "]);
    await animationFrame();
    expect(`${DESK} button[name=call]`).toHaveText(/Call \+32 3 227 01 02/);
    expect(".o_leads_agent_desk_other_number").toHaveAttribute("title", "Joan");
    await press("c");
    await waitForSteps(["number not chosen"]);
    await animationFrame();
    expect(queryAllTexts(".o_leads_agent_numbers button")).toEqual(["Call +32 3 227 01 02", "Call +32 475 55 01 03"]);
    await contains(".o_leads_agent_numbers button:eq(1)").click();
    await waitForSteps(["number +32475550103", "_self tel:+32475550103"]);
    await animationFrame();
    expect(".modal").toHaveCount(0);
});

test("a number that nobody can dial is marked, and not called", async () => {
    const note = "It is not clear how to dial '0475 55 01 03'.";
    onRpc("leads.agent.dashboard", "get_lead", ({ args }) => ({ ...lead(args[0]), numbers: [], phone_note: note }));
    await openDashboard();
    await press("x");
    await waitForSteps(["next without "]);
    await animationFrame();
    expect(".o_leads_agent_desk_phone_note").toHaveText(note);
    expect(`${DESK} button[name=call]`).not.toBeEnabled();
});

test("a whole call by keyboard, and the next lead is offered", async () => {
    // Otherwise timers and dates use two browser clocks that differ by fractions of a millisecond.
    freezeTime();
    await openDashboard();
    await press("x");
    await waitForSteps(["next without "]);
    await animationFrame();
    await press("c");
    await waitForSteps(["start 101", "_self tel:+390255551234"]);
    await animationFrame();
    expect(`${DESK} button[name=hang_up]`).toBeFocused();
    expect(".o_leads_agent_timer").toHaveText("01:30");
    await advanceTime(5000);
    await animationFrame();
    expect(".o_leads_agent_timer").toHaveText("01:35");
    await press("x"); // one call at a time
    await press("h");
    await waitForSteps(["hang up 71"]);
    await animationFrame();
    expect(".o_leads_agent_timer").toHaveText("01:30");
    expect(queryAllTexts(".o_leads_agent_outcome_name")).toEqual([
        "No answer",
        "Callback agreed",
        "Not interested",
        "Does not want calls",
    ]);
    expect(".o_leads_agent_outcome:eq(0)").toBeFocused();
    await press("2");
    await waitForSteps(["outcome 71 3"]);
    await animationFrame();
    expect(".modal .o_leads_agent_test_form").toHaveCount(1);
    await press("1"); // the form is in front
    answer.call = false;
    await contains(".modal .btn-close").click();
    await animationFrame();
    await animationFrame();
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveCount(0);
    expect(`${DESK} button[name=next]`).toBeFocused();
});

test("a form that was discarded leaves the call as it is", async () => {
    answer.call = { ...CALL, state: "wrap_up", ended_at: "2026-03-10 14:00:00" };
    await openDashboard();
    await contains(".o_leads_agent_outcome:eq(2)").click();
    await waitForSteps(["outcome 71 1"]);
    await contains(".modal .btn-close").click();
    await animationFrame();
    expect(".o_leads_agent_outcome").toHaveCount(4);
});

test("outcomes stand in groups, and say what they do before they are chosen", async () => {
    answer.call = { ...CALL };
    await openDashboard();
    expect(queryAllTexts(".o_leads_agent_outcome_group h3")).toEqual([
        "Nobody reached one click logs it",
        "Reached, the lead stays yours",
        "Closes the lead",
    ]);
    expect(queryAllTexts(".o_leads_agent_outcome_hint")).toEqual([
        "again 18:00",
        "confirm the quotation",
        "no more calls",
    ]);
    expect(".o_leads_agent_outcome:eq(0)").toHaveAttribute(
        "title",
        "Attempt 2 of 6. The lead comes back to you in 4 hours."
    );
    expect(".o_leads_agent_outcome.btn-outline-danger").toHaveText(/^Does not want calls/);
    expect("button[name=sell]").toHaveClass("btn-outline-success");
});

async function clickNoAnswer() {
    answer.call = { ...CALL };
    await openDashboard();
    await contains(".o_leads_agent_outcome:eq(0)").click();
    await waitForSteps(["outcome 71 2"]);
    await animationFrame();
    await animationFrame();
}

test("one click logs that nobody was reached, and says what happened", async () => {
    await clickNoAnswer();
    expect(".modal").toHaveCount(0);
    expect(".o_notification").toHaveText(
        /Aroma Coffee: No answer\.\s+Attempt 2 of 6\. The lead comes back to you in 4 hours\.\s+Undo/
    );
    expect(`${DESK} button[name=next]`).toBeFocused();
    await advanceTime(9000);
    expect(".o_notification").toHaveCount(1);
    await advanceTime(2000);
    await animationFrame();
    await waitForNone(".o_notification", { timeout: 2000 });
    await press("u"); // too late
});

test("what one click logged is undone once, by the button or the key", async () => {
    await clickNoAnswer();
    await contains(".o_notification button:contains(Undo)").click();
    await waitForSteps(["undo 71"]);
    await animationFrame();
    await animationFrame();
    expect(`${DESK} .o_leads_agent_call_status`).toHaveText("Choose the outcome");
    expect(".o_leads_agent_outcome").toHaveCount(4);
    await press("u"); // nothing is left to undo
    await contains(".o_leads_agent_outcome:eq(0)").click();
    await waitForSteps(["outcome 71 2"]);
    await animationFrame();
    await press("u");
    await waitForSteps(["undo 71"]);
});

test("an outcome that cannot be undone any more stays, and it is told why", async () => {
    expect.errors(1);
    onRpc("leads.agent.call", "undo_outcome", () => {
        throw new Error("You have made another call since.");
    });
    await clickNoAnswer();
    await contains(".o_notification button:contains(Undo)").click();
    await animationFrame();
    await animationFrame();
    expect.verifyErrors([/You have made another call since/]);
    expect(`${DESK} button[name=hang_up]`).toHaveCount(0);
});

test("a page that is loaded during a call shows it", async () => {
    answer.call = { ...CALL };
    await openDashboard();
    expect(`${DESK} .o_leads_agent_call_status`).toHaveText("On the phone");
    expect(`${DESK} button[name=hang_up]`).toHaveCount(1);
    expect(`${DESK} .o_leads_agent_pane_lines`).toHaveCount(1);
});

test("a call that ended elsewhere is over here, too", async () => {
    answer.call = { ...CALL };
    await openDashboard();
    await waitUntilSubscribe();
    answer.call = false;
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/changed", {});
    await advanceTime(100);
    await advanceTime(1000);
    await animationFrame();
    expect(`${DESK} button[name=next]`).toBeFocused();
});

test("what others do during a call is told in the pane, and a sale that ends the call", async () => {
    answer.call = { ...CALL, changes: "" };
    let sentence = "Mia assigned the lead Aroma Coffee to Ben.";
    onRpc("leads.agent.call", "what_happened", ({ args }) => {
        asyncStep(`ask ${args[0]}`);
        return sentence;
    });
    const change = async () => {
        MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/call_changed", { call_id: 71 });
        MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/changed", {});
        await advanceTime(100);
        await advanceTime(1000);
        await animationFrame();
        await waitForSteps(["ask 71"]);
        await animationFrame();
    };
    await openDashboard();
    await waitUntilSubscribe();
    expect(".o_leads_agent_desk_changes").toHaveCount(0);
    answer.call = { ...CALL, changes: sentence };
    await change();
    expect(".o_leads_agent_desk_changes").toHaveText(sentence);
    expect(`${DESK} button[name=hang_up]`).toBeEnabled();
    expect(".o_notification").toHaveCount(0);
    sentence = "Sam confirmed an order of Aroma Coffee.";
    answer.call = false;
    await change();
    expect(".o_leads_agent_desk_changes").toHaveText(sentence);
    expect(`${DESK} button[name=hang_up]`).toHaveCount(0);
    await contains(`${DESK} button[name=next]`).click();
    await waitForSteps(["next without "]);
    await animationFrame();
    expect(".o_leads_agent_desk_changes").toHaveCount(0);
});

test("what others do during a call is a notification where there is no desk", async () => {
    await mountWithCleanup(WebClient);
    await waitUntilSubscribe();
    patchWithCleanup(getService("action"), { doAction: (action) => asyncStep(action) });
    onRpc("leads.agent.call", "what_happened", ({ args }) => {
        asyncStep(`ask ${args[0]}`);
        return args[0][0] === 71 ? "Mia took back the lead Aroma Coffee." : "";
    });
    for (const call_id of [70, 71]) {
        MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/call_changed", { call_id });
    }
    await advanceTime(1000);
    await waitForSteps(["ask 70", "ask 71"]);
    await animationFrame();
    expect(queryAllTexts(".o_notification_content")).toEqual(["Mia took back the lead Aroma Coffee."]);
    await contains(".o_notification_buttons button").click();
    await waitForSteps(["leads_agent.action_dashboard"]);
});

test("who was skipped is not offered again, until asked for", async () => {
    await openDashboard();
    await press("x");
    await waitForSteps(["next without "]);
    await animationFrame();
    next = { partner_id: 102, callback_id: false, reasons: [] };
    await press("s");
    await waitForSteps(["next without 101"]);
    await animationFrame();
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveText("Kiwi Outdoor");
    next = { partner_id: false, callback_id: false, reasons: ["You skipped 2.", "Nobody can be called now."] };
    await contains(`${DESK} button[name=skip]`).click();
    await waitForSteps(["next without 101,102"]);
    await animationFrame();
    expect(".o_leads_agent_nobody").toHaveText(/You skipped 2\.\s+Nobody can be called now\./);
    await contains("button[name=start_over]").click();
    await waitForSteps(["next without "]);
});

test("a refusal is told, and the lead stays", async () => {
    expect.errors(1);
    onRpc("leads.agent.call", "start", () => {
        throw new Error("on the do-not-call list");
    });
    await openDashboard();
    await press("x");
    await waitForSteps(["next without "]);
    await animationFrame();
    await press("c");
    await animationFrame();
    await animationFrame();
    expect.verifyErrors([/on the do-not-call list/]);
    await contains(".modal-footer .btn-primary").click();
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveText("Aroma Coffee");
    expect(`${DESK} button[name=call]`).toBeEnabled();
});

test("keys are letters while somebody types", async () => {
    await openDashboard();
    await contains(".o_leads_agent_search").click();
    await press("x");
    expect(`${DESK} .o_leads_agent_desk_name`).toHaveCount(0);
});

test("managers who hold no leads have no call desk", async () => {
    answer.user.is_caller = false;
    await openDashboard();
    expect(DESK).toHaveCount(0);
});

test("a due callback is told anywhere, without a name, and leads to the dashboard", async () => {
    await mountWithCleanup(WebClient);
    await waitUntilSubscribe();
    patchWithCleanup(getService("action"), { doAction: (action) => asyncStep(action) });
    getService("bus_service").subscribe("leads_agent/callback_due", ({ callback_id }) => {
        asyncStep(`due ${callback_id}`);
    });
    for (const callback_id of [51, 52]) {
        MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/callback_due", { callback_id });
    }
    await advanceTime(1000);
    // Wait for both: the second one would otherwise open a notification after the first was closed.
    await waitForSteps(["due 51", "due 52"]);
    await animationFrame();
    expect(queryAllTexts(".o_notification_content")).toEqual(["A callback is due."]);
    await contains(".o_notification button:contains(Open dashboard)").click();
    await waitForSteps(["leads_agent.action_dashboard"]);
    await waitForNone(".o_notification", { timeout: 2000 });
});
