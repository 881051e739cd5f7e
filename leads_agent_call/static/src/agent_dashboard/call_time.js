import { deserializeDateTime } from "@web/core/l10n/dates";
import { is24HourFormat } from "@web/core/l10n/time";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/**
 * "moved from 23:44, outside calling hours": the text for a callback that was postponed automatically. Within a day,
 * the time is enough.
 *
 * @param {{ due_at: string, moved_from: string, moved_because: string }} callback
 * @returns {string}
 */
export function movedFrom(callback) {
    const before = deserializeDateTime(callback.moved_from);
    const hours = deserializeDateTime(callback.due_at).diff(before, "hours").hours;
    const time = before.toFormat(is24HourFormat() ? "HH:mm" : "h:mm a");
    const moment = hours > 0 && hours < 24 ? time : `${before.toFormat("d LLL")} ${time}`;
    return callback.moved_because === "hours"
        ? _t("moved from %s, outside calling hours", moment)
        : _t("moved from %s, nobody was reached", moment);
}

/**
 * The customer's local time, and whether calls are legal there.
 *
 * @param {string | false} zone IANA name
 * @param {number} now milliseconds
 * @param {[string, string][]} calling the legal periods of the next 24 hours, as UTC datetimes of the server
 * @returns {{ time: string, isOutsideHours: boolean } | null} null when the zone is unknown
 */
export function localTime(zone, now, calling) {
    const there = zone && DateTime.fromMillis(now).setZone(zone);
    if (!there || !there.isValid) {
        return null;
    }
    const time = there.toFormat(is24HourFormat() ? "HH:mm" : "h:mm a");
    const isOtherDay = there.weekday !== DateTime.fromMillis(now).weekday;
    return {
        time: isOtherDay ? `${there.toFormat("ccc")} ${time}` : time,
        isOutsideHours: !calling.some((span) => {
            const [opening, closing] = span.map((moment) => deserializeDateTime(moment).toMillis());
            return opening <= now && now < closing;
        }),
    };
}
