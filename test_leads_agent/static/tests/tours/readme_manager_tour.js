/** README, "As a manager (morgan)", click by click. Each step of the README is a function of its number. */

import { registry } from "@web/core/registry";

import {
    choose,
    listRow,
    openMenu,
    resolveWith,
    seeNoDialog,
    seeNotOffered,
    seeView,
} from "@leads_agent/../tests/tours/tour_steps";

import { chooseInSearchMenu, openTab, removeFacet, selectAllOfTheList, signIn } from "./readme_steps";

const card = (name) => `.o_kanban_record:contains("${name}")`;

const press = (content, trigger) => [{ content, trigger, run: "click" }];

const pressAbove = (name) => press(`Press ${name}`, `.o_control_panel button[name=${name}]:visible`);

const pressOnBatch = (name) => press(`Press ${name}`, `.o_form_view button[name=${name}]:visible`);

const select = (text) => [
    ...press(`Select ${text}`, `${listRow(text)} .o_list_record_selector input`),
    { content: `${text} is selected`, trigger: `${listRow(text)}.o_data_row_selected` },
];

const seeState = (state) => [
    {
        content: `The batch is ${state}`,
        trigger: `.o_statusbar_status button.o_arrow_button_current:contains("${state}")`,
    },
];

const addAgent = (name) => [
    {
        content: `Look for ${name}`,
        trigger: ".modal .o_field_widget[name=agent_ids] input",
        run: `edit ${name}`,
    },
    ...press(`Take ${name}`, `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("${name}") a`),
    { content: `${name} is among them`, trigger: `.modal .o_field_widget[name=agent_ids] .o_tag:contains("${name}")` },
];

const theAgents = () => [
    ...openMenu("menu_assignments_root", "menu_agents"),
    ...seeView("Agents", "kanban"),
    {
        content: "Open leads, sold today and the oldest lead",
        trigger: `${card("Ben Carter")}:contains("open"):contains("sold today"):contains("oldest")`,
    },
    ...press("Assign on Ben's card", `${card("Ben Carter")} button[name=action_assign_lead]`),
    ...seeNotOffered("partner_id", "Hotel Alpenblick", { inside: ".modal" }),
    ...choose("partner_id", "Gastown Film Services", { inside: ".modal" }),
    ...press("Assign", ".modal button[name=action_assign]"),
    ...seeNoDialog(),
    { content: "Ben has one more", trigger: `${card("Ben Carter")} .col-6:contains("open"):contains("12")` },
];

const theBatch = () => [
    ...openMenu("menu_orders_root", "menu_orders"),
    ...seeView("Order Details", "list"),
    ...chooseInSearchMenu("Customer Not Assigned"),
    { content: "Search", trigger: ".o_searchview_input", run: "edit London" },
    ...press("the orders of London", `.o_searchview_autocomplete .o-dropdown-item:contains("Sales Team"):first`),
    { content: "These alone", trigger: `.o_searchview_facet:contains("London")` },
    {
        content: "The list has been read again: Antwerp's are gone",
        trigger: `.o_list_view:not(:contains("Veldkamp Notarissen")) .o_data_row`,
    },
    ...selectAllOfTheList(),
    ...pressAbove("action_assign_leads"),
    ...choose("agent_id", "David Okafor", { inside: ".modal" }),
    ...press("Assign", ".modal button[name=action_assign]"),
    {
        content: "It says what happened and why, reason by reason",
        trigger: `.modal [data-result=assigned]:contains("Assigned to David Okafor")`,
    },
    ...press("Whom it skipped", ".modal [data-result=blocked]:contains(cooling-off) .o_leads_agent_result_toggle"),
    {
        content: "It says so per customer",
        trigger: `.modal [data-result=blocked] li:contains("Corrib Analytics"):contains("until")`,
    },
    ...press("Close", `.modal footer button:contains("Close")`),
    ...seeNoDialog(),
    { content: "Assigned ones have left the list", trigger: `.o_list_view:not(:contains("Walter Odom")) .o_data_row` },
    ...selectAllOfTheList(),
    ...pressAbove("action_assign_leads"),
    ...choose("agent_id", "David Okafor", { inside: ".modal" }),
    ...press("Assign again", ".modal button[name=action_assign]"),
    {
        content: "Nothing is assigned twice",
        trigger: ".modal .o_leads_agent_result_log:has([data-result=blocked]):not(:has([data-result=assigned]))",
    },
    ...press("Close", `.modal footer button:contains("Close")`),
    ...seeNoDialog(),
];

const thePlan = () => [
    ...removeFacet("London"),
    { content: "Antwerp is there", trigger: `.o_list_view .o_data_row:contains("Veldkamp Notarissen")` },
    ...selectAllOfTheList(),
    ...pressAbove("action_assign_leads"),
    ...addAgent("Anna Peeters"),
    ...addAgent("Ben Carter"),
    ...press("Plan First", ".modal button[name=action_plan]"),
    ...seeState("Planned"),
    {
        content: "Who would get what",
        trigger: `.o_field_widget[name=share_ids] .o_data_row:contains("Ben Carter") td[name=planned_count]:not(:text("0"))`,
    },
    ...pressOnBatch("action_open_load"),
    { content: "The load of each before and after", trigger: ".o_graph_renderer canvas" },
    ...press("Back to the batch", ".o_back_button, .o_breadcrumb li:last-of-type a"),
    ...pressOnBatch("action_commit"),
    ...seeState("Done"),
    ...pressOnBatch("action_undo"),
    ...press("Yes, undo it", ".modal footer .btn-primary"),
    ...seeState("Undone"),
    ...seeNoDialog(),
];

