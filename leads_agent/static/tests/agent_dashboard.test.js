import { waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate, queryAllTexts } from "@odoo/hoot";
import { keyDown, press } from "@odoo/hoot-dom";
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
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const LEAD = {
    assignment_id: 11,
    partner_id: 101,
    name: "Aroma Coffee",
    phone: "+39 02 5555 1234",
    email: "ordini@aroma.example.com",
    city: "Milano",
    country: "Italy",
    tz: "Europe/Rome",
    calling: [["2026-03-10 13:59:00", "2026-03-10 19:00:00"]],
    assigned_at: "2026-03-08 14:00:00",
    last_contact_at: false,
    reason: "Chosen by Mitchell",
    order: {
        id: 201,
        name: "S00201",
        amount_total: 1450,
        currency_id: 1,
        date_order: "2026-02-26 10:00:00",
        expired: true,
    },
};
const OTHER_LEAD = {
    ...LEAD,
    assignment_id: 12,
    partner_id: 102,
    name: "Kiwi Outdoor",
    phone: "",
    email: "",
    city: "Auckland",
    tz: "Pacific/Auckland",
    calling: [["2026-03-10 19:00:00", "2026-03-11 07:00:00"]],
    last_contact_at: "2026-03-10 11:00:00",
    order: false,
};
const ENTRY = {
    id: 301,
    at: "2026-03-10 13:00:00",
    kind: "note",
    kind_label: "Note",
    author: "Maria Keller",
    summary: "Call back on Monday",
    partner_id: 101,
    partner_name: "Aroma Coffee",
    res_model: "sale.order",
    res_id: 201,
};

/** The answer of the server; each test may change it. */
let answer;
/** What the server was asked for. */
let questions;

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    questions = [];
    answer = {
        user: { name: "Maria Keller", is_agent: true, is_caller: true },
        figures: {
            open: 2,
            assigned_today: 3,
            resolved_today: 1,
            sold_today: 4,
            value_sold: 2336,
            value_open: 64200,
            currency_id: 1,
            conversion: 0.125,
            conversion_days: 30,
        },
        leads: [LEAD, OTHER_LEAD],
        leads_count: 2,
        day: { since: "2026-03-10 00:00:00", outcomes: [], hours: [] },
        history: [ENTRY],
        empty_reason: "",
        callbacks: [],
        call: false,
    };
    onRpc("leads.agent.dashboard", "get_data", ({ kwargs }) => {
        const { search, sort, limit, offset } = kwargs;
        questions.push({ search, sort, limit, offset });
        return answer;
    });
});

async function openDashboard() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.dashboard" });
    await animationFrame();
}

/** Collect the actions that the dashboard opens instead of opening them. */
function catchActions() {
    patchWithCleanup(getService("action"), {
        doAction(action, options) {
            const { res_model, res_id } = action;
            const partner = options?.additionalContext?.default_partner_id;
            asyncStep(res_model ? `${res_model} ${res_id}` : `${action} ${partner}`);
        },
    });
}

function notifyChanged() {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/changed", {});
}

test("figures, leads and history are shown", async () => {
    await openDashboard();
    for (const [figure, label, value] of [
        ["sold_today", "4 sold today", /2,336$/],
        ["open", /^2 open leads/, /64,200$/],
        ["resolved_today", "Resolved today", "1"],
        ["assigned_today", "Assigned today", "3"],
        ["conversion", /^Conversion\s+Sales \/ .*, last 30 days$/, "12.5%"],
    ]) {
        expect(`[data-figure=${figure}] .o_leads_agent_figure_label`).toHaveText(label);
        expect(`[data-figure=${figure}] .o_leads_agent_figure_value`).toHaveText(value);
    }
    expect(".o_leads_agent_lead").toHaveCount(2);
    expect(".o_leads_agent_count").toHaveText("2");

    const first = ".o_leads_agent_lead:eq(0)";
    expect(`${first} .o_leads_agent_lead_name`).toHaveText("Aroma Coffee");
    expect(`${first} .o_leads_agent_lead_phone`).toHaveText(/\+39 02 5555 1234$/);
    expect(`${first} .o_leads_agent_lead_email`).toHaveAttribute("href", "mailto:ordini@aroma.example.com");
    expect(`${first} .o_leads_agent_lead_amount`).toHaveText("$ 1,450.00");
    expect(`${first} .o_leads_agent_lead_order .badge`).toHaveText(/^12 days/);
    expect(`${first} .o_leads_agent_lead_new`).toHaveText("Not contacted yet");
    expect(`${first} .o_leads_agent_lead_assigned`).toHaveText("Assigned 2 days ago");

    const second = ".o_leads_agent_lead:eq(1)";
    expect(`${second} .o_leads_agent_lead_phone`).toHaveCount(0);
    expect(`${second} .o_leads_agent_lead_order`).toHaveText("No open quotation");
    expect(`${second} .o_leads_agent_lead_contacted`).toHaveText(/3 hours ago$/);
    expect(`${second} button[name=open_order]`).not.toBeEnabled();

    expect(".o_leads_agent_history_entry").toHaveCount(1);
    expect(".o_leads_agent_history_customer").toHaveText("Aroma Coffee");
    expect(".o_leads_agent_history_summary").toHaveText("Call back on Monday");
    expect(".o_leads_agent_history_entry time").toHaveText("1 hr. ago");
});

