import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { animationFrame, mockDate } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    getService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const FIGURES = {
    open: 3,
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
const ANNA = {
    id: 7,
    name: "Anna Peeters",
    avatar: "",
    team_id: false,
    state: "available",
    state_label: "Available",
    since: false,
    absence: "",
    last_call_at: false,
    customer: "",
    ...FIGURES,
};
const BEN = { ...ANNA, id: 8, name: "Ben Carter", state: "off", state_label: "On leave", absence: "leave" };

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    const team = { id: false, name: "Without a call center", states: { available: 1, off: 1 }, ...FIGURES };
    onRpc("leads.agent.floor", "get_data", () => ({
        currency_id: 1,
        totals: { ...FIGURES, waiting: 0, value_waiting: 0, agents: 2, states: { available: 1, off: 1 } },
        teams: [team],
        agents: [ANNA, BEN],
    }));
});

test("what somebody holds who is away is handed over", async () => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.floor" });
    await animationFrame();
    patchWithCleanup(getService("action"), {
        doActionButton: ({ name, resId }) => asyncStep(`${name} ${resId}`),
    });
    expect(".o_leads_agent_floor_agent:contains(Anna) .o_leads_agent_floor_hand_over").toHaveCount(0);
    await contains(".o_leads_agent_floor_agent:contains(Ben) .o_leads_agent_floor_hand_over").click();
    await waitForSteps(["action_leads_hand_over 8"]);
});
