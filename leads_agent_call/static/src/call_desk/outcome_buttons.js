import { Component } from "@odoo/owl";

/** Digits choose the first ones. */
const MOST_DIGITS = 9;

/**
 * In the order in which they are shown: first what happens most, that nobody was reached.
 *
 * @param {object[]} dispositions
 * @returns {object[]}
 */
export function inOrder(dispositions) {
    return [...dispositions.filter((d) => !d.is_contact), ...dispositions.filter((d) => d.is_contact)];
}

/** How the call ended; each button opens the form that says what will happen. */
export class OutcomeButtons extends Component {
    static template = "leads_agent_call.OutcomeButtons";
    static props = {
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
                    "*": true,
                },
            },
        },
        isBusy: Boolean,
        onChoose: Function,
    };

    get groups() {
        const outcomes = inOrder(this.props.dispositions).map((disposition, index) => ({
            ...disposition,
            digit: index < MOST_DIGITS ? String(index + 1) : undefined,
        }));
        return [
            { id: "missed", outcomes: outcomes.filter((outcome) => !outcome.is_contact) },
            { id: "reached", outcomes: outcomes.filter((outcome) => outcome.is_contact) },
        ].filter((group) => group.outcomes.length);
    }

    icon(outcome) {
        if (outcome.asks_callback) {
            return "fa-clock-o text-primary";
        }
        return (
            { keep: "fa-refresh text-muted", release: "fa-share text-muted" }[outcome.fate] || "fa-check text-success"
        );
    }
}
