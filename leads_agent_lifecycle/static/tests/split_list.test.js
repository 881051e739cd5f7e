import { defineMailModels, patchUiSize, SIZES } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, press, queryAllTexts, queryOne, runAllTimers } from "@odoo/hoot";
import {
    asyncStep,
    contains,
    defineModels,
    fields,
    getService,
    makeServerError,
    models,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

class Lead extends models.Model {
    name = fields.Char({ required: true });
    job = fields.Char();
    known = fields.Char();
    activity = fields.Char();

    _records = [
        { id: 1, name: "Ada", job: "Owner", known: "info", activity: "active" },
        { id: 2, name: "Ben", job: "Buyer", known: "info", activity: "active" },
        { id: 3, name: "Cleo", job: "Chef", known: "info", activity: "active" },
        { id: 4, name: "Dan", job: "Driver", known: "info", activity: "inactive" },
        { id: 5, name: "Visitor", job: "", known: "no_info", activity: "active" },
    ];
    _views = {
        list: `
            <list js_class="leads_split_list">
                <field name="name"/>
                <field name="job" optional="show"/>
            </list>`,
        form: `
            <form>
                <header><button name="action_rest" type="object" string="Set Inactive"/></header>
                <sheet>
                    <field name="name"/>
                    <notebook>
                        <page string="First"><field name="job"/></page>
                        <page string="Second"><field name="activity"/></page>
                    </notebook>
                </sheet>
            </form>`,
        search: `
            <search>
                <field name="name"/>
                <filter name="info" string="Info" domain="[('known', '=', 'info')]"/>
                <filter name="no_info" string="No Info" domain="[('known', '=', 'no_info')]"/>
                <separator/>
                <filter name="active_leads" string="Active" domain="[('activity', '=', 'active')]"/>
                <filter name="resting_leads" string="Inactive" domain="[('activity', '=', 'inactive')]"/>
            </search>`,
    };
}
defineModels([Lead]);

const PANE = ".o_leads_pane";
const NAME = `${PANE} [name=name] input`;
const JOB = `${PANE} [name=job] input`;

/** Record saves as steps. */
function watchSaves() {
    onRpc("lead", "web_save", ({ args }) => asyncStep(`save ${args[0]} ${JSON.stringify(args[1])}`));
}

async function openLeads(context = { search_default_info: 1, search_default_active_leads: 1 }) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        name: "Leads",
        res_model: "lead",
        views: [
            [false, "list"],
            [false, "form"],
        ],
        search_view_id: [false, "search"],
        context,
    });
    // The counts are loaded after the page.
    await animationFrame();
}

const row = (name) => `.o_data_row:contains(${name})`;
const cell = (name) => `${row(name)} td[name=name]`;

/** Check that the pane shows this lead and the list highlights it. */
async function seePane(name) {
    await animationFrame();
    expect(NAME).toHaveValue(name);
    expect(".o_data_row.o_leads_shown").toHaveCount(1);
    expect(".o_data_row.o_leads_shown td[name=name]").toHaveText(name);
    expect(".o_data_row.o_leads_shown").toHaveAttribute("aria-current", "true");
}

/** Press arrow keys, and wait on the row. */
async function walk(...keys) {
    for (const key of keys) {
        await press(key);
        await animationFrame();
    }
    await advanceTime(200);
    await animationFrame();
}

beforeEach(async () => {
    freezeTime();
    await patchUiSize({ size: SIZES.XXL });
});

