import { deserializeDateTime } from "@web/core/l10n/dates";
import { is24HourFormat } from "@web/core/l10n/time";
import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

import { absoluteTime } from "@leads_agent/agent_dashboard/dashboard_time";

import { movedFrom } from "../agent_dashboard/call_time";

/** Callbacks of today: missed ones first, then due ones, then later ones. */
export class CallbackList extends Component {
    static template = "leads_agent_call.CallbackList";
    static props = {
        callbacks: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    id: Number,
                    partner_id: Number,
                    partner_name: String,
                    due_at: String,
                    is_due: Boolean,
                    is_missed: Boolean,
                    mine: Boolean,
                    note: String,
                    moved_from: { type: String, optional: true },
                    moved_because: { type: String, optional: true },
                    "*": true,
                },
            },
        },
        isBusy: Boolean,
        onCall: Function,
        onOpen: Function,
    };

    look(callback) {
        if (callback.is_missed) {
            return { label: _t("Missed"), badge: "text-bg-danger" };
        }
        return callback.is_due
            ? { label: _t("Due"), badge: "text-bg-warning" }
            : { label: _t("Later"), badge: "text-bg-light border text-muted" };
    }

    time(callback) {
        const due = deserializeDateTime(callback.due_at);
        const time = due.toFormat(is24HourFormat() ? "HH:mm" : "h:mm a");
        return due.hasSame(luxon.DateTime.now(), "day") ? time : `${due.toFormat("d LLL")} ${time}`;
    }

    moved(callback) {
        return movedFrom(callback);
    }

    exactly(callback) {
        return absoluteTime(callback.due_at);
    }
}
