import { choose, seeNoDialog, seeView } from "@leads_agent/../tests/tours/tour_steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const PANE = ".o_leads_pane";

const row = (name) => `.o_list_view .o_data_row:contains("${name}")`;
const card = (name) => `.o_kanban_renderer .o_kanban_record:contains("${name}")`;

/** Check that the pane shows this lead. */
const seePane = (name) => [
    { content: `${name} is shown beside the list`, trigger: `${PANE} [name=name] input:value("${name}")` },
    { content: `and marked in it`, trigger: `${row(name)}.o_leads_shown` },
];

const seeTab = (name) => [
    { content: `The tab ${name} is on`, trigger: `.o_leads_tab[name=${name}][aria-pressed=true]` },
];

const pressTab = (name) => [
    { content: `Press the tab ${name}`, trigger: `.o_leads_tab[name=${name}]`, run: "click" },
    ...seeTab(name),
];

const chooseInMenu = (name, entry) => [
    {
        content: `Open the menu of ${name}`,
        trigger: card(name),
        run: `hover && click ${card(name)} .o_dropdown_kanban button`,
    },
    {
        content: `Choose ${entry}`,
        trigger: `.o-dropdown--kanban-record-menu .dropdown-item:contains("${entry}")`,
        run: "click",
    },
];

const updateStatus = (stage, status) => [
    { content: "The form is Update Status", trigger: `.modal .modal-title:contains("Update Status")` },
    ...choose("stage_id", stage, { inside: ".modal" }),
    ...choose("status_id", status, { inside: ".modal" }),
    { content: "Update", trigger: ".modal button[name=action_update]", run: "click" },
    ...seeNoDialog(),
];

/** Check that the page does not exceed the width of the screen. */
const seeNoOverflow = () => [
    {
        content: "The page is no wider than the screen",
        trigger: "body",
        run() {
            const { scrollWidth, clientWidth } = document.documentElement;
            if (scrollWidth > clientWidth) {
                throw new Error(`The page is ${scrollWidth} wide on a screen of ${clientWidth}.`);
            }
        },
    },
];

