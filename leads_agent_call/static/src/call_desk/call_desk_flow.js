import { browser } from "@web/core/browser/browser";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { useState } from "@odoo/owl";

import { NumberDialog } from "./number_dialog";

const OUT_OF_SIGHT = ["odoo.exceptions.AccessError", "odoo.exceptions.MissingError"];

/** What the desk remembers; the dashboard keeps it when the user comes back by the breadcrumb. */
export function deskState() {
    return {
        /** Whom the pane shows, and what the server tells of them; the latter is null until it is known. */
        partnerId: false,
        lead: null,
        /** Why this lead, or why there is none. */
        reasons: [],
        /** There is nobody to call. */
        isEmpty: false,
        /** What somebody else did with the lead, in a sentence. */
        changes: "",
        /** The running call. */
        callId: false,
        skipped: [],
        /** The name of the button to focus when it is there. */
        focus: false,
        /** A request is under way that must not be sent twice. */
        isBusy: false,
    };
}

/**
 * From one lead to the next: who is called, what is known of them, and how it ended.
 *
 * Which call is running is always told by the server (`follow`), so a page that is loaded again and a second tab show
 * the same. An error leaves everything as it was.
 */
class CallDeskFlow {
    constructor({ action, dialog, orm, state, reload }) {
        Object.assign(this, { action, dialog, orm, state, reload, keepLast: new KeepLast() });
    }

    /**
     * The dashboard was read again.
     *
     * @param {object | false} call the one that is running
     */
    follow(call) {
        if (this.state.callId && this.state.callId !== call?.id) {
            // It has its outcome.
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
        try {
            const lead = await this.keepLast.add(
                this.orm.silent.call("leads.agent.dashboard", "get_lead", [partnerId])
            );
            if (partnerId === this.state.partnerId) {
                this.state.lead = lead;
            }
        } catch (error) {
            const isOutOfSight = OUT_OF_SIGHT.includes(error.exceptionName);
            if (isOutOfSight && this.state.callId) {
                // Taken away during the call, which still wants its outcome.
                return;
            }
            if (isOutOfSight) {
                this.clear();
            }
            throw error;
        }
    }

    /** Tasks await no reading: one that a newer reading overtakes never ends. */
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
     * Asked once per customer of whom neither address nor number say where they are.
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

    /** @param {number} [dispositionId] chosen in the form already */
    logOutcome(dispositionId) {
        return this.work(() =>
            this.action.doActionButton({
                type: "object",
                name: "action_outcome",
                resModel: "leads.agent.call",
                resId: this.state.callId,
                context: dispositionId ? { default_disposition_id: dispositionId } : {},
                onClose: () => {
                    this.state.changes = "";
                    this.reload();
                },
            })
        );
    }
}

/**
 * @param {object} options
 * @param {object} options.state reactive, as made by `deskState`
 * @param {() => Promise} options.reload reads the dashboard again, which ends in `follow`
 * @returns {CallDeskFlow}
 */
export function useCallDesk({ state, reload }) {
    return new CallDeskFlow({
        action: useService("action"),
        dialog: useService("dialog"),
        orm: useService("orm"),
        state: useState(state),
        reload,
    });
}
