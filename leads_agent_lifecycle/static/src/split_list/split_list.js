import { useState } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { SIZES } from "@web/core/ui/ui_service";
import { useBus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { getTabableElements } from "@web/core/utils/ui";
import { useSetupAction } from "@web/search/action_hook";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { leadsPage } from "../leads_page/leads_page";
import { LeadPane } from "./lead_pane";

/** A row is shown after it has been focused for this time. */
const WALKING_MILLISECONDS = 150;

export class SplitListRenderer extends ListRenderer {
    static props = [...ListRenderer.props, "shownId", "onWalk"];
    static recordRowTemplate = "leads_agent_lifecycle.SplitList.RecordRow";

    /** Beside the pane there is only room for columns that cannot be hidden. */
    getActiveColumns() {
        const columns = super.getActiveColumns();
        return this.props.shownId ? columns.filter((column) => !column.optional) : columns;
    }

    getRowClass(record) {
        return `${super.getRowClass(record)} ${record.resId === this.props.shownId ? "o_leads_shown table-active" : ""}`;
    }

    onCellKeydownReadOnlyMode(hotkey, ...args) {
        const handled = super.onCellKeydownReadOnlyMode(hotkey, ...args);
        if (["arrowup", "arrowdown"].includes(hotkey)) {
            this.props.onWalk(this.tableRef.el.querySelector(".o_data_row:focus-within")?.dataset.id);
        }
        return handled;
    }
}

/** A list with the form of the focused row beside it, on wide screens. */
export class SplitListController extends ListController {
    static template = "leads_agent_lifecycle.SplitList";
    static components = { ...ListController.components, LeadPane };

    setup() {
        super.setup();
        this.ui = useService("ui");
        this.pane = useState({ resId: (this.isWide && this.props.state?.shownId) || false });
        useSetupAction({ getLocalState: () => ({ shownId: this.pane.resId }) });
        useBus(this.ui.bus, "resize", () => this.isWide || this.closePane());
        useHotkey("escape", () => this.closePane(), {
            isAvailable: (target) => this.pane.resId && !target.closest(".o_control_panel"),
        });
        this.walk = useDebounced((id) => this.showShown(id), WALKING_MILLISECONDS);
    }

    get isWide() {
        return this.ui.size >= SIZES.XXL && !this.env.inDialog;
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRootLoaded = () => this.readPane();
        params.hooks.onSavedMulti = () => this.readPane();
        return params;
    }

    async openRecord(record, options) {
        if (!this.isWide || options?.force || options?.newWindow) {
            return super.openRecord(record, options);
        }
        if (record.resId === this.pane.resId) {
            // A click on the row stays in the list. Enter, which passes no options, moves the focus into the pane.
            if (options) {
                return;
            }
            getTabableElements(this.rootRef.el.querySelector(".o_leads_pane .o_form_renderer"))[0]?.focus();
            return;
        }
        if (!(await record.isDirty()) || (await record.save())) {
            await this.show(record.resId);
        }
    }

    /** Show the focused row while the pane is open. */
    async showShown(id) {
        const record = this.model.root.records.find((record) => record.id === id);
        if (record && this.pane.resId && record.resId !== this.pane.resId) {
            await this.show(record.resId);
        }
    }

    async show(resId) {
        if (this.form) {
            if (await this.form.leave()) {
                this.pane.resId = resId;
                await this.form.show(resId);
            }
        } else {
            this.pane.resId = resId;
        }
    }

    onPaneReady(form) {
        this.form = form;
        if (form.model.root.resId !== this.pane.resId) {
            form.show(this.pane.resId);
        }
    }

    /** Reload the lead in the pane after the rows were reloaded. */
    readPane() {
        if (this.form && !this.form.model.root.dirty) {
            this.form.show(this.pane.resId);
        }
    }

    async onPaneChanged(resId) {
        this.env.searchModel.trigger("leads-changed");
        await this.model.root.records.find((record) => record.resId === resId)?.load();
    }

    async closePane() {
        if (this.form && !(await this.form.leave())) {
            return;
        }
        const row = this.rootRef.el.querySelector(".o_leads_shown .o_data_cell");
        this.form = null;
        this.pane.resId = false;
        row?.focus();
    }

    expandPane() {
        const activeIds = this.model.root.records.map(({ resId }) => resId);
        return this.props.selectRecord(this.pane.resId, { activeIds });
    }
}

registry.category("views").add("leads_split_list", {
    ...listView,
    ...leadsPage,
    Controller: SplitListController,
    Renderer: SplitListRenderer,
});
