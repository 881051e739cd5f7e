import { registry } from "@web/core/registry";
import { seeNoDialog } from "@leads_agent/../tests/tours/tour_steps";

const tours = registry.category("web_tour.tours");
const ANNA = '.o_leads_agent_floor_agent:contains("Agent Anna")';

function backToTheFloor() {
    return [
        {
            content: "Back to the floor",
            trigger: '.o_breadcrumb a:contains("Live Floor"), .o_breadcrumb button:contains("Live Floor")',
            run: "click",
        },
    ];
}

/** A manager opens the live floor, and hands over the leads of an agent who is away. */
tours.add("leads_agent_floor", {
    steps: () => [
        { content: "Anna is away", trigger: `${ANNA}[data-state=off]:contains("Switched off")` },
        { content: "Open Anna", trigger: `${ANNA} .o_leads_agent_floor_name`, run: "click" },
        { content: "It is Anna's page", trigger: '.o_form_view h1:contains("Agent Anna")' },
        ...backToTheFloor(),
        { content: "Open the leads of Anna", trigger: `${ANNA} [data-figure=open]`, run: "click" },
        {
            content: "They are those of Anna",
            trigger: '.o_searchview_facet:contains("Agent Anna")',
        },
        { content: "The lead is among them", trigger: '.o_data_row:contains("Harbour Café")' },
        ...backToTheFloor(),
        { content: "Open the missed callbacks", trigger: `${ANNA} [data-figure=missed]`, run: "click" },
        { content: "There are none", trigger: '.o_searchview_facet:contains("Missed"):not(:contains("Open"))' },
        ...backToTheFloor(),
        { content: "Hand over", trigger: `${ANNA} .o_leads_agent_floor_hand_over`, run: "click" },
        {
            content: "The form shows what Anna holds",
            trigger: '.modal .o_field_widget[name=assignment_ids] .o_data_row:contains("Harbour Café")',
        },
        {
            content: "To Ben",
            trigger: ".modal .o_field_widget[name=agent_ids] input",
            run: "edit Agent Ben",
        },
        {
            content: "Take Ben",
            trigger: '.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("Agent Ben") a',
            run: "click",
        },
        { content: "It says how many go where", trigger: '.modal p:contains("Leads to hand over: 1 (Agent Ben 1).")' },
        { content: "Hand over", trigger: ".modal footer button[name=action_hand_over]", run: "click" },
        { content: "It says what went where", trigger: '.modal .alert:contains("Assigned to Agent Ben: 1.")' },
        { content: "Undo", trigger: ".modal footer button[name=action_undo]", run: "click" },
        { content: "It is as it was", trigger: '.modal .alert:contains("Returned to Agent Anna: 1.")' },
        { content: "Close", trigger: '.modal footer button:contains("Close")', run: "click" },
        ...seeNoDialog(),
        { content: "Anna has it again", trigger: `${ANNA} [data-figure=open] b:text("1")` },
        { content: "Hand over", trigger: `${ANNA} .o_leads_agent_floor_hand_over`, run: "click" },
        {
            content: "To Ben",
            trigger: ".modal .o_field_widget[name=agent_ids] input",
            run: "edit Agent Ben",
        },
        {
            content: "Take Ben",
            trigger: '.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("Agent Ben") a',
            run: "click",
        },
        { content: "Hand over", trigger: ".modal footer button[name=action_hand_over]", run: "click" },
        { content: "It says what went where", trigger: '.modal .alert:contains("Assigned to Agent Ben: 1.")' },
        { content: "Close", trigger: '.modal footer button:contains("Close")', run: "click" },
        ...seeNoDialog(),
        { content: "Anna holds nothing", trigger: `${ANNA} [data-figure=open] b:text("0")` },
    ],
});

/** An administrator archives an agent: the leads are handed over first. */
tours.add("leads_agent_archive_an_agent", {
    steps: () => [
        { content: "Open the menu", trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { content: "Archive", trigger: '.o-dropdown--menu .o_menu_item:contains("Archive")', run: "click" },
        { content: "Yes", trigger: ".modal footer button.btn-primary", run: "click" },
        {
            content: "Hand over first",
            trigger: ".modal .o_field_widget[name=archive] input:checked",
        },
        {
            content: "Back to the pool",
            trigger: '.modal .o_field_widget[name=receiver] .o_radio_item:contains("Back to the pool") input',
            run: "click",
        },
        { content: "Hand over", trigger: ".modal footer button[name=action_hand_over]", run: "click" },
        {
            content: "Done, and not to be undone",
            trigger: '.modal:has(.alert:contains("Agent Anna is archived")):not(:has(button[name=action_undo]))',
        },
        { content: "Close", trigger: '.modal footer button:contains("Close")', run: "click" },
        ...seeNoDialog(),
    ],
});
