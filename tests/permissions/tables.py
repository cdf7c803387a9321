"""What everybody may do, written by hand: neither the app's route table nor its workflows are asked."""

# Each column is a relation to the claims, policy, sessions and keys of one policyholder:
#   nobody   without valid credentials          owner   the policyholder
#   other    another policyholder, same payer   desk    a hospital's insurance desk
#   clerk    processors of the policy's payer   away    processors of another payer, or of a hospital only
#   idle     processors assigned to nothing     (each processor column: levels 0 to 4)
# `scope` is what an API key needs: `-` never with a key, `public` open to everybody.
# Routes marked * judge the object before the role, so strangers get 404 and the rest 403.
ROUTES = """
operation               scope         nobody owner other desk clerk away idle admin auditor

live                    public        200    200   200   200  200   200  200  200   200
ready                   public        200    200   200   200  200   200  200  200   200
metrics                 public        200    200   200   200  200   200  200  200   200
public_config           public        200    200   200   200  200   200  200  200   200
register                public        422    422   422   422  422   422  422  422   422
login                   public        422    422   422   422  422   422  422  422   422
login_form              public        422    422   422   422  422   422  422  422   422
login_web               public        422    422   422   422  422   422  422  422   422
refresh                 public        422    422   422   422  422   422  422  422   422
request_password_reset  public        422    422   422   422  422   422  422  422   422
reset_password          public        422    422   422   422  422   422  422  422   422
accept_invitation       public        422    422   422   422  422   422  422  422   422

me                      account       401    200   200   200  200   200  200  200   200
logout                  -             401    204   204   204  204   204  204  204   204
change_password         -             401    422   422   422  422   422  422  422   422
list_sessions           -             401    200   200   200  200   200  200  200   200
end_other_sessions      -             401    204   204   204  204   204  204  204   204
end_session             -             401    204   404   404  404   404  404  404   404
list_api_keys           -             401    200   404   404  404   404  404  200   200
create_api_key          -             401    201   404   404  404   404  404  404   404
revoke_api_key          -             401    204   404   404  404   404  404  204   404

list_users              admin:read    401    403   403   403  403   403  403  200   200
list_levels             admin:read    401    403   403   403  403   403  403  200   200
show_user               admin:read    401    403   403   403  403   403  403  200   200
create_user             admin:write   401    403   403   403  403   403  403  201   403
change_user             admin:write   401    403   403   403  403   403  403  200   403
invite_user             admin:write   401    403   403   403  403   403  403  201   403
list_assignments        admin:read    401    403   403   403  403   403  403  200   200
assign                  admin:write   401    403   403   403  403   403  403  201   403
unassign                admin:write   401    403   403   403  403   403  403  204   403

list_organisations      claims:read   401    200   200   200  200   200  200  200   200
show_organisation       claims:read   401    200   200   200  200   200  200  200   200
create_organisation     admin:write   401    403   403   403  403   403  403  201   403
change_organisation     admin:write   401    403   403   403  403   403  403  200   403
show_organisation_preferences    admin:read   401  403  403  403  403  403  403  200  200
change_organisation_preferences  admin:write  401  403  403  403  403  403  403  200  403
list_workflows          claims:read   401    200   200   200  200   200  200  200   200
show_workflow           claims:read   401    200   200   200  200   200  200  200   200

my_policies             claims:read   401    200   200   403  403   403  403  403   403
list_policies           admin:read    401    403   403   403  403   403  403  200   200
show_policy             admin:read    401    403   403   403  403   403  403  200   200
create_policy           admin:write   401    403   403   403  403   403  403  201   403
change_policy           admin:write   401    403   403   403  403   403  403  200   403
list_deliveries         admin:read    401    403   403   403  403   403  403  200   200
list_channels           admin:read    401    403   403   403  403   403  403  200   200
replay_delivery         admin:write   401    403   403   403  403   403  403  200   403
replay_deliveries       admin:write   401    403   403   403  403   403  403  200   403
pause_channel           admin:write   401    403   403   403  403   403  403  200   403
list_webhooks           admin:read    401    403   403   403  403   403  403  200   200
show_webhook            admin:read    401    403   403   403  403   403  403  200   200
list_webhook_attempts   admin:read    401    403   403   403  403   403  403  200   200
create_webhook          admin:write   401    403   403   403  403   403  403  201   403
change_webhook          admin:write   401    403   403   403  403   403  403  200   403
delete_webhook          admin:write   401    403   403   403  403   403  403  204   403
rotate_webhook_secret   admin:write   401    403   403   403  403   403  403  200   403
test_webhook            admin:write   401    403   403   403  403   403  403  201   403
replay_webhook          admin:write   401    403   403   403  403   403  403  200   403
list_suppressions       admin:read    401    403   403   403  403   403  403  200   200
lift_suppression        admin:write   401    403   403   403  403   403  403  204   403
take_mail_feedback      public        404    404   404   404  404   404  404  404   404
claims_over_time        claims:read   401    403   403   403  200   200  200  200   200
claim_turnaround        claims:read   401    403   403   403  200   200  200  200   200
claim_amounts           claims:read   401    403   403   403  200   200  200  200   200
claim_reasons           claims:read   401    403   403   403  200   200  200  200   200
notices_read            claims:read   401    403   403   403  200   200  200  200   200
export_analytics        claims:read   401    403   403   403  200   200  200  200   200
list_events             admin:read    401    403   403   403  403   403  403  200   200

upload                  claims:write  401    201   201   201  201   201  201  201   403
list_uploads            claims:read   401    200   200   200  200   200  200  200   403
show_upload             claims:read   401    200   404   404  404   404  404  404   403
continue_upload         claims:write  401    204   404   404  404   404  404  404   403
begin_direct_upload     claims:write  401    409   409   409  409   409  409  409   403
complete_direct_upload  claims:write  401    404   404   404  404   404  404  404   403
end_upload              claims:write  401    204   404   404  404   404  404  404   403
file_claim              claims:write  401    201   422   403  403   403  403  403   403
file_hospital_claim     claims:write  401    403   403   201  403   403  403  403   403
list_drafts             claims:read   401    200   200   200  403   403  403  403   403
create_draft            claims:write  401    201   201   201  403   403  403  403   403
show_draft              claims:read   401    200   404   404  403   403  403  403   403
save_draft              claims:write  401    200   404   404  403   403  403  403   403
discard_draft           claims:write  401    204   404   404  403   403  403  403   403
submit_draft            claims:write  401    201   404   404  403   403  403  403   403
list_claims             claims:read   401    200   200   200  200   200  200  200   200
list_views              claims:read   401    200   200   200  200   200  200  200   200
keep_view               claims:write  401    201   201   201  201   201  201  201   201
remove_view             claims:write  401    204   404   404  404   404  404  404   404
count_claims            claims:read   401    200   200   200  200   200  200  200   200
export_claims           claims:read   401    200   200   200  200   200  200  200   200
show_claim              claims:read   401    200   404   404  200   404  404  200   200
claim_history           claims:read   401    200   404   404  200   404  404  200   200
claim_outlook           claims:read   401    200   404   404  200   404  404  200   200
list_messages           claims:read   401    200   404   404  200   404  404  200   200
send_message*           claims:write  401    201   404   404  201   404  404  201   403
read_messages*          claims:write  401    204   404   404  204   404  404  204   403
list_queries            claims:read   401    200   404   404  200   404  404  200   200
list_notes*             claims:read   401    403   404   404  200   404  404  200   200
list_viewers*           claims:read   401    403   404   404  200   404  404  200   200
list_same_files*        claims:read   401    403   404   404  200   404  404  200   200
claim_recipients*       claims:read   401    403   404   404  200   404  404  200   200
claim_notifications*    claims:read   401    403   404   404  200   404  404  200   200
add_note*               claims:write  401    403   404   404  201   404  404  201   403
list_assignees*         claims:read   401    403   404   404  200   404  404  200   403
assign_claim*           claims:write  401    403   404   404  200   404  404  200   403
release_claim*          claims:write  401    403   404   404  200   404  404  200   403
take_next               claims:write  401    403   403   403  200   204  204  200   403
bulk_act                claims:write  401    403   403   403  200   200  200  200   403
show_document           claims:read   401    200   404   404  200   404  404  200   200
refresh_document_link   claims:read   401    200   404   404  200   404  404  200   200
change_claim*           claims:write  401    200   404   404  403   404  404  403   403
change_status*          claims:write  401    403   404   404  200   404  404  200   403
act_on_claim*           claims:write  401    403   404   404  200   404  404  200   403
add_documents*          claims:write  401    201   404   404  201   404  404  201   403
verify_document*        claims:write  401    403   404   404  200   404  404  200   403
open_document           public        200    200   200   200  200   200  200  200   200

list_notifications      claims:read   401    200   200   200  200   200  200  200   200
count_unread            claims:read   401    200   200   200  200   200  200  200   200
stream_notifications    claims:read   401    200   200   200  200   200  200  200   200
read_notification       claims:write  401    200   404   404  404   404  404  404   404
unread_notification     claims:write  401    200   404   404  404   404  404  404   404
archive_notification    claims:write  401    200   404   404  404   404  404  404   404
read_all_notifications  claims:write  401    200   200   200  200   200  200  200   200
see_notifications       claims:write  401    200   200   200  200   200  200  200   200
show_preferences        account       401    200   200   200  200   200  200  200   200
change_preferences      account       401    200   200   200  200   200  200  200   200
list_devices            -             401    200   200   200  200   200  200  200   200
keep_device             -             401    201   201   201  201   201  201  201   201
remove_device           -             401    204   404   404  404   404  404  404   404
list_chats              -             401    200   200   200  200   200  200  200   200
add_chat                -             401    201   201   201  201   201  201  201   201
confirm_chat            -             401    200   404   404  404   404  404  404   404
test_chat               -             401    204   404   404  404   404  404  404   404
remove_chat             -             401    204   404   404  404   404  404  404   404
"""

