import { browser } from "@web/core/browser/browser";
import { formatCurrency } from "@web/core/currency";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillDestroy, onWillStart, useExternalListener, useState } from "@odoo/owl";

import { durationText } from "@leads_agent/agent_dashboard/dashboard_time";
import { openRows } from "@leads_agent/agent_dashboard/figure_rows";

/** Milliseconds between two requests. */
const INTERVAL = 10_000;
const STATES = ["talking", "wrap_up", "available", "break", "off"];
/** The colour of a state: of its word, or of the edge of a card. */
const STATE_CLASSES = {
    talking: "text-primary",
    wrap_up: "text-body",
    available: "text-body",
    break: "text-warning",
    off: "text-muted",
};

/**
 * Format how long something has been going on.
 *
 * @param {string | false} since a UTC datetime of the server
 * @returns {string}
 */
export function elapsed(since) {
    return since ? durationText(Math.floor((Date.now() - deserializeDateTime(since).toMillis()) / 60_000)) : "";
}

/** The lists behind the figures, each with the filters that count the same. */
const ROWS = {
    value_sold: { name: "leads_agent.action_assignments", filters: ["sold", "ended_today"] },
    value_open: { name: "leads_agent.action_assignments", filters: ["active"] },
    conversion: { name: "leads_agent.action_assignments", filters: ["recent"] },
    open: { name: "leads_agent.action_assignments", filters: ["active"] },
    ready: { name: "leads_agent.action_assignments", filters: ["ready"] },
    sales: { name: "leads_agent.action_assignments", filters: ["sold", "ended_today"] },
    calls: { name: "leads_agent_call.action_calls", filters: ["today", "counted"] },
    contacts: { name: "leads_agent_call.action_calls", filters: ["today", "counted", "contacts"] },
    talk_hours: { name: "leads_agent_call.action_calls", filters: ["today", "counted"] },
    due: { name: "leads_agent_call.action_callbacks", filters: ["open", "due"], isOfCallCenter: true },
    missed: { name: "leads_agent_call.action_callbacks", filters: ["open", "missed"], isOfCallCenter: true },
    waiting: { name: "leads_agent.action_orders", filters: ["leads_assignable"] },
};

/**
 * The live floor: what all agents are doing now, for managers.
 *
 * All data come from one read-only RPC, `leads.agent.floor.get_data`, which is called every ten seconds while the page
 * is visible.
 */
export class LeadsFloor extends Component {
    static template = "leads_agent_call.Floor";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "leads-floor";
    static displayName = _t("Live Floor");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.timer = null;
        this.elapsed = elapsed;
        this.state = useState({
            /** The data of the server, null until loaded. */
            data: null,
            isFailed: false,
        });
        useExternalListener(document, "visibilitychange", () => this.load());
        onWillStart(() => {
            // Not awaited: the page is rendered immediately.
            this.load();
        });
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    get display() {
        return { controlPanel: {} };
    }

