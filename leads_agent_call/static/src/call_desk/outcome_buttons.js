import { Component } from "@odoo/owl";

/** Digit keys choose the first outcomes. */
const MOST_DIGITS = 9;

/**
 * Sort dispositions for display: first the most frequent ones, on which nobody was reached.
 *
 * @param {object[]} dispositions
 * @returns {object[]}
 */
export function inOrder(dispositions) {
    return [...dispositions.filter((d) => !d.is_contact), ...dispositions.filter((d) => d.is_contact)];
}

/** The possible outcomes; each button opens the form that describes the effects. */
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
