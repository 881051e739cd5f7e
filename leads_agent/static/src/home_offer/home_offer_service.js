import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

/**
 * Offer a home page once to users who had their role before it gave one: no update changes where they land.
 *
 * Closing the notification declines.
 */
export const homeOfferService = {
    dependencies: ["notification", "orm"],
    start(env, { notification, orm }) {
        const name = session.leads_home_offered;
        if (!name) {
            return;
        }
        let isAnswered = false;
        const answer = async (accepted) => {
            if (isAnswered) {
                return;
            }
            isAnswered = true;
            close();
            await orm.call("res.users", "action_leads_home", [[user.userId]], { accepted });
            if (accepted) {
                notification.add(_t("%s is now your first page after signing in.", name), { type: "success" });
            }
        };
        const close = notification.add(_t("Do you want to see %s first when you sign in?", name), {
            type: "info",
            sticky: true,
            onClose: () => answer(false),
            buttons: [
                { name: _t("Make it my first page"), primary: true, onClick: () => answer(true) },
                { name: _t("No, thanks"), onClick: () => answer(false) },
            ],
        });
    },
};

registry.category("services").add("leads_agent.home_offer", homeOfferService);
