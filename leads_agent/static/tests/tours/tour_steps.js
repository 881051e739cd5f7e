/** Steps that several tours take. Each function gives a list of steps. */

const DASHBOARD = ".o_leads_agent_dashboard";

/** The row of a lead on the dashboard. */
export function row(customer) {
    return `${DASHBOARD} .o_leads_agent_lead:has(.o_leads_agent_lead_name:contains("${customer}"))`;
}

/** The row of a list that contains all these texts. */
export function listRow(...texts) {
    return `.o_list_view .o_data_row${texts.map((text) => `:contains("${text}")`).join("")}`;
}

export function seeLead(customer) {
    return [{ content: `${customer} stands on the dashboard`, trigger: row(customer) }];
}

/** The rows have been read, and the customer is not among them. */
export function seeLeadGone(customer) {
    return [
        {
            content: `${customer} is not on the dashboard`,
            trigger: `${DASHBOARD}:not(:has(.o_leads_agent_lead_name:contains("${customer}"))) .o_leads_agent_leads[aria-busy=false]`,
        },
    ];
}

/** A tile shows the figure as its value, or counts it beside an amount. */
export function seeFigure(figure, value) {
    const tile = `${DASHBOARD} [data-figure=${figure}]`;
    return [
        {
            content: `The figure ${figure} says ${value}`,
            trigger: `${tile}[data-count="${value}"], ${tile}:not([data-count]) .o_leads_agent_figure_value:text("${value}")`,
        },
    ];
}

/** Open a menu of the app: a section of the bar, or an entry below one. Menus of other addons are named with theirs. */
export function openMenu(...names) {
    return names.map((name) => ({
        content: `Open the menu ${name}`,
        trigger: `[data-menu-xmlid="${name.includes(".") ? name : `leads_agent.${name}`}"]:visible`,
        run: "click",
    }));
}

/** Nothing covers the page: no dialog, no error. */
export function seeNoDialog() {
    return [{ content: "No dialog is open", trigger: "body:not(:has(.modal))" }];
}

export function seeView(title, type) {
    return [
        { content: `The page is ${title}`, trigger: `.o_breadcrumb:contains("${title}")` },
        { content: `It is a ${type}`, trigger: `.o_action_manager .o_view_controller.o_${type}_view` },
    ];
}

/** Type into a many2one and take the choice of this name. */
export function choose(field, name, { inside = "" } = {}) {
    return [
        {
            content: `Look for ${name} in ${field}`,
            trigger: `${inside} .o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            content: `Take ${name}`,
            trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("${name}") a`,
            run: "click",
        },
        {
            content: `${name} is in ${field}`,
            trigger: `${inside} .o_field_widget[name=${field}] input:value("${name}")`,
        },
    ];
}

/** A customer is not among the choices of a many2one, although another one is. */
export function seeNotOffered(field, name, { inside = "" } = {}) {
    return [
        {
            content: `Look for ${name} in ${field}`,
            trigger: `${inside} .o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            content: `${name} is not offered`,
            trigger: `.o-autocomplete--dropdown-menu:not(:contains("${name}")) .o_m2o_no_result`,
        },
    ];
}

/** Fill the form *Mark Lead As Resolved* and close it. */
export function resolveWith(disposition, { customer, note } = {}) {
    return [
        {
            content: "The form is Mark Lead As Resolved",
            trigger: `.modal .modal-title:contains("Mark Lead As Resolved")`,
        },
        ...(customer
            ? [
                  {
                      content: `It closes the lead ${customer}`,
                      trigger: `.modal .o_field_widget[name=partner_id]:contains("${customer}")`,
                  },
              ]
            : []),
        {
            content: "A sale is no disposition one can choose",
            trigger: `.modal .o_field_widget[name=disposition_id]:not(:has(label:text("Sale")))`,
        },
        {
            content: `Choose ${disposition}`,
            trigger: `.modal .o_field_widget[name=disposition_id] .o_radio_item:has(label:text("${disposition}")) input`,
            run: "click",
        },
        ...(note
            ? [
                  {
                      content: "Write what the customer said",
                      trigger: ".modal .o_field_widget[name=note] textarea",
                      run: `edit ${note}`,
                  },
              ]
            : []),
        {
            content: "Mark as resolved",
            trigger: ".modal button[name=action_resolve]",
            run: "click",
        },
        ...seeNoDialog(),
    ];
}
