import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

/** Import a file about a known lead with the option to clear values by blank cells. */
registry.category("web_tour.tours").add("leads_agent_import_file", {
    steps: () => [
        {
            content: "Open the menu of the page",
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle",
            run: "click",
        },
        { content: "Import records", trigger: ".o_import_menu", run: "click" },
        {
            content: "Choose a file",
            trigger: ".o_import_action",
            async run() {
                const text = "name,email,function,city\nAda,ada@example.com,,Ghent\n";
                await inputFiles("input[type=file]", [new File([text], "leads.csv", { type: "text/csv" })]);
            },
        },
        { content: "The file is read", trigger: ".o_import_data_content:contains(ada@example.com)" },
        {
            content: "Blank cells clear",
            trigger: ".o_leads_import_ticks label:contains(Empty cells clear values)",
            run: "click",
        },
        { content: "Ticked", trigger: ".o_leads_import_ticks input:eq(0):checked" },
        { content: "Stages may not go back", trigger: ".o_leads_import_ticks input:eq(1):not(:checked)" },
        { content: "Import", trigger: ".o_control_panel button:contains(Import)", run: "click" },
        { content: "Back on the leads page", trigger: ".o_list_view .o_data_row" },
    ],
});
