import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatPercentage } from "@web/views/fields/formatters";

import { Component } from "@odoo/owl";

import { openRows } from "./figure_rows";

/** Today's figures of the agent, as tiles that open their rows; placeholders until they are known. */
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
                value_open: Number,
                value_sold: Number,
                currency_id: Number,
                conversion: { type: [Number, { value: null }, { value: false }], optional: true },
                conversion_days: Number,
                "*": true,
            },
        },
    };

    setup() {
        this.action = useService("action");
    }

    /**
     * The tiles in their order. `label` may say a second figure, `count`; `rows` are what a click opens, as the action
     * of a list and the options of `openRows`.
     */
    get tiles() {
        const figures = this.props.figures;
        const counted = { name: "leads_agent.action_my_leads" };
        return [
            {
                id: "sold_today",
                label: figures ? _t("%s sold today", figures.sold_today) : _t("Sold today"),
                count: figures?.sold_today,
                icon: "fa-shopping-cart",
                value: figures && this.formatValue(figures.value_sold),
                isGood: figures?.value_sold > 0,
                rows: { ...counted, filters: ["sold", "ended_today"] },
            },
            {
                id: "open",
                label: figures ? _t("%s open leads", figures.open) : _t("Open leads"),
                count: figures?.open,
                icon: "fa-users",
                value: figures && this.formatValue(figures.value_open),
                tooltip: figures && _t("The latest quotations of your leads, taxes included"),
                rows: { ...counted, filters: ["active"] },
            },
            {
                id: "resolved_today",
                label: _t("Resolved today"),
                icon: "fa-check",
                value: figures?.resolved_today,
                rows: { ...counted, filters: ["ended_today"], domain: [["is_resolved", "=", 1]] },
            },
            {
                id: "assigned_today",
                label: _t("Assigned today"),
                icon: "fa-user-plus",
                value: figures?.assigned_today,
                rows: { ...counted, filters: ["assigned_today"], domain: [["is_assigned", "=", 1]] },
            },
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
                rows: { ...counted, filters: ["recent"] },
            },
        ];
    }

    openRows({ name, ...options }) {
        return openRows(this.action, name, options);
    }

    formatValue(value) {
        return formatCurrency(value, this.props.figures.currency_id, { digits: [16, 0] });
    }

    formatConversion(conversion) {
        return typeof conversion === "number" ? formatPercentage(conversion, { digits: [16, 1] }) : "-";
    }
}
