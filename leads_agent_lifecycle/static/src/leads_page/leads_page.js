import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";
import { registry } from "@web/core/registry";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchPanel } from "@web/search/search_panel/search_panel";

import { formatCount } from "./capped_count";
import { LeadTabs } from "./lead_tabs";
import { LeadsSearchModel } from "./leads_search_model";

export class LeadsControlPanel extends ControlPanel {
    static template = "leads_agent_lifecycle.LeadsControlPanel";
    static components = { ...ControlPanel.components, LeadTabs };
}

export class LeadsSearchPanel extends SearchPanel {
    static template = "leads_agent_lifecycle.LeadsSearchPanel";
    static subTemplates = {
        ...SearchPanel.subTemplates,
        filtersGroup: "leads_agent_lifecycle.LeadsSearchPanel.FiltersGroup",
    };

    formatCount(count) {
        return formatCount(count);
    }
}

/** The components common to all views of the leads page. */
export const leadsPage = {
    ControlPanel: LeadsControlPanel,
    SearchPanel: LeadsSearchPanel,
    SearchModel: LeadsSearchModel,
};

registry.category("views").add("leads_kanban", { ...rottingKanbanView, ...leadsPage });
