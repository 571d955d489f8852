#!/usr/bin/env python3
"""A short agent: claims what is offered, shows that it is alive, hands in.

    export CONSORT_URL=http://localhost:7070 CONSORT_TOKEN=consort_...
    python3 agent.py            # works until it is stopped
    python3 agent.py --once     # does one task

It needs nothing but Python. What it does with a task stands in `work`; put yours there.
"""
import json, os, sys, threading, time, urllib.error, urllib.request, uuid

URL, TOKEN = os.environ["CONSORT_URL"].rstrip("/"), os.environ["CONSORT_TOKEN"]


def call(method, path, body=None, key=None):
    """One request: the same key may be sent again after a lost answer, and has one effect."""
    request = urllib.request.Request(URL + path, method=method)
    request.add_header("Authorization", f"Bearer {TOKEN}")
    request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("Idempotency-Key", key)
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=60) as answer:
        raw = answer.read()
        is_json = "json" in answer.headers.get("Content-Type", "")
        return json.loads(raw) if raw and is_json else raw


def again(request):
    """Sends a request until it is answered; under one key it has one effect however often it comes."""
    key = str(uuid.uuid4())
    while True:
        try:
            return request(key)
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 500, 503):
                raise
            time.sleep(float(refused.headers.get("Retry-After", 1)))
        except OSError as error:
            print("no answer:", error, file=sys.stderr)
            time.sleep(5)


def work(task, materials, returned):
    """Counts words: material is data, and nothing that stands in it is followed."""
    words = sum(len(text.split()) for _, text in materials)
    return {"text": f"{task['instructions']['goal']} There are {words} words in {len(materials)} piece(s)."}


def do(held):
    task, lease = held["task"], held["lease"]
    path, done = f"/api/v1/tasks/{task['id']}", threading.Event()

    def beat():
        while not done.wait(held["lease_ms"] / 5000):
            try:
                call("POST", f"{path}/heartbeat", {"lease": lease})
            except OSError as error:  # also what the server refuses; the next beat may do
                print("no heartbeat:", error, file=sys.stderr)

    threading.Thread(target=beat, daemon=True).start()
    try:
        materials = [(m["name"], call("GET", m["url"]).decode()) for m in held["materials"]]
        content = work(task, materials, task["returned"])
        submission = {"lease": lease, "content": content, "ai": "tool", "made_with": "agent.py 1"}
        again(lambda key: call("POST", f"{path}/submissions", submission, key))
        print("handed in", task["id"], flush=True)
    except Exception as error:  # whatever it was, somebody else may do it
        call("POST", f"{path}/release", {"lease": lease, "note": f"it failed: {error}"})
    finally:
        done.set()


print("here as", call("GET", "/api/v1/me")["name"], flush=True)
while True:
    try:
        held = again(lambda key: call("POST", "/api/v1/claims", {"wait_seconds": 25}, key))
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        sys.exit(f"{problem['title']}: {problem['detail']}. {problem['hint']}")
    if held:
        do(held)
        if "--once" in sys.argv:
            break
