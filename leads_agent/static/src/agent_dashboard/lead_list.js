import { Component } from "@odoo/owl";

import { LeadRow } from "./lead_row";

/** The assigned leads, or the reason why there are none. */
export class LeadList extends Component {
    static template = "leads_agent.LeadList";
    static components = { LeadRow };
    static props = {
        leads: { type: Array, optional: true, element: Object },
        count: Number,
        /** What the shown leads were searched with. */
        search: String,
        emptyReason: String,
        isFailed: Boolean,
        now: Number,
        onAction: Function,
        onClearSearch: Function,
        onRetry: Function,
        /** The end of the title bar. */
        slots: { type: Object, optional: true },
    };
}
