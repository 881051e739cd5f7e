import { _t } from "@web/core/l10n/translation";
import { formatPercentage } from "@web/views/fields/formatters";

import { Component } from "@odoo/owl";

/** Today's figures of the agent, as tiles; placeholders until they are known. */
export class DashboardFigures extends Component {
    static template = "leads_agent.DashboardFigures";
    static props = {
        figures: {
            type: Object,
            optional: true,
            shape: {
                open: Number,
                assigned_today: Number,
                resolved_today: Number,
                sold_today: Number,
                conversion: { type: [Number, { value: null }, { value: false }], optional: true },
                conversion_days: Number,
                "*": true,
            },
        },
    };

    get tiles() {
        const figures = this.props.figures;
        return [
            { id: "sold_today", label: _t("Sold today"), icon: "fa-shopping-cart", value: figures?.sold_today },
            { id: "resolved_today", label: _t("Resolved today"), icon: "fa-check", value: figures?.resolved_today },
            { id: "assigned_today", label: _t("Assigned today"), icon: "fa-user-plus", value: figures?.assigned_today },
            {
                id: "conversion",
                label: _t("Conversion"),
                icon: "fa-line-chart",
                value: figures && this.formatConversion(figures.conversion),
                tooltip:
                    figures &&
                    _t("Sales / (cancelled + open quotations + sales), last %(days)s days", {
                        days: figures.conversion_days,
                    }),
            },
            { id: "open", label: _t("Open leads"), icon: "fa-users", value: figures?.open },
        ];
    }

    formatConversion(conversion) {
        return typeof conversion === "number" ? formatPercentage(conversion, { digits: [16, 1] }) : "-";
    }
}
