"""Website forms that create leads: the website processes them in the transaction of its request."""

import json
import uuid

from werkzeug.exceptions import HTTPException

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .tools import mail_source

LONGEST_VALUE = 10_000
# Technical values that the form sends in addition to the input.
UNTYPED = ("model_name", "csrf_token", "website_form_signature", "context", "recaptcha_token_response")


class FormIntake:
    """A form that a visitor sends.

    :param received: the model of received messages, elevated
    """

    def __init__(self, received, request):
        self.env, self.received, self.request = received.env, received, request

    def take_in(self, take_in):
        """Record a form, let the website process it, and record the result.

        :param take_in: the endpoint of the website
        :returns: its answer
        """
        cr, request = self.env.cr, self.request
        if not hasattr(request, "leads_form_key"):
            # The same key when the request is retried.
            request.leads_form_key = str(uuid.uuid4())
        row = self.received.browse(self.received._arrive([self._arrival()]))
        # Nothing was written yet. A transaction that began before the row was inserted would not see it.
        cr.commit()  # pylint: disable=invalid-commit
        row = row._lock()
        try:
            with cr.savepoint():
                answer = take_in()
                self.env.flush_all()
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            raise
        except HTTPException as error:
            row._became("ignored", reason=self.env._("Refused: %s", error.description))
            return error.get_response(request.httprequest.environ)
        except Exception as error:
            if cr.closed or cr.connection.closed:
                raise
            row._fail(error)
            sentence = self.env._("We received your message but could not read all of it. We will look into it.")
            return request.make_json_response({"error": sentence})
        self._settle(row, answer)
        return answer

    def _arrival(self):
        request, params, files = self.request, {}, []
        for name, value in request.params.items():
            if hasattr(value, "filename"):
                files.append((mail_source.storable(value.filename or name), value.read(), value.mimetype))
                value.seek(0)
            elif name not in UNTYPED:
                params[mail_source.storable(name)] = mail_source.storable(str(value))[:LONGEST_VALUE]
        return {
            "channel": "form",
            "key": request.leads_form_key,
            "email_from": mail_source.storable(params.get("email") or params.get("email_from") or "")[:320].lower(),
            "body": "\n".join(f"{name}: {value}" for name, value in params.items()),
            "came_with": {"model": request.params.get("model_name"), "params": params},
            "sources": files,
        }

    def _settle(self, row, answer):
        """Record the result of the form from the website's response."""
        try:
            said = json.loads(answer.get_data(as_text=True) if hasattr(answer, "get_data") else answer)
        except (TypeError, ValueError):
            said = None
        made = said.get("id") if isinstance(said, dict) else None
        if made:
            return row._form_made(self.env[self.request.params.get("model_name")].browse(made))
        why = said.get("error") or said.get("error_fields") if isinstance(said, dict) else ""
        # The visitor got the error and can correct the input.
        return row._became("ignored", reason=self.env._("Refused: %s", why or ""))
