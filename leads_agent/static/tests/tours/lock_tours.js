import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

import { seeNoDialog, seeView } from "./tour_steps";

const tours = registry.category("web_tour.tours");

function call(model, method, ...args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

/** Back on the customer search, with a notice; by default without a dialog over it. */
function seeRedirect(afterwards = seeNoDialog()) {
    return [
        {
            content: "A notice says why",
            trigger: `.o_notification:contains("not assigned to you")`,
        },
        ...seeView("Customers", "list"),
        {
            content: "The address is that of the customer search",
            trigger: ".o_list_view",
            async run({ waitUntil }) {
                await waitUntil(() => window.location.pathname === "/odoo/leads-customers");
            },
        },
        ...afterwards,
    ];
}

/** The lead is resolved as from another tab; the test has set the grace to nothing. */
function resolveElsewhere(customer) {
    return [
        {
            content: `${customer} goes out of sight meanwhile`,
            trigger: "body",
            async run() {
                const [assignment] = await call("leads.agent.assignment", "search", [
                    ["partner_id.name", "=", customer],
                ]);
                const [disposition] = await call("leads.agent.disposition", "search", [
                    ["name", "=", "Not interested"],
                ]);
                const [wizard] = await call("leads.agent.resolve", "create", [
                    { assignment_id: assignment, disposition_id: disposition },
                ]);
                await call("leads.agent.resolve", "action_resolve", [wizard]);
            },
        },
    ];
}

function openCustomer(customer) {
    return [
        {
            content: `Open ${customer}`,
            trigger: `.o_list_view .o_data_cell:contains("${customer}")`,
            run: "click",
        },
    ];
}

tours.add("leads_agent_redirect", { steps: () => seeRedirect() });

tours.add("leads_agent_redirect_from_list", {
    steps: () => [
        { content: "The customer is listed", trigger: `.o_data_cell:contains("Harbour Café")` },
        ...resolveElsewhere("Harbour Café"),
        ...openCustomer("Harbour Café"),
        ...seeRedirect(),
    ],
});

tours.add("leads_agent_redirect_from_breadcrumb", {
    steps: () => [
        ...openCustomer("Harbour Café"),
        {
            content: "The form is there",
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
        {
            content: "Go on to the assignments of the customer",
            trigger: ".o_form_view button[name=action_open_leads_assignments]",
            run: "click",
        },
        {
            content: "The way back is in the breadcrumb",
            trigger: `.o_breadcrumb .o_back_button:contains("Harbour Café"), .o_breadcrumb .breadcrumb-item:contains("Harbour Café")`,
        },
        ...resolveElsewhere("Harbour Café"),
        {
            content: "Go back",
            trigger: `.o_breadcrumb .breadcrumb-item:contains("Harbour Café") a`,
            run: "click",
        },
        ...seeRedirect(),
    ],
});

tours.add("leads_agent_redirect_from_link", {
    steps: () => [
        { content: "The quotation is open", trigger: ".o_form_view .o_field_widget[name=partner_id]" },
        {
            content: "Point at the customer's link",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "click",
        },
        ...resolveElsewhere("Harbour Café"),
        {
            content: "Follow it",
            trigger:
                ".o_field_widget[name=partner_id] .o_external_button:not(:visible), .o_field_widget[name=partner_id] .o_external_button",
            run: "click",
        },
        // The order went out of sight too, and may say so in a dialog of its own; the customer may not.
        ...seeRedirect([
            { content: "No dialog speaks of the customer", trigger: `body:not(:has(.modal:contains("Contact")))` },
        ]),
    ],
});

/** Another access error keeps its dialog: the redirect is for the form of a customer alone. */
tours.add("leads_agent_other_errors_stay", {
    steps: () => [
        ...seeView("Order Details", "list"),
        {
            content: "Open an order out of sight over the list, where Odoo has nothing else to show instead",
            trigger: ".o_list_view",
            run() {
                const { action } = odoo.__WOWL_DEBUG__.root.env.services;
                action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "sale.order",
                    res_id: window.leadsAgentHiddenOrder,
                    views: [[false, "form"]],
                });
            },
        },
        {
            content: "It is an access error as always",
            trigger: `.modal:contains("not allowed to access")`,
        },
        ...seeView("Order Details", "list"),
        {
            content: "The dialog stays, and nobody is led to the customer search",
            trigger: `.modal:contains("not allowed to access")`,
            run() {
                if (document.querySelector(`.o_notification:has(.bg-warning)`)) {
                    throw new Error("The redirect of customers took an error of orders.");
                }
            },
        },
    ],
});
