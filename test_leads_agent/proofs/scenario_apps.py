"""The marked test data with rows of all other apps: of customers, quotations and orders, in and out of sight."""

from .customers_common import NO_TEXT
from .marks import mark
from .rows_of_apps import RowsOfApps
from .scenario import Scenario

# A is in sight and must be found; B is unassigned; C was the agent's, who is still responsible for its records and
# wrote on them; D belongs to another agent.
LETTERS = "ABCD"
# The records that rows may be related to. Customers come last: an order identifies the owner of a row more precisely.
ROOTS = {
    "P": ("partner", "event", "analytic", "chat"),
    "Q": ("quotation", "quotation_line", "lead", "partner"),
    "S": ("sold", "sold_line", "invoice", "delivery", "partner"),
}


class AppsScenario(Scenario):
    """``rows`` records what was created and what was not; the records are in ``world`` too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_portal_users()
        roots = {
            (letter, kind): [cls.world[letter][key] for key in keys]
            for letter in LETTERS
            for kind, keys in ROOTS.items()
        }
        for letter in LETTERS:
            roots[letter, "P"].append(cls.world[letter]["portal_user"])
        cls.rows = RowsOfApps(cls.env, roots, {key: cls._holder(*key) for key in roots}, mark, NO_TEXT)
        cls.planted = cls.rows.make(cls.rows.candidates(cls._readable(cls.agent) | cls._readable(cls.plain)))
        for (letter, kind), rows in cls.planted.items():
            for row in rows:
                cls.world[letter][f"{row._name} {kind}"] = row
                cls._hang_on_row(row, mark(letter, kind), cls._holder(letter, kind))
        cls.env.flush_all()

    @classmethod
    def _make_portal_users(cls):
        """Create a portal user for a contact of each customer."""
        for letter in LETTERS:
            text, contact = mark(letter, "P"), cls.world[letter]["contact"]
            user = cls._user(f"customer_{letter.lower()}", "base.group_portal", partner_id=contact.id)
            user.partner_id.write({"name": f"{text} contact", "email": f"{text}-contact@example.com"})
            cls.world[letter]["portal_user"] = user

    @classmethod
    def _holder(cls, letter, kind):
        """Return the user responsible for the records of a customer."""
        if letter == "C" or (letter == "A" and kind != "S"):
            return cls.agent
        return cls.other_agent if letter == "D" and kind != "S" else cls.salesperson

    @classmethod
    def _readable(cls, user):
        """Return the names of the models that the user may read."""
        return cls.env["ir.model.access"].with_user(user)._get_allowed_models("read") & set(cls.env.registry)

    @classmethod
    def _hang_on_row(cls, row, text, user):
        """Add a message and a file to a row."""
        cls.env["ir.attachment"].create({"name": f"{text} file", "res_model": row._name, "res_id": row.id})
        if "message_ids" in row._fields:
            cls.env["mail.message"].create(
                {
                    "model": row._name,
                    "res_id": row.id,
                    "body": f"{text} said",
                    "subject": text,
                    "message_type": "comment",
                    "author_id": user.partner_id.id,
                    "subtype_id": cls.env.ref("mail.mt_comment").id,
                }
            )
