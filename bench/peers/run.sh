#!/bin/sh
# Usage: run.sh LACUNA [DOCUMENTS] [AT_ONCE] [LATENCY_SECONDS] [BASE_URL]; see README.md.
set -eu
lacuna=$1 documents=${2:-500} at_once=${3:-64} latency=${4:-0.2} base=${5:-http://127.0.0.1:28765/v1}
here=$(cd "$(dirname "$0")" && pwd)
rooms=${PEERS_ROOMS:-$here/.rooms}
mkdir -p "$rooms"
python3 "$here/prompts.py" "$lacuna" "$documents" "$rooms/questions.jsonl"
for pinned in instructor==1.17.0 bespokelabs-curator==0.1.31 docetl==0.3.0; do
  package=${pinned%%==*}
  tool=${package#bespokelabs-}
  room=$rooms/$tool
  if [ ! -x "$room/bin/python" ]; then
    python3 -m venv "$room"
    "$room/bin/pip" install --quiet --disable-pip-version-check "$pinned" >"$room/install.log" 2>&1 || true
  fi
  if ! "$room/bin/pip" show "$package" >/dev/null 2>&1; then
    echo "{\"tool\": \"$tool\", \"skipped\": \"$pinned cannot be installed: $(tail -n 1 "$room/install.log" | tr -d '"\\')\"}"
    continue
  fi
  (cd "$here" && timeout 600 "$room/bin/python" "peer_$tool.py" "$rooms/questions.jsonl" "$at_once" "$latency" "$base" 2>"$room/run.log") \
    || echo "{\"tool\": \"$tool\", \"skipped\": \"it ended with an error: $(tail -n 1 "$room/run.log" | tr -d '"\\')\"}"
done
