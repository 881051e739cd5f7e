import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Notifies agents when another user changed the subject of their call: the lead was reassigned or closed.
 *
 * The bus message contains no name; the service reads what happened. If the call desk is visible, it shows the
 * sentence; otherwise, and behind a dialog, it is a notification.
 */
export const callAlertService = {
    dependencies: ["action", "bus_service", "notification", "orm", "ui"],
    start(env, { action, bus_service: bus, notification, orm, ui }) {
        const desks = new Set();
        bus.subscribe("leads_agent/call_changed", async ({ call_id }) => {
            const sentence = await orm.silent.call("leads.agent.call", "what_happened", [[call_id]]);
            if (!sentence) {
                return;
            }
            for (const show of desks) {
                show(sentence);
            }
            if (desks.size && ui.activeElement === document) {
                return;
            }
            const close = notification.add(sentence, {
                type: "warning",
                sticky: true,
                buttons: desks.size
                    ? []
                    : [
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
        return {
            /**
             * @param {(sentence: string) => void} show
             * @returns {() => void} stops listening
             */
            listen(show) {
                desks.add(show);
                return () => desks.delete(show);
            },
        };
    },
};

registry.category("services").add("leads_agent.call_alert", callAlertService);
