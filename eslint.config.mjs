import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import globals from "globals";

export default [
    { ignores: [".sandbox/**", "node_modules/**", "**/static/lib/**"] },
    js.configs.recommended,
    prettier,
    {
        files: ["**/*.js", "**/*.mjs"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            curly: ["error", "all"],
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-properties": [
                "error",
                { object: "document", property: "querySelector", message: "Use a ref of the component." },
                { object: "document", property: "querySelectorAll", message: "Use a ref of the component." },
            ],
            "no-unused-vars": ["error", { args: "none", varsIgnorePattern: "^_", caughtErrors: "none" }],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": ["error", { destructuring: "all" }],
        },
    },
    {
        // Tests look at the page as a person does.
        files: ["**/static/tests/**"],
        rules: { "no-restricted-properties": "off" },
    },
];
