"""What everybody may do with the claims of a hospital, written by hand: neither routes nor workflows are asked."""

# Columns as in `tables.ROUTES`, by relation to the claims of one hospital with one payer:
#   filer    who submitted them       colleague  another user of the hospital   desk  users of another hospital
#   lost     a user of no hospital
#   patient  a policyholder           clerk      processors of the hospital     away  processors without it, or its payer
ROUTES = """
operation               filer colleague clerk decider junior admin auditor desk lost patient away

file_hospital_claim     201   201       403   403     403    403   403     422  422  403     403
list_drafts             200   200       403   403     403    403   403     200  200  200     403
create_draft            201   201       403   403     403    403   403     201  422  201     403
show_draft              200   404       403   403     403    403   403     404  404  404     403
save_draft              200   404       403   403     403    403   403     404  404  404     403
discard_draft           204   404       403   403     403    403   403     404  404  404     403
submit_draft            201   404       403   403     403    403   403     404  404  404     403
show_claim              200   200       200   200     200    200   200     404  404  404     404
claim_history           200   200       200   200     200    200   200     404  404  404     404
claim_outlook           200   200       200   200     200    200   200     404  404  404     404
list_messages           200   200       200   200     200    200   200     404  404  404     404
list_queries            200   200       200   200     200    200   200     404  404  404     404
send_message            201   201       201   201     201    201   403     404  404  404     404
read_messages           204   204       204   204     204    204   403     404  404  404     404
list_notes              403   403       200   200     200    200   200     404  404  404     404
list_viewers            403   403       200   200     200    200   200     404  404  404     404
list_same_files         403   403       200   200     200    200   200     404  404  404     404
add_note                403   403       201   201     201    201   403     404  404  404     404
list_assignees          403   403       200   200     200    200   403     404  404  404     404
assign_claim            403   403       200   200     200    200   403     404  404  404     404
release_claim           403   403       200   200     200    200   403     404  404  404     404
show_document           200   200       200   200     200    200   200     404  404  404     404
refresh_document_link   200   200       200   200     200    200   200     404  404  404     404
add_documents           201   201       201   201     201    201   403     404  404  404     404
verify_document         403   403       200   200     200    200   403     404  404  404     404
"""
# In every state alike: none of them is closed.
IN_EVERY_STATE = tuple(line.split()[0] for line in ROUTES.split("\n")[10:] if line.strip())

# `sent` is more information that was sent after quality had been cleared, `sent_early` before that, `sent_contested`
# after a denial by the decider was contested; `denied_again` has been contested as often as it can be. The `junior` may
# approve less than any claim is about.
ACTIONS = {
    "filer colleague": """
state           raise_query answer_query request_info provide_info clear approve deny contest submit nonsense
qc_pending      403         409          403          409          403   403     403  409     409    404
qc_query        403         200          403          409          403   403     403  409     409    404
qc_answered     403         409          403          409          403   403     403  409     409    404
need_more_info  403         409          403          200          403   403     403  409     409    404
sent            403         409          403          409          403   403     403  409     409    404
sent_early      403         409          403          409          403   403     403  409     409    404
qc_clear        403         409          403          409          403   403     403  409     409    404
claim_approved  403         409          403          409          403   403     403  409     409    404
claim_denial    403         409          403          409          403   403     403  200     409    404
claim_contested 403         409          403          409          403   403     403  409     409    404
sent_contested  403         409          403          409          403   403     403  409     409    404
denied_again    403         409          403          409          403   403     403  409     409    404
""",
    "clerk admin": """
state           raise_query answer_query request_info provide_info clear approve deny contest submit nonsense
qc_pending      200         403          200          403          200   409     200  403     403    404
qc_query        409         403          409          403          409   409     409  403     403    404
qc_answered     200         403          200          403          200   409     200  403     403    404
need_more_info  409         403          409          403          409   409     409  403     403    404
sent            409         403          200          403          200   200     200  403     403    404
sent_early      409         403          200          403          200   409     200  403     403    404
qc_clear        409         403          200          403          409   200     200  403     403    404
claim_approved  409         403          409          403          409   409     409  403     403    404
claim_denial    409         403          409          403          409   409     409  403     403    404
claim_contested 409         403          200          403          409   200     200  403     403    404
sent_contested  409         403          200          403          200   200     200  403     403    404
denied_again    409         403          409          403          409   409     409  403     403    404
""",
    "decider": """
state           raise_query answer_query request_info provide_info clear approve deny contest submit nonsense
qc_pending      200         403          200          403          200   409     200  403     403    404
qc_query        409         403          409          403          409   409     409  403     403    404
qc_answered     200         403          200          403          200   409     200  403     403    404
need_more_info  409         403          409          403          409   409     409  403     403    404
sent            409         403          200          403          200   200     200  403     403    404
sent_early      409         403          200          403          200   409     200  403     403    404
qc_clear        409         403          200          403          409   200     200  403     403    404
claim_approved  409         403          409          403          409   409     409  403     403    404
claim_denial    409         403          409          403          409   409     409  403     403    404
claim_contested 409         403          200          403          409   403     403  403     403    404
sent_contested  409         403          200          403          200   403     403  403     403    404
denied_again    409         403          409          403          409   409     409  403     403    404
""",
    "junior": """
state           raise_query answer_query request_info provide_info clear approve deny contest submit nonsense
qc_pending      200         403          200          403          200   403     200  403     403    404
qc_query        409         403          409          403          409   403     409  403     403    404
qc_answered     200         403          200          403          200   403     200  403     403    404
need_more_info  409         403          409          403          409   403     409  403     403    404
sent            409         403          200          403          200   403     200  403     403    404
sent_early      409         403          200          403          200   403     200  403     403    404
qc_clear        409         403          200          403          409   403     200  403     403    404
claim_approved  409         403          409          403          409   403     409  403     403    404
claim_denial    409         403          409          403          409   403     409  403     403    404
claim_contested 409         403          200          403          409   403     200  403     403    404
sent_contested  409         403          200          403          200   403     200  403     403    404
denied_again    409         403          409          403          409   403     409  403     403    404
""",
    "auditor": """
state           raise_query answer_query request_info provide_info clear approve deny contest submit nonsense
qc_pending      403         403          403          403          403   403     403  403     403    403
qc_query        403         403          403          403          403   403     403  403     403    403
qc_answered     403         403          403          403          403   403     403  403     403    403
need_more_info  403         403          403          403          403   403     403  403     403    403
sent            403         403          403          403          403   403     403  403     403    403
sent_early      403         403          403          403          403   403     403  403     403    403
qc_clear        403         403          403          403          403   403     403  403     403    403
claim_approved  403         403          403          403          403   403     403  403     403    403
claim_denial    403         403          403          403          403   403     403  403     403    403
claim_contested 403         403          403          403          403   403     403  403     403    403
sent_contested  403         403          403          403          403   403     403  403     403    403
denied_again    403         403          403          403          403   403     403  403     403    403
""",
}
# The status to be reached by each action: one leads there alone, so the answer is the same. An unknown one is 422.
TARGETS = {
    "submit": "qc_pending",
    "raise_query": "qc_query",
    "answer_query": "qc_answered",
    "request_info": "need_more_info",
    "provide_info": "need_more_info_submitted",
    "clear": "qc_clear",
    "approve": "claim_approved",
    "deny": "claim_denial",
    "contest": "claim_contested",
}

