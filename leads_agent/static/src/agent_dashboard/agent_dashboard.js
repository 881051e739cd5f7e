import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillDestroy, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";

import { DashboardFigures } from "./dashboard_figures";
import { DashboardHistory } from "./dashboard_history";
import { useMinuteClock } from "./dashboard_time";
import { openRows } from "./figure_rows";
import { LeadList } from "./lead_list";
import { LogNoteDialog } from "./log_note_dialog";

const PAGE_SIZE = 80;
/** The server gives no more leads than this at once. */
const MAX_PAGE_SIZE = 200;
const SEARCH_DELAY = 300;
/** Bus messages that arrive within this time are answered by one reading. */
const REFRESH_DELAY = 300;
const SORT_KEY = "leads_agent.dashboard.sort";

/**
 * The screen agents live in: their leads, what happened lately, and how the day goes. Other addons add parts to it.
 *
 * Everything shown comes from one read-only RPC, `leads.agent.dashboard.get_data`. It is read again when the user
 * searches, sorts or turns the page, after what the user does here, and when the bus says `leads_agent/changed`; the
 * message is empty, so nothing reaches the browser that the user may not read.
 */
export class AgentDashboard extends Component {
    static template = "leads_agent.AgentDashboard";
    static components = {
        DashboardFigures,
        DashboardHistory,
        Dropdown,
        DropdownItem,
        Layout,
        LeadList,
    };
    static props = { ...standardActionServiceProps };
    static path = "leads-agent";
    static displayName = _t("Leads Agent Dashboard");

