import { patch } from "@web/core/utils/patch";

import { LeadRow } from "@leads_agent/agent_dashboard/lead_row";

import { localTime } from "./call_time";

/** The phone calls, and says what time it is there. */
patch(LeadRow.prototype, {
    get keys() {
        return { ...super.keys, c: this.lead.phone && "call" };
    },

    get localTime() {
        return localTime(this.lead.tz, this.props.now, this.lead.calling);
    },
});
