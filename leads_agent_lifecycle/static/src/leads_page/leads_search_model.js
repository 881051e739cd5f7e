import { Domain } from "@web/core/domain";
import { SearchModel } from "@web/search/search_model";

/** Filters of the search view that exclude each other, for buttons outside of the search bar. */
export class LeadsSearchModel extends SearchModel {
    getFiltersNamed(names) {
        return this.getSearchItems(({ type, name }) => type === "filter" && names.includes(name));
    }

    /** Toggle one filter, and take the others of these names away; the page is read once. */
    toggleAlone(name, names) {
        const filters = this.getFiltersNamed(names);
        this.blockNotification = true;
        for (const filter of filters) {
            if (filter.isActive && filter.name !== name) {
                this.toggleSearchItem(filter.id);
            }
        }
        this.blockNotification = false;
        this.toggleSearchItem(filters.find((filter) => filter.name === name).id);
    }

    /** What the page would show if of these filters only the given one were active. */
    getDomainOf(filter, names) {
        const ids = this.getFiltersNamed(names).map(({ id }) => id);
        const query = this.query;
        this.query = query.filter(({ searchItemId }) => !ids.includes(searchItemId));
        const domain = this._getDomain();
        this.query = query;
        return Domain.and([domain, filter.domain]).toList(this.domainEvalContext);
    }
}
