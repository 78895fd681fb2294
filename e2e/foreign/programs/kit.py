"""What the Python programs beside this file share; the other half of kit.mjs."""

import json
import os
import sys

SERVER_URL = os.environ["PARLEY_SERVER_URL"]
APP_SERVER_URL = os.environ["PARLEY_APP_SERVER_URL"]

SUM = "what is 2 + 3?"
SUM_ANSWER = "`2 + 3` is **5**"


def attempt(what, act):
    """Tries one case and tells what came of it; one that fails does not hide those after it."""
    failure = None
    try:
        act()
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    tell({"case": what, "failure": failure})


def finish():
    """All cases are told."""
    tell({"finished": True})


def tell(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
