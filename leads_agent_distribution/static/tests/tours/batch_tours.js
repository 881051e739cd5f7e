import { registry } from "@web/core/registry";

import { choose, listRow, seeNoDialog, seeView } from "@leads_agent/../tests/tours/tour_steps";

const tours = registry.category("web_tour.tours");

const select = (text) => [
    {
        content: `Select ${text}`,
        trigger: `${listRow(text)} .o_list_record_selector input`,
        run: "click",
    },
    { content: `${text} is selected`, trigger: `${listRow(text)}.o_data_row_selected` },
];

/** Type into a field of several users and choose the user with this name. */
const add = (field, name) => [
    {
        content: `Look for ${name} in ${field}`,
        trigger: `.modal .o_field_widget[name=${field}] input`,
        run: `edit ${name}`,
    },
    {
        content: `Take ${name}`,
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("${name}") a`,
        run: "click",
    },
    { content: `${name} is among them`, trigger: `.modal .o_field_widget[name=${field}] .o_tag:contains("${name}")` },
];

const pressOnBatch = (name) => [
    { content: `Press ${name}`, trigger: `.o_form_view button[name=${name}]:visible`, run: "click" },
];

const seeState = (state) => [
    {
        content: `The batch is ${state}`,
        trigger: `.o_statusbar_status button.o_arrow_button_current:contains("${state}")`,
    },
];

tours.add("leads_agent_batch_plan", {
    steps: () => [
        ...seeView("Order Details", "list"),
        { content: "Search", trigger: ".o_searchview_input", run: "edit Tour Café" },
        {
            content: "for orders of customers of this name",
            trigger: `.o_searchview_autocomplete .o-dropdown-item:contains("Tour Café"):first`,
            run: "click",
        },
        { content: "There are these alone", trigger: ".o_pager_limit:text(6)" },
        { content: "Select them", trigger: "thead .o_list_record_selector input", run: "click" },
        { content: "Open the actions", trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        {
            content: "Assign Leads",
            trigger: `.o-dropdown--menu .o_menu_item:contains("Assign Leads")`,
            run: "click",
        },
        {
            content: "Take all orders of the filter instead of the selection",
            trigger: ".modal .o_field_widget[name=whole_filter] input",
            run: "click",
        },
        { content: "It says how many these are", trigger: `.modal p:contains("all 6 orders of the filter")` },
        ...add("agent_ids", "Agent Anna"),
        ...add("agent_ids", "Agent Ben"),
        { content: "Plan first", trigger: ".modal button[name=action_plan]", run: "click" },
        ...seeState("Planned"),
        {
            content: "The plan says what each agent gets",
            trigger: `.o_field_widget[name=share_ids] .o_data_row:contains("Agent Ben") td[name=planned_count]:text("3")`,
        },
        ...pressOnBatch("action_open_load"),
        { content: "The load before and after stands there as bars", trigger: ".o_graph_renderer canvas" },
        { content: "Back to the batch", trigger: ".o_back_button, .o_breadcrumb li:last-of-type a", run: "click" },
        ...pressOnBatch("action_commit"),
        ...seeState("Done"),
        { content: "Open the log", trigger: `.o_notebook a[name=log]`, run: "click" },
        {
            content: "Each line says why this agent",
            trigger: `.o_field_widget[name=line_ids] .o_data_row:contains("Tour Café 1"):contains("Assigned to")`,
        },
        ...pressOnBatch("action_undo"),
        { content: "Yes, undo it", trigger: ".modal footer .btn-primary", run: "click" },
        { content: "It says what was given back", trigger: `.alert:contains("Returned: 6")` },
        ...seeState("Undone"),
        { content: "Open the log again", trigger: `.o_notebook a[name=log]`, run: "click" },
        {
            content: "and so does each line",
            trigger: `.o_field_widget[name=line_ids] .o_data_row:contains("Tour Café 1"):contains("Returned to the pool.")`,
        },
        { content: "There is no second press", trigger: ".o_form_view:not(:has(button[name=action_undo]))" },
        ...seeNoDialog(),
    ],
});

tours.add("leads_agent_batch_nothing", {
    steps: () => [
        ...seeView("Order Details", "list"),
        ...select("Tour Café"),
        { content: "Open the actions", trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        {
            content: "Assign Leads",
            trigger: `.o-dropdown--menu .o_menu_item:contains("Assign Leads")`,
            run: "click",
        },
        ...choose("agent_id", "Agent Anna", { inside: ".modal" }),
        { content: "Plan first", trigger: ".modal button[name=action_plan]", run: "click" },
        ...seeState("Planned"),
        { content: "It says that there is nothing", trigger: `.alert:contains("There is nothing to apply")` },
        { content: "There is no Commit", trigger: ".o_form_view:not(:has(button[name=action_commit]))" },
        { content: "Open the log", trigger: `.o_notebook a[name=log]`, run: "click" },
        {
            content: "It says why",
            trigger: `.o_field_widget[name=line_ids] .o_data_row:contains("Held by Agent Ben"):contains("Tour Café")`,
        },
        ...pressOnBatch("action_cancel"),
        ...seeState("Cancelled"),
        ...seeNoDialog(),
    ],
});
