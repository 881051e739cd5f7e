import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CharField, charField } from "@web/views/fields/char/char_field";

/** The contact code of a lead: typed, or generated with a button. */
export class LeadCodeField extends CharField {
    static template = "leads_agent_lifecycle.LeadCodeField";

    setup() {
        super.setup();
        this.orm = useService("orm");
    }

    get canGenerate() {
        return !this.props.readonly && !this.props.record.data[this.props.name];
    }

    async generate() {
        const code = await this.orm.call("res.partner", "lead_generate_code", []);
        await this.props.record.update({ [this.props.name]: code });
    }
}

registry.category("fields").add("lead_code", {
    ...charField,
    component: LeadCodeField,
    displayName: _t("Contact code"),
});
