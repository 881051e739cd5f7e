import { Component } from "@odoo/owl";

import { absoluteTime, relativeTime } from "./dashboard_time";

const ICONS = {
    message: "fa-envelope-o text-info",
    note: "fa-sticky-note-o text-warning",
    call: "fa-phone text-primary",
    assigned: "fa-user-plus text-muted",
    resolved: "fa-check text-success",
    callback: "fa-bell-o text-muted",
    unassigned: "fa-user-times text-muted",
    sale: "fa-shopping-cart text-success",
    order: "fa-file-text-o text-info",
    activity: "fa-clock-o text-primary",
};

/** The latest events over all customers of the agent; each opens its document. */
export class DashboardHistory extends Component {
    static template = "leads_agent.DashboardHistory";
    static props = {
        entries: {
            type: Array,
            optional: true,
            element: {
                type: Object,
                shape: {
                    id: Number,
                    at: String,
                    kind: String,
                    kind_label: String,
                    author: String,
                    summary: String,
                    partner_name: String,
                    res_model: String,
                    res_id: Number,
                    "*": true,
                },
            },
        },
        now: Number,
        onOpen: Function,
    };

    icon(entry) {
        return ICONS[entry.kind] || "fa-circle-o text-muted";
    }

    when(entry) {
        return relativeTime(entry.at, this.props.now, "short");
    }

    exactly(entry) {
        return absoluteTime(entry.at);
    }
}
