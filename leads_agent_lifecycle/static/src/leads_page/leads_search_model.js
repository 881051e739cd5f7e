import { Domain } from "@web/core/domain";
import { SearchModel } from "@web/search/search_model";

/** Mutually exclusive filters of the search view, for buttons outside of the search bar. */
export class LeadsSearchModel extends SearchModel {
    getFiltersNamed(names) {
        return this.getSearchItems(({ type, name }) => type === "filter" && names.includes(name));
    }

    /** Toggle one filter and remove the others of these names, with a single reload. */
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

    /** The domain of the page if only the given one of these filters were active. */
    getDomainOf(filter, names) {
        const ids = this.getFiltersNamed(names).map(({ id }) => id);
        const query = this.query;
        this.query = query.filter(({ searchItemId }) => !ids.includes(searchItemId));
        const domain = this._getDomain();
        this.query = query;
        return Domain.and([domain, filter.domain]).toList(this.domainEvalContext);
    }
}
