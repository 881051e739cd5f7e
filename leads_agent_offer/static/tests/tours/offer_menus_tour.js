import { registry } from "@web/core/registry";

/** What says that a view stands there with its records read; lists may be grouped. */
const DRAWN = {
    list: ".o_list_table tbody tr[class*=o_]",
    kanban: ".o_kanban_record:not(.o_kanban_ghost)",
    form: ".o_field_widget",
    pivot: ".o_pivot table tbody tr",
    graph: ".o_graph_renderer canvas",
};
const FIRST_RECORD = {
    list: ".o_data_row:first .o_data_cell:not(.o_list_button):not(.o_handle_cell):first",
    kanban: ".o_kanban_record:not(.o_kanban_ghost):first",
};

const seeDrawn = (title, type) => [
    {
        content: `${title}: ${type}`,
        trigger: `.o_action_manager .o_${type}_view:not(:has(.o_view_sample_data)) ${DRAWN[type]}:visible`,
    },
    { content: "No dialog is open", trigger: "body:not(:has(.modal))" },
];

const switchTo = (title, type) => [
    { content: `${title}: switch to ${type}`, trigger: `.o_switch_view.o_${type}`, run: "click" },
    { content: `${title}: ${type} is the chosen view`, trigger: `.o_switch_view.o_${type}.active` },
    ...seeDrawn(title, type),
];

/** Open a menu by its sections, each view of its action, and the first record. */
function visit({ path, title, views }) {
    const steps = path.map((xmlid) => ({
        content: `Open the menu ${xmlid}`,
        trigger: `[data-menu-xmlid="${xmlid}"]:visible`,
        run: "click",
    }));
    steps.push({ content: `The page is ${title}`, trigger: `.o_breadcrumb .active:contains("${title}")` });
    const [first, ...others] = views;
    steps.push(...seeDrawn(title, first));
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

/** The test says which menus there are. */
registry.category("web_tour.tours").add("leads_agent_offer_menus", {
    steps: () => (window.leadsAgentOfferMenus || []).flatMap(visit),
});