tours.add("leads_agent_new_lead", {
    steps: () => [
        ...seeView("Leads", "list"),
        { content: "New", trigger: ".o_list_button_add", run: "click" },
        { content: "Who it is", trigger: ".o_field_widget[name=name] input", run: "edit Ada Moreau" },
        { content: "How to reach them", trigger: ".o_field_widget[name=phone] input", run: "edit +33 1 55 55 01 23" },
        { content: "Generate a code", trigger: ".o_leads_generate_code:visible", run: "click" },
        { content: "There it is", trigger: `.o_field_widget[name=lead_code] input:value(/^L\\d\\d-\\d{5}$/)` },
        { content: "and no other one is offered", trigger: "body:not(:has(.o_leads_generate_code))" },
        { content: "Save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "It is saved", trigger: ".o_breadcrumb .active:contains(Ada Moreau)" },
        { content: "Back to the list", trigger: ".o_breadcrumb a:contains(Leads)", run: "click" },
        ...seeTab("info"),
        { content: "The new lead is on top", trigger: `.o_data_row:first:contains("Ada Moreau")` },
    ],
});

tours.add("leads_agent_keyboard_walk", {
    steps: () => [
        ...seeView("Leads", "list"),
        { content: "Go from the search into the list", trigger: ".o_searchview_input", run: "press ArrowDown" },
        { content: "to the first lead", trigger: "thead input:focus", run: "press ArrowDown" },
        { content: "Open it", trigger: `${row("Cleo")} :focus`, run: "press Enter" },
        ...seePane("Cleo"),
        { content: "Down", trigger: `${row("Cleo")} :focus`, run: "press ArrowDown" },
        ...seePane("Ben"),
        { content: "Down once more", trigger: `${row("Ben")} :focus`, run: "press ArrowDown" },
        ...seePane("Ada"),
        { content: "The address is still that of the list", trigger: ".o_breadcrumb .active:contains(Leads)" },
        {
            content: "Write what is new",
            trigger: `${PANE} [name=function] input`,
            run: "edit Head of Beans",
        },
        { content: "and walk on, without saving", trigger: `${row("Ada")} td[name=name]`, run: "click" },
        { content: "Up", trigger: `${row("Ada")} td:focus`, run: "press ArrowUp" },
        ...seePane("Ben"),
        { content: "Close", trigger: `${row("Ben")} td:focus`, run: "press Escape" },
        { content: "The list has the page", trigger: `body:not(:has(${PANE})) ${row("Ben")} td[name=lead_channel]` },
    ],
});

tours.add("leads_agent_update_many", {
    steps: () => [
        ...seeView("Leads", "list"),
        ...["Ada", "Ben"].flatMap((name) => [
            { content: `Select ${name}`, trigger: `${row(name)} .o_list_record_selector input`, run: "click" },
            { content: `${name} is selected`, trigger: `${row(name)}.o_data_row_selected` },
        ]),
        {
            content: "Update Status",
            trigger: ".o_control_panel button[name=action_lead_update_status]:visible",
            run: "click",
        },
        ...updateStatus("Prospect", "Contacted"),
        {
            content: "Both have moved",
            trigger: `${row("Ada")}:contains(Prospect):contains(Contacted) ~ ${row("Ben")}:contains(Prospect):contains(Contacted), ${row("Ben")}:contains(Prospect):contains(Contacted) ~ .o_data_row:contains(Ada):contains(Prospect):contains(Contacted)`,
        },
        { content: "To the cards", trigger: ".o_switch_view.o_kanban", run: "click" },
        ...seeView("Leads", "kanban"),
        ...chooseInMenu("Cleo", "Update Status"),
        ...updateStatus("Lead", "Attempted"),
        { content: "The card says so", trigger: `${card("Cleo")}:contains(Attempted)` },
    ],
});

tours.add("leads_agent_rest_and_back", {
    steps: () => [
        ...seeView("Leads", "list"),
        { content: "To the cards", trigger: ".o_switch_view.o_kanban", run: "click" },
        ...seeView("Leads", "kanban"),
        ...chooseInMenu("Ada", "Set Inactive"),
        {
            content: "Ada is not among the active leads any more",
            trigger: `.o_kanban_renderer:not(:contains(Ada)) .o_kanban_record:contains(Ben)`,
        },
        ...pressTab("resting_leads"),
        {
            content: "but among those who rest",
            trigger: `.o_kanban_renderer:not(:contains(Ben)) .o_kanban_record:contains(Ada)`,
        },
        ...chooseInMenu("Ada", "Activate"),
        { content: "Ada rests no more", trigger: ".o_kanban_renderer:not(:contains(Ada))" },
        ...pressTab("active_leads"),
        { content: "Ada is back", trigger: card("Ada") },
    ],
});

tours.add("leads_agent_on_the_phone", {
    steps: () => [
        { content: "The leads are cards", trigger: card("Ada") },
        ...seeTab("active_leads"),
        ...seeNoOverflow(),
        { content: "Who is unknown", trigger: ".o_leads_tab[name=no_info]", run: "click" },
        { content: "Nobody of them", trigger: ".o_kanban_renderer:not(:contains(Ada))" },
        ...pressTab("info"),
        { content: "Tap Ada", trigger: `${card("Ada")} [name=name], ${card("Ada")} main`, run: "click" },
        { content: "The form takes the page", trigger: `.o_form_view [name=name] input:value("Ada")` },
        { content: "There is no pane", trigger: `body:not(:has(${PANE}))` },
        ...seeNoOverflow(),
        { content: "Correct the job", trigger: ".o_field_widget[name=function] input", run: "edit Owner" },
        { content: "Save", trigger: ".o_form_button_save:visible", run: "click" },
        { content: "Saved", trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)" },
        { content: "Back", trigger: ".o_back_button:visible, .o_breadcrumb .o_back_button", run: "click" },
        { content: "Ada is there", trigger: card("Ada") },
    ],
});
