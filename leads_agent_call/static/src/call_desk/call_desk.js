import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";

import { Component, onWillDestroy, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";

import { CallTimer } from "./call_timer";
import { CallbackList } from "./callback_list";
import { LeadPane } from "./lead_pane";
import { inOrder, OutcomeButtons } from "./outcome_buttons";

/** Hotkeys without a call and during a call; the help tooltip of the dashboard lists them. */
const KEYS = { x: "next", c: "call", s: "skip" };
const KEYS_IN_CALL = { h: "hangUp" };
const KEYS_OF_LEAD = { o: "openOrder", n: "logNote" };

/** Where agents work: next lead, call, outcome, next lead. The logic is in `call_desk_flow.js`. */
export class CallDesk extends Component {
    static template = "leads_agent_call.CallDesk";
    static components = { CallbackList, CallTimer, LeadPane, OutcomeButtons };
    static props = {
        /** Returned by `useCallDesk`. */
        desk: Object,
        /** Callbacks of today; undefined until the dashboard is loaded. */
        callbacks: { type: Array, optional: true, element: Object },
        /** The running call, if any. */
        call: { type: [Object, { value: false }], optional: true },
        now: Number,
        /** Called with the name of the action, the lead and the event, as in a row of the list. */
        onAction: Function,
        onOpenHistory: Function,
    };

    setup() {
        this.ui = useService("ui");
        this.rootRef = useRef("root");
        this.state = useState(this.props.desk.state);
        useExternalListener(window, "keydown", (ev) => this.onWindowKeydown(ev));
        useBus(this.ui.bus, "active-element-changed", () => this.render());
        useEffect(() => this.restoreFocus());
        this.undo = useService("leads_agent.undo");
        onWillDestroy(this.undo.listen(() => this.desk.onLogged()));
        onWillDestroy(useService("leads_agent.call_alert").listen((changes) => (this.state.changes = changes)));
    }

    get desk() {
        return this.props.desk;
    }

    get lead() {
        return this.state.lead;
    }

    get order() {
        return this.lead?.orders[0];
    }

    get waiting() {
        const due = this.props.callbacks?.filter((callback) => callback.is_due) || [];
        return { due: due.length, missed: due.filter((callback) => callback.is_missed).length };
    }

    /** What another user did during the call; shown until the next call. */
    get changes() {
        return this.props.call?.changes || this.state.changes;
    }

    get status() {
        return this.props.call.state === "talking" ? _t("On the phone") : _t("Choose the outcome");
    }

    /** Move the focus to the next step. */
    restoreFocus() {
        if (!this.state.focus || this.state.isBusy || this.ui.activeElement !== document) {
            return;
        }
        const button = this.rootRef.el?.querySelector(`button[name=${this.state.focus}]:not(:disabled)`);
        if (button) {
            this.state.focus = false;
            button.focus();
        }
    }

    onWindowKeydown(ev) {
        const target = ev.target;
        if (
            ev.defaultPrevented ||
            ev.repeat ||
            this.ui.activeElement !== document ||
            target.closest?.("input, textarea, select, [contenteditable='true'], .o-dropdown--menu")
        ) {
            return;
        }
        const task = this.taskOf(getActiveHotkey(ev), Boolean(target.closest?.(".o_leads_agent_lead")));
        if (task) {
            ev.preventDefault();
            task();
        }
    }

    /**
     * @param {string} key
     * @param {boolean} isOnRow a row of the list has the focus and uses some of the keys itself
     * @returns {Function | undefined}
     */
    taskOf(key, isOnRow) {
        const isShown = Boolean(this.state.partnerId);
        if (key === "u" && this.undo.isOffered) {
            return () => this.undo.undo();
        }
        if (key in KEYS_OF_LEAD && this.lead && !isOnRow) {
            return key === "o" && !this.order ? undefined : () => this.do(KEYS_OF_LEAD[key]);
        }
        if (this.props.call) {
            if (key in KEYS_IN_CALL && this.props.call.state === "talking") {
                return () => this.desk[KEYS_IN_CALL[key]]();
            }
            const outcome = /^[1-9]$/.test(key) && this.lead && inOrder(this.lead.dispositions)[key - 1];
            return outcome ? () => this.desk.logOutcome(outcome.id) : undefined;
        }
        if (key in KEYS && (key === "x" || isShown)) {
            return () => this.desk[KEYS[key]]();
        }
    }

    /** Use the lead of the list, which has the newest quotation. */
    do(name, ev) {
        return this.props.onAction(name, { ...this.lead, order: this.order || false }, ev);
    }
}
