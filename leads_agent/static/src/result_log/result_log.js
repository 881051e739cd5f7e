import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

import { openRows } from "../agent_dashboard/figure_rows";

/** How many customers stand below a reason that is closed. */
const MOST_NAMES = 4;

/** The colour of a result: in the bar, and of its count. */
const RESULT_CLASSES = { assigned: "success", gone: "danger", failed: "danger", blocked: "warning" };

/**
 * The result log of a batch: each reason with its count, and the customers below it.
 *
 * It calls `leads.agent.batch.assign.line.get_log` each time the batch is read.
 */
export class ResultLog extends Component {
    static template = "leads_agent.ResultLog";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({
            /** The answer of the server, null before the first one. */
            reasons: null,
            /** The reasons that were opened. */
            opened: new Set(),
        });
        useRecordObserver(async (record) => {
            // Read, so that the log follows: a batch that runs, or was undone.
            const isBegun = record.data.state !== "draft";
            this.state.reasons =
                record.resId && isBegun
                    ? await this.orm.silent.call("leads.agent.batch.assign.line", "get_log", [record.resId])
                    : null;
        });
    }

    get total() {
        return this.state.reasons.reduce((sum, reason) => sum + reason.count, 0);
    }

    get title() {
        const assigned = this.state.reasons
            .filter((reason) => reason.result === "assigned")
            .reduce((sum, reason) => sum + reason.count, 0);
        return _t("%(assigned)s of %(total)s customers assigned", { assigned, total: this.total });
    }

    key(reason) {
        return `${reason.result} ${reason.reason}`;
    }

    color(reason) {
        return RESULT_CLASSES[reason.result] || "secondary";
    }

    toggle(reason) {
        const key = this.key(reason);
        if (!this.state.opened.delete(key)) {
            this.state.opened.add(key);
        }
    }

    /** The first customers of a reason, in a line. */
    names(reason) {
        const names = reason.lines.slice(0, MOST_NAMES).map((line) => line.customer || line.detail);
        const more = reason.count - names.length;
        return more > 0 ? _t("%(names)s and %(more)s more", { names: names.join(", "), more }) : names.join(", ");
    }

    open(reason) {
        return openRows(this.action, "leads_agent.action_batch_lines", {
            domain: [
                ["batch_id", "=", this.props.record.resId],
                ["result", "=", reason.result],
                ["reason", "=", reason.reason || false],
            ],
        });
    }
}

registry.category("view_widgets").add("leads_result_log", {
    component: ResultLog,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
