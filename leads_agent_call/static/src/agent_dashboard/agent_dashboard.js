import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { AgentDashboard } from "@leads_agent/agent_dashboard/agent_dashboard";

import { CallDesk } from "../call_desk/call_desk";
import { deskState, useCallDesk } from "../call_desk/call_desk_flow";
import { DashboardDay } from "./dashboard_day";

Object.assign(AgentDashboard.components, { CallDesk, DashboardDay });

/** Adds the call desk to the dashboard. */
patch(AgentDashboard.prototype, {
    setup() {
        super.setup();
        // After returning by the breadcrumb, the call desk is in its previous state.
        this.state.desk ??= deskState();
        this.desk = useCallDesk({ state: this.state.desk, reload: () => this.load() });
    },

    get sorts() {
        const { next, ...others } = super.sorts;
        return { next, value: _t("Most promising"), ...others };
    },

    async onLoaded(data) {
        await super.onLoaded(data);
        await this.desk.follow(data.call);
    },

    call(lead) {
        return this.desk.call(lead.partner_id);
    },

    confirmZone(lead) {
        return this.desk.confirmZone(lead.partner_id);
    },
});
