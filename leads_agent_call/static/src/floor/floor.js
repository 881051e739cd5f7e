import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillDestroy, onWillStart, useExternalListener, useState } from "@odoo/owl";

/** Milliseconds between two requests. */
const INTERVAL = 10_000;
const STATES = ["talking", "wrap_up", "available", "break", "off"];
const STATE_CLASSES = {
    talking: "text-bg-success",
    wrap_up: "text-bg-warning",
    available: "text-bg-info",
    break: "text-bg-secondary",
    off: "bg-200 text-muted",
};

/**
 * Format how long something has been going on.
 *
 * @param {string | false} since a UTC datetime of the server
 * @returns {string}
 */
export function elapsed(since) {
    if (!since) {
        return "";
    }
    const minutes = Math.max(0, Math.floor((Date.now() - deserializeDateTime(since).toMillis()) / 60_000));
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    return _t("%(hours)s h %(minutes)s min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

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
            { id: "waiting", label: _t("Leads waiting"), value: totals.waiting },
            { id: "due", label: _t("Callbacks due"), value: totals.due },
            { id: "missed", label: _t("Callbacks missed"), value: totals.missed, isAlarm: totals.missed > 0 },
            { id: "calls", label: _t("Calls today"), value: totals.calls },
            { id: "contacts", label: _t("Contacts today"), value: totals.contacts },
            { id: "sales", label: _t("Sales today"), value: totals.sales },
        ];
    }

    /** The states of some agents, each with its count, the most urgent first. */
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

    figures(agent) {
        return [
            { id: "open", label: _t("open"), value: agent.open, onClick: () => this.openLeads(agent) },
            { id: "waiting", label: _t("waiting"), value: agent.waiting, onClick: () => this.openLeads(agent) },
            { id: "due", label: _t("due"), value: agent.due, onClick: () => this.openCallbacks("due", { agent }) },
            {
                id: "missed",
                label: _t("missed"),
                value: agent.missed,
                isAlarm: agent.missed > 0,
                onClick: () => this.openCallbacks("missed", { agent }),
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

    openLeads(agent) {
        return this.action.doAction("leads_agent.action_assignments", {
            additionalContext: { search_default_agent_id: agent.id },
        });
    }

    /**
     * @param {"due" | "missed"} filter
     * @param {object} [of] whose callbacks: those of an agent, or all of a call center
     */
    openCallbacks(filter, { agent, team } = {}) {
        const context = { [`search_default_${filter}`]: 1 };
        if (agent) {
            context.search_default_agent_id = agent.id;
        } else if (team?.id) {
            context.search_default_team_id = team.id;
        }
        return this.action.doAction("leads_agent_call.action_callbacks", { additionalContext: context });
    }
}

registry.category("actions").add("leads_agent.floor", LeadsFloor);
