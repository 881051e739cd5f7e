import { registry } from "@web/core/registry";
import { seeNoDialog } from "@leads_agent/../tests/tours/tour_steps";

const tours = registry.category("web_tour.tours");
const BREAK = '.o-dropdown--menu [data-menu="leads_on_break"]';

function openUserMenu() {
    return [{ content: "Open the user menu", trigger: ".o_user_menu button", run: "click" }];
}

/** An agent takes a break and resumes. */
tours.add("leads_agent_break", {
    steps: () => [
        ...openUserMenu(),
        { content: "Take a break", trigger: BREAK, run: "click" },
        { content: "It says so", trigger: '.o_notification:contains("Your break has begun")' },
        ...openUserMenu(),
        { content: "The switch is on", trigger: `${BREAK} input:checked` },
        { content: "Come back", trigger: BREAK, run: "click" },
        { content: "It says so", trigger: '.o_notification:contains("Your break is over")' },
    ],
});

function chooseMeasures(...labels) {
    return [
        { content: "Open the measures", trigger: 'button:contains("Measures")', run: "click" },
        ...labels.flatMap((label) => [
            { content: label, trigger: `.o-dropdown--menu .o_menu_item:text("${label}")`, run: "click" },
            { content: "It is drawn", trigger: "body:not(:has(.modal)) .o_graph_renderer canvas" },
        ]),
    ];
}

tours.add("leads_agent_measures_of_calls", {
    steps: () => [
        { content: "The graph", trigger: ".o_graph_renderer canvas" },
        ...chooseMeasures("Talk Time", "Contacts", "Sales", "Contact Rate", "Sales per Call", "Revenue"),
        { content: "The pivot", trigger: ".o_switch_view.o_pivot", run: "click" },
        {
            content: "Every measure has a column",
            trigger: '.o_pivot table:contains("Contact Rate"):contains("Revenue")',
        },
        ...seeNoDialog(),
    ],
});

tours.add("leads_agent_measures_of_leads", {
    steps: () => [
        { content: "The graph", trigger: ".o_graph_renderer canvas" },
        ...chooseMeasures("Assigned", "Resolved", "Sales", "Conversion", "Hours to First Call", "Age (days)"),
        { content: "The pivot", trigger: ".o_switch_view.o_pivot", run: "click" },
        {
            content: "Every measure has a column",
            trigger: '.o_pivot table:contains("Assigned"):contains("Conversion"):contains("Age (days)")',
        },
        ...seeNoDialog(),
    ],
});

/** Press a figure: the list that opens has as many rows as it says. */
function openRowsOf(figure, { inside, count, facets }) {
    return [
        {
            content: `${figure} says ${count}`,
            trigger: `${inside} [data-figure=${figure}]:contains("${count}")`,
            run: "click",
        },
        ...facets.map((facet) => ({
            content: `The list says why: ${facet}`,
            trigger: `.o_list_view .o_searchview_facet:contains("${facet}")`,
        })),
        { content: "It has the rows that were counted", trigger: `.o_list_view .o_pager_limit:text(${count})` },
        { content: "and no dialog", trigger: "body:not(:has(.modal))" },
        {
            content: "Back",
            trigger: ".o_breadcrumb li:first-child a, .o_breadcrumb li:first-child button, .o_back_button",
            run: "click",
        },
        { content: "to the figures", trigger: inside },
    ];
}

/** A manager who looks behind the figures of the floor. */
tours.add("leads_agent_floor_figures", {
    steps: () => {
        const anna = '.o_leads_agent_floor_agent:contains("Agent Anna")';
        const today = "Ended Today";
        return [
            { content: "Anna is signed in and called", trigger: `${anna}[data-state=available]:contains("Last call")` },
            { content: "Ben is not", trigger: '.o_leads_agent_floor_agent[data-state=off]:contains("Agent Ben")' },
            ...openRowsOf("value_sold", { inside: anna, count: "1", facets: ["Sold", today, "Agent Anna"] }),
            ...openRowsOf("open", { inside: anna, count: "2", facets: ["Active", "Agent Anna"] }),
            ...openRowsOf("ready", { inside: anna, count: "1", facets: ["Ready to Call", "Agent Anna"] }),
            ...openRowsOf("calls", { inside: anna, count: "2", facets: ["Today", "With an Outcome", "Agent Anna"] }),
            ...openRowsOf("contacts", { inside: anna, count: "1", facets: ["Customer Reached", "Agent Anna"] }),
            {
                content: "One sale of three orders",
                trigger: `${anna} [data-figure=conversion]:contains("33%")`,
                run: "click",
            },
            { content: "are these three", trigger: ".o_list_view .o_pager_limit:text(3)" },
        ];
    },
});

/** An agent who looks behind the figures of the dashboard. */
tours.add("leads_agent_dashboard_figures", {
    steps: () => {
        const mine = ".o_leads_agent_dashboard";
        return [
            { content: "Talk time has its unit", trigger: `${mine} [data-figure=talk_hours_today]:contains(" min")` },
            ...openRowsOf("open", { inside: mine, count: "2", facets: ["Active"] }),
            ...openRowsOf("sold_today", { inside: mine, count: "1", facets: ["Sold", "Ended Today"] }),
            ...openRowsOf("calls_today", { inside: mine, count: "2", facets: ["Mine", "Today"] }),
        ];
    },
});
