import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";

/**
 * What stands on an order, or that nothing does: no lines yet, or discounts that leave nothing.
 *
 * @param {{ amount_total: number, currency_id: number }} order
 * @returns {string}
 */
export function amountOf(order) {
    return order.amount_total > 0 ? formatCurrency(order.amount_total, order.currency_id) : _t("No amount yet");
}
