"""What Schemathesis is helped with: waits within the time of a run, and ETags that its coverage cannot compose."""

import schemathesis
from schemathesis import GenerationMode

CLAIMS = "/api/v1/claims"
WAIT_SECONDS_MAX = 30
# One that nothing has.
ETAG = '"0-0123456789abcdef"'


@schemathesis.hook
def before_call(context, case, kwargs):
    shorten_the_wait(case)
    write_the_etag(case)


def shorten_the_wait(case):
    """Shortens the wait of a claim whose wait is allowed; what is not allowed is asked as it is."""
    if case.operation.path != CLAIMS or not isinstance(case.body, dict):
        return
    wait = case.body.get("wait_seconds")
    if isinstance(wait, (int, float)) and 1 < wait <= WAIT_SECONDS_MAX:
        case.body["wait_seconds"] = 1


def write_the_etag(case):
    """Gives a request that is meant to be allowed an ETag: its coverage writes headers of letters and digits
    alone, which no ETag is, whatever the pattern says."""
    is_allowed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    tag = (case.headers or {}).get("If-Match")
    if is_allowed and tag is not None and (tag == "" or tag.isalnum()):
        case.headers["If-Match"] = ETAG
