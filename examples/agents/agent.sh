#!/usr/bin/env bash
# An agent for the shell: claims one task, works, hands in. It needs curl and jq.
#
#     export CONSORT_URL=http://localhost:7070 CONSORT_TOKEN=consort_...
#     examples/agents/agent.sh
set -euo pipefail

call() { # METHOD PATH [BODY] [KEY]
    local body=()
    [ $# -ge 3 ] && body=(--data-binary "$3")
    [ $# -ge 4 ] && body+=(--header "Idempotency-Key: $4")
    curl --silent --show-error --fail-with-body --max-time 60 --request "$1" \
        --header "Authorization: Bearer $CONSORT_TOKEN" \
        --header "Content-Type: application/json" "${body[@]}" "$CONSORT_URL$2"
}

echo "here as $(call GET /api/v1/me | jq -r .name)"
key=$(cat /proc/sys/kernel/random/uuid)
held=
while [ -z "$held" ]; do
    held=$(call POST /api/v1/claims '{"wait_seconds": 25}' "$key")
done

lease=$(jq .lease <<<"$held")
task=/api/v1/tasks/$(jq -r .task.id <<<"$held")
rhythm=$(jq '.lease_ms / 3000 | floor' <<<"$held")
while sleep "$rhythm"; do call POST "$task/heartbeat" "{\"lease\": $lease}" >/dev/null; done &
beats=$!
trap 'kill "$beats" 2>/dev/null || true' EXIT

# The same again would come back again: somebody looks at it first.
came_back=$(jq -r '.task.returned[].text' <<<"$held")
if [ -n "$came_back" ]; then
    call POST "$task/release" "$(jq -n --argjson lease "$lease" --arg note "it came back: $came_back" \
        '{lease: $lease, note: $note}')" >/dev/null
    echo "gave ${task##*/} back: $came_back" >&2
    exit 1
fi

# The work: counts the words of its material.
words=0
while read -r url; do
    words=$((words + $(call GET "$url" | wc -w)))
done < <(jq -r '.materials[].url' <<<"$held")

goal=$(jq -r .task.instructions.goal <<<"$held")
submission=$(jq -n --argjson lease "$lease" --arg text "$goal There are $words words." \
    '{lease: $lease, content: {text: $text}, ai: "tool", made_with: "agent.sh 1"}')
call POST "$task/submissions" "$submission" "$(cat /proc/sys/kernel/random/uuid)" >/dev/null
echo "handed in ${task##*/}"
