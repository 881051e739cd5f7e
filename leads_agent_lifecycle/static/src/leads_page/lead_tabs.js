import { Component, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";

import { COUNTED, formatCount } from "./capped_count";

const INFO = ["info", "no_info"];
const ACTIVITY = ["active_leads", "resting_leads"];

/** Filter buttons above the leads: with or without details, with counts; active or inactive. */
export class LeadTabs extends Component {
    static template = "leads_agent_lifecycle.LeadTabs";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.counts = useState({});
        this.keepLast = new KeepLast();
        useBus(this.env.searchModel, "update", () => {
            this.render();
            this.count();
        });
        useBus(this.env.searchModel, "leads-changed", () => this.count());
        onMounted(() => this.count());
    }

    get groups() {
        return [
            { label: _t("What is known"), names: INFO },
            { label: _t("Activity"), names: ACTIVITY },
        ].map((group) => ({ ...group, filters: this.env.searchModel.getFiltersNamed(group.names) }));
    }

    formatCount(name) {
        return formatCount(this.counts[name]);
    }

    async count() {
        const { searchModel } = this.env;
        const filters = searchModel.getFiltersNamed(INFO);
        const counts = await this.keepLast.add(
            Promise.all(
                filters.map((filter) =>
                    this.orm.searchCount(searchModel.resModel, searchModel.getDomainOf(filter, INFO), {
                        limit: COUNTED + 1,
                    })
                )
            )
        );
        filters.forEach(({ name }, nr) => (this.counts[name] = counts[nr]));
    }

    toggle(name, names) {
        this.env.searchModel.toggleAlone(name, names);
    }
}
