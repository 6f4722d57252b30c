#!/usr/bin/env bash
# Sends a code in the sandbox, reads the phone and verifies. Needs bin/syssecure (make build) and curl.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export SYSSECURE_DATA=$work/data SYSSECURE_LISTEN=127.0.0.1:18080
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
account=$(bin/syssecure account create --name Acme --json | field id)
key=$(bin/syssecure key create --account "$account" --mode test --json | field secret)
bin/syssecure serve &
server=$!
trap 'kill $server; wait $server; rm -rf "$work"' EXIT
api() { curl -sS --retry 20 --retry-connrefused --retry-delay 1 -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@"; }
otp=$(api "http://$SYSSECURE_LISTEN/v2/otp/send" -d '{"to":"+15005550002","channels":["whatsapp","sms"]}' | field otp_id)
api "http://$SYSSECURE_LISTEN/v2/sandbox/messages?to=%2B15005550002"
api "http://$SYSSECURE_LISTEN/v2/otp/verify" -d "{\"otp_id\":\"$otp\",\"code\":\"000000\"}"
