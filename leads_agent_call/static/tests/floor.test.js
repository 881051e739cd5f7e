import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, mockDate, queryAllTexts } from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import {
    asyncStep,
    contains,
    getService,
    hideTab,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const NO_FIGURES = {
    open: 0,
    ready: 0,
    due: 0,
    missed: 0,
    calls: 0,
    contacts: 0,
    talk_hours: 0,
    sales: 0,
    value_open: 0,
    value_sold: 0,
    converted: 0,
    converted_of: 0,
    conversion: false,
};
const FIGURES = {
    open: 12,
    ready: 4,
    due: 2,
    missed: 1,
    calls: 9,
    contacts: 5,
    talk_hours: 65 / 60,
    sales: 1,
    value_open: 64_200,
    value_sold: 2336,
    converted: 4,
    converted_of: 20,
    conversion: 0.2,
};
const POOL = { waiting: 34, value_waiting: 96_400 };
const ANNA = {
    id: 7,
    name: "Anna Peeters",
    avatar: "",
    team_id: 3,
    state: "talking",
    state_label: "Talking",
    since: "2026-03-10 13:48:00",
    absence: "",
    last_call_at: "2026-03-10 13:40:00",
    customer: "Aroma Coffee",
    ...FIGURES,
};
const BEN = {
    ...ANNA,
    ...NO_FIGURES,
    id: 8,
    name: "Ben Carter",
    team_id: false,
    state: "off",
    state_label: "On leave",
    absence: "leave",
    since: false,
    last_call_at: "2026-03-10 12:55:00",
    customer: "",
    open: 3,
};

/** The response of the server; each test may change it. */
let answer;

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    answer = {
        currency_id: 1,
        totals: { ...FIGURES, ...POOL, agents: 2, states: { talking: 1, off: 1 } },
        teams: [
            { id: 3, name: "Antwerp", states: { talking: 1 }, ...FIGURES },
            { id: false, name: "Without a call center", states: { off: 1 }, ...NO_FIGURES },
        ],
        agents: [ANNA, BEN],
    };
    onRpc("leads.agent.floor", "get_data", () => {
        asyncStep("read");
        return answer;
    });
});

async function openFloor() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.floor" });
    await animationFrame();
    await waitForSteps(["read"]);
}

test("shows what everybody is doing, by call center", async () => {
    await openFloor();
    expect(queryAllTexts(".o_leads_agent_floor_team h2")).toEqual(["Antwerp", "Without a call center"]);
    expect(".o_leads_agent_floor_agent").toHaveCount(2);
    const anna = ".o_leads_agent_floor_agent:contains(Anna)";
    expect(`${anna} .o_leads_agent_floor_state`).toHaveText("Talking");
    expect(`${anna} .o_leads_agent_floor_since`).toHaveText("12 min");
    expect(`${anna} .o_leads_agent_floor_customer`).toHaveText("Aroma Coffee");
    expect(`${anna} [data-figure=ready] b`).toHaveText("4");
    expect(`${anna} [data-figure=talk_hours] b`).toHaveText("1 h 05 min");
    expect(`${anna} [data-figure=value_sold]`).toHaveText(/2,336 sold today$/);
    const ben = ".o_leads_agent_floor_agent:contains(Ben)";
    expect(`${ben} .o_leads_agent_floor_state`).toHaveText("On leave");
    expect(`${ben} .o_leads_agent_floor_customer`).toHaveText("Last call 1 h 05 min ago");
    expect(".o_leads_agent_floor_team:contains(Antwerp) .o_leads_agent_floor_at_work").toHaveText("1 of 1 at work");
    expect(".o_leads_agent_floor_totals [data-figure=missed]").toHaveText(/1\s+of 2 due$/);
    expect(".o_leads_agent_floor_totals [data-figure=waiting]").toHaveText(/34\s+.*96,400$/);
    expect(".o_leads_agent_floor_totals [data-figure=conversion]").toHaveText(/20%\s+4 of 20 orders$/);
    expect(".o_leads_agent_floor_empty").toHaveCount(0);
});

test("is read every ten seconds, and not while nobody sees it", async () => {
    // Otherwise timers and dates use two browser clocks that differ by fractions of a millisecond.
    freezeTime();
    await openFloor();
    answer = { ...answer, agents: [{ ...ANNA, state: "wrap_up", state_label: "Wrap-up" }, BEN] };
    await advanceTime(10_000);
    await animationFrame();
    await waitForSteps(["read"]);
    expect(".o_leads_agent_floor_agent:contains(Anna) .o_leads_agent_floor_state").toHaveText("Wrap-up");
    await hideTab();
    await advanceTime(60_000);
    await waitForSteps([]);
    document.dispatchEvent(new Event("visibilitychange"));
    await animationFrame();
    await waitForSteps(["read"]);
    await advanceTime(10_000);
    await waitForSteps(["read"]);
});

test("ends with the screen", async () => {
    class Elsewhere extends Component {
        static template = xml`<p>Elsewhere</p>`;
        static props = ["*"];
    }
    registry.category("actions").add("elsewhere", Elsewhere);
    await openFloor();
    await getService("action").doAction({ type: "ir.actions.client", tag: "elsewhere" });
    await animationFrame();
    await advanceTime(60_000);
    await waitForSteps([]);
});

test("each figure opens its rows", async () => {
    await openFloor();
    patchWithCleanup(getService("action"), {
        loadAction: async (action) => ({ action, context: { search_default_active: 1 } }),
        doAction(action, { props } = {}) {
            asyncStep(props ? `${action} ${props.resId}` : JSON.stringify(action));
        },
    });
    const anna = ".o_leads_agent_floor_agent:contains(Anna)";
    const antwerp = ".o_leads_agent_floor_team:contains(Antwerp) header";
    await contains(`${anna} .o_leads_agent_floor_name`).click();
    await contains(`${anna} [data-figure=value_sold]`).click();
    await contains(`${antwerp} [data-figure=missed]`).click();
    await contains(`${antwerp} [data-figure=value_open]`).click();
    await contains(".o_leads_agent_floor_totals [data-figure=waiting]").click();
    await animationFrame();
    await waitForSteps([
        "leads_agent.action_agents 7",
        '{"action":"leads_agent.action_assignments","context":{"search_default_sold":1,"search_default_ended_today":1,"search_default_agent_id":7},"domain":"[]"}',
        '{"action":"leads_agent_call.action_callbacks","context":{"search_default_open":1,"search_default_missed":1},"domain":"[(\\"team_id\\", \\"=\\", 3)]"}',
        '{"action":"leads_agent.action_assignments","context":{"search_default_active":1},"domain":"[(\\"agent_id\\", \\"in\\", [7])]"}',
        '{"action":"leads_agent.action_orders","context":{"search_default_leads_assignable":1},"domain":"[]"}',
    ]);
});

test("says so when nobody holds leads", async () => {
    answer = {
        currency_id: 1,
        totals: { ...NO_FIGURES, waiting: 0, value_waiting: 0, agents: 0, states: {} },
        teams: [],
        agents: [],
    };
    await openFloor();
    expect(".o_leads_agent_floor_empty").toHaveText(/Nobody holds leads here yet/);
});
