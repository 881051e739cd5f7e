import { registry } from "@web/core/registry";

import { choose, listRow, openMenu, resolveWith, row, seeLead, seeLeadGone, seeNoDialog, seeView } from "./tour_steps";

const tours = registry.category("web_tour.tours");

const select = (text) => [
    {
        content: `Select ${text}`,
        trigger: `${listRow(text)} .o_list_record_selector input`,
        run: "click",
    },
    { content: `${text} is selected`, trigger: `${listRow(text)}.o_data_row_selected` },
];

const pressHeaderButton = (name) => [
    {
        content: `Press ${name} above the list`,
        trigger: `.o_control_panel button[name=${name}]:visible`,
        run: "click",
    },
];

tours.add("leads_agent_batch", {
    steps: () => [
        ...seeView("Order Details", "list"),
        { content: "The filter Partial Orders is on", trigger: `.o_searchview_facet:contains("Partial Orders")` },
        { content: "Search", trigger: ".o_searchview_input", run: "edit Tour Bakery" },
        {
            content: "for orders of customers of this name",
            trigger: `.o_searchview_autocomplete .o-dropdown-item:contains("Tour Bakery"):first`,
            run: "click",
        },
        { content: "There are more than one page of them", trigger: ".o_pager_limit:text(88)" },
        { content: "Select the page", trigger: "thead .o_list_record_selector input", run: "click" },
        {
            content: "Select all of the filter",
            trigger: `.o_selection_box .o_select_domain:contains("Select all 88")`,
            run: "click",
        },
        { content: "All are selected", trigger: `.o_selection_box:contains("All 88 selected")` },
        {
            content: "Open the actions",
            trigger: ".o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            content: "Assign Leads",
            trigger: `.o-dropdown--menu .o_menu_item:contains("Assign Leads")`,
            run: "click",
        },
        { content: "All are in the batch", trigger: `.modal p:contains("88 selected orders")` },
        ...choose("agent_id", "Agent Anna", { inside: ".modal" }),
        { content: "Assign", trigger: ".modal button[name=action_assign]", run: "click" },
        {
            content: "The log counts customers, not orders: one of them had three",
            trigger: `.modal .o_leads_agent_result_title:text("84 of 86 customers assigned")`,
        },
        {
            content: "The assigned come first",
            trigger: `.modal .o_leads_agent_result_reason:first:contains("84"):contains("Assigned to Agent Anna")`,
        },
        {
            content: "The reason says nothing of the customer: it is the same for all",
            trigger: `.modal [data-result=held] .o_leads_agent_result_text:text("Held by another agent")`,
        },
        { content: "Open it", trigger: `.modal [data-result=held] .o_leads_agent_result_toggle`, run: "click" },
        {
            content: "This one is held by another agent",
            trigger: `.modal [data-result=held] li:contains("Tour Bakery of Ben"):contains("Held by Agent Ben")`,
        },
        {
            content: "This one bought lately, and a manager cannot change the setting",
            trigger: `.modal [data-result=not_assignable]:contains("Tour Bakery that bought"):contains("is confirmed"):not(:has(.o_leads_agent_result_hint))`,
        },
        { content: "Close", trigger: `.modal footer button:contains("Close")`, run: "click" },
        ...seeNoDialog(),
        {
            content: "The list says who holds the customers now",
            trigger: `${listRow("Tour Bakery 1")} .o_field_widget[name=leads_agent_id]:contains("Agent Anna")`,
        },
        ...openMenu("menu_assignments_root", "menu_batches"),
        {
            content: "The log is kept",
            trigger: `${listRow("Agent Anna", "86", "84")} .o_data_cell:first`,
            run: "click",
        },
        { content: "reason by reason", trigger: `.o_form_view .o_leads_agent_result_title:contains("84 of 86")` },
        { content: "Open the customers", trigger: `.o_notebook a[name=log]`, run: "click" },
        {
            content: "and can be read again",
            trigger: `.o_form_view .o_field_widget[name=line_ids] .o_data_row:contains("Tour Bakery of Ben")`,
        },
    ],
});

