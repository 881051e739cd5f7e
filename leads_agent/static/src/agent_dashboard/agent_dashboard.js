import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { xml } from "@odoo/owl";

export class AgentDashboard extends Component {
    static template = xml`<div/>`;
    static props = ["*"];
    static path = "leads-agent";
}

registry.category("actions").add("leads_agent.dashboard", AgentDashboard);
