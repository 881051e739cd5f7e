import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const SWITCH = '.o-dropdown--menu [data-menu="leads_available"]';

function openUserMenu() {
    return [
        {
            content: "Open the user menu",
            trigger: ".o_user_menu button",
            run: "click",
        },
    ];
}

/** An agent switches to unavailable and back. */
tours.add("leads_agent_availability_switch", {
    steps: () => [
        ...openUserMenu(),
        { content: "The switch is on", trigger: `${SWITCH} input:checked` },
        { content: "Switch it off", trigger: SWITCH, run: "click" },
        { content: "It says so", trigger: '.o_notification:contains("no new leads until")' },
        ...openUserMenu(),
        { content: "The switch is off", trigger: `${SWITCH} input:not(:checked)` },
        { content: "Switch it on by the check box itself", trigger: `${SWITCH} input`, run: "click" },
        { content: "It says so", trigger: '.o_notification:contains("receive new leads again")' },
    ],
});

/** A manager sets the limits of an agent on the card. */
tours.add("leads_agent_limits_of_an_agent", {
    steps: () => [
        {
            content: "Open the limits of Anna",
            trigger: '.o_kanban_record:contains("Agent Anna") button[name=action_leads_capacity]',
            run: "click",
        },
        {
            content: "At most 7 open leads",
            trigger: ".modal .o_field_widget[name=leads_max_open] input",
            run: "edit 7",
        },
        { content: "Save", trigger: ".modal footer button[name=action_save]", run: "click" },
        {
            content: "The card shows it",
            trigger: 'body:not(:has(.modal)) .o_kanban_record:contains("Agent Anna"):contains("1 / 7")',
        },
        {
            content: "Switch Anna off",
            trigger:
                '.o_kanban_record:contains("Agent Anna") button[name=action_toggle_leads_available]:contains("Switch Off")',
            run: "click",
        },
        {
            content: "The card says so",
            trigger: '.o_kanban_record:contains("Agent Anna"):contains("Switched off")',
        },
    ],
});

/** A manager creates a rule and runs it. */
tours.add("leads_agent_rule", {
    steps: () => [
        { content: "A new rule", trigger: ".o_list_button_add", run: "click" },
        { content: "Its name", trigger: ".o_field_widget[name=name] input", run: "edit New quotations" },
        {
            content: "Its call center",
            trigger: ".o_field_widget[name=team_id] input",
            run: "edit Call Center North",
        },
        {
            content: "Choose it",
            trigger: '.o-autocomplete--dropdown-item:contains("Call Center North")',
            run: "click",
        },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Run", trigger: "button[name=action_run]", run: "click" },
        { content: "A notice says what it did", trigger: '.o_notification:contains("Leads assigned")' },
        {
            content: "So does the rule, later",
            trigger: '.o_form_view .alert:contains("Leads assigned")',
        },
    ],
});
