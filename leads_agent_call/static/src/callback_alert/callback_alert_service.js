import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Notifies agents that a callback is due, anywhere in the web client.
 *
 * Neither the bus message nor the notification contains a name: the dashboard shows whom to call.
 */
export const callbackAlertService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        let close = () => {};
        bus.subscribe("leads_agent/callback_due", () => {
            // Show one notification at a time: the dashboard lists all due callbacks.
            close();
            close = notification.add(_t("A callback is due."), {
                type: "warning",
                sticky: true,
                buttons: [
                    {
                        name: _t("Open dashboard"),
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction("leads_agent.action_dashboard", { clearBreadcrumbs: true });
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("leads_agent.callback_alert", callbackAlertService);
