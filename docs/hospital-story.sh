#!/usr/bin/env bash
# Two hospital claims to their ends, with curl alone: one approved; one denied, contested and approved by somebody else.
# After each step it shows what everybody concerned finds in their inbox, and their badge.
#
#   docs/hospital-story.sh              needs a running install with the demo world: ./run
#
# Settings: BASE (http://127.0.0.1:8000). Follow the live stream beside it, in another terminal:
#   docs/hospital-story.sh follow desk@lakeside.demo.example
set -euo pipefail

BASE=${BASE:-http://127.0.0.1:8000}
DATA=$(cd "$(dirname "$0")/../tests/data" && pwd)
PASSWORD=insurenz-demo-passphrase

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

json() { # json PATH: one value of the JSON that comes in; a number counts in a list
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for part in sys.argv[1].split("."): value = value[int(part)] if part.isdigit() else value[part]
print(value)' "$1"
}

sign_in() { # sign_in EMAIL: an access token
  send -f "$BASE/auth/login" --json "{\"email\": \"$1\", \"password\": \"$PASSWORD\"}" | json access_token
}

send() { # send CURL OPTIONS: the answer; a server that is away, or goes away meanwhile, is asked again for a minute
  local answer status tries=0
  while true; do
    status=0
    answer=$(curl -sS --max-time 30 "$@" 2>/dev/null) || status=$?
    case $status in
      7 | 18 | 28 | 52 | 55 | 56) tries=$((tries + 1)) && [ $tries -lt 300 ] || return $status ;;
      *) printf '%s\n' "$answer" && return $status ;;
    esac
    sleep 0.2
  done
}

call() { # call TOKEN METHOD PATH [CURL OPTIONS]: the answer; a refusal ends the script
  send -f -X "$2" "$BASE$3" -H "Authorization: Bearer $1" "${@:4}"
}

if [ "${1:-}" = follow ]; then
  exec curl -fsSN "$BASE/notifications/stream" -H "Authorization: Bearer $(sign_in "$2")"
fi

DESK=$(sign_in desk@lakeside.demo.example) # the hospital
MEERA=$(sign_in meera@demo.example)        # level 0, Lakeside Clinic
RAHUL=$(sign_in rahul@demo.example)        # level 3, both hospitals
PEOPLE=("Lakeside's desk:$DESK" "Meera:$MEERA" "Rahul:$RAHUL")

# Every change is sent under a key of its own, so that asking again changes nothing twice.
STORY="story-$(date +%s)-$$"
COUNT=0

act() { # act TOKEN ACTION [JSON or form options]: does it, and shows the status that follows
  local token=$1 action=$2
  shift 2
  COUNT=$((COUNT + 1))
  call "$token" POST "/claims/$NUMBER/actions/$action" -H "Idempotency-Key: $STORY-$COUNT" "$@" | json status
}

inboxes() { # who has been told how often of this claim, with the newest title, and their badge
  local who token
  for who in "${PEOPLE[@]}"; do
    token=${who#*:}
    call "$token" GET "/notifications?claim_id=$NUMBER" | python3 -c '
import json, sys
page = json.load(sys.stdin)
items = page["items"]
newest = ": " + items[0]["title"] if items else ""
print("  {:16} badge {:2}, {} of this claim{}".format(sys.argv[1], page["unread"], len(items), newest))' "${who%%:*}"
  done
}

told() { # told TITLE TOKEN: waits until the newest of this claim in that inbox is this
  local tries=0
  until call "$2" GET "/notifications?claim_id=$NUMBER&limit=1" | grep -qF "\"title\":\"$1\""; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "nobody was told: $1" >&2; exit 1; }
    sleep 0.05
  done
  inboxes
}

submit() { # submit PATIENT AMOUNT [FORM OPTIONS]: the claim's number
  local claim
  claim=$(printf '{"hospital_id": "HOSP_002", "payer_id": "PAY_001", "form_data": {"patient_name": "%s", "claimed_amount": "%s", "payer_name": "Suraksha General", "diagnosis": "Acute appendicitis"}}' "$1" "$2")
  call "$DESK" POST /hospital-claims -H "Idempotency-Key: $STORY-$1" --form "claim=$claim;type=application/json" "${@:3}" | json claim_number
}

say "1. Lakeside Clinic submits a claim with the bill"
NUMBER=$(submit "Kiran Patil" 84500 --form "files=@$DATA/bill.pdf")
echo "$NUMBER"
told "Claim Submitted" "$MEERA"

say "2. Meera raises a query: two papers are missing"
act "$MEERA" raise_query --json '{"remarks": "The discharge summary and the signed form are missing.", "query_category": "documentation", "missing_documents": ["Discharge summary", "Signed claim form"]}'
told "QC Query Raised" "$DESK"

say "3. The desk reads the notice, and answers with the papers"
NOTICE=$(call "$DESK" GET "/notifications?claim_id=$NUMBER&limit=1" | json items.0.id)
echo "unread: $(call "$DESK" POST "/notifications/$NOTICE/read" | json unread)"
act "$DESK" answer_query --form "query_response=Both are attached." --form "files=@$DATA/letter.docx" --form "files=@$DATA/scan.png"
told "QC Query Answered" "$MEERA"

say "4. Rahul asks for more, and gets it"
act "$RAHUL" request_info --json '{"remarks": "Which ward was it?"}'
told "More Information Needed" "$DESK"
act "$DESK" provide_info --json '{"response": "A shared room, as agreed."}'
told "More Information Provided" "$RAHUL"

say "5. Meera clears it, Rahul approves"
act "$MEERA" clear --json '{}'
told "QC Cleared" "$DESK"
act "$RAHUL" approve --json '{"approved_amount": "80000", "remarks": "Room rent as agreed."}'
told "Claim Approved" "$DESK"

say "6. What was asked, and answered"
call "$DESK" GET "/claims/$NUMBER/queries" | python3 -c '
import json, sys
for query in json.load(sys.stdin)["items"]:
    print(query["kind"], query["round"], query["category"] or "-", ", ".join(query["items"]) or "-", "answered" if query["answered_at"] else "open")'
FIRST=$NUMBER

say "7. A second claim, which Meera denies at once"
NUMBER=$(submit "Sunita Rao" 126000)
echo "$NUMBER"
told "Claim Submitted" "$RAHUL"
act "$MEERA" deny --json '{"remarks": "Not covered by the agreement.", "rejection_reason": "Day care is excluded."}'
told "Claim Denied" "$DESK"

say "8. The desk contests; Meera, who denied it, cannot decide again"
act "$DESK" contest --json '{"contest_reason": "The patient stayed for two nights."}'
told "Claim Contested" "$RAHUL"
send -X POST "$BASE/claims/$NUMBER/actions/deny" -H "Authorization: Bearer $MEERA" --json '{"remarks": "No.", "rejection_reason": "No."}' | python3 -c '
import json, sys
problem = json.load(sys.stdin)
print(problem["status"], problem["code"])'

say "9. Rahul overturns the denial"
act "$RAHUL" approve --json '{"remarks": "Two nights are covered."}'
told "Claim Approved" "$DESK"

say "10. Everybody who was told of the second claim, as Rahul sees it"
call "$RAHUL" GET "/notifications?claim_id=$NUMBER" | python3 -c '
import json, sys
for item in reversed(json.load(sys.stdin)["items"]):
    print(item["event_type"], "->", ", ".join(sorted(each["user_name"] for each in item["recipients"])))'

say "11. The desk has seen it all"
call "$DESK" POST /notifications/read-all | json unread
echo "$FIRST $NUMBER"
