"""Knows what the gateway answers by itself: the template's gateway responses, and AWS's own where the template has none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.rehearsal.events import Reply

OWN: dict[str, tuple[int, str]] = {
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "HTTP content length exceeded 10485760 bytes."),
    "THROTTLED": (429, "Too Many Requests"),
    "INTEGRATION_FAILURE": (504, "Network error communicating with endpoint"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out"),
    # What a function answers that failed, or said what the gateway does not understand.
    "DEFAULT_5XX": (502, "Internal server error"),
}
"""The gateway's status and words for what happened."""


class Refusals:
    """The gateway responses of an API, as the extension of OpenAPI declares them."""

    def __init__(self, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self._declared = declared

    def reply(self, kind: str, accept: str, request_id: str) -> Reply:
        """Return the answer for what happened to a client that accepts these types.

        What is not declared falls back to DEFAULT_4XX or DEFAULT_5XX, which keep the status unless they name one.
        """
        status, message = OWN[kind]
        declared = self._declared.get(kind) or self._declared.get(f"DEFAULT_{status // 100}XX") or {}
        templates = declared.get("responseTemplates") or {"application/json": '{"message":$context.error.messageString}'}
        chosen = _chosen(templates, accept)
        said = {
            "$context.error.messageString": json.dumps(message),
            "$context.error.message": message,
            "$context.error.responseType": kind,
            "$context.requestId": request_id,
        }
        text = templates[chosen]
        for name, value in said.items():
            text = text.replace(name, value)
        headers = [("Content-Type", chosen)]
        for where, value in declared.get("responseParameters", {}).items():
            name = where.removeprefix("gatewayresponse.header.")
            headers = [each for each in headers if each[0].lower() != name.lower()]
            headers.append((name, value[1:-1] if value.startswith("'") else value))
        return Reply(int(declared.get("statusCode", status)), headers, text.encode())


def _chosen(templates: Mapping[str, str], accept: str) -> str:
    """Return the type that the client accepts first; JSON, or else the first declared, where it accepts none of them."""
    for part in accept.split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in templates:
            return kind
    return "application/json" if "application/json" in templates else next(iter(templates))
