import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

/** Digit keys choose the first outcomes. */
const MOST_DIGITS = 9;

/** The group of an outcome: what it does with the lead. First what happens most, that nobody was reached. */
function groupOf(outcome) {
    return outcome.fate !== "close" && !outcome.is_contact ? "missed" : outcome.fate;
}

const GROUPS = ["missed", "keep", "release", "close"];

/**
 * Sort outcomes for display.
 *
 * @param {object[]} outcomes
 * @returns {object[]}
 */
export function inOrder(outcomes) {
    return GROUPS.flatMap((group) => outcomes.filter((outcome) => groupOf(outcome) === group));
}

/** How the call ended: some are logged by the click, the others open the form that says what will happen. */
export class OutcomeButtons extends Component {
    static template = "leads_agent_call.OutcomeButtons";
    static props = {
        /** As `preview.outcomes` says them. */
        dispositions: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    id: Number,
                    name: String,
                    fate: String,
                    is_contact: Boolean,
                    asks_callback: Boolean,
                    is_blocking: { type: Boolean, optional: true },
                    is_one_click: { type: Boolean, optional: true },
                    again_at: { type: [String, { value: false }], optional: true },
                    effects: { type: Array, element: String, optional: true },
                    "*": true,
                },
            },
        },
        isBusy: Boolean,
        onChoose: Function,
        /** Opens the quotation whose confirmation is a sale; without a quotation there is none. */
        onSell: { type: Function, optional: true },
    };

    get groups() {
        const outcomes = inOrder(this.props.dispositions).map((outcome, index) => ({
            ...outcome,
            digit: index < MOST_DIGITS ? String(index + 1) : undefined,
        }));
        const titles = {
            missed: _t("Nobody reached"),
            keep: _t("Reached, the lead stays yours"),
            release: _t("Back to the pool"),
            close: _t("Closes the lead"),
        };
        return GROUPS.map((id) => ({
            id,
            title: titles[id],
            outcomes: outcomes.filter((outcome) => groupOf(outcome) === id),
        })).filter((group) => group.outcomes.length || (group.id === "close" && this.props.onSell));
    }

    hasOneClick(group) {
        return group.outcomes.some((outcome) => outcome.is_one_click);
    }

    /** What stands below the name: when the lead comes back, or that calls are blocked. */
    hint(outcome) {
        if (outcome.is_one_click) {
            return outcome.again_at ? _t("again %s", this.moment(outcome.again_at)) : _t("stays yours");
        }
        return outcome.is_blocking ? _t("no more calls") : "";
    }

    /** Today the time alone says it. */
    moment(value) {
        const moment = deserializeDateTime(value);
        const isToday = moment.hasSame(luxon.DateTime.now(), "day");
        return formatDateTime(moment, { format: isToday ? "HH:mm" : "d MMM HH:mm" });
    }

    title(outcome) {
        return outcome.effects?.join(" ");
    }
}
