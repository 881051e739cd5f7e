import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
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
 * "44 min", "1 h 05 min": a time that nobody reads as seconds or as an hour of the day.
 *
 * @param {number} minutes
 * @returns {string}
 */
export function durationText(minutes) {
    const whole = Math.max(0, Math.round(minutes));
    if (whole < 60) {
        return _t("%s min", whole);
    }
    return _t("%(hours)s h %(minutes)s min", {
        hours: Math.floor(whole / 60),
        minutes: String(whole % 60).padStart(2, "0"),
    });
}
