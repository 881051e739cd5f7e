import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { Component } from "@odoo/owl";

/** Choose one of several numbers to call. */
export class NumberDialog extends Component {
    static template = "leads_agent_call.NumberDialog";
    static components = { Dialog };
    static props = {
        numbers: { type: Array, element: { type: Object, shape: { dial: String, name: String, "*": true } } },
        onChoose: Function,
        close: Function,
    };

    get title() {
        return _t("Which number do you want to call?");
    }

    choose(number) {
        this.props.close();
        this.props.onChoose(number.dial);
    }
}

/** *Call* on the form of a customer with several numbers. */
function chooseNumber({ services }, { params }) {
    services.dialog.add(NumberDialog, {
        numbers: params.numbers,
        onChoose: async (number) => {
            const action = await services.orm.call("res.partner", "action_leads_call", [[params.partner_id]], {
                number,
            });
            await services.action.doAction(action);
        },
    });
}

registry.category("actions").add("leads_agent.choose_number", chooseNumber);