describe("the pane", () => {
    test("a click shows the lead beside the list, which stays the page", async () => {
        await openLeads();
        expect(PANE).toHaveCount(0);
        expect(".o_data_row").toHaveCount(3);
        expect("th[data-name=job]").toHaveCount(1);
        await contains(cell("Ada")).click();
        await seePane("Ada");
        expect(".o_data_row").toHaveCount(3);
        expect("th[data-name=job]").toHaveCount(0, { message: "columns that can be hidden are" });
        expect(".o_breadcrumb").toHaveText("Leads");
        expect(getService("action").currentController.currentState.resId).toBe(false);
    });

    test("the arrows walk from lead to lead, and the page of the notebook stays", async () => {
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(`${PANE} .nav-link:contains(Second)`).click();
        queryOne(cell("Ada")).focus();
        onRpc("lead", "web_read", ({ args }) => asyncStep(`read ${args[0]}`));
        await walk("ArrowDown", "ArrowDown");
        await waitForSteps(["read 3"]);
        await seePane("Cleo");
        expect(`${PANE} .nav-link.active`).toHaveText("Second");
        await walk("ArrowUp");
        await waitForSteps(["read 2"]);
        await seePane("Ben");
    });

    test("without a pane the arrows only walk, and Enter opens it", async () => {
        await openLeads();
        queryOne(cell("Ada")).focus();
        await walk("ArrowDown");
        expect(PANE).toHaveCount(0);
        await press("Enter");
        await seePane("Ben");
        expect(cell("Ben")).toBeFocused();
        await press("Enter");
        await animationFrame();
        expect(queryOne(PANE).contains(document.activeElement)).toBe(true, {
            message: "a second Enter goes into the pane",
        });
    });

    test("what was changed is saved before the next lead, and the row is read again", async () => {
        watchSaves();
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(NAME).edit("Ada Moreau", { confirm: "blur" });
        queryOne(cell("Ada")).focus();
        await walk("ArrowDown");
        await waitForSteps(['save 1 {"name":"Ada Moreau"}']);
        await seePane("Ben");
        expect(queryAllTexts(".o_data_row td[name=name]")).toEqual(["Ada Moreau", "Ben", "Cleo"]);
    });

    test("a lead that cannot be saved stays, also when it is to be closed", async () => {
        watchSaves();
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(NAME).clear({ confirm: "blur" });
        queryOne(cell("Ada")).focus();
        await walk("ArrowDown");
        expect(".o_notification").toHaveText(/Missing required fields/);
        expect(JOB).toHaveValue("Owner");
        expect(`${row("Ben")}.o_leads_shown`).toHaveCount(0);
        await press("Escape");
        await animationFrame();
        expect(JOB).toHaveValue("Owner");
        await waitForSteps([]);
    });

    test("when the server refuses, one is asked: stay, or discard and go on", async () => {
        onRpc("lead", "web_save", () => {
            throw makeServerError({ message: "Not this one." });
        });
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(JOB).edit("Spy", { confirm: "blur" });
        await contains(cell("Ben")).click();
        await contains(".modal:contains(Not this one) button:contains(Stay)").click();
        await animationFrame();
        expect(JOB).toHaveValue("Spy");
        await contains(cell("Ben")).click();
        await contains(".modal button:contains(Discard)").click();
        await seePane("Ben");
    });

    test("leaving the page saves what was changed", async () => {
        watchSaves();
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(JOB).edit("Director", { confirm: "blur" });
        await contains(`${PANE} .o_leads_pane_expand`).click();
        await waitForSteps(['save 1 {"job":"Director"}']);
        await animationFrame();
        expect(PANE).toHaveCount(0);
        expect(".o_form_view [name=name] input").toHaveValue("Ada");
        expect(".o_breadcrumb .active").toHaveText("Ada");
        await contains(".o_breadcrumb a:contains(Leads)").click();
        await seePane("Ada");
    });

    test("a button of the form is followed by the row and the numbers", async () => {
        onRpc("lead", "action_rest", function ({ args }) {
            this.env["lead"].write(args[0], { name: "Ada (resting)", activity: "inactive" });
            return false;
        });
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(`${PANE} button[name=action_rest]`).click();
        await seePane("Ada (resting)");
        expect(queryAllTexts(".o_data_row td[name=name]")).toEqual(["Ada (resting)", "Ben", "Cleo"]);
        expect(".o_leads_tab[name=info] .o_leads_tab_count").toHaveText("2");
    });

    test("Escape and the button close it, and the focus is in the row again", async () => {
        await openLeads();
        for (const close of [() => press("Escape"), () => contains(`${PANE} .o_leads_pane_close`).click()]) {
            await contains(cell("Ben")).click();
            await contains(JOB).focus();
            await close();
            await animationFrame();
            expect(PANE).toHaveCount(0);
            expect(queryOne(row("Ben")).contains(document.activeElement)).toBe(true);
            expect("th[data-name=job]").toHaveCount(1);
        }
    });

    test("Escape in the search bar is of the search bar", async () => {
        await openLeads();
        await contains(cell("Ben")).click();
        await contains(".o_searchview_input").focus();
        await press("Escape");
        await animationFrame();
        expect(PANE).toHaveCount(1);
    });

    test("on a narrow screen the form takes the page", async () => {
        await patchUiSize({ size: SIZES.XL });
        await openLeads();
        await contains(cell("Ada")).click();
        await animationFrame();
        expect(PANE).toHaveCount(0);
        expect(".o_list_view").toHaveCount(0);
        expect(".o_form_view [name=name] input").toHaveValue("Ada");
    });

    test("a screen that becomes narrow closes the pane, and saves it", async () => {
        watchSaves();
        await openLeads();
        await contains(cell("Ada")).click();
        await contains(JOB).edit("Director", { confirm: "blur" });
        await patchUiSize({ size: SIZES.XL });
        await runAllTimers();
        await waitForSteps(['save 1 {"job":"Director"}']);
        await animationFrame();
        expect(PANE).toHaveCount(0);
    });
});