# Pages, not of the API: open to everybody. None of them changes anything, but for what an address in a mail does.
PAGES = {
    "GET /",
    "GET /app",
    "GET /app/assets/{name}",
    "GET /app/worker.js",
    "GET /app/{path:path}",
    "GET /docs",
    "GET /docs/openapi.json",
    "GET /docs/{name}",
    "GET /mailbox",
    "GET /mailbox/{mail_id}",
    "GET /mailbox/{mail_id}/html",
    "GET /robots.txt",
    "OPTIONS /uploads",
    "GET /unsubscribe/{token}",
    "POST /unsubscribe/{token}",
    "GET /static/{name}",
    "GET /.well-known/security.txt",
    "GET /openapi.json",
}

# The same for every state of a claim: who sees it.
READING = (
    "show_claim",
    "claim_history",
    "claim_outlook",
    "list_messages",
    "list_queries",
    "show_document",
    "refresh_document_link",
)

# Actions by state. `partly` is approved with less than was claimed; `appealed` is under review again, after a decision
# that the `decider` made; the `junior` may approve less than any claim is about.
ACTIONS = {
    "owner": """
state         start_review approve reject complete withdraw appeal submit nonsense
pending       403          403     403    403      200      409    409    404
under_review  403          403     403    403      200      409    409    404
approved      403          403     403    403      409      409    409    404
partly        403          403     403    403      409      200    409    404
rejected      403          403     403    403      409      200    409    404
completed     403          403     403    403      409      409    409    404
appealed      403          403     403    403      200      409    409    404
""",
    "clerk admin": """
state         start_review approve reject complete withdraw appeal submit nonsense
pending       200          409     200    409      403      403    403    404
under_review  409          200     200    409      403      403    403    404
approved      409          409     409    200      403      403    403    404
partly        409          409     409    200      403      403    403    404
rejected      409          409     409    200      403      403    403    404
completed     409          409     409    409      403      403    403    404
appealed      409          200     200    409      403      403    403    404
""",
    "decider": """
state         start_review approve reject complete withdraw appeal submit nonsense
pending       200          409     200    409      403      403    403    404
under_review  409          200     200    409      403      403    403    404
approved      409          409     409    200      403      403    403    404
partly        409          409     409    200      403      403    403    404
rejected      409          409     409    200      403      403    403    404
completed     409          409     409    409      403      403    403    404
appealed      409          403     403    409      403      403    403    404
""",
    "junior": """
state         start_review approve reject complete withdraw appeal submit nonsense
pending       200          403     200    409      403      403    403    404
under_review  409          403     200    409      403      403    403    404
approved      409          403     409    200      403      403    403    404
partly        409          403     409    200      403      403    403    404
rejected      409          403     409    200      403      403    403    404
completed     409          403     409    409      403      403    403    404
appealed      409          403     200    409      403      403    403    404
""",
    "auditor": """
state         start_review approve reject complete withdraw appeal submit nonsense
pending       403          403     403    403      403      403    403    403
under_review  403          403     403    403      403      403    403    403
approved      403          403     403    403      403      403    403    403
partly        403          403     403    403      403      403    403    403
rejected      403          403     403    403      403      403    403    403
completed     403          403     403    403      403      403    403    403
appealed      403          403     403    403      403      403    403    403
""",
}

