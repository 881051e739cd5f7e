import { registry } from "@web/core/registry";

import { openMenu, seeNoDialog } from "./tour_steps";

/** What says that a view stands there with its records read; lists may be grouped. */
const DRAWN = {
    list: ".o_list_renderer tbody tr[class*=o_]",
    kanban: ".o_kanban_renderer .o_kanban_record:not(.o_kanban_ghost)",
    form: ".o_form_renderer .o_field_widget",
    pivot: ".o_pivot table tbody tr",
    graph: ".o_graph_renderer canvas",
    calendar: ".o_calendar_renderer .fc-event",
    activity: ".o_activity_view_table .o_activity_record",
};

const CLIENT_ACTIONS = {
    "Leads Agent Dashboard": ".o_leads_agent_dashboard .o_leads_agent_leads[aria-busy=false]",
    "Live Floor": ".o_leads_agent_floor .o_leads_agent_floor_totals",
};

const seeDrawn = (title, type) => [
    {
        content: `${title}: ${type}`,
        trigger: `.o_action_manager .o_${type}_view:not(:has(.o_view_sample_data)) ${DRAWN[type]}:visible`,
    },
    ...seeNoDialog(),
];

const switchTo = (title, type) => [
    { content: `${title}: switch to ${type}`, trigger: `.o_switch_view.o_${type}`, run: "click" },
    { content: `${title}: ${type} is the chosen view`, trigger: `.o_switch_view.o_${type}.active` },
    ...seeDrawn(title, type),
];

const FIRST_RECORD = {
    list: ".o_list_renderer .o_data_row:first .o_data_cell:not(.o_list_button):not(.o_handle_cell):first",
    kanban: ".o_kanban_renderer .o_kanban_record:not(.o_kanban_ghost):first",
};

/** Open a menu, each view of its action, and the first record. */
function visit({ path, title, views }) {
    const steps = [...openMenu(...path)];
    if (!views.length) {
        return [...steps, { content: title, trigger: CLIENT_ACTIONS[title] }, ...seeNoDialog()];
    }
    const [first, ...others] = views;
    // A form to fill in is named after its record.
    const name = first === "form" ? "New" : title;
    steps.push(
        { content: `The page is ${name}`, trigger: `.o_breadcrumb .active:contains("${name}")` },
        ...seeDrawn(title, first)
    );
    for (const type of others.filter((type) => type !== "form")) {
        steps.push(...switchTo(title, type));
    }
    if (others.includes("form")) {
        const back = others.length > 1 ? switchTo(title, first) : [];
        steps.push(
            ...back,
            { content: `${title}: open the first record`, trigger: FIRST_RECORD[first], run: "click" },
            ...seeDrawn(title, "form")
        );
    }
    return steps;
}

/** The test says which menus there are; `MenuTours` in `leads_agent/tests/menu_tours.py`. */
registry.category("web_tour.tours").add("leads_agent_menus", {
    steps: () => (window.leadsAgentMenus || []).flatMap(visit),
});
