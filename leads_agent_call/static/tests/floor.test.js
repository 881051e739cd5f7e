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

const FIGURES = { open: 12, waiting: 4, due: 2, missed: 1, calls: 9, contacts: 5, sales: 1 };
const NO_FIGURES = { open: 0, waiting: 0, due: 0, missed: 0, calls: 0, contacts: 0, sales: 0 };
const ANNA = {
    id: 7,
    name: "Anna Peeters",
    avatar: "",
    team_id: 3,
    state: "talking",
    state_label: "Talking",
    since: "2026-03-10 13:48:00",
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
    since: false,
    customer: "",
    open: 3,
};

/** The response of the server; each test may change it. */
let answer;

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    answer = {
        totals: { ...FIGURES, agents: 2, states: { talking: 1, off: 1 } },
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
    expect(`${anna} [data-figure=waiting] b`).toHaveText("4");
    expect(`${anna} b[data-figure=sales]`).toHaveText("1");
    const ben = ".o_leads_agent_floor_agent:contains(Ben)";
    expect(`${ben} .o_leads_agent_floor_state`).toHaveText("On leave");
    expect(".o_leads_agent_floor_totals [data-figure=missed] dd").toHaveText("1");
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

test("clicks lead to the agent, the leads and the callbacks", async () => {
    await openFloor();
    patchWithCleanup(getService("action"), {
        doAction(action, { props, additionalContext } = {}) {
            asyncStep(`${action} ${JSON.stringify(props || additionalContext)}`);
        },
        doActionButton({ name, resId }) {
            asyncStep(`${name} ${resId}`);
        },
    });
    const anna = ".o_leads_agent_floor_agent:contains(Anna)";
    await contains(`${anna} .o_leads_agent_floor_name`).click();
    await contains(`${anna} [data-figure=open]`).click();
    await contains(`${anna} [data-figure=missed]`).click();
    await contains(".o_leads_agent_floor_team:contains(Antwerp) .o_leads_agent_floor_missed").click();
    await waitForSteps([
        'leads_agent.action_agents {"resId":7}',
        'leads_agent.action_assignments {"search_default_agent_id":7}',
        'leads_agent_call.action_callbacks {"search_default_missed":1,"search_default_agent_id":7}',
        'leads_agent_call.action_callbacks {"search_default_missed":1,"search_default_team_id":3}',
    ]);
});

test("says so when nobody holds leads", async () => {
    answer = { totals: { ...NO_FIGURES, agents: 0, states: {} }, teams: [], agents: [] };
    await openFloor();
    expect(".o_leads_agent_floor_empty").toHaveText(/Nobody holds leads here yet/);
});
