import { BaseImportModel } from "@base_import/import_model";
import { patch } from "@web/core/utils/patch";

/** On the leads page, the import dialog has options to clear values by blank cells, and to move leads back. */
patch(BaseImportModel.prototype, {
    async init() {
        if (this.context.lead_page) {
            this.importOptionsValues.lead_blank_clears = { value: false };
            this.importOptionsValues.lead_moves_back = { value: false };
        }
        return super.init(...arguments);
    },
});
