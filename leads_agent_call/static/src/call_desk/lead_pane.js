import { Component, markup } from "@odoo/owl";

import { formatFloat } from "@web/core/utils/numbers";

import { absoluteTime, ageInDays, relativeTime } from "@leads_agent/agent_dashboard/dashboard_time";
import { amountOf } from "@leads_agent/agent_dashboard/order_amount";

import { localTime, movedFrom } from "../agent_dashboard/call_time";

/** Further lines are only shown in the form of the order. */
const MOST_LINES = 6;

/** The lead to call: its quotations, the last call, the script. */
export class LeadPane extends Component {
    static template = "leads_agent_call.LeadPane";
    static props = {
        /** The result of `get_lead`. */
        lead: {
            type: Object,
            shape: {
                partner_id: Number,
                name: String,
                orders: { type: Array, element: Object },
                history: { type: Array, element: Object },
                last_call: [Object, { value: false }],
                callback: [Object, { value: false }],
                attempts: Number,
                script: [String, Object],
                "*": true,
            },
        },
        /** Why this lead is next, as sentences. */
        reasons: { type: Array, element: String },
        now: Number,
        onAction: Function,
        onOpenHistory: Function,
    };

    get lead() {
        return this.props.lead;
    }

    get place() {
        return [this.lead.city, this.lead.country].filter(Boolean).join(", ");
    }

    get there() {
        return localTime(this.lead.tz, this.props.now, this.lead.calling);
    }

    /** The server sanitized the HTML when it was saved. */
    get script() {
        return markup(this.lead.script);
    }

    amount(order) {
        return amountOf(order);
    }

    linesOf(order) {
        return order.lines.slice(0, MOST_LINES);
    }

    moreLines(order) {
        return Math.max(0, order.lines.length - MOST_LINES);
    }

    quantity(line) {
        return formatFloat(line.quantity, { digits: [16, 2], trailingZeros: false });
    }

    age(order) {
        return ageInDays(order.date_order, this.props.now);
    }

    ago(value) {
        return relativeTime(value, this.props.now);
    }

    exactly(value) {
        return absoluteTime(value);
    }

    moved(callback) {
        return movedFrom(callback);
    }

    openOrder(order, ev) {
        this.props.onAction("openOrder", { ...this.lead, order }, ev);
    }
}
