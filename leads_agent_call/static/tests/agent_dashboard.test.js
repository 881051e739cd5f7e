import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, mockDate, queryAllTexts } from "@odoo/hoot";
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

/** The response of the server; each test may change it. */
let answer;

beforeEach(() => {
    mockDate("2026-03-10 14:00:00", 0);
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
            calls_today: 12,
            contacts_today: 7,
            talk_hours_today: 1.25,
            conversion: 0.125,
            conversion_days: 30,
        },
        leads: [LEAD, OTHER_LEAD],
        leads_count: 2,
        day: { since: "2026-03-10 00:00:00", outcomes: [], hours: [] },
        history: [],
        empty_reason: "",
        callbacks: [],
        call: false,
    };
    onRpc("leads.agent.dashboard", "get_data", () => answer);
});

async function openDashboard() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "leads_agent.dashboard" });
    await animationFrame();
}

test("money comes first among the figures, then calls", async () => {
    await openDashboard();
    const labels = queryAllTexts(".o_leads_agent_figure_label").map((text) => text.split("\n")[0]);
    expect(labels.slice(0, 5)).toEqual([
        "4 sold today",
        "2 open leads",
        "Calls today",
        "Contacts today",
        "Talk time today",
    ]);
    const values = queryAllTexts(".o_leads_agent_figure_value").map((text) => text.replace(/[^\w.%,: ]/g, "").trim());
    expect(values).toEqual(["2,336", "64,200", "12", "7", "1 h 15 min", "1", "3", "12.5%"]);
    expect(".o_leads_agent_lead:eq(0) .o_leads_agent_lead_phone").toHaveText(/^Call\s+\+39 02 5555 1234$/);
});

test("my day shows calls by hour and by outcome", async () => {
    answer.day = {
        since: "2026-03-10 00:00:00",
        outcomes: [
            { id: 1, name: "No answer", calls: 4 },
            { id: 2, name: "Callback agreed", calls: 1 },
        ],
        hours: [
            { hour: 9, calls: 4, contacts: 1 },
            { hour: 10, calls: 1, contacts: 0 },
        ],
    };
    await openDashboard();
    expect(".o_leads_agent_day_hour").toHaveCount(2);
    expect(".o_leads_agent_day_hour:eq(0) .visually-hidden").toHaveText(/9.*: calls 4, contacts 1/);
    expect(".o_leads_agent_day_column:eq(0)").toHaveAttribute("style", "height: 100%");
    expect(".o_leads_agent_day_column:eq(1)").toHaveAttribute("style", "height: 25%");
    expect(".o_leads_agent_day_outcomes dt").toHaveCount(2);
    expect(".o_leads_agent_day_outcomes dd:eq(1)").toHaveText("1");
});

test("local time ticks and is marked outside calling hours", async () => {
    // Otherwise timers and dates use two browser clocks that differ by fractions of a millisecond.
    freezeTime();
    await openDashboard();
    const [milano, auckland] = [0, 1].map((i) => `.o_leads_agent_lead:eq(${i}) .o_leads_agent_lead_time`);
    expect(milano).toHaveText("15:00");
    expect(milano).not.toHaveClass("o_leads_agent_lead_time_outside");
    expect(auckland).toHaveText(/^Wed 03:00/);
    expect(auckland).toHaveClass("o_leads_agent_lead_time_outside");
    await advanceTime(59_999);
    await animationFrame();
    expect(milano).toHaveText("15:00");
    await advanceTime(1);
    await animationFrame();
    expect(milano).toHaveText("15:01");
});

test("customers without a known time zone show no time", async () => {
    answer.leads = [
        { ...LEAD, tz: false, order: null, assigned_at: "2026-03-10 14:00:02" },
        { ...OTHER_LEAD, tz: "Nowhere/Land" },
    ];
    await openDashboard();
    expect(".o_leads_agent_lead").toHaveCount(2);
    expect(".o_leads_agent_lead_time").toHaveCount(0);
    // Only where the time zone is unknown
    expect("button[name=confirm_zone]").toHaveCount(1);
    expect(".o_leads_agent_lead:eq(0) button[name=confirm_zone]").toHaveText("Time zone?");
    expect(".o_leads_agent_lead:eq(0) .o_leads_agent_lead_assigned").toHaveText("Assigned just now");
});

test("click on the phone calls, elsewhere in the row it opens the customer", async () => {
    await openDashboard();
    patchWithCleanup(getService("action"), {
        doAction: ({ res_model, res_id }) => asyncStep(`${res_model} ${res_id}`),
    });
    onRpc("leads.agent.call", "start", ({ args }) => {
        asyncStep(`call ${args[0]}`);
        return { call_id: 1, phone: "", dial: {} };
    });
    await contains(".o_leads_agent_lead_phone").click();
    await contains(".o_leads_agent_lead:eq(0) .o_leads_agent_lead_contact").click();
    await waitForSteps(["call 101", "res.partner 101"]);
});
