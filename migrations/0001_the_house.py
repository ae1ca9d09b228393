"""The whole house as it first stood: every table, index and check of the first release, frozen."""

STATEMENTS = """
CREATE TABLE "queue" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL);
CREATE UNIQUE INDEX "queue_name" ON "queue" ("name");
CREATE TABLE "shop" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "colour" VARCHAR(255) NOT NULL,
    "timezone" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "queue_id" INTEGER NOT NULL,
    "short_call_seconds" INTEGER NOT NULL,
    "recording_wanted" INTEGER NOT NULL,
    "recording_days" INTEGER NOT NULL,
    "last_resort" VARCHAR(255) NOT NULL,
    "last_resort_number" VARCHAR(255),
    "allowed_destinations" VARCHAR(255) NOT NULL,
    "cap_concurrent" INTEGER NOT NULL,
    "cap_minutes_per_day" INTEGER NOT NULL,
    "numbers_open" INTEGER NOT NULL,
    "is_test" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("queue_id") REFERENCES "queue" ("id"),
    CHECK (last_resort IN ('message', 'mobile')));
CREATE UNIQUE INDEX "shop_name" ON "shop" ("name");
CREATE INDEX "shop_queue_id" ON "shop" ("queue_id");
CREATE TABLE "trunk" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "port" INTEGER NOT NULL,
    "username" VARCHAR(255) NOT NULL,
    "secret" VARCHAR(255) NOT NULL,
    "addresses" TEXT NOT NULL,
    "called_number_in" VARCHAR(255) NOT NULL,
    "number_forms" VARCHAR(255) NOT NULL,
    "caller_in" VARCHAR(255) NOT NULL,
    "outgoing_form" VARCHAR(255) NOT NULL,
    "outgoing_caller_id" VARCHAR(255) NOT NULL,
    "is_active" INTEGER NOT NULL,
    CHECK (kind IN ('registration', 'addresses')),
    CHECK (called_number_in IN ('request', 'to', 'p-called-party-id', 'diversion', 'single')),
    CHECK (caller_in IN ('from', 'pai')),
    CHECK (outgoing_form IN ('plus', 'bare', 'national')),
    CHECK (outgoing_caller_id IN ('did', 'username')));
CREATE UNIQUE INDEX "trunk_name" ON "trunk" ("name");
CREATE TABLE "did" ("id" INTEGER NOT NULL PRIMARY KEY,
    "number" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "trunk_id" INTEGER NOT NULL,
    "label" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("trunk_id") REFERENCES "trunk" ("id"));
CREATE INDEX "did_number" ON "did" ("number");
CREATE INDEX "did_shop_id" ON "did" ("shop_id");
CREATE INDEX "did_trunk_id" ON "did" ("trunk_id");
CREATE UNIQUE INDEX "did_open_number" ON "did" ("number") WHERE ends_at IS NULL;
CREATE TABLE "callback" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "did_id" INTEGER NOT NULL,
    "customer" VARCHAR(255) NOT NULL,
    "opened_at" TEXT NOT NULL,
    "due_at" TEXT NOT NULL,
    "to_confirm" INTEGER NOT NULL,
    "not_callable" VARCHAR(255) NOT NULL,
    "closed_at" TEXT,
    "closed_because" VARCHAR(255) NOT NULL,
    "closing_call" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    CHECK (closed_because IN ('', 'talked', 'got_through', 'wrong_number', 'given_up')));
CREATE INDEX "callback_shop_id" ON "callback" ("shop_id");
CREATE INDEX "callback_did_id" ON "callback" ("did_id");
CREATE UNIQUE INDEX "callback_open" ON "callback" ("shop_id", "customer") WHERE closed_at IS NULL;
CREATE TABLE "user" ("id" INTEGER NOT NULL PRIMARY KEY,
    "email" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "is_active" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL);
CREATE UNIQUE INDEX "user_email" ON "user" ("email");
CREATE TABLE "attempt" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "callback_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "customer" VARCHAR(255) NOT NULL,
    "wanted_at" TEXT NOT NULL,
    "sent_at" TEXT,
    "ended_at" TEXT,
    "result" VARCHAR(255) NOT NULL,
    "reason" VARCHAR(255) NOT NULL,
    "minutes_reserved" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"));
CREATE UNIQUE INDEX "attempt_public_id" ON "attempt" ("public_id");
CREATE INDEX "attempt_callback_id" ON "attempt" ("callback_id");
CREATE INDEX "attempt_user_id" ON "attempt" ("user_id");
CREATE UNIQUE INDEX "attempt_open" ON "attempt" ("customer") WHERE ended_at IS NULL;
CREATE TABLE "audit_entry" ("id" INTEGER NOT NULL PRIMARY KEY,
    "at" TEXT NOT NULL,
    "user_id" INTEGER,
    "shop_id" INTEGER,
    "action" VARCHAR(255) NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "detail" TEXT NOT NULL,
    "address" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE SET NULL);
CREATE INDEX "audit_entry_at" ON "audit_entry" ("at");
CREATE INDEX "audit_entry_user_id" ON "audit_entry" ("user_id");
CREATE INDEX "audit_entry_shop_id" ON "audit_entry" ("shop_id");
CREATE TABLE "call" ("id" INTEGER NOT NULL PRIMARY KEY,
    "key" VARCHAR(255) NOT NULL,
    "direction" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "did_id" INTEGER,
    "customer" VARCHAR(255),
    "withheld" INTEGER NOT NULL,
    "arrived_at" TEXT NOT NULL,
    "menu_path" VARCHAR(255) NOT NULL,
    "line_at" TEXT,
    "wait_seconds" INTEGER,
    "answered_at" TEXT,
    "operator_id" INTEGER,
    "talk_seconds" INTEGER NOT NULL,
    "ended_at" TEXT,
    "ended_by" VARCHAR(255) NOT NULL,
    "ending" VARCHAR(255) NOT NULL,
    "attempt" VARCHAR(255) NOT NULL,
    "recording" VARCHAR(255) NOT NULL,
    "flags" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    FOREIGN KEY ("operator_id") REFERENCES "user" ("id"),
    CHECK (direction IN ('in', 'callback')));
CREATE UNIQUE INDEX "call_key" ON "call" ("key");
CREATE INDEX "call_shop_id" ON "call" ("shop_id");
CREATE INDEX "call_did_id" ON "call" ("did_id");
CREATE INDEX "call_operator_id" ON "call" ("operator_id");
CREATE INDEX "call_shop_id_arrived_at" ON "call" ("shop_id", "arrived_at");
CREATE INDEX "call_shop_id_customer" ON "call" ("shop_id", "customer");
CREATE INDEX "call_shop_id_did_id_arrived_at" ON "call" ("shop_id", "did_id", "arrived_at");
CREATE INDEX "call_shop_id_operator_id_arrived_at" ON "call" ("shop_id", "operator_id", "arrived_at");
CREATE INDEX "call_living" ON "call" ("ended_at") WHERE ended_at IS NULL;
CREATE INDEX "call_missed" ON "call" ("shop_id", "arrived_at") WHERE ending IN ('abandoned_greeting', 'abandoned_menu', 'abandoned_line', 'closed', 'no_operator', 'asked_callback', 'cut_off');
CREATE TABLE "cel_row" ("id" INTEGER NOT NULL PRIMARY KEY,
    "file_number" INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    "source" VARCHAR(255) NOT NULL,
    "event" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL,
    "cid_num" TEXT NOT NULL,
    "cid_name" TEXT NOT NULL,
    "exten" TEXT NOT NULL,
    "context" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "app_data" TEXT NOT NULL,
    "accountcode" TEXT NOT NULL,
    "uniqueid" VARCHAR(255) NOT NULL,
    "linkedid" VARCHAR(255) NOT NULL,
    "peer" TEXT NOT NULL,
    "extra" TEXT NOT NULL);
CREATE INDEX "cel_row_uniqueid" ON "cel_row" ("uniqueid");
CREATE INDEX "cel_row_linkedid" ON "cel_row" ("linkedid");
CREATE TABLE "claim" ("id" INTEGER NOT NULL PRIMARY KEY,
    "callback_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "starts_at" TEXT NOT NULL,
    "lease_until" TEXT NOT NULL,
    "ends_at" TEXT,
    "ended_because" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE);
CREATE INDEX "claim_callback_id" ON "claim" ("callback_id");
CREATE INDEX "claim_user_id" ON "claim" ("user_id");
CREATE UNIQUE INDEX "claim_open" ON "claim" ("callback_id") WHERE ends_at IS NULL;
CREATE TABLE "grant" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "given_by_id" INTEGER,
    "starts_at" TEXT NOT NULL,
    "ended_by_id" INTEGER,
    "ends_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("given_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("ended_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (kind IN ('numbers', 'recordings')));
CREATE INDEX "grant_shop_id" ON "grant" ("shop_id");
CREATE INDEX "grant_given_by_id" ON "grant" ("given_by_id");
CREATE INDEX "grant_ended_by_id" ON "grant" ("ended_by_id");
CREATE UNIQUE INDEX "grant_open" ON "grant" ("shop_id", "kind") WHERE ends_at IS NULL;
CREATE TABLE "hours_exception" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "on_date" TEXT NOT NULL,
    "opens_minute" INTEGER,
    "closes_minute" INTEGER,
    "note" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK ((opens_minute IS NULL AND closes_minute IS NULL) OR (opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440)));
CREATE INDEX "hours_exception_shop_id" ON "hours_exception" ("shop_id");
CREATE UNIQUE INDEX "hours_exception_shop_id_on_date" ON "hours_exception" ("shop_id", "on_date");
CREATE TABLE "ingest_mark" ("id" INTEGER NOT NULL PRIMARY KEY,
    "file_number" INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    "torn_rows" INTEGER NOT NULL,
    "ticked_at" TEXT,
    "read_at" TEXT,
    CHECK (id = 1));
CREATE TABLE "invitation" ("id" INTEGER NOT NULL PRIMARY KEY,
    "email" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER,
    "invited_by_id" INTEGER,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    "accepted_at" TEXT,
    "accepted_by_id" INTEGER,
    "withdrawn_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("invited_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("accepted_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (kind IN ('owner', 'operator', 'trainee')),
    CHECK ((kind = 'owner') = (shop_id IS NOT NULL)));
CREATE INDEX "invitation_shop_id" ON "invitation" ("shop_id");
CREATE INDEX "invitation_invited_by_id" ON "invitation" ("invited_by_id");
CREATE INDEX "invitation_accepted_by_id" ON "invitation" ("accepted_by_id");
CREATE TABLE "leg" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_id" INTEGER NOT NULL,
    "uniqueid" VARCHAR(255) NOT NULL,
    "party" VARCHAR(255) NOT NULL,
    "user_id" INTEGER,
    "rang_at" TEXT NOT NULL,
    "answered_at" TEXT,
    "ended_at" TEXT,
    "cause" INTEGER,
    FOREIGN KEY ("call_id") REFERENCES "call" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (party IN ('operator', 'customer', 'mobile')));
CREATE INDEX "leg_call_id" ON "leg" ("call_id");
CREATE INDEX "leg_user_id" ON "leg" ("user_id");
CREATE TABLE "recording" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "file" VARCHAR(255) NOT NULL,
    "recorded_at" TEXT NOT NULL,
    "deleted_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"));
CREATE UNIQUE INDEX "recording_call_key" ON "recording" ("call_key");
CREATE INDEX "recording_shop_id" ON "recording" ("shop_id");
CREATE UNIQUE INDEX "recording_file" ON "recording" ("file");
CREATE INDEX "recording_shop_id_recorded_at" ON "recording" ("shop_id", "recorded_at");
CREATE TABLE "listening" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "recording_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("recording_id") REFERENCES "recording" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "listening_public_id" ON "listening" ("public_id");
CREATE INDEX "listening_recording_id" ON "listening" ("recording_id");
CREATE INDEX "listening_user_id" ON "listening" ("user_id");
CREATE TABLE "login_attempt" ("id" INTEGER NOT NULL PRIMARY KEY,
    "email" VARCHAR(255) NOT NULL,
    "address" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL);
CREATE INDEX "login_attempt_email" ON "login_attempt" ("email");
CREATE INDEX "login_attempt_address" ON "login_attempt" ("address");
CREATE INDEX "login_attempt_at" ON "login_attempt" ("at");
CREATE TABLE "membership" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "starts_on" TEXT NOT NULL,
    "ends_on" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE);
CREATE INDEX "membership_shop_id" ON "membership" ("shop_id");
CREATE TABLE "prompt" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "label" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE);
CREATE INDEX "prompt_shop_id" ON "prompt" ("shop_id");
CREATE TABLE "menu" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "status" VARCHAR(255) NOT NULL,
    "greeting_id" INTEGER,
    "announcement_id" INTEGER,
    "announcement_until" TEXT,
    "keys_id" INTEGER,
    "closed_message_id" INTEGER,
    "shop_name_id" INTEGER,
    "recording_notice" INTEGER NOT NULL,
    "repeats" INTEGER NOT NULL,
    "published_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("greeting_id") REFERENCES "prompt" ("id"),
    FOREIGN KEY ("announcement_id") REFERENCES "prompt" ("id"),
    FOREIGN KEY ("keys_id") REFERENCES "prompt" ("id"),
    FOREIGN KEY ("closed_message_id") REFERENCES "prompt" ("id"),
    FOREIGN KEY ("shop_name_id") REFERENCES "prompt" ("id"),
    CHECK (status IN ('draft', 'published', 'retired')));
CREATE INDEX "menu_shop_id" ON "menu" ("shop_id");
CREATE INDEX "menu_greeting_id" ON "menu" ("greeting_id");
CREATE INDEX "menu_announcement_id" ON "menu" ("announcement_id");
CREATE INDEX "menu_keys_id" ON "menu" ("keys_id");
CREATE INDEX "menu_closed_message_id" ON "menu" ("closed_message_id");
CREATE INDEX "menu_shop_name_id" ON "menu" ("shop_name_id");
CREATE UNIQUE INDEX "menu_shop_id_version" ON "menu" ("shop_id", "version");
CREATE UNIQUE INDEX "menu_published" ON "menu" ("shop_id") WHERE status = 'published';
CREATE TABLE "menu_option" ("id" INTEGER NOT NULL PRIMARY KEY,
    "menu_id" INTEGER NOT NULL,
    "parent_id" INTEGER,
    "key" VARCHAR(255) NOT NULL,
    "label" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "prompt_id" INTEGER,
    FOREIGN KEY ("menu_id") REFERENCES "menu" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("parent_id") REFERENCES "menu_option" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("prompt_id") REFERENCES "prompt" ("id"),
    CHECK (kind IN ('operator', 'information', 'menu', 'callback', 'goodbye')),
    CHECK (length(key) = 1 AND instr('0123456789*#', key) > 0));
CREATE INDEX "menu_option_menu_id" ON "menu_option" ("menu_id");
CREATE INDEX "menu_option_parent_id" ON "menu_option" ("parent_id");
CREATE INDEX "menu_option_prompt_id" ON "menu_option" ("prompt_id");
CREATE UNIQUE INDEX "option_key" ON "menu_option" ("menu_id", coalesce(parent_id, 0), "key");
CREATE TABLE "miss" ("id" INTEGER NOT NULL PRIMARY KEY,
    "callback_id" INTEGER NOT NULL,
    "call_key" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL,
    "why" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE);
CREATE INDEX "miss_callback_id" ON "miss" ("callback_id");
CREATE UNIQUE INDEX "miss_call_key" ON "miss" ("call_key");
CREATE TABLE "outbox" ("id" INTEGER NOT NULL PRIMARY KEY,
    "kind" VARCHAR(255) NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "recipient" VARCHAR(255) NOT NULL,
    "message_id" VARCHAR(255) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "queued_at" TEXT NOT NULL,
    "due_at" TEXT);
CREATE UNIQUE INDEX "outbox_message_id" ON "outbox" ("message_id");
CREATE UNIQUE INDEX "outbox_kind_about_recipient" ON "outbox" ("kind", "about", "recipient");
CREATE TABLE "phone" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "secret" VARCHAR(255) NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE);
CREATE UNIQUE INDEX "phone_user_id" ON "phone" ("user_id");
CREATE TABLE "presence" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    "ended_because" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('ready', 'rest', 'meal', 'training', 'technical', 'unanswered')));
CREATE INDEX "presence_user_id" ON "presence" ("user_id");
CREATE UNIQUE INDEX "presence_open" ON "presence" ("user_id") WHERE ends_at IS NULL;
CREATE TABLE "prompt_sound" ("id" INTEGER NOT NULL PRIMARY KEY,
    "prompt_id" INTEGER NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "text" TEXT NOT NULL,
    "file" VARCHAR(255) NOT NULL,
    "seconds" INTEGER NOT NULL,
    "made_by" VARCHAR(255) NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("prompt_id") REFERENCES "prompt" ("id") ON DELETE CASCADE,
    CHECK (made_by IN ('upload', 'rhvoice', 'espeak-ng')));
CREATE INDEX "prompt_sound_prompt_id" ON "prompt_sound" ("prompt_id");
CREATE UNIQUE INDEX "prompt_sound_file" ON "prompt_sound" ("file");
CREATE UNIQUE INDEX "prompt_sound_prompt_id_language" ON "prompt_sound" ("prompt_id", "language");
CREATE TABLE "queue_operator" ("id" INTEGER NOT NULL PRIMARY KEY,
    "queue_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "penalty" INTEGER NOT NULL,
    FOREIGN KEY ("queue_id") REFERENCES "queue" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE);
CREATE INDEX "queue_operator_queue_id" ON "queue_operator" ("queue_id");
CREATE INDEX "queue_operator_user_id" ON "queue_operator" ("user_id");
CREATE UNIQUE INDEX "queue_operator_queue_id_user_id" ON "queue_operator" ("queue_id", "user_id");
CREATE TABLE "review" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "script" INTEGER NOT NULL,
    "words" INTEGER NOT NULL,
    "politeness" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (script BETWEEN 1 AND 5),
    CHECK (words BETWEEN 1 AND 5),
    CHECK (politeness BETWEEN 1 AND 5));
CREATE INDEX "review_call_key" ON "review" ("call_key");
CREATE INDEX "review_shop_id" ON "review" ("shop_id");
CREATE INDEX "review_user_id" ON "review" ("user_id");
CREATE TABLE "role" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('coordinator', 'owner', 'operator', 'trainee')),
    CHECK ((kind = 'owner') = (shop_id IS NOT NULL)));
CREATE INDEX "role_user_id" ON "role" ("user_id");
CREATE INDEX "role_shop_id" ON "role" ("shop_id");
CREATE TABLE "run" ("id" INTEGER NOT NULL PRIMARY KEY,
    "job" VARCHAR(255) NOT NULL,
    "local_date" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "ended_at" TEXT,
    "outcome" TEXT NOT NULL);
CREATE UNIQUE INDEX "run_job_local_date" ON "run" ("job", "local_date");
CREATE TABLE "sending" ("id" INTEGER NOT NULL PRIMARY KEY,
    "mail_id" INTEGER NOT NULL,
    "starts_at" TEXT NOT NULL,
    "handed_at" TEXT,
    "ends_at" TEXT,
    "result" VARCHAR(255) NOT NULL,
    "reason" VARCHAR(255) NOT NULL,
    "answer" TEXT NOT NULL,
    FOREIGN KEY ("mail_id") REFERENCES "outbox" ("id") ON DELETE CASCADE,
    CHECK (result IN ('', 'accepted', 'later', 'refused', 'unclear')));
CREATE INDEX "sending_mail_id" ON "sending" ("mail_id");
CREATE UNIQUE INDEX "sending_open" ON "sending" ("mail_id") WHERE ends_at IS NULL;
CREATE TABLE "session" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "token_hash" VARCHAR(255) NOT NULL,
    "created_at" TEXT NOT NULL,
    "seen_at" TEXT NOT NULL,
    "ended_at" TEXT,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE);
CREATE INDEX "session_user_id" ON "session" ("user_id");
CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash");
CREATE TABLE "union" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "timezone" VARCHAR(255) NOT NULL,
    "currency" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    CHECK (id = 1));
CREATE TABLE "week_hours" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER,
    "weekday" INTEGER NOT NULL,
    "opens_minute" INTEGER NOT NULL,
    "closes_minute" INTEGER NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK (weekday BETWEEN 0 AND 6),
    CHECK (opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440));
CREATE INDEX "week_hours_shop_id" ON "week_hours" ("shop_id");
"""


def up(migrator, db):
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
