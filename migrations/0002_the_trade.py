"""The desk, the line, selling and money: the tables that came after the first release, frozen.

A table whose columns or checks changed is made anew beside the old one and takes its place."""

STATEMENTS = """
CREATE TABLE "new_shop" ("id" INTEGER NOT NULL PRIMARY KEY,
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
    "retry_waits" VARCHAR(255) NOT NULL,
    "retry_tries" INTEGER NOT NULL,
    "numbers_open" INTEGER NOT NULL,
    "is_test" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("queue_id") REFERENCES "queue" ("id"),
    CHECK (last_resort IN ('message', 'mobile')))
----
INSERT INTO "new_shop" ("id", "name", "colour", "timezone", "language", "queue_id", "short_call_seconds", "recording_wanted", "recording_days", "last_resort", "last_resort_number", "allowed_destinations", "cap_concurrent", "cap_minutes_per_day", "numbers_open", "is_test", "created_at", "retry_waits", "retry_tries")
    SELECT "id", "name", "colour", "timezone", "language", "queue_id", "short_call_seconds", "recording_wanted", "recording_days", "last_resort", "last_resort_number", "allowed_destinations", "cap_concurrent", "cap_minutes_per_day", "numbers_open", "is_test", "created_at", '15 60 morning', 5 FROM "shop"
----
DROP TABLE "shop"
----
ALTER TABLE "new_shop" RENAME TO "shop"
----
CREATE UNIQUE INDEX "shop_name" ON "shop" ("name")
----
CREATE INDEX "shop_queue_id" ON "shop" ("queue_id")
----
CREATE TABLE "announced" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "low_minutes" INTEGER NOT NULL,
    "high_minutes" INTEGER NOT NULL,
    "middle_seconds" INTEGER NOT NULL,
    "on_duty" INTEGER NOT NULL,
    "cause" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    CHECK (cause IN ('', 'operator_left', 'earlier_place')),
    CHECK (low_minutes < high_minutes))
----
CREATE INDEX "announced_shop_id" ON "announced" ("shop_id")
----
CREATE INDEX "announced_call_key_at" ON "announced" ("call_key", "at")
----
CREATE INDEX "announced_shop_id_at" ON "announced" ("shop_id", "at")
----
CREATE TABLE "new_callback" ("id" INTEGER NOT NULL PRIMARY KEY,
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
    "closed_by_id" INTEGER,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    FOREIGN KEY ("closed_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (closed_because IN ('', 'talked', 'got_through', 'owner_called', 'wrong_number', 'given_up')))
----
INSERT INTO "new_callback" ("id", "shop_id", "did_id", "customer", "opened_at", "due_at", "to_confirm", "not_callable", "closed_at", "closed_because", "closing_call")
    SELECT "id", "shop_id", "did_id", "customer", "opened_at", "due_at", "to_confirm", "not_callable", "closed_at", "closed_because", "closing_call" FROM "callback"
----
DROP TABLE "callback"
----
ALTER TABLE "new_callback" RENAME TO "callback"
----
CREATE INDEX "callback_shop_id" ON "callback" ("shop_id")
----
CREATE INDEX "callback_did_id" ON "callback" ("did_id")
----
CREATE INDEX "callback_closed_by_id" ON "callback" ("closed_by_id")
----
CREATE UNIQUE INDEX "callback_open" ON "callback" ("shop_id", "customer") WHERE closed_at IS NULL
----
CREATE TABLE "call_note" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "changed_at" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"))
----
CREATE INDEX "call_note_shop_id" ON "call_note" ("shop_id")
----
CREATE INDEX "call_note_user_id" ON "call_note" ("user_id")
----
CREATE UNIQUE INDEX "call_note_call_key_user_id" ON "call_note" ("call_key", "user_id")
----
CREATE TABLE "call_request" ("id" INTEGER NOT NULL PRIMARY KEY,
    "callback_id" INTEGER NOT NULL,
    "source" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL,
    "wanted_at" TEXT,
    "user_id" INTEGER,
    "call_key" VARCHAR(255) NOT NULL,
    "page" TEXT NOT NULL,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (source IN ('conversation', 'site')))
----
CREATE INDEX "call_request_callback_id" ON "call_request" ("callback_id")
----
CREATE INDEX "call_request_user_id" ON "call_request" ("user_id")
----
CREATE INDEX "call_request_call_key" ON "call_request" ("call_key")
----
CREATE TABLE "card" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "spoken" VARCHAR(255) NOT NULL,
    "price_minor" INTEGER,
    "stock" INTEGER,
    "differs" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "confirmed_at" TEXT NOT NULL,
    "confirmed_by_id" INTEGER,
    "removed_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("confirmed_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (kind IN ('goods', 'delivery', 'payment', 'returns', 'other')),
    CHECK (price_minor >= 0),
    CHECK (stock >= 0))
----
CREATE INDEX "card_shop_id" ON "card" ("shop_id")
----
CREATE INDEX "card_confirmed_by_id" ON "card" ("confirmed_by_id")
----
CREATE UNIQUE INDEX "card_title" ON "card" ("shop_id", "title") WHERE removed_at IS NULL
----
CREATE VIRTUAL TABLE "card_words" USING fts5 ("title", "title_stems", "body", "body_stems", prefix='2 3', tokenize="unicode61 remove_diacritics 0")
----
CREATE TABLE "morning_entry" ("id" INTEGER NOT NULL PRIMARY KEY,
    "run_id" INTEGER NOT NULL,
    "callback_id" INTEGER NOT NULL,
    FOREIGN KEY ("run_id") REFERENCES "run" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE)
----
CREATE INDEX "morning_entry_run_id" ON "morning_entry" ("run_id")
----
CREATE INDEX "morning_entry_callback_id" ON "morning_entry" ("callback_id")
----
CREATE UNIQUE INDEX "morning_entry_run_id_callback_id" ON "morning_entry" ("run_id", "callback_id")
----
CREATE TABLE "order" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "token" VARCHAR(255),
    "number" INTEGER,
    "call_key" VARCHAR(255) NOT NULL,
    "did_id" INTEGER,
    "operator_id" INTEGER,
    "state" VARCHAR(255) NOT NULL,
    "customer" VARCHAR(255),
    "is_dictated" INTEGER NOT NULL,
    "customer_name" VARCHAR(255) NOT NULL,
    "delivery" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "sum_minor" INTEGER NOT NULL,
    "margin_minor" INTEGER,
    "created_at" TEXT NOT NULL,
    "placed_at" TEXT,
    "typed" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    FOREIGN KEY ("operator_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (state IN ('draft', 'new', 'confirmed', 'sent', 'delivered', 'returned', 'cancelled')))
----
CREATE INDEX "order_shop_id" ON "order" ("shop_id")
----
CREATE UNIQUE INDEX "order_token" ON "order" ("token")
----
CREATE INDEX "order_call_key" ON "order" ("call_key")
----
CREATE INDEX "order_did_id" ON "order" ("did_id")
----
CREATE INDEX "order_operator_id" ON "order" ("operator_id")
----
CREATE INDEX "order_shop_id_placed_at" ON "order" ("shop_id", "placed_at")
----
CREATE INDEX "order_shop_id_customer" ON "order" ("shop_id", "customer")
----
CREATE UNIQUE INDEX "order_number" ON "order" ("shop_id", "number") WHERE number IS NOT NULL
----
CREATE TABLE "order_change" ("id" INTEGER NOT NULL PRIMARY KEY,
    "order_id" INTEGER NOT NULL,
    "state" VARCHAR(255) NOT NULL,
    "reason" TEXT NOT NULL,
    "undoes_id" INTEGER,
    "user_id" INTEGER,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("undoes_id") REFERENCES "order_change" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (state IN ('new', 'confirmed', 'sent', 'delivered', 'returned', 'cancelled')))
----
CREATE INDEX "order_change_order_id" ON "order_change" ("order_id")
----
CREATE UNIQUE INDEX "order_change_undoes_id" ON "order_change" ("undoes_id")
----
CREATE INDEX "order_change_user_id" ON "order_change" ("user_id")
----
CREATE INDEX "order_change_state_at" ON "order_change" ("state", "at")
----
CREATE TABLE "order_correction" ("id" INTEGER NOT NULL PRIMARY KEY,
    "order_id" INTEGER NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "user_id" INTEGER,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE SET NULL)
----
CREATE INDEX "order_correction_order_id" ON "order_correction" ("order_id")
----
CREATE INDEX "order_correction_user_id" ON "order_correction" ("user_id")
----
CREATE TABLE "order_line" ("id" INTEGER NOT NULL PRIMARY KEY,
    "order_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "quantity" INTEGER NOT NULL,
    "price_minor" INTEGER NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    CHECK (quantity > 0),
    CHECK (price_minor >= 0))
----
CREATE INDEX "order_line_order_id" ON "order_line" ("order_id")
----
CREATE TABLE "outcome" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "solved" INTEGER,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (kind IN ('order', 'advice', 'delivery', 'complaint', 'return', 'wrong_number', 'call_again', 'other')))
----
CREATE INDEX "outcome_call_key" ON "outcome" ("call_key")
----
CREATE INDEX "outcome_shop_id" ON "outcome" ("shop_id")
----
CREATE INDEX "outcome_user_id" ON "outcome" ("user_id")
----
CREATE TABLE "new_presence" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    "ended_because" VARCHAR(255) NOT NULL,
    "returns_at" TEXT,
    "next_kind" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('ready', 'rest', 'meal', 'training', 'technical', 'after_call', 'unanswered')),
    CHECK (next_kind IN ('', 'rest', 'meal', 'training', 'technical')))
----
INSERT INTO "new_presence" ("id", "user_id", "kind", "starts_at", "ends_at", "ended_because", "next_kind")
    SELECT "id", "user_id", "kind", "starts_at", "ends_at", "ended_because", '' FROM "presence"
----
DROP TABLE "presence"
----
ALTER TABLE "new_presence" RENAME TO "presence"
----
CREATE INDEX "presence_user_id" ON "presence" ("user_id")
----
CREATE INDEX "presence_user_id_starts_at" ON "presence" ("user_id", "starts_at")
----
CREATE UNIQUE INDEX "presence_open" ON "presence" ("user_id") WHERE ends_at IS NULL
----
CREATE TABLE "promise" ("id" INTEGER NOT NULL PRIMARY KEY,
    "callback_id" INTEGER NOT NULL,
    "made_at" TEXT NOT NULL,
    "call_by" TEXT NOT NULL,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE)
----
CREATE INDEX "promise_callback_id" ON "promise" ("callback_id")
----
CREATE INDEX "promise_call_by" ON "promise" ("call_by")
----
CREATE TABLE "question" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "call_key" VARCHAR(255) NOT NULL,
    "operator_id" INTEGER,
    "text" TEXT NOT NULL,
    "asked_at" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "answered_at" TEXT,
    "answered_by_id" INTEGER,
    "card_id" INTEGER,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("operator_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("answered_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("card_id") REFERENCES "card" ("id") ON DELETE SET NULL,
    CHECK ((answered_at IS NULL) = (answer = '')))
----
CREATE INDEX "question_shop_id" ON "question" ("shop_id")
----
CREATE INDEX "question_call_key" ON "question" ("call_key")
----
CREATE INDEX "question_operator_id" ON "question" ("operator_id")
----
CREATE INDEX "question_answered_by_id" ON "question" ("answered_by_id")
----
CREATE INDEX "question_card_id" ON "question" ("card_id")
----
CREATE INDEX "question_shop_id_answered_at" ON "question" ("shop_id", "answered_at")
----
CREATE TABLE "script" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "written_by_id" INTEGER,
    "written_at" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("written_by_id") REFERENCES "user" ("id") ON DELETE SET NULL)
----
CREATE INDEX "script_shop_id" ON "script" ("shop_id")
----
CREATE INDEX "script_written_by_id" ON "script" ("written_by_id")
----
CREATE UNIQUE INDEX "script_shop_id_version" ON "script" ("shop_id", "version")
----
CREATE TABLE "script_step" ("id" INTEGER NOT NULL PRIMARY KEY,
    "script_id" INTEGER NOT NULL,
    "part" VARCHAR(255) NOT NULL,
    "position" INTEGER NOT NULL,
    "hears" TEXT NOT NULL,
    "says" TEXT NOT NULL,
    FOREIGN KEY ("script_id") REFERENCES "script" ("id") ON DELETE CASCADE,
    CHECK (part IN ('greeting', 'questions', 'objections', 'closing')))
----
CREATE INDEX "script_step_script_id" ON "script_step" ("script_id")
"""


def up(migrator, db):
    for statement in STATEMENTS.split("\n----\n"):
        db.execute_sql(statement.strip())
