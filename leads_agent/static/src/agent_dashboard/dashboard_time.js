import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { is24HourFormat } from "@web/core/l10n/time";
import { _t } from "@web/core/l10n/translation";

import { onWillDestroy, useState } from "@odoo/owl";

const { DateTime, Duration } = luxon;

const MINUTE = 60 * 1000;

/**
 * A clock that ticks at every full minute, as long as the component lives.
 *
 * @returns {{ now: number }} milliseconds since the epoch, reactive
 */
export function useMinuteClock() {
    const clock = useState({ now: Date.now() });
    let timer;
    function wait() {
        timer = browser.setTimeout(
            () => {
                clock.now = Date.now();
                wait();
            },
            MINUTE - (Date.now() % MINUTE)
        );
    }
    wait();
    onWillDestroy(() => browser.clearTimeout(timer));
    return clock;
}

/**
 * The clocks of server and browser differ by some seconds, so what is yet to come counts as well: never "in 3 seconds".
 *
 * @param {string} value a UTC datetime of the server
 * @param {number} now milliseconds
 * @returns {boolean}
 */
export function isJustNow(value, now) {
    return now - deserializeDateTime(value).toMillis() < MINUTE;
}

/**
 * "3 hours ago", in the user's language.
 *
 * @param {string} value a UTC datetime of the server
 * @param {number} now milliseconds
 * @param {"long" | "short"} [style]
 * @returns {string}
 */
export function relativeTime(value, now, style = "long") {
    if (isJustNow(value, now)) {
        return _t("Just now");
    }
    return deserializeDateTime(value).toRelative({ base: DateTime.fromMillis(now), style });
}

/**
 * @param {string} value a UTC datetime of the server
 * @returns {string} day and time in the user's language and time zone
 */
export function absoluteTime(value) {
    return toLocaleDateTimeString(deserializeDateTime(value));
}

/**
 * "moved from 23:44, outside calling hours": a callback that is due at another moment than it was. Within a day the
 * time alone says it.
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
 * "12 days", counted in the user's calendar days.
 *
 * @param {string} value a UTC datetime of the server
 * @param {number} now milliseconds
 * @returns {string}
 */
export function ageInDays(value, now) {
    const day = deserializeDateTime(value).startOf("day");
    const days = Math.round(DateTime.fromMillis(now).startOf("day").diff(day, "days").days);
    return days > 0 ? Duration.fromObject({ days }).toHuman() : _t("Today");
}

/**
 * What time it is at the customer's, and whether calls are legal there.
 *
 * @param {string | false} zone IANA name
 * @param {number} now milliseconds
 * @param {[string, string][]} calling the spans of the next 24 hours in which they are, as UTC datetimes of the server
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