    /** Load the data, and schedule the next request; only the latest of several pending requests counts. */
    async load() {
        browser.clearTimeout(this.timer);
        if (document.visibilityState === "hidden") {
            return;
        }
        try {
            this.state.data = await this.keepLast.add(this.orm.silent.call("leads.agent.floor", "get_data", []));
            this.state.isFailed = false;
        } catch (error) {
            this.state.isFailed = true;
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        this.timer = browser.setTimeout(() => this.load(), INTERVAL);
    }

    // -------------------------------------------------------------------------
    // Display
    // -------------------------------------------------------------------------

    get tiles() {
        const { totals } = this.state.data;
        return [
            {
                id: "value_sold",
                label: _t("Sold today"),
                value: this.money(totals.value_sold),
                note: _t("%s sales", totals.sales),
                isGood: totals.value_sold > 0,
            },
            {
                id: "value_open",
                label: _t("Open"),
                value: this.money(totals.value_open),
                note: _t("%s leads", totals.open),
            },
            {
                id: "waiting",
                label: _t("Waiting for an agent"),
                value: totals.waiting,
                note: this.money(totals.value_waiting),
            },
            this.conversionTile(totals),
            {
                id: "talk_hours",
                label: _t("Talk time today"),
                value: durationText(60 * totals.talk_hours),
                note: _t("%s calls", totals.calls),
            },
            {
                id: "missed",
                label: _t("Callbacks missed"),
                value: totals.missed,
                note: _t("of %s due", totals.due),
                isAlarm: totals.missed > 0,
            },
        ];
    }

    conversionTile({ conversion, converted, converted_of: orders }) {
        return {
            id: "conversion",
            label: _t("Conversion, 30 days"),
            value: conversion === false ? "-" : formatPercentage(conversion, { digits: [16, 0] }),
            note: _t("%(sales)s of %(orders)s orders", { sales: converted, orders }),
        };
    }

    money(value) {
        return formatCurrency(value, this.state.data.currency_id, { digits: [16, 0] });
    }

    /** The states of some agents, each with its count, in the order of their urgency. */
    states(counts) {
        const labels = {
            talking: _t("Talking"),
            wrap_up: _t("Wrap-up"),
            available: _t("Available"),
            break: _t("On a break"),
            off: _t("Away"),
        };
        return STATES.filter((state) => counts[state]).map((state) => ({
            id: state,
            label: labels[state],
            count: counts[state],
            class: STATE_CLASSES[state],
        }));
    }

    stateClass(agent) {
        return STATE_CLASSES[agent.state];
    }

    agentsOf(team) {
        return this.state.data.agents.filter((agent) => agent.team_id === team.id);
    }

    /** Under the state: with whom, or for how long nobody was called. */
    subtitle(agent) {
        if (agent.customer || !agent.last_call_at) {
            return agent.customer || (agent.state === "available" ? _t("No call yet today") : "");
        }
        return _t("Last call %s ago", elapsed(agent.last_call_at));
    }

    /** How many of a call center are there, whatever they are doing. */
    atWork(team) {
        const agents = this.agentsOf(team);
        const present = agents.filter((agent) => agent.state !== "off").length;
        return _t("%(present)s of %(agents)s at work", { present, agents: agents.length });
    }

    figures(agent) {
        return [
            { id: "open", label: _t("open"), value: agent.open },
            { id: "ready", label: _t("ready"), value: agent.ready },
            { id: "due", label: _t("due"), value: agent.due },
            { id: "missed", label: _t("missed"), value: agent.missed, isAlarm: agent.missed > 0 },
            { id: "calls", label: _t("calls"), value: agent.calls },
            { id: "contacts", label: _t("contacts"), value: agent.contacts },
            { id: "talk_hours", label: _t("talk time"), value: durationText(60 * agent.talk_hours) },
            {
                id: "conversion",
                label: _t("conversion"),
                value: this.conversionTile(agent).value,
                title: this.conversionTile(agent).note,
            },
        ];
    }

    // -------------------------------------------------------------------------
    // Links
    // -------------------------------------------------------------------------

    openAgent(agent) {
        return this.action.doAction("leads_agent.action_agents", {
            viewType: "form",
            props: { resId: agent.id },
        });
    }

    /**
     * Open the rows that a figure counts.
     *
     * @param {string} figure
     * @param {object} [of] whose: those of an agent, of a call center, or of everybody
     */
    openRows(figure, { agent, team } = {}) {
        const { name, filters, isOfCallCenter } = ROWS[figure];
        if (agent) {
            return openRows(this.action, name, { filters, values: { agent_id: agent.id } });
        }
        if (isOfCallCenter) {
            // Also those that are open to all of its agents.
            return openRows(this.action, name, { filters, domain: team ? [["team_id", "=", team.id]] : [] });
        }
        if (figure === "waiting") {
            return openRows(this.action, name, { filters });
        }
        const agents = team ? this.agentsOf(team) : this.state.data.agents;
        return openRows(this.action, name, { filters, domain: [["agent_id", "in", agents.map(({ id }) => id)]] });
    }
}

registry.category("actions").add("leads_agent.floor", LeadsFloor);
