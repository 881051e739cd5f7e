import { onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

const EVERY_MILLISECONDS = 3000;

/** A batch that is running is read again every few seconds, until it is over. */
export class BatchFormController extends FormController {
    setup() {
        super.setup();
        this.timer = browser.setInterval(() => this.readAgain(), EVERY_MILLISECONDS);
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async readAgain() {
        const record = this.model.root;
        if (record.resId && record.data.state === "running" && !document.hidden) {
            await record.load();
        }
    }
}

registry.category("views").add("leads_agent_batch_form", {
    ...formView,
    Controller: BatchFormController,
});
