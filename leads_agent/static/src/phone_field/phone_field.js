import { registry } from "@web/core/registry";
import { PhoneField, phoneField } from "@web/views/fields/phone/phone_field";

/** One number with its country prefix, as Odoo formats it: the only text that can be dialled as it stands. */
const ONE_NUMBER = /^\+[1-9][\d ]{5,18}\d$/;

/** A phone number that is a link only where the link would dial what is written; calls begin by *Call*. */
export class LeadsPhoneField extends PhoneField {
    static template = "leads_agent.PhoneField";

    get isOneNumber() {
        const text = this.props.record.data[this.props.name] || "";
        return ONE_NUMBER.test(text) && text.replace(/\D/g, "").length <= 15;
    }
}

registry.category("fields").add("leads_phone", { ...phoneField, component: LeadsPhoneField });
