import csv
import io
import json

from odoo.http import Request
from odoo.tools import mute_logger


def exported(test, login, records, names, *, import_compat=False):
    """Export records in the way of the web client.

    :returns: the rows, by the names of fields, or None when it is refused
    """
    test.authenticate(login, login)
    wanted = {
        "model": records._name,
        "fields": [{"name": name, "label": name} for name in names],
        "ids": records.ids,
        "domain": [],
        "import_compat": import_compat,
    }
    with mute_logger("odoo.http", "odoo.addons.web.controllers.export", "odoo.addons.base.models.ir_model"):
        answer = test.url_open(
            "/web/export/csv", data={"data": json.dumps(wanted), "csrf_token": Request.csrf_token(test)}
        )
    if answer.status_code != 200:
        return None
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
