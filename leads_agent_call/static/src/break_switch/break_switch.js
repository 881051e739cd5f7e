import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

/**
 * The agent's break in the user menu. Managers see breaks on the live floor; leads and callbacks are not affected.
 *
 * Its state comes with the session. Users who cannot hold leads do not have it.
 */
export function breakSwitch(env) {
    return {
        type: "switch",
        id: "leads_on_break",
        description: _t("On a break"),
        isChecked: session.leads_on_break,
        show: () => "leads_on_break" in session,
        sequence: 36,
        callback: async () => {
            const isOnBreak = !session.leads_on_break;
            const method = isOnBreak ? "action_leads_break" : "action_leads_resume";
            await env.services.orm.call("res.users", method, [[user.userId]]);
            session.leads_on_break = isOnBreak;
            env.services.notification.add(
                isOnBreak ? _t("Your break has begun. Your next call ends it.") : _t("Your break is over."),
                { type: "info" }
            );
        },
    };
}

/** The server notifies all tabs: a call ends the break, and another tab may begin one. */
export const breakService = {
    dependencies: ["bus_service"],
    start(env, { bus_service: bus }) {
        if ("leads_on_break" in session) {
            bus.subscribe("leads_agent/break", ({ is_on_break }) => (session.leads_on_break = is_on_break));
            bus.start();
        }
    },
};

registry.category("user_menuitems").add("leads_on_break", breakSwitch);
registry.category("services").add("leads_agent.break", breakService);
