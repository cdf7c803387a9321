#!/usr/bin/env bash
# The first claim, from sign-in to approval and history, with curl alone.
#
#   docs/first-call.sh [FILE...]        needs a running install with the demo world: ./run
#
# Settings: BASE (http://127.0.0.1:8000). Without FILEs it sends a real bill and a real photo from tests/data.
set -euo pipefail

BASE=${BASE:-http://127.0.0.1:8000}
HERE=$(cd "$(dirname "$0")" && pwd)
PASSWORD=insurenz-demo-passphrase
if [ $# -eq 0 ]; then set -- "$HERE/../tests/data/bill.pdf" "$HERE/../tests/data/photo.jpg"; fi

INCIDENT=$(date -d '20 days ago' +%F)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
json() { python3 -c 'import json, sys; value = json.load(sys.stdin)
for part in sys.argv[1].split("."): value = value[int(part)] if part.isdigit() else value[part]
print(value)' "$1"; }
pretty() { python3 -m json.tool --no-ensure-ascii; }

sign_in() { # sign_in EMAIL: an access token
  curl -fsS "$BASE/auth/login" -H 'Content-Type: application/json' \
    -d "{\"email\": \"$1\", \"password\": \"$PASSWORD\"}" | json access_token
}

say "1. Asha signs in and looks at her policies"
ASHA=$(sign_in asha@demo.example)
curl -fsS "$BASE/policies/my" -H "Authorization: Bearer $ASHA" | pretty

say "2. She files a claim with its documents"
files=()
for file in "$@"; do files+=(-F "files=@$file"); done
KEY="first-call-$(date +%s)-$$"
CLAIM=$(curl -fsS -X POST "$BASE/claims" -H "Authorization: Bearer $ASHA" -H "Idempotency-Key: $KEY" \
  -F user_policy_id=POL-DEMO-0001 -F claim_type=medical -F incident_date="$INCIDENT" \
  -F description="Fracture of the left wrist" -F claim_amount=18250 "${files[@]}")
pretty <<<"$CLAIM"
NUMBER=$(json claim_number <<<"$CLAIM")

say "3. Her line dropped, so her phone sends it again with the same key: the same claim"
AGAIN=$(curl -fsS -X POST "$BASE/claims" -H "Authorization: Bearer $ASHA" -H "Idempotency-Key: $KEY" \
  -F user_policy_id=POL-DEMO-0001 -F claim_type=medical -F incident_date="$INCIDENT" \
  -F description="Fracture of the left wrist" -F claim_amount=18250 "${files[@]}" | json claim_number)
echo "$AGAIN"
[ "$AGAIN" = "$NUMBER" ]

say "4. She opens her first document by its link"
curl -fsS -o /dev/null -w '%{http_code} %{content_type} %{size_download} bytes\n' "$(json documents.0.url <<<"$CLAIM")"

say "5. Vikram cannot see it: to him it does not exist"
VIKRAM=$(sign_in vikram@demo.example)
curl -sS -o /dev/null -w '%{http_code}\n' "$BASE/claims/$NUMBER" -H "Authorization: Bearer $VIKRAM"

say "6. Arjun, the payer's processor, takes it up"
ARJUN=$(sign_in arjun@demo.example)
curl -fsS -X PATCH "$BASE/claims/$NUMBER/status" -H "Authorization: Bearer $ARJUN" \
  -H 'Content-Type: application/json' -d '{"status": "under_review"}' | json status

say "7. He approves a part of it; to approve it once more is refused, and the answer says what is possible"
APPROVED=$(curl -fsS -X POST "$BASE/claims/$NUMBER/actions/approve" -H "Authorization: Bearer $ARJUN" \
  -H 'Content-Type: application/json' -d '{"approved_amount": "17000.00", "status_notes": "Room rent above the limit."}')
json status <<<"$APPROVED"
json approved_amount <<<"$APPROVED"
curl -sS -X POST "$BASE/claims/$NUMBER/actions/approve" -H "Authorization: Bearer $ARJUN" \
  -H 'Content-Type: application/json' -d '{}' | pretty

say "8. The history, as Asha sees it"
curl -fsS "$BASE/claims/$NUMBER/history" -H "Authorization: Bearer $ASHA" | pretty
