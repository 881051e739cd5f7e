import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Tell agents that a callback is due, wherever they are in the web client.
 *
 * The message of the bus has no name in it and neither has the notification: whom to call is told by the dashboard.
 */
export const callbackAlertService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        let close = () => {};
        bus.subscribe("leads_agent/callback_due", () => {
            // One at a time: of several that are due, the dashboard shows all.
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
