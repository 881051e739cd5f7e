import { LeadsFloor } from "@leads_agent_call/floor/floor";
import { patch } from "@web/core/utils/patch";

/** Adds *Hand Over* to the live floor, for agents who are away. */
patch(LeadsFloor.prototype, {
    handOver(agent) {
        return this.action.doActionButton({
            type: "object",
            name: "action_leads_hand_over",
            resModel: "res.users",
            resId: agent.id,
            onClose: () => {
                // Not awaited: a reading that a newer one overtakes never ends, and the dialog would wait for it.
                this.load();
            },
        });
    },
});
