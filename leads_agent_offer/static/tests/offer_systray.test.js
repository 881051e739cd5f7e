import { waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, mockDate, queryAllTexts } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    getService,
    makeServerError,
    MockServer,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    serverState,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

import { offerSound } from "@leads_agent_offer/offer_systray/offer_sound";
import { OfferSystray } from "@leads_agent_offer/offer_systray/offer_systray";

describe.current.tags("desktop");
defineMailModels();

const SOLAR = {
    id: 7,
    kind: "exclusive",
    deadline: "2026-03-10 14:05:00",
    seconds_left: 75,
    tags: [
        { name: "Solar", color: 3 },
        { name: "Roof", color: 0 },
    ],
    city: "Ghent",
    value_band: "1,000 to 5,000",
    hint: "Calls back in the afternoon",
};
const LEFT_OVER = {
    id: 8,
    kind: "catch_all",
    deadline: false,
    seconds_left: false,
    tags: [],
    city: "",
    value_band: "",
    hint: "",
};

/** The response of the server; tests may change it. */
let answer;

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
    patchWithCleanup(session, { leads_available: true });
    patchWithCleanup(offerSound, { play: () => asyncStep("sound") });
    answer = [SOLAR, LEFT_OVER];
    onRpc("leads.agent.offer", "get_live_offers", () => {
        asyncStep("read");
        return answer;
    });
});

async function mountSystray() {
    await mountWithCleanup(OfferSystray);
    await animationFrame();
    await waitForSteps(["read"]);
}

async function openSystray() {
    await mountSystray();
    await contains(".o_leads_agent_offers_toggle").click();
    await waitForSteps(["read"]);
}

function notify(type) {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, type, {});
}

test("shows what each offer tells", async () => {
    await openSystray();
    expect(".o_leads_agent_offers_count").toHaveText("2");
    expect(".o_leads_agent_offer").toHaveCount(2);
    const solar = ".o_leads_agent_offer[data-id='7']";
    expect(solar).toHaveText(/Ghent/);
    expect(solar).toHaveText(/1,000 to 5,000/);
    expect(solar).toHaveText(/Calls back in the afternoon/);
    expect(queryAllTexts(`${solar} .o_tag`)).toEqual(["Solar", "Roof"]);
    expect(`${solar} .o_leads_agent_offer_kind`).toHaveCount(0);
    const leftOver = ".o_leads_agent_offer[data-id='8']";
    expect(`${leftOver} .o_leads_agent_offer_kind`).toHaveText("Catch-All");
    expect(`${leftOver} .o_leads_agent_offer_time`).toHaveCount(0);
});

test("counts down, and forgets what is over", async () => {
    // Otherwise timers and dates use two clocks of the browser that differ by fractions of a millisecond.
    freezeTime();
    await openSystray();
    const time = ".o_leads_agent_offer_time";
    expect(time).toHaveText("1:15");
    expect(time).not.toHaveClass("text-danger");
    await advanceTime(20_000);
    await animationFrame();
    expect(time).toHaveText("0:55");
    expect(time).toHaveClass("text-danger");
    await advanceTime(60_000);
    await animationFrame();
    expect(".o_leads_agent_offer").toHaveCount(1);
    expect(".o_leads_agent_offers_count").toHaveText("1");
});

test("a long time to answer is told in days", async () => {
    answer = [{ ...SOLAR, seconds_left: 2 * 86_400 + 3 * 3_600 + 59 }];
    await openSystray();
    expect(".o_leads_agent_offer_time").toHaveText("2 d 3 h");
});

test("accepting opens the lead", async () => {
    onRpc("leads.agent.offer", "action_accept", ({ args }) => {
        asyncStep(`accept ${args[0]}`);
        answer = [LEFT_OVER];
        return { type: "ir.actions.act_window", res_model: "crm.lead", res_id: 5, views: [[false, "form"]] };
    });
    await openSystray();
    patchWithCleanup(getService("action"), {
        doAction: (action) => asyncStep(`open ${action.res_model} ${action.res_id}`),
    });
    await contains(".o_leads_agent_offer[data-id='7'] .o_leads_agent_offer_accept").click();
    await waitForSteps(["accept 7", "read", "open crm.lead 5"]);
    await animationFrame();
    expect(".o_leads_agent_offer").toHaveCount(0, { message: "the menu is closed" });
    expect(".o_leads_agent_offers_count").toHaveText("1");
});

test("terms are agreed to in a dialog", async () => {
    answer = [{ ...SOLAR, has_terms: true }];
    onRpc("leads.agent.offer", "action_ask_accept", ({ args }) => {
        asyncStep(`ask ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "leads.agent.accept", views: [[false, "form"]] };
    });
    await openSystray();
    patchWithCleanup(getService("action"), { doAction: (action) => asyncStep(`open ${action.res_model}`) });
    await contains(".o_leads_agent_offer[data-id='7'] .o_leads_agent_offer_accept").click();
    await waitForSteps(["ask 7", "read", "open leads.agent.accept"]);
});

test("declining takes the offer away", async () => {
    onRpc("leads.agent.offer", "action_decline", ({ args }) => {
        asyncStep(`decline ${args[0]}`);
        answer = [LEFT_OVER];
        return false;
    });
    await openSystray();
    await contains(".o_leads_agent_offer[data-id='7'] .o_leads_agent_offer_decline").click();
    await waitForSteps(["decline 7", "read"]);
    await animationFrame();
    expect(".o_leads_agent_offer").toHaveCount(1);
});

test("too late: says so and reads again", async () => {
    expect.errors(1);
    onRpc("leads.agent.offer", "action_accept", () => {
        answer = [];
        throw makeServerError({ message: "The time to answer is over." });
    });
    await openSystray();
    await contains(".o_leads_agent_offer[data-id='7'] .o_leads_agent_offer_accept").click();
    await waitForSteps(["read"]);
    await animationFrame();
    expect.verifyErrors([/time to answer is over/]);
    expect(".o_leads_agent_offers_count").toHaveCount(0);
});

test("reads again when something changes, and rings for a new offer", async () => {
    answer = [];
    await mountSystray();
    getService("bus_service").start();
    await waitUntilSubscribe();
    answer = [SOLAR];
    notify("leads_agent_offer/changed");
    await waitForSteps(["read"]);
    await animationFrame();
    expect(".o_leads_agent_offers_count").toHaveText("1");
    answer = [SOLAR, LEFT_OVER];
    notify("leads_agent_offer/offered");
    await waitForSteps(["read", "sound"]);
    await animationFrame();
    expect(".o_leads_agent_offers_count").toHaveText("2");
});

test("says so when there is nothing to answer", async () => {
    answer = [];
    await openSystray();
    expect(".o_leads_agent_offers_none").toHaveCount(1);
    expect(".o_leads_agent_offers_count").toHaveCount(0);
});

test("all offers are one click away", async () => {
    await openSystray();
    patchWithCleanup(getService("action"), { doAction: (action) => asyncStep(action) });
    await contains(".o_leads_agent_offers_all").click();
    await waitForSteps(["leads_agent_offer.action_my_offers"]);
});

test("people who get no offers see nothing and ask nothing", async () => {
    delete session.leads_available;
    await mountWithCleanup(OfferSystray);
    await animationFrame();
    expect(".o_leads_agent_offers_toggle").toHaveCount(0);
    await waitForSteps([]);
});
