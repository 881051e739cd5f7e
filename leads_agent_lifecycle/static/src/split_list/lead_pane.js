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
        // The pane has the width of a small screen: the chatter goes below.
        this.uiService = Object.create(this.uiService, { size: { value: SIZES.LG } });
    }

    /** Whoever walks through the list stays there. */
    get shouldAutoFocus() {
        return false;
    }
}

/** The form in the pane. It shows one lead after the other, and stays on the page of the notebook. */
class LeadPaneFormController extends FormController {
    static template = "leads_agent_lifecycle.LeadPaneForm";
    static props = {
        ...FormController.props,
        onReady: Function,
        onChanged: Function,
        onExpand: Function,
        onClose: Function,
    };

    /** The form is being read for the first time or for another lead: whatever else reads it follows a change. */
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

    /** Save what was changed, or ask. */
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

/** The form of a lead beside the list. Its title, pager and buttons are its own, not those of the page. */
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
            // Whoever leaves the page leaves the form.
            __beforeLeave__: this.env.__beforeLeave__,
        };
        useSubEnv({ config: { ...getDefaultConfig(), historyBack: onClose } });
    }
}
