import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

/**
 * The switch in the user menu: whether the agent is available for new leads.
 *
 * Its value comes with the session. Users who cannot hold leads do not have it.
 */
export function availabilitySwitch(env) {
    return {
        type: "switch",
        id: "leads_available",
        description: _t("Available for new leads"),
        isChecked: session.leads_available,
        show: () => "leads_available" in session,
        sequence: 35,
        callback: async () => {
            session.leads_available = await env.services.orm.call("res.users", "action_toggle_leads_available", [
                [user.userId],
                !session.leads_available,
            ]);
            env.services.notification.add(
                session.leads_available
                    ? _t("You receive new leads again.")
                    : _t("You receive no new leads until you switch this on again."),
                { type: session.leads_available ? "success" : "info" }
            );
        },
    };
}

registry.category("user_menuitems").add("leads_available", availabilitySwitch);