test("conversion that is not known yet is a dash", async () => {
    answer.figures.conversion = null;
    await openDashboard();
    expect("[data-figure=conversion] .o_leads_agent_figure_value").toHaveText("-");
});

test("names and texts are shown as text", async () => {
    const evil = "<script>alert('x')</script><b>bold</b>";
    answer.leads = [{ ...LEAD, name: evil, city: evil, email: evil, order: { ...LEAD.order, name: evil } }];
    answer.history = [{ ...ENTRY, partner_name: evil, summary: evil, author: evil }];
    await openDashboard();
    for (const place of [
        ".o_leads_agent_lead_name",
        ".o_leads_agent_lead_city bdi",
        ".o_leads_agent_history_customer",
        ".o_leads_agent_history_summary",
    ]) {
        expect(place).toHaveText(evil);
    }
    expect(".o_leads_agent_dashboard :is(script, b)").toHaveCount(0);
});

test("several bus messages are answered by one reading that keeps search and page", async () => {
    await openDashboard();
    await waitUntilSubscribe();
    await contains(".o_leads_agent_search").edit("aroma", { confirm: "enter" });
    await animationFrame();
    expect(questions).toHaveLength(2);

    answer = { ...answer, leads: [LEAD], leads_count: 1 };
    notifyChanged();
    notifyChanged();
    await advanceTime(100);
    notifyChanged();
    await advanceTime(1000);
    await animationFrame();
    expect(questions).toHaveLength(3);
    expect(questions[2]).toEqual({ search: "aroma", sort: "next", limit: 80, offset: 0 });
    expect(".o_leads_agent_lead").toHaveCount(1);
    expect(".o_leads_agent_search").toHaveValue("aroma");
});

test("bus messages after leaving the dashboard are not answered", async () => {
    await openDashboard();
    await waitUntilSubscribe();
    notifyChanged();
    registry.category("actions").add("leads_agent.test_elsewhere", Elsewhere, { force: true });
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.test_elsewhere" });
    await advanceTime(1000);
    expect(".o_leads_agent_test_elsewhere").toHaveCount(1);
    expect(questions).toHaveLength(1);
});

test("the search is asked of the server, once the typing pauses", async () => {
    await openDashboard();
    answer = { ...answer, leads: [], leads_count: 0 };
    await contains(".o_leads_agent_search").edit("xyz", { confirm: false });
    expect(questions).toHaveLength(1);
    await advanceTime(300);
    await animationFrame();
    expect(questions.slice(1)).toEqual([{ search: "xyz", sort: "next", limit: 80, offset: 0 }]);
    expect(".o_leads_agent_no_hit").toHaveText(/No lead matches xyz/);

    await contains("button[name=clear_search]").click();
    await animationFrame();
    expect(questions.at(-1).search).toBe("");
    expect(".o_leads_agent_search").toHaveValue("");
    expect(".o_leads_agent_search").toBeFocused();
});

test("sorting and paging are asked of the server", async () => {
    answer.leads_count = 170;
    await openDashboard();
    await contains(".o_pager_next").click();
    expect(questions.at(-1)).toEqual({ search: "", sort: "next", limit: 80, offset: 80 });
    await contains(".o_leads_agent_sort").click();
    await contains(".o-dropdown-item[data-sort=customer]").click();
    expect(questions.at(-1)).toEqual({ search: "", sort: "customer", limit: 80, offset: 0 });
    expect(".o_leads_agent_sort").toHaveText("Customer");
});

test("when the page has gone, the last one is shown", async () => {
    answer.leads_count = 81;
    await openDashboard();
    answer = { ...answer, leads: [], leads_count: 80 };
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(questions.map((question) => question.offset)).toEqual([0, 80, 0]);
});

test("without leads, the reason is shown", async () => {
    Object.assign(answer, { leads: [], leads_count: 0, history: [], empty_reason: "You see quotations only." });
    await openDashboard();
    expect(".o_leads_agent_empty").toHaveText(/You see quotations only\./);
    expect(".o_leads_agent_history_empty").toHaveCount(1);
});

test("a failed first reading can be tried again", async () => {
    expect.errors(1);
    let isBroken = true;
    onRpc("leads.agent.dashboard", "get_data", () => {
        if (isBroken) {
            throw new Error("no answer");
        }
    });
    await openDashboard();
    await animationFrame();
    expect.verifyErrors([/no answer/]);
    await contains(".modal-footer .btn-primary").click();
    isBroken = false;
    await contains(".o_leads_agent_failed .btn-primary").click();
    await animationFrame();
    expect(".o_leads_agent_lead").toHaveCount(2);
});

class Elsewhere extends Component {
    static template = xml`<div class="o_leads_agent_test_elsewhere">Elsewhere</div>`;
    static props = ["*"];
}