# Sending another form, with the right If-Match.
CONTENT = """
state           filer colleague junior clerk decider admin auditor
qc_pending      200   200       403    403   403     403   403
qc_query        409   409       403    403   403     403   403
qc_answered     409   409       403    403   403     403   403
need_more_info  409   409       403    403   403     403   403
sent            409   409       403    403   403     403   403
sent_early      409   409       403    403   403     403   403
qc_clear        409   409       403    403   403     403   403
claim_approved  409   409       403    403   403     403   403
claim_denial    409   409       403    403   403     403   403
claim_contested 409   409       403    403   403     403   403
sent_contested  409   409       403    403   403     403   403
denied_again    409   409       403    403   403     403   403
"""

# What each role reads of a hospital claim.
ROW = (
    "id claim_number workflow workflow_version version status status_group status_notes claim_type incident_date "
    "description claim_amount approved_amount currency resolution payment_reference user_id user_policy_id "
    "created_at updated_at person_name hospital payer rejection_reason"
)
FIRM = "id number name"
DOCUMENT = (
    "id file_name file_type file_size sha256 uploaded_at pages width height is_encrypted has_active_content scan_state "
    "claim_id url preview_url thumbnail_url text_url verification verification_reason replaced_by metadata"
)
QUERY = "id kind round category items remarks marks due_at raised_at raised_by answer document_ids answered_at answered_by"
CLAIM = {
    "": f"{ROW} documents allowed_actions changeable form_data queries",
    "hospital": FIRM,
    "payer": FIRM,
    "documents": DOCUMENT,
    "allowed_actions": "action label to requires optional closes_at",
    "form_data": "patient_name claimed_amount payer_name",
    "queries": QUERY,
    "queries.raised_by": "role name",
    "queries.answered_by": "role name",
}
LIST = {"": "items next_cursor", "items": ROW, "items.hospital": FIRM, "items.payer": FIRM}
# The hospital's own users are told in their list what waits for them.
DESK_LIST = LIST | {"items": f"{ROW} waiting", "items.waiting": "actions since due_at"}
QUERIES = {
    "": "items next_cursor",
    "items": QUERY,
    "items.raised_by": "role name",
    "items.answered_by": "role name",
}
# And staff who has each claim, whose turn it is, and what is special.
OF_STAFF = {f"items.{name}" for name in ("assignee", "waits_for", "since", "due_at", "flags")}
