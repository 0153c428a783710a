"""The Chalice application: routes, middleware and event handlers, and no logic."""

from __future__ import annotations

from typing import Any

from chalice import Chalice, Rate

import chalicelib.awake  # noqa: F401 - before the rest, for its effect
from chalicelib.bootstrap import bounces, portal, sweeping, worker
from chalicelib.logs import write_json
from chalicelib.web import customer, staff

app = Chalice(app_name="vuelta", configure_logs=False)
# Answers say themselves whether they are binary, see chalicelib/web/http.py; the gateway's list: infra/resources/portal.yaml.
app.api.binary_types.clear()
write_json(app.app_name)
for blueprint in (*customer.blueprints, *staff.blueprints):
    app.register_blueprint(blueprint)


@app.lambda_function(name="deliver")
def deliver(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send the mails that a batch of stream records brings; answers with the records to bring again."""
    return worker().deliver(event)


@app.lambda_function(name="clean")
def clean(event: dict[str, Any], _context: object) -> None:
    """Make of an uploaded photo what may be shown, or put it aside."""
    portal().photos.cleaned_by(event)


@app.lambda_function(name="bounced")
def bounced(event: dict[str, Any], _context: object) -> None:
    """Note which address a mail did not reach, or who called one unwanted."""
    bounces().note(event)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
def sweep(_event: object) -> None:
    """Send what the streams left behind, and do what time asks for."""
    sweeping().run()
