import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { DashboardFigures } from "@leads_agent/agent_dashboard/dashboard_figures";
import { durationText } from "@leads_agent/agent_dashboard/dashboard_time";

/** Shows the figures of today's calls between the amounts and the leads. */
patch(DashboardFigures.prototype, {
    get tiles() {
        const figures = this.props.figures;
        const counted = { name: "leads_agent_call.action_calls", filters: ["mine", "today", "counted"] };
        const [sold, open, ...others] = super.tiles;
        return [
            sold,
            open,
            {
                id: "calls_today",
                label: _t("Calls today"),
                icon: "fa-phone",
                value: figures?.calls_today,
                rows: counted,
            },
            {
                id: "contacts_today",
                label: _t("Contacts today"),
                icon: "fa-comments-o",
                value: figures?.contacts_today,
                rows: { ...counted, filters: [...counted.filters, "contacts"] },
            },
            {
                id: "talk_hours_today",
                label: _t("Talk time today"),
                icon: "fa-clock-o",
                value: figures && durationText(60 * figures.talk_hours_today),
                rows: counted,
            },
            ...others,
        ];
    },
});
