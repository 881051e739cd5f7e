import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { useAutofocus, useService } from "@web/core/utils/hooks";

import { Component, htmlEscape, useState } from "@odoo/owl";

/** A note on the customer, written during the call: plain text, as internal as one of the chatter. */
export class LogNoteDialog extends Component {
    static template = "leads_agent.LogNoteDialog";
    static components = { Dialog };
    static props = {
        partnerId: Number,
        name: String,
        close: Function,
        /** Called when the note is saved. */
        onSaved: { type: Function, optional: true },
    };

    setup() {
        this.notification = useService("notification");
        this.state = useState({ note: "", isSaving: false });
        useAutofocus({ refName: "note" });
    }

    get title() {
        return _t("Log note on %s", this.props.name);
    }

    get note() {
        return this.state.note.trim();
    }

    async save() {
        if (!this.note || this.state.isSaving) {
            return;
        }
        this.state.isSaving = true;
        try {
            await rpc("/mail/message/post", {
                thread_model: "res.partner",
                thread_id: this.props.partnerId,
                post_data: {
                    // The route takes HTML: what was typed stays text, only line breaks become tags.
                    body: htmlEscape(this.note).toString().replaceAll("\n", "<br>"),
                    message_type: "comment",
                    subtype_xmlid: "mail.mt_note",
                },
            });
        } finally {
            // On an error the dialog stays, so that the text is not lost.
            this.state.isSaving = false;
        }
        this.props.close();
        this.notification.add(_t("Note logged on %s.", this.props.name), { type: "success" });
        this.props.onSaved?.();
    }
}