    setup() {
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.rootRef = useRef("root");
        this.searchRef = useRef("search");
        /** The reading that counts: the newest one. */
        this.reading = null;
        this.clock = useMinuteClock();
        /** Which row to focus when `data` has been replaced and no dialog is open. */
        this.nextFocus = null;
        const sort = browser.localStorage.getItem(SORT_KEY);
        this.state = useState({
            /** The answer of the server, null before the first one. */
            data: null,
            /** What `data` was searched with; `search` is what the box says. */
            searched: "",
            search: "",
            sort: sort in this.sorts ? sort : "next",
            offset: 0,
            limit: PAGE_SIZE,
            isFailed: false,
            // Coming back by the breadcrumb shows what was there, at once and at the same place, while it is read again.
            ...this.props.state?.dashboard,
        });

        usePager(() => ({
            offset: this.state.offset,
            limit: this.state.limit,
            total: this.state.data?.leads_count || 0,
            onUpdate: ({ offset, limit }) => this.turnPage(offset, limit),
        }));
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => ({ dashboard: { ...this.state, isFailed: false } }),
        });
        this.searchSoon = useDebounced(() => this.applySearch(), SEARCH_DELAY);
        useExternalListener(window, "keydown", (ev) => this.onWindowKeydown(ev));
        this.useRefreshByBus();
        useBus(this.ui.bus, "active-element-changed", () => this.render());
        useEffect(
            () => this.restoreFocus(),
            () => [this.state.data, this.ui.activeElement]
        );
        onWillStart(() => {
            // Not awaited: the screen stands at once, with placeholders.
            this.load();
        });
    }

    useRefreshByBus() {
        let timer = null;
        const onChanged = () => {
            timer ??= browser.setTimeout(() => {
                timer = null;
                this.load({ isSilent: true });
            }, REFRESH_DELAY);
        };
        this.bus.subscribe("leads_agent/changed", onChanged);
        this.bus.start();
        onWillDestroy(() => {
            this.bus.unsubscribe("leads_agent/changed", onChanged);
            browser.clearTimeout(timer);
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    get sorts() {
        return {
            next: _t("Longest without contact"),
            newest: _t("Newest first"),
            oldest: _t("Oldest first"),
            customer: _t("Customer"),
        };
    }

    // -------------------------------------------------------------------------
    // Reading
    // -------------------------------------------------------------------------

    /**
     * Read the dashboard again, for the search, sort and page of now. Of several readings under way the last one counts.
     *
     * Every request resolves, also one that a newer request replaces: a dialog that closes waits for it with all its
     * buttons disabled.
     *
     * @param {object} [options]
     * @param {boolean} [options.isSilent] without the loading indicator: nobody asked for it
     */
    async load({ isSilent = false } = {}) {
        const { search, sort, limit, offset } = this.state;
        const term = search.trim();
        const orm = isSilent ? this.orm.silent : this.orm;
        const reading = orm.call("leads.agent.dashboard", "get_data", [], { search: term, sort, limit, offset });
        this.reading = reading;
        let data;
        try {
            data = await reading;
        } catch (error) {
            if (reading !== this.reading) {
                return;
            }
            this.state.isFailed = !this.state.data;
            throw error;
        }
        if (reading !== this.reading) {
            return;
        }
        if (!data.leads.length && data.leads_count && offset) {
            // The last leads of this page have gone meanwhile.
            this.state.offset = Math.floor((data.leads_count - 1) / limit) * limit;
            return this.load({ isSilent });
        }
        Object.assign(this.state, { data, searched: term, isFailed: false });
        await this.onLoaded(data);
    }

    /** The dashboard was read again: for the parts that other addons add. */
    async onLoaded(_data) {}

    async turnPage(offset, limit) {
        Object.assign(this.state, { offset, limit: Math.min(limit, MAX_PAGE_SIZE) });
        await this.load();
        this.scrollToTop();
    }

    sortBy(sort) {
        Object.assign(this.state, { sort, offset: 0 });
        browser.localStorage.setItem(SORT_KEY, sort);
        return this.load();
    }

    applySearch() {
        this.searchSoon.cancel();
        if (this.state.search.trim() === this.state.searched && !this.state.isFailed) {
            return;
        }
        this.state.offset = 0;
        return this.load();
    }

    clearSearch() {
        this.state.search = "";
        this.searchRef.el?.focus();
        return this.applySearch();
    }

    scrollToTop() {
        this.rootRef.el?.querySelector(".o_leads_agent_leads")?.scrollIntoView({ block: "nearest" });
    }

    // -------------------------------------------------------------------------
    // Keyboard
    // -------------------------------------------------------------------------

    get rows() {
        return [...this.rootRef.el.querySelectorAll(".o_leads_agent_lead")];
    }

    onWindowKeydown(ev) {
        const isEditing = ev.target.closest?.("input, textarea, select, [contenteditable='true']");
        const hasModifier = ev.ctrlKey || ev.altKey || ev.metaKey;
        if (ev.key === "/" && !hasModifier && !isEditing && this.ui.activeElement === document) {
            ev.preventDefault();
            this.searchRef.el.focus();
            this.searchRef.el.select();
        }
    }

    onSearchKeydown(ev) {
        if (ev.isComposing) {
            return;
        }
        switch (ev.key) {
            case "Enter":
                return this.applySearch();
            case "Escape":
                return this.clearSearch();
            case "ArrowDown":
                ev.preventDefault();
                this.rows[0]?.focus();
        }
    }

    /** After a lead was resolved, the keyboard goes on with the one that took its place. */
    restoreFocus() {
        const { index, data } = this.nextFocus || {};
        if (!this.nextFocus || this.state.data === data || this.ui.activeElement !== document) {
            return;
        }
        const rows = this.rows;
        rows[Math.min(index, rows.length - 1)]?.focus();
        this.nextFocus = null;
    }

    // -------------------------------------------------------------------------
    // What an agent does with a lead
    // -------------------------------------------------------------------------

    /**
     * @param {"openCustomer" | "resolve" | "openOrder" | "newOrder" | "logNote"} name or one of another addon
     * @param {object} lead
     * @param {Event} [ev] with Control or Command, documents open in a new tab
     */
    onLeadAction(name, lead, ev) {
        return this[name](lead, ev);
    }

    openCustomer(lead, ev) {
        return this.openDocument("res.partner", lead.partner_id, ev);
    }

    openOrder(lead, ev) {
        return this.openDocument("sale.order", lead.order.id, ev);
    }

    newOrder(lead) {
        return this.action.doAction("leads_agent.action_order_entry", {
            additionalContext: { default_partner_id: lead.partner_id },
        });
    }

    resolve(lead) {
        const index = this.state.data.leads.findIndex((other) => other.assignment_id === lead.assignment_id);
        return this.action.doActionButton({
            type: "object",
            name: "action_resolve",
            resModel: "leads.agent.assignment",
            resId: lead.assignment_id,
            onClose: () => {
                this.nextFocus = { index, data: this.state.data };
                return this.load();
            },
        });
    }

    logNote(lead) {
        this.dialog.add(LogNoteDialog, {
            partnerId: lead.partner_id,
            name: lead.name,
            onSaved: () => this.load({ isSilent: true }),
        });
    }

    openHistory(entry, ev) {
        if (entry.res_model === "leads.agent.batch.assign") {
            // The leads that it brought: agents do not read batches.
            const domain = [["batch_id", "=", entry.res_id]];
            return openRows(this.action, "leads_agent.action_my_leads", { filters: ["active"], domain });
        }
        return this.openDocument(entry.res_model, entry.res_id, ev);
    }

    openDocument(resModel, resId, ev) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
                target: "current",
            },
            { newWindow: Boolean(ev?.ctrlKey || ev?.metaKey) }
        );
    }
}

registry.category("actions").add("leads_agent.dashboard", AgentDashboard);
