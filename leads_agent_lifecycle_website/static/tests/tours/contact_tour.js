import { registry } from "@web/core/registry";

const FORM = "#leads_contact_form";

registry.category("web_tour.tours").add("leads_agent_lifecycle_website.contact", {
    steps: () => [
        { trigger: `${FORM} [name=name]`, run: "edit Ada Moreau" },
        { trigger: `${FORM} [name=email]`, run: "edit ada@example.com" },
        { trigger: `${FORM} [name=message]`, run: "edit Please call me back." },
        { trigger: `${FORM} [name=consent]`, run: "check" },
        {
            content: "The page fits the phone",
            trigger: `${FORM} .s_website_form_send`,
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`The page is ${scrollWidth} wide on a screen of ${clientWidth}`);
                }
            },
        },
        { trigger: `${FORM} .s_website_form_send`, run: "click", expectUnloadPage: true },
        { trigger: "h1:contains(Thank you!)" },
    ],
});
