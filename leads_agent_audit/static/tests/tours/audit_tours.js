import { listRow, openMenu, seeNoDialog, seeView } from "@leads_agent/../tests/tours/tour_steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("leads_agent_self_test", {
    steps: () => [
        ...openMenu("menu_reporting", "leads_agent_audit.menu_self_tests"),
        { content: "No test yet", trigger: `.o_view_nocontent:contains("Never tested yet")` },
        {
            content: "Run the test",
            trigger: ".o_control_panel button[name=action_run]:visible",
            run: "click",
        },
        { content: "It found something", trigger: `.o_form_view .alert-danger h2:contains("Findings")` },
        {
            content: "A finding names the rule",
            trigger: `.o_field_widget[name=finding_ids] .o_data_row:contains("rule_bank_lock"):contains("switched off")`,
        },
        {
            content: "and what the agent reads because of it",
            trigger: `.o_field_widget[name=finding_ids] .o_data_row:contains("Agent Anna"):contains("Sees too much")`,
        },
        { content: "All results", trigger: ".o_form_view button[name=action_open_lines]", run: "click" },
        ...seeView("Results", "list"),
        {
            content: "Those that are as they should be, too",
            trigger: listRow("Agent Anna", "Contact", "As it should be"),
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Findings only",
            trigger: `.o-dropdown--menu .o_menu_item:contains("Findings Only")`,
            run: "click",
        },
        {
            content: "What is in order has left the list",
            trigger: `.o_list_view:not(:contains("As it should be")) .o_data_row:contains("Agent Anna")`,
        },
        ...seeNoDialog(),
    ],
});

tours.add("leads_agent_who_can_see", {
    steps: () => [
        ...openMenu("menu_customers"),
        ...seeView("Customers", "list"),
        { content: "Search", trigger: ".o_searchview_input", run: "edit Harbour" },
        {
            content: "for the customer",
            trigger: `.o_searchview_autocomplete .o-dropdown-item:contains("Harbour"):first`,
            run: "click",
        },
        {
            content: "Open the customer",
            trigger: `${listRow("Harbour Café")} .o_data_cell:first`,
            run: "click",
        },
        {
            content: "The page Who Can See",
            trigger: ".o_notebook a[name=leads_who_can_see]",
            run: "click",
        },
        {
            content: "The holder sees the customer",
            trigger: `.o_leads_sees:contains("Agent Anna, who has held the customer since")`,
        },
        {
            content: "The other agent does not",
            trigger: `.o_leads_sees_not:contains("locked to their assigned customers"):contains("Agent Ben")`,
        },
        {
            content: "And of the orders",
            trigger: `.o_leads_sees_orders:contains("Quotations only: Agent Anna")`,
        },
        ...seeNoDialog(),
    ],
});

tours.add("leads_agent_close_model", {
    steps: () => [
        {
            content: "The test says that no rule covers the model",
            trigger: `.o_data_row:contains("Payment Transaction"):contains("Not Covered by a Rule")`,
        },
        {
            content: "Close to Agents",
            trigger: `.o_data_row:contains("Payment Transaction"):contains("Not Covered by a Rule") button[name=action_close_model]`,
            run: "click",
        },
        {
            content: "All links are proposed",
            trigger: `.modal .o_field_widget[name=field_ids] .o_tag:contains("Customer")`,
        },
        { content: "Rather none at all", trigger: `.modal .o_radio_item:contains("None") input`, run: "click" },
        {
            content: "It is said what agents see then",
            trigger: `.modal .alert:contains("Agents cannot see, change or create any")`,
        },
        { content: "Close", trigger: `.modal footer button:contains("Close to Agents")`, run: "click" },
        ...seeNoDialog(),
        ...openMenu("menu_configuration", "leads_agent_audit.menu_closed_models"),
        ...seeView("Closed to Agents", "list"),
        {
            content: "It is listed",
            trigger: `.o_data_row td:contains("Payment Transaction")`,
            run: "click",
        },
        { content: "Open it again", trigger: "button[name=action_open_again]", run: "click" },
        { content: "Really", trigger: ".modal footer .btn-primary", run: "click" },
        { content: "It is open", trigger: `.ribbon:contains("Open")` },
        ...seeNoDialog(),
    ],
});