# By the status to be reached. An appeal needs a reason, which a status cannot carry.
STATUSES = {
    "owner": """
state         pending under_review approved rejected completed nonsense
pending       409     409          403      403      200       422
under_review  409     409          403      403      200       422
approved      409     409          403      403      409       422
partly        409     422          403      403      409       422
rejected      409     422          403      403      409       422
completed     409     409          403      403      409       422
appealed      409     409          403      403      200       422
""",
    "clerk admin": """
state         pending under_review approved rejected completed nonsense
pending       403     200          409      200      409       422
under_review  403     409          200      200      409       422
approved      403     409          409      409      200       422
partly        403     409          409      409      200       422
rejected      403     409          409      409      200       422
completed     403     409          409      409      409       422
appealed      403     409          200      200      409       422
""",
    "decider": """
state         pending under_review approved rejected completed nonsense
pending       403     200          409      200      409       422
under_review  403     409          200      200      409       422
approved      403     409          409      409      200       422
partly        403     409          409      409      200       422
rejected      403     409          409      409      200       422
completed     403     409          409      409      409       422
appealed      403     409          403      403      409       422
""",
    "junior": """
state         pending under_review approved rejected completed nonsense
pending       403     200          403      200      409       422
under_review  403     409          403      200      409       422
approved      403     409          403      409      200       422
partly        403     409          403      409      200       422
rejected      403     409          403      409      200       422
completed     403     409          403      409      409       422
appealed      403     409          403      200      409       422
""",
    "auditor": """
state         pending under_review approved rejected completed nonsense
pending       403     403          403      403      403       403
under_review  403     403          403      403      403       403
approved      403     403          403      403      403       403
partly        403     403          403      403      403       403
rejected      403     403          403      403      403       403
completed     403     403          403      403      403       403
appealed      403     403          403      403      403       403
""",
}

