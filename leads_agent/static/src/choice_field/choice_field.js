import { registry } from "@web/core/registry";
import { radioField, RadioField } from "@web/views/fields/radio/radio_field";

import { useRef } from "@odoo/owl";

/**
 * Radio buttons that a form can focus (`default_focus`), so that arrows and space bar choose immediately.
 *
 * Odoo's widget has no element with the ID of the field, so the next text field would get the focus.
 */
export class ChoiceField extends RadioField {
    static template = "leads_agent.ChoiceField";

    setup() {
        super.setup();
        this.rootRef = useRef("root");
    }

    focusChoice() {
        const inputs = [...this.rootRef.el.querySelectorAll("input:not(:disabled)")];
        (inputs.find((input) => input.checked) || inputs[0])?.focus();
    }
}

registry.category("fields").add("leads_choice", { ...radioField, component: ChoiceField });
