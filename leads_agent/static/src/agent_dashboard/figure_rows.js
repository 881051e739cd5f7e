import { Domain } from "@web/core/domain";

/**
 * Open exactly the rows that a figure counts: a list with these filters alone.
 *
 * @param {object} action the action service
 * @param {string} xmlid the action of the list
 * @param {object} [options]
 * @param {string[]} [options.filters] names of filters of the search view, which the user can take away
 * @param {Record<string, any>} [options.values] values of fields of the search view
 * @param {Array} [options.domain] what no filter says
 */
export async function openRows(action, xmlid, { filters = [], values = {}, domain = [] } = {}) {
    const list = await action.loadAction(xmlid);
    const context = {};
    for (const name of filters) {
        context[`search_default_${name}`] = 1;
    }
    for (const [name, value] of Object.entries(values)) {
        context[`search_default_${name}`] = value;
    }
    // Not added to the context of the action: its own filters would hide some of the rows.
    return action.doAction({ ...list, context, domain: Domain.and([list.domain || [], domain]).toString() });
}