describe("the tabs", () => {
    const tabs = () => queryAllTexts(".o_leads_tab").map((text) => text.replace(/\s+/g, " "));
    const pressed = () => queryAllTexts(".o_leads_tab[aria-pressed=true]").map((text) => text.replace(/\s+\d.*/, ""));

    test("say how many are known, and switch", async () => {
        await openLeads();
        expect(tabs()).toEqual(["Info 3", "No Info 1", "Active", "Inactive"]);
        expect(pressed()).toEqual(["Info", "Active"]);
        await contains(".o_leads_tab[name=no_info]").click();
        expect(queryAllTexts(".o_data_row td[name=name]")).toEqual(["Visitor"]);
        expect(queryAllTexts(".o_facet_value")).toEqual(["Active", "No Info"]);
        expect(pressed()).toEqual(["No Info", "Active"]);
    });

    test("Inactive and back", async () => {
        await openLeads();
        await contains(".o_leads_tab[name=resting_leads]").click();
        expect(queryAllTexts(".o_data_row td[name=name]")).toEqual(["Dan"]);
        expect(tabs()).toEqual(["Info 1", "No Info 0", "Active", "Inactive"]);
        await contains(".o_leads_tab[name=active_leads]").click();
        expect(queryAllTexts(".o_data_row td[name=name]")).toEqual(["Ada", "Ben", "Cleo"]);
        expect(tabs()).toEqual(["Info 3", "No Info 1", "Active", "Inactive"]);
    });

    test("follow the search bar", async () => {
        await openLeads();
        await contains(".o_searchview_facet:contains(Info) .o_facet_remove").click();
        expect(pressed()).toEqual(["Active"]);
        expect(".o_data_row").toHaveCount(4);
        await contains(".o_searchview_facet:contains(Active) .o_facet_remove").click();
        expect(pressed()).toEqual([]);
        expect(tabs()).toEqual(["Info 4", "No Info 1", "Active", "Inactive"]);
    });

    test("one switch reads the rows once", async () => {
        await openLeads();
        onRpc("lead", "web_search_read", () => asyncStep("read"));
        await contains(".o_leads_tab[name=resting_leads]").click();
        await waitForSteps(["read"]);
    });

    test("count no further than a thousand", async () => {
        onRpc("lead", "search_count", ({ kwargs }) => {
            asyncStep(`limit ${kwargs.limit}`);
            return 1001;
        });
        await openLeads();
        await waitForSteps(["limit 1001", "limit 1001"]);
        expect(tabs()).toEqual(["Info 1,000+", "No Info 1,000+", "Active", "Inactive"]);
    });
});

describe("the panel", () => {
    beforeEach(() => {
        Lead._views.search = `
            <search>
                <searchpanel>
                    <field name="company_id" select="multi" enable_counters="1"/>
                    <field name="user_id" select="multi" enable_counters="1"/>
                </searchpanel>
            </search>`;
        Lead._fields.company_id = fields.Many2one({ relation: "res.company" });
        Lead._fields.user_id = fields.Many2one({ relation: "res.users" });
        onRpc("lead", "search_panel_select_multi_range", () => ({
            values: [
                { id: 1, display_name: "Many", __count: 1001 },
                { id: 2, display_name: "A thousand", __count: 1000 },
            ],
        }));
    });

    test("says 1,000+, and is reset as a whole or one by one", async () => {
        await openLeads({});
        const section = (nr) => `.o_search_panel_section:eq(${nr})`;
        expect(queryAllTexts(`${section(0)} .o_search_panel_counter`)).toEqual(["1,000+", "1,000"]);
        expect(".o_leads_panel_reset, .o_leads_section_reset").toHaveCount(0);
        await contains(`${section(0)} input:eq(0)`).click();
        await contains(`${section(1)} input:eq(1)`).click();
        await contains(`${section(0)} .o_leads_section_reset`).click();
        expect(`${section(0)} input:checked`).toHaveCount(0);
        expect(`${section(1)} input:checked`).toHaveCount(1);
        await contains(`${section(0)} input:eq(0)`).click();
        await contains(".o_leads_panel_reset").click();
        expect(".o_search_panel input:checked").toHaveCount(0);
        expect(".o_leads_panel_reset, .o_leads_section_reset").toHaveCount(0);
    });
});
