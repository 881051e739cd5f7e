import { RPCError } from "@web/core/network/rpc";
import { UncaughtPromiseError } from "@web/core/errors/error_service";
import { registry } from "@web/core/registry";

const OUT_OF_SIGHT = "odoo.addons.leads_agent.exceptions.CustomerOutOfSight";

/**
 * Lead an agent who opens a customer out of sight back to the customer search, with a short notice, whatever way they
 * came: list, link, breadcrumb or address. The server raises this error for the loading of a form only; every other
 * access error keeps its dialog.
 *
 * @param {import("@web/env").OdooEnv} env
 * @param {Error} error
 * @param {Error} originalError
 * @returns {boolean} whether the error was handled
 */
export function customerOutOfSightHandler(env, error, originalError) {
    if (
        !(error instanceof UncaughtPromiseError) ||
        !(originalError instanceof RPCError) ||
        originalError.exceptionName !== OUT_OF_SIGHT
    ) {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    env.services.notification.add(originalError.data.message, { type: "warning" });
    env.services.action.doAction("leads_agent.action_customers", { clearBreadcrumbs: true });
    return true;
}

registry.category("error_handlers").add("leadsAgentCustomerOutOfSight", customerOutOfSightHandler, { sequence: 90 });
