"""Writes the API's OpenAPI 3.1 document: `python -m gateway.channels.platform.openapi > docs/openapi.json`."""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from gateway.channels.platform.app import create_api


def document() -> str:
    """The document as it stands in docs/openapi.json, with a line end."""
    # Drawn from the routes alone: nothing behind the API is asked, so nothing need be there.
    nobody = cast(Any, None)
    api = create_api(nobody, nobody, nobody, nobody, nobody)
    return json.dumps(api.spec, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
