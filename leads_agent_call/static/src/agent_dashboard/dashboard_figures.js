import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { formatFloatTime } from "@web/views/fields/formatters";

import { DashboardFigures } from "@leads_agent/agent_dashboard/dashboard_figures";

/** Shows the figures of today's calls first. */
patch(DashboardFigures.prototype, {
    get tiles() {
        const figures = this.props.figures;
        return [
            { id: "calls_today", label: _t("Calls today"), icon: "fa-phone", value: figures?.calls_today },
            {
                id: "contacts_today",
                label: _t("Contacts today"),
                icon: "fa-comments-o",
                value: figures?.contacts_today,
            },
            {
                id: "talk_hours_today",
                label: _t("Talk time today"),
                icon: "fa-clock-o",
                value: figures && formatFloatTime(figures.talk_hours_today),
            },
            ...super.tiles,
        ];
    },
});
