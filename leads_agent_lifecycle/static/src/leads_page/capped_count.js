import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** The server counts no further than one beyond this. */
export const COUNTED = 1000;

/** A count as people read it: "1,000+" for all beyond a thousand. */
export function formatCount(count) {
    return count > COUNTED ? _t("%s+", formatInteger(COUNTED)) : formatInteger(count);
}
