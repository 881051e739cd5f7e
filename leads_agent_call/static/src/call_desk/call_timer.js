import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";

import { Component, onWillDestroy, useState } from "@odoo/owl";

const { Duration } = luxon;

/** The duration of a call, until the agent hangs up. */
export class CallTimer extends Component {
    static template = "leads_agent_call.CallTimer";
    static props = {
        startedAt: String,
        endedAt: { type: [String, { value: false }] },
    };

    setup() {
        this.clock = useState({ now: Date.now() });
        const timer = browser.setInterval(() => {
            this.clock.now = Date.now();
        }, 1000);
        onWillDestroy(() => browser.clearInterval(timer));
    }

    get time() {
        const { startedAt, endedAt } = this.props;
        const end = endedAt ? deserializeDateTime(endedAt).toMillis() : this.clock.now;
        // The browser's clock may be behind the server's.
        const elapsed = Duration.fromMillis(Math.max(0, end - deserializeDateTime(startedAt).toMillis()));
        return elapsed.toFormat(elapsed.as("hours") >= 1 ? "h:mm:ss" : "mm:ss");
    }
}