const theEarlierBatches = () => [
    ...openMenu("menu_assignments_root", "menu_batches"),
    ...seeView("Batch Assignments", "list"),
    ...press("The batch of the day", `${listRow("Sofia Lindqvist", "Anna Peeters")} .o_data_cell:first`),
    ...press(
        "What was skipped",
        ".o_form_view [data-result=blocked]:contains(cooling-off) .o_leads_agent_result_toggle"
    ),
    {
        content: "and why",
        trigger: `.o_form_view [data-result=blocked] li:contains("Isartal Maschinenbau"):contains("until")`,
    },
];

const theAssignments = () => [
    ...openMenu("menu_assignments_root", "menu_assignments"),
    ...seeView("Assignments", "list"),
    ...select("Yarra Bend Consulting"),
    ...pressAbove("action_resolve"),
    ...resolveWith("Bought elsewhere"),
    { content: "It has left the list", trigger: `.o_list_view:not(:contains("Yarra Bend Consulting"))` },
    ...select("Ravi Mehta"),
    ...pressAbove("action_reassign"),
    ...choose("agent_id", "David Okafor", { inside: ".modal" }),
    ...press("Reassign", ".modal button[name=action_reassign]"),
    ...seeNoDialog(),
    { content: "It is David's", trigger: listRow("Ravi Mehta", "David Okafor") },
    ...select("Ravi Mehta"),
    ...pressAbove("action_unassign"),
    ...press("Yes, unassign", ".modal footer .btn-primary"),
    ...seeNoDialog(),
    { content: "It has left the list", trigger: `.o_list_view:not(:contains("Ravi Mehta"))` },
    ...press("The kanban", ".o_switch_view.o_kanban"),
    { content: "It has a column per agent", trigger: `.o_kanban_group:contains("Anna Peeters") .o_kanban_record` },
];

const theFloor = () => [
    ...openMenu("menu_assignments_root", "leads_agent_call.menu_floor"),
    {
        content: "What everybody is doing",
        trigger: ".o_leads_agent_floor_agent:contains(Anna Peeters) .o_leads_agent_floor_state",
    },
    {
        content: "Which callbacks are missed",
        trigger: `.o_leads_agent_floor_agent:contains(Ben Carter) [data-figure=missed] b:not(:text("0"))`,
    },
    ...openMenu("menu_assignments_root", "menu_agents"),
    ...press("Hand Over", `${card("Chloe Laurent")} button[name=action_leads_hand_over]`),
    {
        content: "What they hold",
        trigger: `.modal .o_field_widget[name=assignment_ids] .o_data_row:contains("Officina Conti")`,
    },
    { content: "and to whom it goes", trigger: ".modal .o_field_widget[name=receiver]" },
    ...press("Rather not", ".modal footer button[special=cancel]"),
    ...seeNoDialog(),
];

const theReports = () => [
    ...openMenu("menu_reporting", "menu_assignments_report"),
    ...seeView("Leads Analysis", "graph"),
    { content: "Leads by agent and state", trigger: ".o_graph_renderer canvas" },
    ...openMenu("menu_reporting", "leads_agent_call.menu_calls_report"),
    ...seeView("Calls Analysis", "graph"),
    { content: "Calls by agent and outcome", trigger: ".o_graph_renderer canvas" },
    ...openMenu("menu_reporting", "menu_assignments_report"),
    ...seeView("Leads Analysis", "graph"),
    ...press("The pivot", ".o_switch_view.o_pivot"),
    ...chooseInSearchMenu("Disposition"),
    { content: "Sales by disposition", trigger: ".o_pivot table:contains(Sale)" },
];

const theVisibilityTest = () => [
    ...openMenu("menu_reporting", "leads_agent_audit.menu_self_tests"),
    ...press("Run the Test", ".o_control_panel button[name=action_run]:visible"),
    { content: "As each agent", trigger: ".o_form_view .o_field_widget[name=agent_count]", timeout: 60000 },
    ...openMenu("menu_customers"),
    ...seeView("Customers", "list"),
    { content: "Search", trigger: ".o_searchview_input", run: "edit Hotel Alpenblick" },
    ...press("for a customer", `.o_searchview_autocomplete .o-dropdown-item:contains("Alpenblick"):first`),
    ...press("Open the customer", `${listRow("Hotel Alpenblick")} .o_data_cell:first`),
    ...openTab("Who Can See"),
    { content: "Anna, who holds the customer", trigger: `.o_leads_sees:contains("Anna Peeters")` },
];

const theConfiguration = () => [
    ...openMenu("menu_configuration", "menu_call_centers"),
    { content: "The call centers", trigger: listRow("Antwerp Call Center") },
    ...openMenu("menu_configuration", "menu_dispositions"),
    { content: "The dispositions, and what each does", trigger: listRow("No answer") },
    ...openMenu("menu_configuration", "leads_agent_call.menu_calling_hours"),
    { content: "The calling hours", trigger: listRow("Canada") },
    ...seeNoDialog(),
];

registry.category("web_tour.tours").add("readme_manager", {
    steps: () => [
        ...signIn("morgan", ".o_leads_agent_floor"),
        ...theAgents(),
        ...theBatch(),
        ...thePlan(),
        ...theEarlierBatches(),
        ...theAssignments(),
        ...theFloor(),
        ...theReports(),
        ...theVisibilityTest(),
        ...theConfiguration(),
    ],
});
