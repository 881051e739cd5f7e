from . import project_milestone, project_project, project_task
