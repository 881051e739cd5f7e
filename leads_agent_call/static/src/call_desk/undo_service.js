import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Shows what one click has logged in a notification, with *Undo* for some seconds.
 *
 * It remains when the agent opens another page. The server decides whether the outcome can be undone.
 */
export const undoService = {
    dependencies: ["notification", "orm"],
    start(env, { notification, orm }) {
        const desks = new Set();
        /** What is on screen: takes it back. */
        let current = null;

        return {
            get isOffered() {
                return Boolean(current);
            },
            /** @param {object} logged as `leads.agent.call.log_outcome` returns it */
            offer(logged) {
                current?.close();
                const offer = {
                    close: notification.add(logged.effects.join(" "), {
                        title: `${logged.customer}: ${logged.outcome}`,
                        type: "success",
                        className: "o_leads_agent_undo",
                        autocloseDelay: logged.undo_seconds * 1000,
                        buttons: [{ name: _t("Undo"), primary: true, onClick: () => this.undo() }],
                        onClose: () => {
                            current = current === offer ? null : current;
                        },
                    }),
                    callId: logged.call_id,
                };
                current = offer;
            },
            async undo() {
                if (!current) {
                    return;
                }
                const { close, callId } = current;
                // Once: a second press has nothing to take back.
                current = null;
                close();
                await orm.call("leads.agent.call", "undo_outcome", [[callId]]);
                notification.add(_t("Undone. Choose the outcome again."), { type: "info" });
                for (const reload of desks) {
                    reload();
                }
            },
            /**
             * @param {() => void} reload called when an outcome was undone
             * @returns {() => void} removes the function
             */
            listen(reload) {
                desks.add(reload);
                return () => desks.delete(reload);
            },
        };
    },
};

registry.category("services").add("leads_agent.undo", undoService);
