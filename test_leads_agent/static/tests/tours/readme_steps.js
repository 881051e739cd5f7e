/** Steps that the tours of the README share. What a page looks like is said here, what is done there, in its words. */

import { seeNoDialog } from "@leads_agent/../tests/tours/tour_steps";

export const DASHBOARD = ".o_leads_agent_dashboard";
export const DESK = `${DASHBOARD} .o_leads_agent_desk`;

/** The password of each sign-in of the demo is the login. */
export function signIn(login, landing) {
    return [
        { content: "The login", trigger: ".oe_login_form input[name=login]", run: `edit ${login}` },
        { content: "The password", trigger: ".oe_login_form input[name=password]", run: `edit ${login}` },
        {
            content: `Sign in as ${login}`,
            trigger: ".oe_login_form button[type=submit]:contains(Log in)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The first page", trigger: landing },
    ];
}

/** Another app, by the menu of apps. */
export function openApp(xmlid) {
    return [
        { content: "Open the menu of apps", trigger: ".o_navbar_apps_menu button", run: "click" },
        { content: `Choose ${xmlid}`, trigger: `.o-dropdown--menu [data-menu-xmlid="${xmlid}"]`, run: "click" },
    ];
}

/** A filter or a group of the search bar, by its name. */
export function chooseInSearchMenu(name) {
    return [
        { content: "Open the filters", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { content: name, trigger: `.o_search_bar_menu .o_menu_item:text("${name}")`, run: "click" },
        { content: "Close the filters", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { content: `${name} is chosen`, trigger: `.o_searchview_facet:contains("${name}")` },
    ];
}

export function removeFacet(text) {
    return [
        {
            content: `Take ${text} away`,
            trigger: `.o_searchview_facet:contains("${text}") .o_facet_remove`,
            run: "click",
        },
        { content: "It is gone", trigger: `.o_searchview:not(:contains("${text}"))` },
    ];
}

export function selectAllOfTheList() {
    return [
        { content: "Select all", trigger: "thead .o_list_record_selector input:not(:checked)", run: "click" },
        { content: "All are selected", trigger: ".o_selection_box" },
    ];
}

/** A tab of a form. */
export function openTab(name) {
    return [{ content: `The tab ${name}`, trigger: `.o_notebook .nav-link:contains("${name}")`, run: "click" }];
}

/** Outcomes of a running call. */
export function logCallback() {
    return [
        {
            content: "Callback agreed",
            trigger: `${DESK} .o_leads_agent_outcome:enabled:contains("Callback agreed")`,
            run: "click",
        },
        { content: "The form says what will happen", trigger: `.modal [name=effects]:contains("You call back on")` },
        { content: "and shows the time", trigger: ".modal .o_field_widget[name=callback_time] input" },
        {
            content: "on the customer's clock and on one's own",
            trigger: ".modal .o_field_widget[name=callback_times]:not(:empty)",
        },
        { content: "Log it", trigger: ".modal button[name=action_confirm]", run: "click" },
        ...seeNoDialog(),
        { content: "The call is over", trigger: `${DESK} button[name=next]:enabled` },
    ];
}

export function logNoAnswer() {
    return [
        {
            content: "No answer",
            trigger: `${DESK} .o_leads_agent_outcome:enabled:contains("No answer")`,
            run: "click",
        },
        {
            content: "It comes back",
            trigger: `.modal [name=effects]:contains("comes back to you"), .o_notification:contains("comes back to you")`,
        },
        {
            content: "Log it, where one click has not done so",
            trigger: `.modal button[name=action_confirm], body:not(:has(.modal)) ${DESK} button[name=next]:enabled`,
            async run({ click }) {
                if (this.anchor.closest(".modal")) {
                    await click();
                }
            },
        },
        ...seeNoDialog(),
        { content: "The call is over", trigger: `${DESK} button[name=next]:enabled` },
    ];
}