# Changing what a claim says, with the right If-Match.
CONTENT = """
state         owner junior clerk decider admin auditor
pending       200   403    403   403     403   403
under_review  409   403    403   403     403   403
approved      409   403    403   403     403   403
partly        409   403    403   403     403   403
rejected      409   403    403   403     403   403
completed     409   403    403   403     403   403
appealed      409   403    403   403     403   403
"""

# Adding documents; what staff say of them (in any state, as long as it may come up).
ADDING = """
state         owner junior clerk decider admin auditor
pending       201   201    201   201     201   403
under_review  201   201    201   201     201   403
approved      201   201    201   201     201   403
partly        201   201    201   201     201   403
rejected      201   201    201   201     201   403
completed     409   409    409   409     409   403
appealed      201   201    201   201     201   403
"""
VERIFYING = """
state         owner junior clerk decider admin auditor
pending       403   200    200   200     200   403
under_review  403   200    200   200     200   403
approved      403   200    200   200     200   403
partly        403   200    200   200     200   403
rejected      403   200    200   200     200   403
completed     403   200    200   200     200   403
appealed      403   200    200   200     200   403
"""


# What is said about a claim, and who works on it: the same in every state, but nobody begins to work on a closed one.
WORK = """
who      send_message read_messages list_notes add_note assign_claim release_claim
owner    201          204           403        403      403          403
junior   201          204           200        201      200          200
clerk    201          204           200        201      200          200
decider  201          204           200        201      200          200
admin    201          204           200        201      200          200
auditor  403          403           200        403      403          403
"""
WORK_ON_CLOSED = """
who      send_message read_messages list_notes add_note assign_claim release_claim
owner    201          204           403        403      403          403
junior   201          204           200        201      409          200
clerk    201          204           200        201      409          200
decider  201          204           200        201      409          200
admin    201          204           200        201      409          200
auditor  403          403           200        403      403          403
"""


def rows(table: str) -> dict[str, dict[str, str]]:
    """A table as {name of the row: {column: entry}}."""
    head, *lines = [line.split() for line in table.splitlines() if line.strip()]
    return {line[0]: dict(zip(head[1:], line[1:], strict=True)) for line in lines}


def expected_of(tables: dict[str, str], who: str) -> dict[str, dict[str, str]]:
    """The table that speaks of this relation."""
    return rows(next(table for names, table in tables.items() if who in names.split()))
