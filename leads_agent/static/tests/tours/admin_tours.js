import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

import { choose, seeNoDialog, seeNotOffered, seeView } from "./tour_steps";

const tours = registry.category("web_tour.tours");

const accessLevel = (privilege) =>
    `.o_field_widget[name=group_ids] .o_wrap_label:has(label:contains("${privilege}")) + .o_wrap_input`;

tours.add("leads_agent_new_user", {
    steps: () => [
        ...seeView("Users", "list"),
        { content: "New user", trigger: ".o_list_button_add", run: "click" },
        { content: "The name", trigger: ".o_form_view .o_field_widget[name=name] input", run: "edit Nina New" },
        {
            content: "The login",
            trigger: ".o_form_view .o_field_widget[name=login] input",
            run: "edit nina.new@example.com",
        },
        {
            content: "New users are salespeople",
            trigger: `${accessLevel("Sales")} input:value("Administrator")`,
        },
        {
            content: "Open the access levels of Leads Agent",
            trigger: `${accessLevel("Leads Agent")} .o_select_menu_toggler`,
            run: "click",
        },
        { content: "Agent", trigger: `.o_select_menu_item:text("Agent")`, run: "click" },
        {
            content: "It is said what was taken away",
            trigger: `.o_notification:contains("were removed"):contains("Sales / Administrator")`,
        },
        { content: "but an agent", trigger: `${accessLevel("Leads Agent")} input:value("Agent")` },
        ...stepUtils.saveForm(),
        ...seeNoDialog(),
        {
            content: "and is no salesperson any more",
            trigger: `${accessLevel("Sales")} input:not(:value("Administrator"))`,
        },
        { content: "The user has a record now", trigger: `.o_breadcrumb:contains("Nina New")` },
    ],
});

tours.add("leads_agent_user_tab", {
    steps: () => [
        {
            content: "The tab Assigned Leads",
            trigger: `.o_notebook .nav-link:contains("Assigned Leads")`,
            run: "click",
        },
        { content: "Assign Lead", trigger: ".o_notebook button[name=action_assign_lead]", run: "click" },
        {
            content: "The user is chosen already",
            trigger: `.modal .o_field_widget[name=agent_id] input:value("Agent Anna")`,
        },
        ...seeNotOffered("partner_id", "Tour Customer who bought", { inside: ".modal" }),
        ...seeNotOffered("partner_id", "Tour Customer of Ben", { inside: ".modal" }),
        ...choose("partner_id", "Harbour Café", { inside: ".modal" }),
        { content: "Assign", trigger: ".modal button[name=action_assign]", run: "click" },
        ...seeNoDialog(),
        {
            content: "The lead is in the tab",
            trigger: `.o_field_widget[name=leads_assignment_ids] .o_data_row:contains("Harbour Café")`,
        },
        {
            content: "Unassign this one",
            trigger: `.o_field_widget[name=leads_assignment_ids] .o_data_row:contains("Lighthouse Inn") button[name=action_unassign]`,
            run: "click",
        },
        {
            content: "It is gone, the other one stays",
            trigger: `.o_field_widget[name=leads_assignment_ids]:has(.o_data_row:contains("Harbour Café")):not(:contains("Lighthouse Inn"))`,
        },
        ...seeNoDialog(),
    ],
});

tours.add("leads_agent_allow_non_partial", {
    steps: () => [
        {
            content: "Allow Leads Agents to View Non-Partial Orders",
            trigger: "#leads_agent_view_non_partial input[type=checkbox]:not(:checked)",
            run: "click",
        },
        {
            content: "Save; the page is loaded again",
            trigger: "button.o_form_button_save:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The setting is kept",
            trigger: "#leads_agent_view_non_partial input[type=checkbox]:checked",
        },
    ],
});
