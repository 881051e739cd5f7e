import { Component, onMounted, useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { SIZES } from "@web/core/ui/ui_service";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { getDefaultConfig, View } from "@web/views/view";

class LeadPaneFormRenderer extends FormRenderer {
    setup() {
        super.setup();
        // The pane is as narrow as a small screen: show the chatter below the form.
        this.uiService = Object.create(this.uiService, { size: { value: SIZES.LG } });
    }

    /** Keep the focus in the list. */
    get shouldAutoFocus() {
        return false;
    }
}

/** The form in the pane. It stays on the same notebook page when another lead is shown. */
class LeadPaneFormController extends FormController {
    static template = "leads_agent_lifecycle.LeadPaneForm";
    static props = {
        ...FormController.props,
        onReady: Function,
        onChanged: Function,
        onExpand: Function,
        onClose: Function,
    };

    /** True while the form loads for the first time or for another lead; any other load follows a change. */
    isShowing = true;

    setup() {
        super.setup();
        onMounted(() => this.props.onReady(this));
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRootLoaded = (root) => {
            if (!this.isShowing) {
                this.props.onChanged(root.resId);
            }
            this.isShowing = false;
        };
        return params;
    }

    get className() {
        const { "o_xxl_form_view h-100": _wide, ...classes } = super.className;
        return classes;
    }

    /** Save changes, or ask the user. */
    async leave() {
        await this.model.root.isDirty();
        return (await this.beforeLeave()) !== false;
    }

    show(resId) {
        this.isShowing = true;
        return this.model.load({ resId, resIds: [resId] });
    }

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(record, changes);
        this.props.onChanged(record.resId);
    }
}

registry.category("views").add("leads_pane_form", {
    ...formView,
    Controller: LeadPaneFormController,
    Renderer: LeadPaneFormRenderer,
});

/** The form of a lead beside the list, with a title, pager and buttons of its own. */
export class LeadPane extends Component {
    static template = "leads_agent_lifecycle.LeadPane";
    static components = { View };
    static props = {
        resModel: String,
        resId: Number,
        context: Object,
        onReady: Function,
        onChanged: Function,
        onExpand: Function,
        onClose: Function,
    };

    setup() {
        const [viewId] = this.env.config.views.find(([, type]) => type === "form") || [false];
        const { resModel, resId, context, onReady, onChanged, onExpand, onClose } = this.props;
        this.viewProps = {
            type: "form",
            jsClass: "leads_pane_form",
            display: { controlPanel: false },
            preventCreate: true,
            resModel,
            resId,
            viewId,
            context,
            onReady,
            onChanged,
            onExpand,
            onClose,
            // Leaving the page also leaves the form.
            __beforeLeave__: this.env.__beforeLeave__,
        };
        useSubEnv({ config: { ...getDefaultConfig(), historyBack: onClose } });
    }
}
