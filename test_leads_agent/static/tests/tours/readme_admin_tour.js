/** README, "As an administrator (admin)", click by click; and what Anna sees after each switch of step 4. */

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

import { choose, listRow, openMenu, seeNoDialog, seeView } from "@leads_agent/../tests/tours/tour_steps";

import { chooseInSearchMenu, DASHBOARD, openApp, openTab, removeFacet, signIn } from "./readme_steps";

const tours = registry.category("web_tour.tours");

const LEVEL = `.o_field_widget[name=group_ids] .o_wrap_label:has(label:contains("Leads Agent")) + .o_wrap_input`;
const HELD = ".o_field_widget[name=leads_assignment_ids]";

const openUsers = () => openMenu("base.menu_users", "base.menu_action_res_users");

const theNewUser = () => [
    ...openApp("base.menu_administration"),
    ...openUsers(),
    ...seeView("Users", "list"),
    { content: "New", trigger: ".o_list_button_add", run: "click" },
    { content: "The name", trigger: ".o_form_view .o_field_widget[name=name] input", run: "edit Nina New" },
    { content: "The e-mail", trigger: ".o_form_view .o_field_widget[name=login] input", run: "edit nina@example.com" },
    { content: "Open the access level of Leads Agent", trigger: `${LEVEL} .o_select_menu_toggler`, run: "click" },
    { content: "Agent", trigger: `.o_select_menu_item:text("Agent")`, run: "click" },
    { content: "It is said which groups were taken away", trigger: `.o_notification:contains("were removed")` },
    ...stepUtils.saveForm(),
    ...seeNoDialog(),
    { content: "The agent is there", trigger: `.o_breadcrumb:contains("Nina New")` },
];

const theLeadsOfAnna = () => [
    ...openUsers(),
    ...seeView("Users", "list"),
    { content: "Open Anna Peeters", trigger: `${listRow("Anna Peeters")} .o_data_cell[name=name]`, run: "click" },
    ...openTab("Assigned Leads"),
    { content: "Her leads", trigger: `${HELD} .o_data_row:nth-child(9)` },
    { content: "Assign Lead", trigger: ".o_notebook button[name=action_assign_lead]", run: "click" },
    ...choose("partner_id", "Veldkamp Notarissen", { inside: ".modal" }),
    { content: "Assign", trigger: ".modal button[name=action_assign]", run: "click" },
    ...seeNoDialog(),
    { content: "It is among them", trigger: `${HELD} .o_data_row:contains("Veldkamp Notarissen")` },
    {
        content: "Unassign",
        trigger: `${HELD} .o_data_row:contains("Greet Janssens") button[name=action_unassign]`,
        run: "click",
    },
    { content: "It is gone", trigger: `${HELD}:not(:contains("Greet Janssens")) .o_data_row` },
    ...seeNoDialog(),
];

const theQuotations = () => [
    ...openApp("sale.sale_menu_root"),
    ...openMenu("sale.sale_order_menu", "sale.menu_sale_quotations"),
    ...seeView("Quotations", "list"),
    { content: "The column Leads Agent", trigger: "th[data-name=leads_agent_id]" },
    ...removeFacet("My Quotations"),
    ...chooseInSearchMenu("Customer Assigned"),
    ...chooseInSearchMenu("Leads Agent"),
    { content: "By agent", trigger: `.o_group_header:contains("Anna Peeters")` },
];

const switchOn = (setting) => [
    ...openMenu("menu_configuration", "menu_settings"),
    { content: setting, trigger: `#${setting} input[type=checkbox]:not(:checked)`, run: "click" },
    {
        content: "Save; the page is loaded again",
        trigger: "button.o_form_button_save:visible",
        run: "click",
        expectUnloadPage: true,
    },
    { content: "The setting is kept", trigger: `#${setting} input[type=checkbox]:checked` },
];

tours.add("readme_admin", {
    steps: () => [
        ...signIn("admin", ".o_main_navbar"),
        ...theNewUser(),
        ...theLeadsOfAnna(),
        ...theQuotations(),
        ...openApp("leads_agent.menu_root"),
        ...switchOn("leads_agent_view_non_partial"),
    ],
});

tours.add("readme_admin_orders_of_anna", {
    steps: () => [
        ...signIn("anna", DASHBOARD),
        ...openMenu("menu_orders_root", "menu_orders"),
        ...seeView("Order Details", "list"),
        ...removeFacet("Partial Orders"),
        { content: "Confirmed orders", trigger: `.o_list_view .o_data_row:contains("Sales Order")` },
        { content: "and cancelled ones", trigger: `.o_list_view .o_data_row:contains("Cancelled")` },
    ],
});

tours.add("readme_admin_lock", {
    steps: () => [
        ...signIn("admin", ".o_main_navbar"),
        ...openApp("leads_agent.menu_root"),
        ...switchOn("leads_agent_lock_assigned"),
    ],
});

tours.add("readme_admin_customers_of_anna", {
    steps: () => [
        ...signIn("anna", DASHBOARD),
        ...openMenu("menu_customers"),
        ...seeView("Customers", "list"),
        {
            content: "Her own, and nobody else's",
            trigger: `.o_list_view:not(:contains("Wisla")):not(:contains("Harbour Lane")) .o_data_row:contains("Tulp Media")`,
        },
    ],
});
