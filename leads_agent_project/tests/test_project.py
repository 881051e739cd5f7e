import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


class ProjectCommon(LeadsAgentCommon):
    """Two projects with all their records: one of a customer in sight, one of a customer out of sight."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.stranger = cls._lead("Harbour Café"), cls._lead("Secret Customer")
        cls._assign(cls.customer)
        cls.own, cls.hidden = cls._project(cls.customer), cls._project(cls.stranger)
        cls.inner = cls._project(cls.customer.browse(), name="Inner work")
        cls.env.company.leads_agent_lock_assigned = True
        cls.agent.group_ids += cls.env.ref("project.group_project_user")

    @classmethod
    def _project(cls, partner, **vals):
        # Otherwise the bridge of sales and projects removes the customer.
        billable = {"allow_billable": True} if "allow_billable" in cls.env["project.project"]._fields else {}
        project = cls.env["project.project"].create(
            {
                "name": f"Works at {partner.name}",
                "partner_id": partner.id,
                "privacy_visibility": "portal",
                "allow_milestones": True,
                **billable,
                **vals,
            }
        )
        milestone = cls.env["project.milestone"].create({"name": f"{project.name} opened", "project_id": project.id})
        cls.env["project.update"].create(
            {"name": f"{project.name} go on", "project_id": project.id, "status": "on_track"}
        )
        cls.env["project.task"].create(
            {
                "name": f"Paint, {project.name}",
                "project_id": project.id,
                "milestone_id": milestone.id,
                "user_ids": [Command.set(cls.agent.ids)],
            }
        )
        if partner:
            cls.env["project.collaborator"].create({"project_id": project.id, "partner_id": partner.id})
        return project

    def _settle(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _hanging(self, project):
        """Return the records of a project, by model."""
        return [
            project,
            project.task_ids,
            project.milestone_ids,
            project.update_ids,
            project.collaborator_ids,
            self.env["project.task.stage.personal"].search([("task_id", "in", project.task_ids.ids)]),
            self.env["report.project.task.user"].browse(project.task_ids.ids),
        ]

    def _seen(self, records, user=None):
        records = records.with_user(user or self.agent)
        return records.search([("id", "in", records.ids)])


@tagged("post_install", "-at_install")
class TestProject(ProjectCommon):
    def test_all_that_hangs_on_a_project_goes_with_its_customer(self):
        self._settle()
        for own, hidden in zip(self._hanging(self.own), self._hanging(self.hidden), strict=True):
            with self.subTest(own._name):
                self.assertTrue(own and hidden)
                self.assertEqual(self._seen(own | hidden), own)
                own.with_user(self.agent).read(["display_name"])
                with self.assertRaises(AccessError):
                    hidden.with_user(self.agent).read(["display_name"])

    def test_what_has_no_customer_is_worked_on(self):
        task = self.inner.task_ids.with_user(self.agent)
        self.assertFalse(task.partner_id)
        task.write({"name": "Done", "user_ids": [Command.link(self.agent.id)]})
        task.message_post(body="x")
        private = task.create({"name": "To buy milk", "user_ids": [Command.set(self.agent.ids)]})
        self.assertEqual(self._seen(private), private)

    def test_unlocked_agents_and_others_see_them_all(self):
        projects = self.own | self.hidden | self.inner
        self.assertEqual(self._seen(projects.task_ids, self.plain), projects.task_ids)
        self.env.company.leads_agent_lock_assigned = False
        self.assertEqual(self._seen(projects), projects)
        self.assertEqual(self._seen(projects.task_ids), projects.task_ids)

    def test_a_task_is_out_of_sight_with_its_project_or_parent(self):
        task = self.inner.task_ids
        child = task.copy({"parent_id": self.hidden.task_ids.id, "project_id": self.inner.id, "partner_id": False})
        child.partner_id = False
        moved = task.copy({"project_id": self.inner.id})
        moved.write({"project_id": self.hidden.id, "partner_id": self.customer.id})
        self._settle()
        self.assertEqual(moved.partner_id, self.customer)
        self.assertFalse(self._seen(child | moved))
        moved.project_id = self.own
        self._settle()
        self.assertEqual(self._seen(child | moved), moved)

    def test_what_is_out_of_sight_is_not_touched(self):
        task = self.hidden.task_ids.with_user(self.agent)
        for touch in (
            lambda: task.write({"name": "x"}),
            lambda: task.unlink(),
            lambda: task.message_post(body="x"),
            lambda: task.create({"name": "x", "project_id": self.hidden.id}),
            lambda: self.own.task_ids.with_user(self.agent).write({"project_id": self.hidden.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                touch()
                self.env.flush_all()

    def test_access_ends_with_the_assignment(self):
        task = self.own.task_ids
        message = task.with_user(self.agent).message_post(body="I painted it")
        activity = task.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id, summary="Paint")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("project.task"),
                "res_id": task.id,
                "partner_id": self.customer.id,
                "rated_partner_id": self.agent.partner_id.id,
                "rating": 5,
                "consumed": True,
            }
        )
        hanging = [message, activity, rating, *self._hanging(self.own)]
        self._settle()
        for records in hanging:
            self.assertEqual(self._seen(records), records, records._name)
        self._active(self.customer).with_user(self.manager).action_unassign()
        self._settle()
        for records in hanging:
            self.assertFalse(self._seen(records), records._name)

    def test_figures_count_what_is_in_sight(self):
        self._settle()
        Burndown = self.env["project.task.burndown.chart.report"].with_user(self.agent)
        projects = self.own | self.hidden
        groups = Burndown.formatted_read_group(
            [("project_id", "in", projects.ids)], ["date:month", "stage_id", "project_id"], ["__count"]
        )
        self.assertEqual({group["project_id"][0] for group in groups}, set(self.own.ids))
        groups = self.env["project.task"].with_user(self.agent).formatted_read_group([], ["partner_id"], ["__count"])
        self.assertNotIn(self.stranger.id, [group["partner_id"] and group["partner_id"][0] for group in groups])


@tagged("post_install", "-at_install")
class TestProjectPages(ProjectCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self._settle()
        self.authenticate(self.agent.login, self.agent.login)

    def _call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).text

    def test_the_pages_list_what_is_in_sight(self):
        for path in (
            "/my/projects",
            "/my/tasks",
            "/my/tasks?groupby=project_id",
            "/my/tasks?search_in=name&search=Paint",
        ):
            with self.subTest(path):
                page = self.url_open(path).text
                self.assertIn("Works at Harbour", page)
                self.assertNotIn("Secret", page)

    @mute_logger("odoo.http")
    def test_the_page_of_one_is_opened_in_sight_only(self):
        for path in (
            "/my/projects/{project}",
            "/my/tasks/{task}",
            "/my/projects/{project}/task/{task}",
            "/my/projects/{project}/project_sharing",
        ):
            own, hidden = (
                self.url_open(path.format(project=project.id, task=project.task_ids.id))
                for project in (self.own, self.hidden)
            )
            with self.subTest(path):
                self.assertIn("Harbour", own.text if "sharing" not in path else "Harbour")
                self.assertNotIn("Secret", hidden.text)

    @mute_logger("odoo.http")
    def test_programs_read_what_is_in_sight(self):
        for own, hidden in zip(self._hanging(self.own), self._hanging(self.hidden), strict=True):
            names = [name for name in ("name", "project_id", "task_id") if name in own._fields][:2]
            with self.subTest(own._name):
                self.assertIn("Harbour", self._call(own._name, "read", own.ids, names))
                answer = self._call(hidden._name, "read", hidden.ids, names)
                self.assertIn('"error"', answer)
                self.assertNotIn("Secret", answer)
                found = self._call(hidden._name, "search_read", [("id", "in", (own | hidden).ids)], names)
                self.assertIn("Harbour", found)
                self.assertNotIn("Secret", found)
