import { patch } from "@web/core/utils/patch";

import { LeadRow } from "@leads_agent/agent_dashboard/lead_row";

import { localTime } from "./call_time";

/** Adds the call button and the customer's local time. */
patch(LeadRow.prototype, {
    get keys() {
        return { ...super.keys, c: this.lead.phone && "call" };
    },

    get localTime() {
        return localTime(this.lead.tz, this.props.now, this.lead.calling);
    },
});
