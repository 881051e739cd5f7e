from . import leads_agent_document_sight_mixin, project_milestone, project_project, project_task