test("resolving reads again on close and goes on with the next lead", async () => {
    registry.category("actions").add("leads_agent.test_elsewhere", Elsewhere, { force: true });
    onRpc("leads.agent.assignment", "action_resolve", ({ args }) => {
        asyncStep(`resolve ${args[0]}`);
        return { type: "ir.actions.client", tag: "leads_agent.test_elsewhere", target: "new" };
    });
    await openDashboard();
    await contains(".o_leads_agent_lead:eq(0) button[name=resolve]").click();
    await waitForSteps(["resolve 11"]);
    expect(".modal .o_leads_agent_test_elsewhere").toHaveCount(1);
    expect(questions).toHaveLength(1);

    answer = { ...answer, leads: [OTHER_LEAD], leads_count: 1 };
    await contains(".modal .btn-close").click();
    await animationFrame();
    expect(questions).toHaveLength(2);
    expect(queryAllTexts(".o_leads_agent_lead_name")).toEqual(["Kiwi Outdoor"]);
    expect(".o_leads_agent_lead[data-assignment-id='12']").toBeFocused();
});

test("a dialog goes although the reading it waits for is overtaken by a newer one", async () => {
    registry.category("actions").add("leads_agent.test_elsewhere", Elsewhere, { force: true });
    onRpc("leads.agent.assignment", "action_resolve", () => ({
        type: "ir.actions.client",
        tag: "leads_agent.test_elsewhere",
        target: "new",
    }));
    await openDashboard();
    await waitUntilSubscribe();
    await contains(".o_leads_agent_lead:eq(0) button[name=resolve]").click();
    expect(".modal .o_leads_agent_test_elsewhere").toHaveCount(1);

    const slow = Promise.withResolvers();
    const readings = [slow.promise];
    onRpc("leads.agent.dashboard", "get_data", () => readings.shift() || { ...answer, leads: [OTHER_LEAD] });
    await contains(".modal .btn-close").click();
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "leads_agent/changed", {});
    await advanceTime(100);
    await advanceTime(1000);
    await animationFrame();
    expect(queryAllTexts(".o_leads_agent_lead_name")).toEqual(["Kiwi Outdoor"], { message: "the newer reading" });
    slow.resolve(answer);
    await animationFrame();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect(queryAllTexts(".o_leads_agent_lead_name")).toEqual(["Kiwi Outdoor"]);
});

test("rows are worked by keyboard", async () => {
    await openDashboard();
    catchActions();
    patchWithCleanup(getService("action"), {
        doActionButton: ({ resModel, name, resId }) => asyncStep(`${resModel} ${name} ${resId}`),
    });
    await press("/");
    expect(".o_leads_agent_search").toBeFocused();
    await press("ArrowDown");
    expect(".o_leads_agent_lead:eq(0)").toBeFocused();
    await press("Enter");
    await waitForSteps(["res.partner 101"]);
    await press("o");
    await waitForSteps(["sale.order 201"]);
    await press("r");
    await waitForSteps(["leads.agent.assignment action_resolve 11"]);
    await press("ArrowDown");
    expect(".o_leads_agent_lead:eq(1)").toBeFocused();
    await press("o"); // no order there
    await press(["ctrl", "r"]); // the browser's own
    await press("Enter");
    await waitForSteps(["res.partner 102"]);
    await press("n");
    await animationFrame();
    expect(".o_leads_agent_log_note textarea").toBeFocused();
    await keyDown("/");
    expect(".o_leads_agent_log_note textarea").toBeFocused();
});

test("buttons and history entries open their documents", async () => {
    await openDashboard();
    catchActions();
    await contains(".o_leads_agent_lead:eq(0) button[name=open_order]").click();
    await contains(".o_leads_agent_lead:eq(0) button[name=new_order]").click();
    await contains(".o_leads_agent_history_entry").click();
    await waitForSteps(["sale.order 201", "leads_agent.action_order_entry 101", "sale.order 201"]);
});

test("a note is logged as text, and the dashboard reads again", async () => {
    onRpc("/mail/message/post", async (request) => {
        const { params } = await request.json();
        asyncStep(params);
        return { message_id: 1 };
    });
    await openDashboard();
    await contains(".o_leads_agent_lead:eq(0) button[name=log_note]").click();
    expect(".o_leads_agent_log_note button[name=save]").not.toBeEnabled();
    await contains(".o_leads_agent_log_note textarea").edit("<b>5 %</b> off\nfor ten", { confirm: false });
    await contains(".o_leads_agent_log_note button[name=save]").click();
    await waitForSteps([
        {
            thread_model: "res.partner",
            thread_id: 101,
            post_data: {
                body: "&lt;b&gt;5 %&lt;/b&gt; off<br>for ten",
                message_type: "comment",
                subtype_xmlid: "mail.mt_note",
            },
        },
    ]);
    await animationFrame();
    expect(".o_leads_agent_log_note").toHaveCount(0);
    expect(questions).toHaveLength(2);
});
