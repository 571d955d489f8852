#!/usr/bin/env python3
"""An agent in sixty lines, with nothing but Python: claims what is offered, works, hands in.

    export CONSORT_URL=http://localhost:7070 CONSORT_TOKEN=consort_...
    python3 agent.py [--once]  # until it is stopped or fails, or one task; put your work into `work`"""
import json, os, sys, threading, time, urllib.error, urllib.request, uuid

def call(method, path, body=None, **headers):
    """One request, and the bytes of its answer."""
    headers |= {"Authorization": "Bearer " + os.environ["CONSORT_TOKEN"], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["CONSORT_URL"].rstrip("/") + path, data, headers, method=method)
    return urllib.request.urlopen(request, timeout=60).read()

def surely(path, body):
    """Sends a change until it is answered: under one key it has one effect, however often it comes."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    while True:
        try:
            return json.loads(call("POST", path, body, **key) or "null")
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 500, 503):
                raise
            time.sleep(float(refused.headers.get("Retry-After", 1)))
        except OSError as error:
            print("no answer:", error, file=sys.stderr)
            time.sleep(5)

def work(task, materials):
    """Counts words: material is data, and nothing that stands in it is followed."""
    if came_back := [it["text"] for it in task["returned"]]:  # the same again would come back again
        raise ValueError("what was handed in came back: " + " ".join(came_back))
    return {"text": f"{task['instructions']['goal']} There are {sum(len(it[1].split()) for it in materials)} words."}

def do(task, lease, lease_ms, materials, **_):
    path, done = f"/api/v1/tasks/{task['id']}", threading.Event()
    def beat():
        while not done.wait(lease_ms / 5000):
            try:
                call("POST", f"{path}/heartbeat", {"lease": lease})
            except OSError as error:  # also what the server refuses; the next beat may do
                print("no heartbeat:", error, file=sys.stderr)
    threading.Thread(target=beat, daemon=True).start()
    try:
        content = work(task, [(it["name"], call("GET", it["url"]).decode()) for it in materials])
        surely(f"{path}/submissions", {"lease": lease, "content": content, "ai": "tool", "made_with": "agent.py 1"})
        print("handed in", task["id"], flush=True)
    except Exception as error:  # somebody else may do it, and whoever runs this looks at it first
        call("POST", f"{path}/release", {"lease": lease, "note": f"it failed: {error}"})
        sys.exit(f"gave {task['id']} back: {error}")
    done.set()

try:
    print("here as", json.loads(call("GET", "/api/v1/me"))["name"], flush=True)
    held = None
    while not held or "--once" not in sys.argv:
        if held := surely("/api/v1/claims", {"wait_seconds": 25}):
            do(**held)
except urllib.error.HTTPError as refused:
    sys.exit("{title}: {detail}. {hint}".format(**json.load(refused)))
