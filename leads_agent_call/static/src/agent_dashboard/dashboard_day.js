import { deserializeDateTime } from "@web/core/l10n/dates";
import { is24HourFormat } from "@web/core/l10n/time";

import { Component } from "@odoo/owl";

/** How many outcomes are shown, the most frequent first. */
const MOST_OUTCOMES = 5;

/** Today's calls in two small charts: by hour and by outcome. */
export class DashboardDay extends Component {
    static template = "leads_agent_call.DashboardDay";
    static props = {
        day: {
            type: Object,
            shape: { since: String, outcomes: Array, hours: Array },
        },
    };

    get outcomes() {
        const outcomes = this.props.day.outcomes.slice(0, MOST_OUTCOMES);
        const most = Math.max(...outcomes.map((outcome) => outcome.calls));
        return outcomes.map((outcome) => ({ ...outcome, share: (100 * outcome.calls) / most }));
    }

    get hours() {
        const { hours, since } = this.props.day;
        const midnight = deserializeDateTime(since);
        const most = Math.max(...hours.map((hour) => hour.calls));
        return hours.map((hour) => ({
            ...hour,
            // The local hour: on the day of a time change, one occurs twice or not at all.
            label: midnight.plus({ hours: hour.hour }).toFormat(is24HourFormat() ? "H" : "h a"),
            share: (100 * hour.calls) / most,
            reached: hour.calls && (100 * hour.contacts) / hour.calls,
        }));
    }
}
