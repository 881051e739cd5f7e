import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

import { Component, onWillDestroy, useState } from "@odoo/owl";

import { offerSound } from "./offer_sound";

const SECOND = 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const { Duration } = luxon;

/**
 * The offers that wait for the agent's answer, in the menu bar: their number, content and time left.
 *
 * Bus messages have no content: the offers are read here, with the rights of the agent.
 */
export class OfferSystray extends Component {
    static template = "leads_agent_offer.OfferSystray";
    static components = { Dropdown };
    static props = {};

    setup() {
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.multiTab = useService("multi_tab");
        this.orm = useService("orm");
        this.dropdown = useDropdownState();
        this.state = useState({ offers: [], now: Date.now(), isBusy: false });
        this.isDestroyed = false;
        this.onOffered = () => this.ring();
        this.onChanged = () => this.load();
        // Only users who hold leads, and the users of the catch-all, get offers.
        this.isOffered = "leads_available" in session || Boolean(session.leads_catch_all);
        if (this.isOffered) {
            this.bus.subscribe("leads_agent_offer/offered", this.onOffered);
            this.bus.subscribe("leads_agent_offer/changed", this.onChanged);
            // Not awaited: do not delay the menu bar.
            this.load();
        }
        // Bus messages sent while disconnected are lost.
        useBus(this.bus, "BUS:RECONNECT", () => this.isOffered && this.load());
        onWillDestroy(() => {
            this.isDestroyed = true;
            browser.clearInterval(this.timer);
            if (this.isOffered) {
                this.bus.unsubscribe("leads_agent_offer/offered", this.onOffered);
                this.bus.unsubscribe("leads_agent_offer/changed", this.onChanged);
            }
        });
    }

    onBeforeOpen() {
        // Not awaited: the menu opens with the offers already loaded.
        this.load();
    }

    async ring() {
        this.load();
        // With several tabs, only one plays the sound.
        if (await this.multiTab.isOnMainTab()) {
            offerSound.play();
        }
    }

    /** Load the offers; a change that arrives meanwhile loads them once more. */
    async load() {
        this.isStale = true;
        if (this.isLoading) {
            return;
        }
        this.isLoading = true;
        try {
            while (this.isStale && !this.isDestroyed) {
                this.isStale = false;
                this.show(await this.orm.silent.call("leads.agent.offer", "get_live_offers", []));
            }
        } finally {
            this.isLoading = false;
        }
    }

    show(offers) {
        if (this.isDestroyed) {
            return;
        }
        const now = Date.now();
        // Count from the seconds left, because the clock of the browser may be wrong.
        this.state.offers = offers.map((offer) => ({
            ...offer,
            end: offer.deadline && now + offer.seconds_left * SECOND,
        }));
        this.state.now = now;
        this.followClock();
    }

    /** Run the timer only while an offer has a deadline. */
    followClock() {
        browser.clearInterval(this.timer);
        if (this.state.offers.some((offer) => offer.end)) {
            this.timer = browser.setInterval(() => {
                this.state.now = Date.now();
                if (this.state.offers.some((offer) => offer.end && offer.end <= this.state.now)) {
                    this.state.offers = this.state.offers.filter((offer) => !offer.end || offer.end > this.state.now);
                    this.followClock();
                }
            }, SECOND);
        }
    }

    get label() {
        const count = this.state.offers.length;
        if (!count) {
            return _t("No offers");
        }
        return count === 1 ? _t("1 offer waiting for your answer") : _t("%s offers waiting for your answer", count);
    }

    kind(offer) {
        return { shark_tank: _t("Shark Tank"), catch_all: _t("Catch-All") }[offer.kind] || "";
    }

    secondsLeft(offer) {
        return Math.max(0, Math.ceil((offer.end - this.state.now) / SECOND));
    }

    isUrgent(offer) {
        return this.secondsLeft(offer) <= MINUTE;
    }

    timeLeft(offer) {
        const seconds = this.secondsLeft(offer);
        const left = Duration.fromObject({ seconds });
        if (seconds >= DAY) {
            const { days, hours } = left.shiftTo("days", "hours");
            return _t("%(days)s d %(hours)s h", { days, hours: Math.floor(hours) });
        }
        return left.toFormat(seconds >= HOUR ? "h:mm:ss" : "m:ss");
    }

    /** Accept the offer; terms open a dialog. */
    async accept(offer) {
        const action = await this.answer(offer.has_terms ? "action_ask_accept" : "action_accept", offer);
        if (action) {
            this.dropdown.close();
            this.action.doAction(action);
        }
    }

    async decline(offer) {
        await this.answer("action_decline", offer);
    }

    /** Send one answer at a time, and reload the offers afterwards. */
    async answer(method, offer) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            return await this.orm.call("leads.agent.offer", method, [[offer.id]]);
        } finally {
            this.state.isBusy = false;
            this.load();
        }
    }

    openAll() {
        this.dropdown.close();
        this.action.doAction("leads_agent_offer.action_my_offers", { clearBreadcrumbs: true });
    }
}

registry.category("systray").add("leads_agent_offer.offers", { Component: OfferSystray }, { sequence: 22 });
