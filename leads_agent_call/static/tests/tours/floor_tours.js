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
