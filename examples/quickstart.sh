#!/usr/bin/env bash
# Sends a code in the sandbox, reads the phone and verifies, on a server of its own that is gone afterwards.
# Needs bin/syssecure (make build) and curl.
set -euo pipefail
cd "$(dirname "$0")/.."
stop() { echo "quickstart: $*" >&2; exit 1; }
[ -x bin/syssecure ] || stop "bin/syssecure is missing; build it first: make build"
command -v curl >/dev/null || stop "curl is missing; install it first (apt-get install curl)"

# Nothing of an installation that may be in this folder or in the environment; any free port.
for name in "${!SYSSECURE_@}"; do unset "$name"; done
work=$(mktemp -d)
server=
end() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" || true; }; rm -rf "$work"; }
trap end EXIT
printf 'listen = "127.0.0.1:0"\ndata = "%s/data"\n' "$work" >"$work/syssecure.toml"
syssecure() { bin/syssecure "$@" --config "$work/syssecure.toml"; }
field() { sed -nE "s/.*\"$1\": ?\"([^\"]*)\".*/\1/p"; }        # picks one field of an answer

account=$(syssecure account create --name Acme --json | field id)
key=$(syssecure key create --account "$account" --mode test --json | field secret)
# The program itself, not the function: $! of a function in the background is a shell, and killing that one leaves the
# server running.
: >"$work/out" # read below, perhaps before the program has begun
bin/syssecure serve --config "$work/syssecure.toml" >"$work/out" 2>"$work/log" &
server=$!
# If this script is killed and cannot clean up, this does: its pipe ends together with the script.
exec 3> >(
  trap '' HUP INT TERM
  while read -r _; do :; done
  kill "$server" 2>/dev/null || true
  for _ in {1..100}; do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$server" 2>/dev/null || true
  rm -rf "$work"
)
url=
for _ in {1..300}; do
  url=$(sed -nE 's/.* listens on (http[^;]*);.*/\1/p' "$work/out")
  [ -z "$url" ] || break
  kill -0 "$server" 2>/dev/null || stop "the server ended: $(cat "$work/log")"
  sleep 0.1
done
[ -n "$url" ] || stop "the server is not ready after 30 seconds: $(cat "$work/log")"
echo "The server listens on $url."

# api calls the server: the path, then what curl takes. An answer that is no success is shown and ends the script.
api() {
  local path=$1 answer; shift
  answer=$(curl -sS --max-time 20 --fail-with-body "$url$path" -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' "$@" 3>&-) || stop "$path failed: $answer"
  printf '%s\n' "$answer"
}
echo "1. Send a code over WhatsApp, with SMS behind it:"
sent=$(api /v2/otp/send -d '{"to":"+15005550002","channels":["whatsapp","sms"]}')
echo "$sent"
echo "2. The phone shows:"
api '/v2/sandbox/messages?to=%2B15005550002'
echo "3. Verify the code:"
verified=$(api /v2/otp/verify -d "{\"otp_id\":\"$(printf '%s' "$sent" | field otp_id)\",\"code\":\"000000\"}")
echo "$verified"
case $verified in *'"valid":true'*) ;; *) stop "the code was not valid" ;; esac
