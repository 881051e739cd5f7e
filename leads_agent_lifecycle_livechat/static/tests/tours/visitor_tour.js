import { registry } from "@web/core/registry";

const CHAT = ".o-livechat-root:shadow";

const say = (text) => [
    { content: `Write ${text}`, trigger: `${CHAT} .o-mail-Composer-input`, run: `edit ${text}` },
    { content: "Send it", trigger: `${CHAT} .o-mail-Composer-input`, run: "press Enter" },
    {
        content: "The server has it",
        trigger: `${CHAT} .o-mail-Thread:not([data-transient]) .o-mail-Message:not(.o-pending):contains("${text}")`,
    },
];

registry.category("web_tour.tours").add("leads_agent_chat_visitor", {
    steps: () => [
        { content: "Open the chat", trigger: `${CHAT} .o-livechat-LivechatButton`, run: "click" },
        ...say("Do you have espresso machines?"),
        ...say("I am at ada@example.com or +32 2 555 01 99"),
    ],
});
