import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** The server counts up to this number plus one. */
export const COUNTED = 1000;

/** Format a count: "1,000+" for all counts above a thousand. */
export function formatCount(count) {
    return count > COUNTED ? _t("%s+", formatInteger(COUNTED)) : formatInteger(count);
}