tours.add("leads_agent_agents", {
    steps: () => [
        ...openMenu("menu_assignments_root", "menu_agents"),
        ...seeView("Agents", "kanban"),
        {
            content: "Assign a lead to this agent",
            trigger: `.o_kanban_record:contains("Agent Anna") button[name=action_assign_lead]`,
            run: "click",
        },
        {
            content: "The agent is chosen already",
            trigger: `.modal .o_field_widget[name=agent_id] input:value("Agent Anna")`,
        },
        ...choose("partner_id", "Harbour Café", { inside: ".modal" }),
        { content: "Assign", trigger: ".modal button[name=action_assign]", run: "click" },
        ...seeNoDialog(),
        {
            content: "The card counts it at once",
            trigger: `.o_kanban_record:contains("Agent Anna") .col-6:contains("open"):contains("1")`,
        },
        { content: "Open the agent", trigger: `.o_kanban_record:contains("Agent Anna")`, run: "click" },
        {
            content: "The list of the agent's leads",
            trigger: `.o_form_view .o_field_widget[name=leads_assignment_ids] .o_data_row:contains("Harbour Café")`,
        },
    ],
});

tours.add("leads_agent_assignments", {
    steps: () => [
        ...openMenu("menu_assignments_root", "menu_assignments"),
        ...seeView("Assignments", "list"),
        ...select("Harbour Café"),
        ...select("Lighthouse Inn"),
        ...pressHeaderButton("action_resolve"),
        { content: "Two leads at once", trigger: `.modal p:contains("Closes 2 leads")` },
        ...resolveWith("Bought elsewhere"),
        {
            content: "Both have left the list of active ones",
            trigger: `.o_list_view:not(:contains("Harbour Café")):not(:contains("Lighthouse Inn"))`,
        },
        ...select("Old Mill"),
        ...pressHeaderButton("action_reassign"),
        ...choose("agent_id", "Agent Ben", { inside: ".modal" }),
        { content: "Reassign", trigger: ".modal button[name=action_reassign]", run: "click" },
        { content: "It says how many went to whom", trigger: `.o_notification:contains("assigned to Agent Ben")` },
        ...seeNoDialog(),
        { content: "The lead is held by the other agent", trigger: listRow("Old Mill", "Agent Ben") },
    ],
});

tours.add("leads_agent_new_disposition", {
    steps: () => [
        ...openMenu("menu_configuration", "menu_call_centers"),
        {
            content: "Open the call center",
            trigger: `${listRow("Call Center North")} .o_data_cell[name=name]`,
            run: "click",
        },
        {
            content: "The section Call Dispositions",
            trigger: `.o_notebook .nav-link.active:contains("Call Dispositions")`,
        },
        {
            content: "Add one",
            trigger: ".o_field_widget[name=leads_disposition_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "A new one, not one of the list",
            trigger: ".modal .o_create_button",
            run: "click",
        },
        {
            content: "Its name",
            trigger: `.modal:not(.o_inactive_modal) .o_form_view .o_field_widget[name=name] input`,
            run: "edit Call again in spring",
        },
        {
            content: "Save it",
            trigger: ".modal:not(.o_inactive_modal) .o_form_button_save",
            run: "click",
        },
        ...seeNoDialog(),
        {
            content: "It is in the section",
            trigger: `.o_field_widget[name=leads_disposition_ids] .o_data_row:contains("Call again in spring"):contains("Sales")`,
        },
        { content: "Save the call center", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
    ],
});

/** The agent of that call center. */
tours.add("leads_agent_use_new_disposition", {
    steps: () => [
        ...seeLead("Harbour Café"),
        { content: "Resolve", trigger: `${row("Harbour Café")} button[name=resolve]`, run: "click" },
        ...resolveWith("Call again in spring", { customer: "Harbour Café" }),
        ...seeLeadGone("Harbour Café"),
    ],
});

/** Somebody who was a manager before managers landed anywhere. */
tours.add("leads_agent_home_offer", {
    steps: () => [
        ...seeView("Order Details", "list"),
        {
            content: "Take the page that is offered",
            trigger: `.o_notification:contains("first when you sign in") button:contains("Make it my first page")`,
            run: "click",
        },
        { content: "It is the first one now", trigger: `.o_notification:contains("is now your first page")` },
        ...seeNoDialog(),
    ],
});
