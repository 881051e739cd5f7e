import { BaseImportModel } from "@base_import/import_model";
import { patch } from "@web/core/utils/patch";

/** On the leads page, a file may be told to clear what its blank cells say nothing of, and to move leads back. */
patch(BaseImportModel.prototype, {
    async init() {
        if (this.context.lead_page) {
            this.importOptionsValues.lead_blank_clears = { value: false };
            this.importOptionsValues.lead_moves_back = { value: false };
        }
        return super.init(...arguments);
    },
});
