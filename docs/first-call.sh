#!/usr/bin/env bash
# The life of one claim, from sign-in to payment, with curl alone.
#
#   docs/first-call.sh [FILE...]        needs a running install with the demo world: ./run
#
# Settings: BASE (http://127.0.0.1:8000). Without FILEs it sends a bill and a photo from tests/data.
set -euo pipefail

BASE=${BASE:-http://127.0.0.1:8000}
DATA=$(cd "$(dirname "$0")/../tests/data" && pwd)
PASSWORD=insurenz-demo-passphrase
if [ $# -eq 0 ]; then set -- "$DATA/bill.pdf" "$DATA/photo.jpg"; fi

INCIDENT=$(date -d '20 days ago' +%F)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
pretty() { python3 -m json.tool --no-ensure-ascii; }

json() { # json PATH: one value of the JSON that comes in; a number counts in a list, * is each of its items
  python3 -c '
import json, sys
def walk(value, parts):
    if not parts: return print(value)
    if parts[0] == "*":
        for item in value: walk(item, parts[1:])
    else: walk(value[int(parts[0])] if parts[0].isdigit() else value[parts[0]], parts[1:])
walk(json.load(sys.stdin), sys.argv[1].split("."))' "$1"
}

sign_in() { # sign_in EMAIL: an access token
  curl -fsS "$BASE/auth/login" --json "{\"email\": \"$1\", \"password\": \"$PASSWORD\"}" | json access_token
}

call() { # call TOKEN METHOD PATH [CURL OPTIONS]: the answer; a refusal ends the script
  curl -fsS -X "$2" "$BASE$3" -H "Authorization: Bearer $1" "${@:4}"
}

refused() { # refused TOKEN METHOD PATH [CURL OPTIONS]: the status and code of a refusal, and what would be possible
  curl -sS -X "$2" "$BASE$3" -H "Authorization: Bearer $1" "${@:4}" | python3 -c '
import json, sys
problem = json.load(sys.stdin)
print(problem["status"], problem["code"], *problem.get("allowed_actions", []))
print(problem["detail"])'
}

say "1. Asha signs in and looks at her policies"
ASHA=$(sign_in asha@demo.example)
call "$ASHA" GET /policies/my | pretty

say "2. She sends the doctor's letter ahead, while she fills in the form; it is checked at once"
UPLOAD=$(call "$ASHA" POST /uploads --form "file=@$DATA/letter.docx")
pretty <<<"$UPLOAD"

say "3. She files the claim with her other papers, and names the letter"
papers=(--form "upload_ids=$(json id <<<"$UPLOAD")")
for file in "$@"; do papers+=(--form "files=@$file"); done
KEY="first-call-$(date +%s)-$$"
file_claim() {
  call "$ASHA" POST /claims -H "Idempotency-Key: $KEY" \
    -F user_policy_id=POL-DEMO-0001 -F claim_type=medical -F incident_date="$INCIDENT" \
    -F description="Fracture of the left wrist" -F claim_amount=18250 "${papers[@]}"
}
CLAIM=$(file_claim)
pretty <<<"$CLAIM"
NUMBER=$(json claim_number <<<"$CLAIM")

say "4. Her line dropped, so her phone sends it all again with the same key: the same claim"
AGAIN=$(file_claim | json claim_number)
echo "$AGAIN"
[ "$AGAIN" = "$NUMBER" ]

say "5. She opens her first document by its link, which needs no sign-in and ends after five minutes"
curl -fsSL -o /dev/null -w '%{http_code} %{content_type} %{size_download} bytes\n' "$(json documents.0.url <<<"$CLAIM")"

say "6. Vikram cannot see it: to him it does not exist"
VIKRAM=$(sign_in vikram@demo.example)
refused "$VIKRAM" GET "/claims/$NUMBER"

say "7. Arjun, a processor of the payer, takes the claim and starts the review"
ARJUN=$(sign_in arjun@demo.example)
call "$ARJUN" POST "/claims/$NUMBER/assignment" | json assignee.name
call "$ARJUN" PATCH "/claims/$NUMBER/status" --json '{"status": "under_review"}' | json status

say "8. He reads the documents, marks one as verified, and one as rejected with the reason"
GOOD=$(json documents.0.id <<<"$CLAIM") BAD=$(json documents.1.id <<<"$CLAIM")
for document in "$GOOD" "$BAD"; do
  curl -fsSL -o /dev/null -w '%{http_code} %{size_download} bytes\n' \
    "$(call "$ARJUN" GET "/claims/$NUMBER/documents/$document/refresh-url" | json url)"
done
call "$ARJUN" POST "/claims/$NUMBER/documents/$GOOD/verification" --json '{"verification": "verified"}' >/dev/null
call "$ARJUN" POST "/claims/$NUMBER/documents/$BAD/verification" \
  --json '{"verification": "rejected", "reason": "The total is cut off."}' | json 'documents.*.verification'

say "9. He writes a note, which only staff can read, and a message to Asha"
call "$ARJUN" POST "/claims/$NUMBER/notes" --json '{"body": "Second fracture this year; looks plausible."}' | json body
call "$ARJUN" POST "/claims/$NUMBER/messages" --json '{"body": "Please send the bill once more."}' | json body

say "10. Asha answers, and sends a better bill in place of the rejected one"
call "$ASHA" GET "/claims/$NUMBER" | json 'documents.1.verification_reason'
call "$ASHA" POST "/claims/$NUMBER/messages" --json '{"body": "Here it is, scanned this time."}' | json body
call "$ASHA" POST "/claims/$NUMBER/documents" --form "files=@$DATA/scan.png" --form "replaces=$BAD" | json 'documents.*.file_name'

say "11. Arjun approves a part of it, with the reason"
APPROVED=$(call "$ARJUN" POST "/claims/$NUMBER/actions/approve" \
  --json '{"approved_amount": "17000.00", "status_notes": "Room rent above the limit."}')
json status <<<"$APPROVED"
json approved_amount <<<"$APPROVED"

say "12. To approve it once more is refused, and the answer names what is possible"
refused "$ARJUN" POST "/claims/$NUMBER/actions/approve" --json '{}'

say "13. Asha does not agree and appeals; Arjun, who made the decision, may not decide again"
call "$ASHA" POST "/claims/$NUMBER/actions/appeal" --json '{"reason": "There was no cheaper room."}' | json status
refused "$ARJUN" POST "/claims/$NUMBER/actions/approve" --json '{}'

say "14. Another person does: the admin approves all of it, and Arjun marks it as paid"
ADMIN=$(sign_in admin@demo.example)
call "$ADMIN" POST "/claims/$NUMBER/actions/approve" --json '{}' | json approved_amount
PAID=$(call "$ARJUN" POST "/claims/$NUMBER/actions/complete" --json '{"payment_reference": "NEFT-000417"}')
json status <<<"$PAID"
json resolution <<<"$PAID"

say "15. The history, as Asha sees it"
call "$ASHA" GET "/claims/$NUMBER/history" | python3 -c '
import json, sys
for event in json.load(sys.stdin)["items"]:
    print(event["actor"]["name"], event["type"], event["action"] or "", *event["texts"].values(), sep="  ")'

say "16. The messages, as Asha sees them: Arjun's note is not among them"
call "$ASHA" GET "/claims/$NUMBER/messages" | json 'items.*.body'
refused "$ASHA" GET "/claims/$NUMBER/notes"

say "17. How many claims Arjun sees in each status, and those about a wrist that are completed"
call "$ARJUN" GET /claims/counts | pretty
call "$ARJUN" GET '/claims?status=completed&text=wrist&limit=1' | json 'items.*.claim_number'

say "18. All of them as a table for a spreadsheet: its first lines"
call "$ARJUN" GET /claims/export.csv | sed -n 1,3p
