import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

import { absoluteTime, ageInDays, isJustNow, relativeTime } from "./dashboard_time";
import { amountOf } from "./order_amount";

/** One assigned lead: a row of the table, a card where the room is small. */
export class LeadRow extends Component {
    static template = "leads_agent.LeadRow";
    static props = {
        lead: {
            type: Object,
            shape: {
                assignment_id: Number,
                partner_id: Number,
                name: String,
                phone: String,
                email: String,
                city: String,
                country: String,
                assigned_at: String,
                last_contact_at: [String, { value: false }],
                reason: String,
                order: { type: [Object, { value: false }, { value: null }], optional: true },
                "*": true,
            },
        },
        now: Number,
        /** Called with the name of the action, the lead and the event. */
        onAction: Function,
    };

    /** What a key does on the focused lead; the help tooltip of the dashboard lists them. */
    get keys() {
        return { enter: "openCustomer", r: "resolve", o: this.lead.order && "openOrder", n: "logNote" };
    }

    get lead() {
        return this.props.lead;
    }

    get place() {
        return [this.lead.city, this.lead.country].filter(Boolean).join(", ");
    }

    get amount() {
        return amountOf(this.lead.order);
    }

    get orderAge() {
        return ageInDays(this.lead.order.date_order, this.props.now);
    }

    get assigned() {
        return isJustNow(this.lead.assigned_at, this.props.now)
            ? _t("Assigned just now")
            : _t("Assigned %s", relativeTime(this.lead.assigned_at, this.props.now));
    }

    get assignedTitle() {
        return [absoluteTime(this.lead.assigned_at), this.lead.reason].filter(Boolean).join("\n");
    }

    get lastContact() {
        return relativeTime(this.lead.last_contact_at, this.props.now);
    }

    exactly(value) {
        return absoluteTime(value);
    }

    do(name, ev) {
        this.props.onAction(name, this.lead, ev);
    }

    onKeydown(ev) {
        const row = ev.currentTarget;
        const key = getActiveHotkey(ev);
        if (key === "arrowdown" || key === "arrowup") {
            ev.preventDefault();
            (key === "arrowdown" ? row.nextElementSibling : row.previousElementSibling)?.focus();
            return;
        }
        const name = this.keys[key];
        // Enter on a link or button inside the row belongs to that element.
        if (!name || ev.repeat || (key === "enter" && ev.target !== row)) {
            return;
        }
        ev.preventDefault();
        this.do(name, ev);
    }
}
