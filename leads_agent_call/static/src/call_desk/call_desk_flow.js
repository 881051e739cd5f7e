import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

import { useState } from "@odoo/owl";

import { NumberDialog } from "./number_dialog";

const OUT_OF_SIGHT = ["odoo.exceptions.AccessError", "odoo.exceptions.MissingError"];

/** The state of the call desk; the dashboard restores it when the user returns by the breadcrumb. */
export function deskState() {
    return {
        /** The customer in the pane, and the result of `get_lead`, which is null while loading. */
        partnerId: false,
        lead: null,
        /** Why this lead is next, or why there is none. */
        reasons: [],
        /** There is no lead to call. */
        isEmpty: false,
        /** What another user did with the lead, as a sentence. */
        changes: "",
        /** The running call. */
        callId: false,
        skipped: [],
        /** The name of the button to focus once it is rendered. */
        focus: false,
        /** A request is pending that must not be sent twice. */
        isBusy: false,
    };
}

/**
 * The steps from one lead to the next: the customer, the details, the call and its outcome.
 *
 * The server always provides the running call (`follow`), so a reloaded page and a second tab show the same. An error
 * leaves the state unchanged.
 */
class CallDeskFlow {
    constructor({ action, dialog, orm, undo, state, reload }) {
        Object.assign(this, { action, dialog, orm, undo, state, reload, reading: null });
    }

    /**
     * Update the state after the dashboard was loaded.
     *
     * @param {object | false} call the running call
     */
    follow(call) {
        if (this.state.callId && this.state.callId !== call?.id) {
            // The call has an outcome.
            this.clear();
            this.state.focus = "next";
        }
        if (call) {
            this.state.callId = call.id;
            this.show(call.partner_id);
        }
        return this.state.partnerId ? this.read() : undefined;
    }

    show(partnerId, reasons = []) {
        if (this.state.partnerId !== partnerId) {
            Object.assign(this.state, { partnerId, lead: null, reasons, isEmpty: false });
        }
    }

    clear() {
        Object.assign(this.state, { partnerId: false, lead: null, reasons: [], isEmpty: false, callId: false });
    }

    async read() {
        const { partnerId } = this.state;
        const reading = this.orm.silent.call("leads.agent.dashboard", "get_lead", [partnerId]);
        // Every reading ends, also one that a newer one overtakes: dialogs wait for it before they go.
        this.reading = reading;
        try {
            const lead = await reading;
            if (reading === this.reading && partnerId === this.state.partnerId) {
                this.state.lead = lead;
            }
        } catch (error) {
            if (reading !== this.reading) {
                return;
            }
            const isOutOfSight = OUT_OF_SIGHT.includes(error.exceptionName);
            if (isOutOfSight && this.state.callId) {
                // The lead is gone, but its call still needs an outcome.
                return;
            }
            if (isOutOfSight) {
                this.clear();
            }
            throw error;
        }
    }

    async work(task) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            return await task();
        } finally {
            this.state.isBusy = false;
        }
    }

    next() {
        return this.work(async () => {
            const { skipped } = this.state;
            this.state.changes = "";
            const next = await this.orm.call("leads.agent.desk", "next_lead", [], { skipped: [...skipped] });
            this.clear();
            if (!next.partner_id) {
                Object.assign(this.state, { reasons: next.reasons, isEmpty: true, focus: "next" });
                return;
            }
            this.show(next.partner_id, next.reasons);
            this.state.focus = "call";
            this.read();
        });
    }

    skip() {
        this.state.skipped.push(this.state.partnerId);
        return this.next();
    }

    startOver() {
        this.state.skipped = [];
        return this.next();
    }

    close() {
        this.clear();
        this.state.changes = "";
        this.state.focus = "next";
    }

    /**
     * @param {number} [partnerId] by default the customer in the pane
     * @param {string} [number] chosen among several
     */
    call(partnerId = this.state.partnerId, number) {
        return this.work(async () => {
            const { dial, numbers } = await this.orm.call(
                "leads.agent.call",
                "start",
                [partnerId],
                number ? { number } : {}
            );
            if (numbers) {
                this.dialog.add(NumberDialog, { numbers, onChoose: (chosen) => this.call(partnerId, chosen) });
                return;
            }
            this.state.changes = "";
            if (dial.url) {
                browser.open(dial.url, "_self");
            }
            this.state.focus = "hang_up";
            this.reload();
        });
    }

    /**
     * Ask once for the time zone of a customer, when neither address nor number identify it.
     *
     * @param {number} [partnerId] by default the customer in the pane
     */
    confirmZone(partnerId = this.state.partnerId) {
        return this.action.doActionButton({
            type: "object",
            name: "action_leads_confirm_zone",
            resModel: "res.partner",
            resId: partnerId,
            onClose: () => this.reload(),
        });
    }

    hangUp() {
        return this.work(async () => {
            await this.orm.call("leads.agent.call", "hang_up", [[this.state.callId]]);
            this.state.focus = "outcome";
            this.reload();
        });
    }

    /**
     * Log the outcome immediately if the server allows one click, else open the form.
     *
     * @param {number} dispositionId
     */
    logOutcome(dispositionId) {
        return this.work(async () => {
            const { logged, action } = await this.orm.call("leads.agent.call", "log_outcome", [
                [this.state.callId],
                dispositionId,
            ]);
            if (action) {
                await this.action.doAction(action, { onClose: () => this.onLogged() });
                return;
            }
            this.undo.offer(logged);
            // Not awaited: the next lead need not wait for it.
            this.onLogged();
        });
    }

    /** Where the outcomes are not known: the form has them. */
    openOutcome() {
        return this.work(() =>
            this.action.doActionButton({
                type: "object",
                name: "action_outcome",
                resModel: "leads.agent.call",
                resId: this.state.callId,
                onClose: () => this.onLogged(),
            })
        );
    }

    onLogged() {
        this.state.changes = "";
        return this.reload();
    }
}

/**
 * @param {object} options
 * @param {object} options.state reactive, created by `deskState`
 * @param {() => Promise} options.reload loads the dashboard again, and then calls `follow`
 * @returns {CallDeskFlow}
 */
export function useCallDesk({ state, reload }) {
    return new CallDeskFlow({
        action: useService("action"),
        dialog: useService("dialog"),
        orm: useService("orm"),
        undo: useService("leads_agent.undo"),
        state: useState(state),
        reload,
    });
}
