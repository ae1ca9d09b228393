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
    "own_pay_minor" INTEGER,
    "is_test" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("queue_id") REFERENCES "queue" ("id"),
    CHECK (last_resort IN ('message', 'mobile')),
    CHECK (own_pay_minor > 0))
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
CREATE TABLE "account" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER,
    "user_id" INTEGER,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (kind IN ('assets', 'liabilities', 'equity', 'income', 'expenses')))
----
CREATE UNIQUE INDEX "account_name" ON "account" ("name")
----
CREATE INDEX "account_shop_id" ON "account" ("shop_id")
----
CREATE INDEX "account_user_id" ON "account" ("user_id")
----
CREATE TRIGGER "account_no_update" BEFORE UPDATE ON "account" BEGIN SELECT RAISE(ABORT, 'account: what is written stays as it is'); END
----
CREATE TRIGGER "account_no_delete" BEFORE DELETE ON "account" BEGIN SELECT RAISE(ABORT, 'account: what is written stays as it is'); END
----
CREATE TRIGGER "account_no_insert" BEFORE INSERT ON "account" WHEN EXISTS (SELECT 1 FROM "account" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'account: what is written stays as it is'); END
----
CREATE TABLE "period" ("id" INTEGER NOT NULL PRIMARY KEY,
    "month" TEXT NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT NOT NULL,
    "due_on" TEXT NOT NULL,
    "closed_at" TEXT NOT NULL,
    "closed_by_id" INTEGER,
    "reserve_before_minor" INTEGER NOT NULL,
    "reserve_after_minor" INTEGER NOT NULL,
    "digest" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("closed_by_id") REFERENCES "user" ("id"))
----
CREATE UNIQUE INDEX "period_month" ON "period" ("month")
----
CREATE INDEX "period_closed_by_id" ON "period" ("closed_by_id")
----
CREATE TRIGGER "period_no_update" BEFORE UPDATE ON "period" BEGIN SELECT RAISE(ABORT, 'period: what is written stays as it is'); END
----
CREATE TRIGGER "period_no_delete" BEFORE DELETE ON "period" BEGIN SELECT RAISE(ABORT, 'period: what is written stays as it is'); END
----
CREATE TRIGGER "period_no_insert" BEFORE INSERT ON "period" WHEN EXISTS (SELECT 1 FROM "period" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'period: what is written stays as it is'); END
----
CREATE TABLE "cost_item" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "category" VARCHAR(255) NOT NULL,
    "method" VARCHAR(255) NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "rate_bp" INTEGER NOT NULL,
    "user_id" INTEGER,
    "shop_id" INTEGER,
    "starts_on" TEXT NOT NULL,
    "ends_on" TEXT,
    "evidence_call" VARCHAR(255) NOT NULL,
    "evidence" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    CHECK (category IN ('operator', 'trainee', 'server', 'telephone', 'bonus', 'fine', 'commission', 'other')),
    CHECK (method IN ('monthly', 'hours', 'answered', 'once', 'commission')),
    CHECK (amount_minor >= 0),
    CHECK (rate_bp BETWEEN 0 AND 10000),
    CHECK (ends_on IS NULL OR ends_on > starts_on))
----
CREATE INDEX "cost_item_user_id" ON "cost_item" ("user_id")
----
CREATE INDEX "cost_item_shop_id" ON "cost_item" ("shop_id")
----
CREATE TABLE "transaction" ("id" INTEGER NOT NULL PRIMARY KEY,
    "key" VARCHAR(255) NOT NULL,
    "day" TEXT NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "text" TEXT NOT NULL,
    "user_id" INTEGER,
    "at" TEXT NOT NULL,
    "reverses_id" INTEGER,
    "previous_hash" VARCHAR(255) NOT NULL,
    "hash" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    FOREIGN KEY ("reverses_id") REFERENCES "transaction" ("id"),
    CHECK (kind IN ('accrual', 'reserve', 'payment', 'reversal')))
----
CREATE UNIQUE INDEX "transaction_key" ON "transaction" ("key")
----
CREATE INDEX "transaction_user_id" ON "transaction" ("user_id")
----
CREATE UNIQUE INDEX "transaction_reverses_id" ON "transaction" ("reverses_id")
----
CREATE UNIQUE INDEX "transaction_hash" ON "transaction" ("hash")
----
CREATE TRIGGER "transaction_no_update" BEFORE UPDATE ON "transaction" BEGIN SELECT RAISE(ABORT, 'transaction: what is written stays as it is'); END
----
CREATE TRIGGER "transaction_no_delete" BEFORE DELETE ON "transaction" BEGIN SELECT RAISE(ABORT, 'transaction: what is written stays as it is'); END
----
CREATE TRIGGER "transaction_no_insert" BEFORE INSERT ON "transaction" WHEN EXISTS (SELECT 1 FROM "transaction" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'transaction: what is written stays as it is'); END
----
CREATE TABLE "accrual" ("id" INTEGER NOT NULL PRIMARY KEY,
    "period_id" INTEGER NOT NULL,
    "item_id" INTEGER NOT NULL,
    "transaction_id" INTEGER,
    "cost_minor" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,
    "fixed_minor" INTEGER NOT NULL,
    "covered_minor" INTEGER NOT NULL,
    "shared_minor" INTEGER NOT NULL,
    "basis" VARCHAR(255) NOT NULL,
    "weight_total" INTEGER NOT NULL,
    "note" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("period_id") REFERENCES "period" ("id"),
    FOREIGN KEY ("item_id") REFERENCES "cost_item" ("id"),
    FOREIGN KEY ("transaction_id") REFERENCES "transaction" ("id"),
    CHECK (basis IN ('own', 'equal', 'calls', 'talk', 'orders', 'weights')),
    CHECK (cost_minor = fixed_minor + covered_minor + shared_minor))
----
CREATE INDEX "accrual_period_id" ON "accrual" ("period_id")
----
CREATE INDEX "accrual_item_id" ON "accrual" ("item_id")
----
CREATE INDEX "accrual_transaction_id" ON "accrual" ("transaction_id")
----
CREATE UNIQUE INDEX "accrual_period_id_item_id" ON "accrual" ("period_id", "item_id")
----
CREATE TRIGGER "accrual_no_update" BEFORE UPDATE ON "accrual" BEGIN SELECT RAISE(ABORT, 'accrual: what is written stays as it is'); END
----
CREATE TRIGGER "accrual_no_delete" BEFORE DELETE ON "accrual" BEGIN SELECT RAISE(ABORT, 'accrual: what is written stays as it is'); END
----
CREATE TRIGGER "accrual_no_insert" BEFORE INSERT ON "accrual" WHEN EXISTS (SELECT 1 FROM "accrual" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'accrual: what is written stays as it is'); END
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
CREATE INDEX "callback_did_id" ON "callback" ("did_id")
----
CREATE INDEX "callback_closed_by_id" ON "callback" ("closed_by_id")
----
CREATE INDEX "callback_shop_id_closed_at" ON "callback" ("shop_id", "closed_at")
----
CREATE INDEX "callback_closed_at_due_at" ON "callback" ("closed_at", "due_at")
----
CREATE UNIQUE INDEX "callback_open" ON "callback" ("shop_id", "customer") WHERE closed_at IS NULL
----
CREATE TABLE "automatic_mode" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    "ended_because" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)
----
CREATE INDEX "automatic_mode_user_id" ON "automatic_mode" ("user_id")
----
CREATE UNIQUE INDEX "automatic_mode_open" ON "automatic_mode" ("user_id") WHERE ends_at IS NULL
----
CREATE TABLE "backup" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "taken_at" TEXT,
    "outside_at" TEXT,
    "ends_at" TEXT,
    "database_bytes" INTEGER NOT NULL,
    "files" INTEGER NOT NULL,
    "files_bytes" INTEGER NOT NULL,
    "fault" VARCHAR(255) NOT NULL,
    "detail" TEXT NOT NULL,
    CHECK (fault IN ('', 'no_room', 'folder', 'outside', 'stopped')))
----
CREATE UNIQUE INDEX "backup_name" ON "backup" ("name")
----
CREATE TABLE "books_look" ("id" INTEGER NOT NULL PRIMARY KEY,
    "at" TEXT NOT NULL,
    "rules" INTEGER NOT NULL,
    "wrong" INTEGER NOT NULL)
----
CREATE TABLE "books_fault" ("id" INTEGER NOT NULL PRIMARY KEY,
    "look_id" INTEGER NOT NULL,
    "rule" VARCHAR(255) NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "expected" TEXT NOT NULL,
    "actual" TEXT NOT NULL,
    "difference_minor" INTEGER,
    FOREIGN KEY ("look_id") REFERENCES "books_look" ("id") ON DELETE CASCADE)
----
CREATE INDEX "books_fault_look_id" ON "books_fault" ("look_id")
----
CREATE INDEX "call_answered" ON "call" ("shop_id", "arrived_at", "operator_id", "did_id", "direction", "key", "talk_seconds") WHERE ending = 'answered'
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
CREATE TABLE "counted_fact" ("id" INTEGER NOT NULL PRIMARY KEY,
    "period_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "user_id" INTEGER,
    "at" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    FOREIGN KEY ("period_id") REFERENCES "period" ("id"),
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (kind IN ('call', 'order', 'delivery', 'return')))
----
CREATE UNIQUE INDEX "counted_fact_kind_key" ON "counted_fact" ("kind", "key")
----
CREATE INDEX "counted_fact_period_id_shop_id" ON "counted_fact" ("period_id", "shop_id")
----
CREATE TRIGGER "counted_fact_no_update" BEFORE UPDATE ON "counted_fact" BEGIN SELECT RAISE(ABORT, 'counted_fact: what is written stays as it is'); END
----
CREATE TRIGGER "counted_fact_no_delete" BEFORE DELETE ON "counted_fact" BEGIN SELECT RAISE(ABORT, 'counted_fact: what is written stays as it is'); END
----
CREATE TRIGGER "counted_fact_no_insert" BEFORE INSERT ON "counted_fact" WHEN EXISTS (SELECT 1 FROM "counted_fact" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'counted_fact: what is written stays as it is'); END
----
CREATE TABLE "dead_end" ("id" INTEGER NOT NULL PRIMARY KEY,
    "did_id" INTEGER NOT NULL,
    "address" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("did_id") REFERENCES "did" ("id") ON DELETE CASCADE)
----
CREATE UNIQUE INDEX "dead_end_did_id" ON "dead_end" ("did_id")
----
CREATE TABLE "digest_choice" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "shop_id" INTEGER,
    "kind" VARCHAR(255) NOT NULL,
    "is_on" INTEGER NOT NULL,
    "hour" INTEGER NOT NULL,
    "weekdays" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('daily', 'weekly', 'monthly', 'statement', 'hers', 'health')),
    CHECK ((kind IN ('daily', 'weekly', 'monthly', 'statement')) = (shop_id IS NOT NULL)),
    CHECK (hour BETWEEN 4 AND 23))
----
CREATE INDEX "digest_choice_user_id" ON "digest_choice" ("user_id")
----
CREATE INDEX "digest_choice_shop_id" ON "digest_choice" ("shop_id")
----
CREATE UNIQUE INDEX "digest_choice_one" ON "digest_choice" ("user_id", "kind", coalesce(shop_id, 0))
----
CREATE TABLE "drill" ("id" INTEGER NOT NULL PRIMARY KEY,
    "wanted_by_id" INTEGER,
    "wanted_at" TEXT NOT NULL,
    "starts_at" TEXT,
    "ends_at" TEXT,
    "fault" VARCHAR(255) NOT NULL,
    "detail" TEXT NOT NULL,
    FOREIGN KEY ("wanted_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    CHECK (fault IN ('', 'asterisk', 'calls', 'shops', 'unable', 'stopped')))
----
CREATE INDEX "drill_wanted_by_id" ON "drill" ("wanted_by_id")
----
CREATE TABLE "drill_call" ("id" INTEGER NOT NULL PRIMARY KEY,
    "drill_id" INTEGER NOT NULL,
    "way" VARCHAR(255) NOT NULL,
    "resort" VARCHAR(255) NOT NULL,
    "heard_ms" INTEGER,
    "fault" VARCHAR(255) NOT NULL,
    "detail" TEXT NOT NULL,
    FOREIGN KEY ("drill_id") REFERENCES "drill" ("id") ON DELETE CASCADE,
    CHECK (way IN ('refused', 'frozen')),
    CHECK (resort IN ('message', 'mobile')),
    CHECK (fault IN ('', 'unanswered', 'reached', 'silence', 'cut', 'no_ring', 'no_offer', 'one_way')))
----
CREATE INDEX "drill_call_drill_id" ON "drill_call" ("drill_id")
----
CREATE UNIQUE INDEX "drill_call_drill_id_way_resort" ON "drill_call" ("drill_id", "way", "resort")
----
CREATE TABLE "drill_finding" ("id" INTEGER NOT NULL PRIMARY KEY,
    "drill_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "finding" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("drill_id") REFERENCES "drill" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK (finding IN ('mobile', 'message', 'not_live', 'not_callable', 'differs', 'unknown')))
----
CREATE INDEX "drill_finding_drill_id" ON "drill_finding" ("drill_id")
----
CREATE INDEX "drill_finding_shop_id" ON "drill_finding" ("shop_id")
----
CREATE UNIQUE INDEX "drill_finding_drill_id_shop_id" ON "drill_finding" ("drill_id", "shop_id")
----
CREATE TABLE "tallied_span" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "first" TEXT NOT NULL,
    "last" TEXT NOT NULL,
    "rule" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE)
----
CREATE INDEX "tallied_span_shop_id" ON "tallied_span" ("shop_id")
----
CREATE UNIQUE INDEX "tallied_span_shop_id_first_last" ON "tallied_span" ("shop_id", "first", "last")
----
CREATE TABLE "hour_tally" ("id" INTEGER NOT NULL PRIMARY KEY,
    "span_id" INTEGER NOT NULL,
    "weekday" INTEGER NOT NULL,
    "hour" INTEGER NOT NULL,
    "arrived" INTEGER NOT NULL,
    "offered" INTEGER NOT NULL,
    FOREIGN KEY ("span_id") REFERENCES "tallied_span" ("id") ON DELETE CASCADE)
----
CREATE INDEX "hour_tally_span_id" ON "hour_tally" ("span_id")
----
CREATE TABLE "item_answer" ("id" INTEGER NOT NULL PRIMARY KEY,
    "item_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("item_id") REFERENCES "cost_item" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"))
----
CREATE INDEX "item_answer_item_id" ON "item_answer" ("item_id")
----
CREATE INDEX "item_answer_user_id" ON "item_answer" ("user_id")
----
CREATE TABLE "job" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "at_minute" INTEGER,
    "every_seconds" INTEGER,
    "seen_at" TEXT NOT NULL,
    "ran_at" TEXT,
    "fault" TEXT NOT NULL,
    CHECK ((at_minute IS NULL) <> (every_seconds IS NULL)))
----
CREATE UNIQUE INDEX "job_name" ON "job" ("name")
----
CREATE TABLE "kept_place" ("id" INTEGER NOT NULL PRIMARY KEY,
    "callback_id" INTEGER NOT NULL,
    "call_key" VARCHAR(255) NOT NULL,
    "since" TEXT NOT NULL,
    "ends_at" TEXT,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE)
----
CREATE INDEX "kept_place_callback_id" ON "kept_place" ("callback_id")
----
CREATE UNIQUE INDEX "kept_place_call_key" ON "kept_place" ("call_key")
----
CREATE UNIQUE INDEX "kept_place_open" ON "kept_place" ("callback_id") WHERE ends_at IS NULL
----
CREATE TABLE "leaving" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "ended_by_id" INTEGER,
    "at" TEXT NOT NULL,
    "severed_at" TEXT,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("ended_by_id") REFERENCES "user" ("id") ON DELETE SET NULL)
----
CREATE INDEX "leaving_user_id" ON "leaving" ("user_id")
----
CREATE INDEX "leaving_ended_by_id" ON "leaving" ("ended_by_id")
----
CREATE INDEX "leg_user_id_rang_at" ON "leg" ("user_id", "rang_at")
----
CREATE TABLE "mobile_hours" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "weekday" INTEGER NOT NULL,
    "opens_minute" INTEGER NOT NULL,
    "closes_minute" INTEGER NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    CHECK (weekday BETWEEN 0 AND 6),
    CHECK (opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440))
----
CREATE INDEX "mobile_hours_shop_id" ON "mobile_hours" ("shop_id")
----
CREATE TABLE "new_run" ("id" INTEGER NOT NULL PRIMARY KEY,
    "job" VARCHAR(255) NOT NULL,
    "local_date" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "ended_at" TEXT,
    "outcome" TEXT NOT NULL,
    "fault" TEXT NOT NULL,
    "tries" INTEGER NOT NULL)
----
INSERT INTO "new_run" ("id", "job", "local_date", "started_at", "ended_at", "outcome", "fault", "tries")
    SELECT "id", "job", "local_date", "started_at", "ended_at", "outcome", '', 1 FROM "run"
----
DROP TABLE "run"
----
ALTER TABLE "new_run" RENAME TO "run"
----
CREATE UNIQUE INDEX "run_job_local_date" ON "run" ("job", "local_date")
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
CREATE TABLE "notice" ("id" INTEGER NOT NULL PRIMARY KEY,
    "cause" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "told_at" TEXT,
    "gone_at" TEXT,
    "ends_at" TEXT)
----
CREATE UNIQUE INDEX "notice_open" ON "notice" ("cause") WHERE ends_at IS NULL
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
CREATE TABLE "new_outbox" ("id" INTEGER NOT NULL PRIMARY KEY,
    "kind" VARCHAR(255) NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "recipient" VARCHAR(255) NOT NULL,
    "message_id" VARCHAR(255) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "picture" BLOB,
    "unsubscribe" VARCHAR(255) NOT NULL,
    "queued_at" TEXT NOT NULL,
    "due_at" TEXT)
----
INSERT INTO "new_outbox" ("id", "kind", "about", "recipient", "message_id", "subject", "text", "html", "queued_at", "due_at", "unsubscribe")
    SELECT "id", "kind", "about", "recipient", "message_id", "subject", "text", "html", "queued_at", "due_at", '' FROM "outbox"
----
DROP TABLE "outbox"
----
ALTER TABLE "new_outbox" RENAME TO "outbox"
----
CREATE UNIQUE INDEX "outbox_message_id" ON "outbox" ("message_id")
----
CREATE UNIQUE INDEX "outbox_kind_about_recipient" ON "outbox" ("kind", "about", "recipient")
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
CREATE TABLE "overflow" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "call_key" VARCHAR(255) NOT NULL,
    "did_id" INTEGER NOT NULL,
    "wanted_at" TEXT NOT NULL,
    "taken_at" TEXT,
    "ended_at" TEXT,
    "reason" VARCHAR(255) NOT NULL,
    "minutes_reserved" INTEGER NOT NULL,
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"))
----
CREATE UNIQUE INDEX "overflow_public_id" ON "overflow" ("public_id")
----
CREATE UNIQUE INDEX "overflow_call_key" ON "overflow" ("call_key")
----
CREATE INDEX "overflow_did_id" ON "overflow" ("did_id")
----
CREATE INDEX "overflow_open" ON "overflow" ("did_id") WHERE ended_at IS NULL
----
CREATE TABLE "payment" ("id" INTEGER NOT NULL PRIMARY KEY,
    "transaction_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER,
    "user_id" INTEGER,
    "place" VARCHAR(255) NOT NULL,
    "day" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "reference" VARCHAR(255) NOT NULL,
    "note" TEXT NOT NULL,
    FOREIGN KEY ("transaction_id") REFERENCES "transaction" ("id"),
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id"),
    CHECK (kind IN ('shop', 'operator', 'supplier', 'reserve')),
    CHECK (place IN ('bank', 'cash')),
    CHECK (amount_minor > 0),
    CHECK ((kind = 'shop') = (shop_id IS NOT NULL)),
    CHECK ((kind = 'operator') = (user_id IS NOT NULL)))
----
CREATE UNIQUE INDEX "payment_transaction_id" ON "payment" ("transaction_id")
----
CREATE INDEX "payment_shop_id" ON "payment" ("shop_id")
----
CREATE INDEX "payment_user_id" ON "payment" ("user_id")
----
CREATE TRIGGER "payment_no_update" BEFORE UPDATE ON "payment" BEGIN SELECT RAISE(ABORT, 'payment: what is written stays as it is'); END
----
CREATE TRIGGER "payment_no_delete" BEFORE DELETE ON "payment" BEGIN SELECT RAISE(ABORT, 'payment: what is written stays as it is'); END
----
CREATE TRIGGER "payment_no_insert" BEFORE INSERT ON "payment" WHEN EXISTS (SELECT 1 FROM "payment" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'payment: what is written stays as it is'); END
----
CREATE TABLE "placeholder" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "callback_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "taken_at" TEXT,
    "ends_at" TEXT,
    FOREIGN KEY ("callback_id") REFERENCES "callback" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('kept', 'automatic')))
----
CREATE UNIQUE INDEX "placeholder_public_id" ON "placeholder" ("public_id")
----
CREATE INDEX "placeholder_callback_id" ON "placeholder" ("callback_id")
----
CREATE UNIQUE INDEX "placeholder_open" ON "placeholder" ("callback_id") WHERE ends_at IS NULL
----
CREATE TABLE "posting" ("id" INTEGER NOT NULL PRIMARY KEY,
    "transaction_id" INTEGER NOT NULL,
    "account_id" INTEGER NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    FOREIGN KEY ("transaction_id") REFERENCES "transaction" ("id"),
    FOREIGN KEY ("account_id") REFERENCES "account" ("id"),
    CHECK (amount_minor <> 0))
----
CREATE INDEX "posting_transaction_id" ON "posting" ("transaction_id")
----
CREATE INDEX "posting_account_id" ON "posting" ("account_id")
----
CREATE TRIGGER "posting_no_update" BEFORE UPDATE ON "posting" BEGIN SELECT RAISE(ABORT, 'posting: what is written stays as it is'); END
----
CREATE TRIGGER "posting_no_delete" BEFORE DELETE ON "posting" BEGIN SELECT RAISE(ABORT, 'posting: what is written stays as it is'); END
----
CREATE TRIGGER "posting_no_insert" BEFORE INSERT ON "posting" WHEN EXISTS (SELECT 1 FROM "posting" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'posting: what is written stays as it is'); END
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
CREATE INDEX "presence_user_id_ends_at" ON "presence" ("user_id", "ends_at")
----
CREATE INDEX "presence_ends_at" ON "presence" ("ends_at")
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
CREATE TABLE "rehearsal" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "place" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    "calls" INTEGER NOT NULL,
    "transactions" INTEGER NOT NULL,
    "files" INTEGER NOT NULL,
    "fault" VARCHAR(255) NOT NULL,
    "detail" TEXT NOT NULL,
    CHECK (place IN ('folder', 'outside')),
    CHECK (fault IN ('', 'none', 'no_room', 'outside', 'files', 'database', 'books', 'facts', 'stopped')))
----
CREATE TABLE "release" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "given_by_id" INTEGER,
    "starts_at" TEXT NOT NULL,
    "ended_by_id" INTEGER,
    "ends_at" TEXT,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("given_by_id") REFERENCES "user" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("ended_by_id") REFERENCES "user" ("id") ON DELETE SET NULL)
----
CREATE INDEX "release_user_id" ON "release" ("user_id")
----
CREATE INDEX "release_shop_id" ON "release" ("shop_id")
----
CREATE INDEX "release_given_by_id" ON "release" ("given_by_id")
----
CREATE INDEX "release_ended_by_id" ON "release" ("ended_by_id")
----
CREATE UNIQUE INDEX "release_open" ON "release" ("user_id", "shop_id") WHERE ends_at IS NULL
----
CREATE TABLE "reveal" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "number" VARCHAR(255) NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE)
----
CREATE INDEX "reveal_user_id" ON "reveal" ("user_id")
----
CREATE INDEX "reveal_shop_id" ON "reveal" ("shop_id")
----
CREATE INDEX "reveal_user_id_at" ON "reveal" ("user_id", "at")
----
CREATE INDEX "reveal_shop_id_at" ON "reveal" ("shop_id", "at")
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
----
CREATE TABLE "share" ("id" INTEGER NOT NULL PRIMARY KEY,
    "accrual_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "days" INTEGER NOT NULL,
    "weight" INTEGER NOT NULL,
    "fixed_minor" INTEGER NOT NULL,
    "split_minor" INTEGER NOT NULL,
    "odd_minor" INTEGER NOT NULL,
    FOREIGN KEY ("accrual_id") REFERENCES "accrual" ("id"),
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"))
----
CREATE INDEX "share_accrual_id" ON "share" ("accrual_id")
----
CREATE INDEX "share_shop_id" ON "share" ("shop_id")
----
CREATE UNIQUE INDEX "share_accrual_id_shop_id" ON "share" ("accrual_id", "shop_id")
----
CREATE TRIGGER "share_no_update" BEFORE UPDATE ON "share" BEGIN SELECT RAISE(ABORT, 'share: what is written stays as it is'); END
----
CREATE TRIGGER "share_no_delete" BEFORE DELETE ON "share" BEGIN SELECT RAISE(ABORT, 'share: what is written stays as it is'); END
----
CREATE TRIGGER "share_no_insert" BEFORE INSERT ON "share" WHEN EXISTS (SELECT 1 FROM "share" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'share: what is written stays as it is'); END
----
CREATE TABLE "site_button" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "is_on" INTEGER NOT NULL,
    "did_id" INTEGER,
    "origins" TEXT NOT NULL,
    "cap_per_day" INTEGER NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"))
----
CREATE UNIQUE INDEX "site_button_shop_id" ON "site_button" ("shop_id")
----
CREATE UNIQUE INDEX "site_button_key" ON "site_button" ("key")
----
CREATE INDEX "site_button_did_id" ON "site_button" ("did_id")
----
CREATE TABLE "site_request" ("id" INTEGER NOT NULL PRIMARY KEY,
    "shop_id" INTEGER NOT NULL,
    "number" VARCHAR(255) NOT NULL,
    "address" VARCHAR(255) NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id") ON DELETE CASCADE)
----
CREATE INDEX "site_request_shop_id" ON "site_request" ("shop_id")
----
CREATE INDEX "site_request_number" ON "site_request" ("number")
----
CREATE INDEX "site_request_address" ON "site_request" ("address")
----
CREATE INDEX "site_request_at" ON "site_request" ("at")
----
CREATE TABLE "split_rule" ("id" INTEGER NOT NULL PRIMARY KEY,
    "item_id" INTEGER NOT NULL,
    "kind" VARCHAR(255) NOT NULL,
    "basis" VARCHAR(255) NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "starts_on" TEXT NOT NULL,
    "ends_on" TEXT,
    FOREIGN KEY ("item_id") REFERENCES "cost_item" ("id") ON DELETE CASCADE,
    CHECK (kind IN ('split', 'fee', 'fees', 'base')),
    CHECK (basis IN ('equal', 'calls', 'talk', 'orders', 'weights')),
    CHECK (amount_minor >= 0),
    CHECK (ends_on IS NULL OR ends_on > starts_on))
----
CREATE INDEX "split_rule_item_id" ON "split_rule" ("item_id")
----
CREATE TABLE "split_weight" ("id" INTEGER NOT NULL PRIMARY KEY,
    "rule_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "weight" INTEGER NOT NULL,
    FOREIGN KEY ("rule_id") REFERENCES "split_rule" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"),
    CHECK (weight >= 0))
----
CREATE INDEX "split_weight_rule_id" ON "split_weight" ("rule_id")
----
CREATE INDEX "split_weight_shop_id" ON "split_weight" ("shop_id")
----
CREATE UNIQUE INDEX "split_weight_rule_id_shop_id" ON "split_weight" ("rule_id", "shop_id")
----
CREATE TABLE "statement" ("id" INTEGER NOT NULL PRIMARY KEY,
    "period_id" INTEGER NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "opening_minor" INTEGER NOT NULL,
    "closing_minor" INTEGER NOT NULL,
    FOREIGN KEY ("period_id") REFERENCES "period" ("id"),
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"))
----
CREATE INDEX "statement_period_id" ON "statement" ("period_id")
----
CREATE INDEX "statement_shop_id" ON "statement" ("shop_id")
----
CREATE UNIQUE INDEX "statement_period_id_shop_id" ON "statement" ("period_id", "shop_id")
----
CREATE TRIGGER "statement_no_update" BEFORE UPDATE ON "statement" BEGIN SELECT RAISE(ABORT, 'statement: what is written stays as it is'); END
----
CREATE TRIGGER "statement_no_delete" BEFORE DELETE ON "statement" BEGIN SELECT RAISE(ABORT, 'statement: what is written stays as it is'); END
----
CREATE TRIGGER "statement_no_insert" BEFORE INSERT ON "statement" WHEN EXISTS (SELECT 1 FROM "statement" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'statement: what is written stays as it is'); END
----
CREATE TABLE "statement_line" ("id" INTEGER NOT NULL PRIMARY KEY,
    "statement_id" INTEGER NOT NULL,
    "posting_id" INTEGER NOT NULL,
    FOREIGN KEY ("statement_id") REFERENCES "statement" ("id"),
    FOREIGN KEY ("posting_id") REFERENCES "posting" ("id"))
----
CREATE INDEX "statement_line_statement_id" ON "statement_line" ("statement_id")
----
CREATE UNIQUE INDEX "statement_line_posting_id" ON "statement_line" ("posting_id")
----
CREATE TRIGGER "statement_line_no_update" BEFORE UPDATE ON "statement_line" BEGIN SELECT RAISE(ABORT, 'statement_line: what is written stays as it is'); END
----
CREATE TRIGGER "statement_line_no_delete" BEFORE DELETE ON "statement_line" BEGIN SELECT RAISE(ABORT, 'statement_line: what is written stays as it is'); END
----
CREATE TRIGGER "statement_line_no_insert" BEFORE INSERT ON "statement_line" WHEN EXISTS (SELECT 1 FROM "statement_line" WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'statement_line: what is written stays as it is'); END
----
CREATE TABLE "tally" ("id" INTEGER NOT NULL PRIMARY KEY,
    "span_id" INTEGER NOT NULL,
    "about" VARCHAR(255) NOT NULL,
    "did_id" INTEGER,
    "operator_id" INTEGER,
    "arrived" INTEGER NOT NULL,
    "offered" INTEGER NOT NULL,
    "answered" INTEGER NOT NULL,
    "answered_within" INTEGER NOT NULL,
    "abandoned" INTEGER NOT NULL,
    "abandoned_within" INTEGER NOT NULL,
    "gave_up_seconds" INTEGER NOT NULL,
    "asked" INTEGER NOT NULL,
    "nobody" INTEGER NOT NULL,
    "cut" INTEGER NOT NULL,
    "short" INTEGER NOT NULL,
    "waited_seconds" INTEGER NOT NULL,
    "handled" INTEGER NOT NULL,
    "talk_seconds" INTEGER NOT NULL,
    "after_call_seconds" INTEGER NOT NULL,
    "called" INTEGER NOT NULL,
    "called_talk_seconds" INTEGER NOT NULL,
    "told" INTEGER NOT NULL,
    "solved" INTEGER NOT NULL,
    "called_back" INTEGER NOT NULL,
    "waiting" INTEGER NOT NULL,
    "lost" INTEGER NOT NULL,
    FOREIGN KEY ("span_id") REFERENCES "tallied_span" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    FOREIGN KEY ("operator_id") REFERENCES "user" ("id"),
    CHECK (about IN ('whole', 'did', 'operator')))
----
CREATE INDEX "tally_did_id" ON "tally" ("did_id")
----
CREATE INDEX "tally_operator_id" ON "tally" ("operator_id")
----
CREATE INDEX "tally_span_id_about" ON "tally" ("span_id", "about")
----
CREATE TABLE "telephone" ("id" INTEGER NOT NULL PRIMARY KEY,
    "user_id" INTEGER NOT NULL,
    "session_id" INTEGER NOT NULL,
    "secret" VARCHAR(255) NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    "severed_at" TEXT,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE)
----
CREATE INDEX "telephone_user_id" ON "telephone" ("user_id")
----
CREATE INDEX "telephone_session_id" ON "telephone" ("session_id")
----
CREATE UNIQUE INDEX "telephone_open" ON "telephone" ("user_id") WHERE ends_at IS NULL
----
CREATE INDEX "telephone_living" ON "telephone" ("severed_at") WHERE severed_at IS NULL
----
CREATE TABLE "transfer" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "call_key" VARCHAR(255) NOT NULL,
    "did_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "wanted_at" TEXT NOT NULL,
    "sent_at" TEXT,
    "withdrawn_at" TEXT,
    "taken_at" TEXT,
    "ended_at" TEXT,
    "reason" VARCHAR(255) NOT NULL,
    "minutes_reserved" INTEGER NOT NULL,
    FOREIGN KEY ("did_id") REFERENCES "did" ("id"),
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)
----
CREATE UNIQUE INDEX "transfer_public_id" ON "transfer" ("public_id")
----
CREATE INDEX "transfer_did_id" ON "transfer" ("did_id")
----
CREATE INDEX "transfer_user_id" ON "transfer" ("user_id")
----
CREATE UNIQUE INDEX "transfer_open" ON "transfer" ("call_key") WHERE ended_at IS NULL
----
CREATE TABLE "trunk_outage" ("id" INTEGER NOT NULL PRIMARY KEY,
    "trunk_id" INTEGER NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT,
    FOREIGN KEY ("trunk_id") REFERENCES "trunk" ("id") ON DELETE CASCADE)
----
CREATE INDEX "trunk_outage_trunk_id" ON "trunk_outage" ("trunk_id")
----
CREATE UNIQUE INDEX "trunk_outage_open" ON "trunk_outage" ("trunk_id") WHERE ends_at IS NULL
----
CREATE TABLE "new_union" ("id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "timezone" VARCHAR(255) NOT NULL,
    "currency" VARCHAR(255) NOT NULL,
    "language" VARCHAR(255) NOT NULL,
    "reserve_after_seconds" INTEGER NOT NULL,
    "reserve_line_length" INTEGER NOT NULL,
    "mobile_after_seconds" INTEGER NOT NULL,
    CHECK (id = 1))
----
INSERT INTO "new_union" ("id", "name", "timezone", "currency", "language", "reserve_after_seconds", "reserve_line_length", "mobile_after_seconds")
    SELECT "id", "name", "timezone", "currency", "language", 20, 3, 60 FROM "union"
----
DROP TABLE "union"
----
ALTER TABLE "new_union" RENAME TO "union"
----
CREATE TABLE "voicemail" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "file" VARCHAR(255) NOT NULL,
    "recorded_at" TEXT NOT NULL,
    "seconds" INTEGER NOT NULL,
    "deleted_at" TEXT,
    FOREIGN KEY ("shop_id") REFERENCES "shop" ("id"))
----
CREATE UNIQUE INDEX "voicemail_call_key" ON "voicemail" ("call_key")
----
CREATE INDEX "voicemail_shop_id" ON "voicemail" ("shop_id")
----
CREATE UNIQUE INDEX "voicemail_file" ON "voicemail" ("file")
----
CREATE INDEX "voicemail_shop_id_recorded_at" ON "voicemail" ("shop_id", "recorded_at")
----
CREATE TABLE "voicemail_listening" ("id" INTEGER NOT NULL PRIMARY KEY,
    "public_id" VARCHAR(255) NOT NULL,
    "voicemail_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    FOREIGN KEY ("voicemail_id") REFERENCES "voicemail" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)
----
CREATE UNIQUE INDEX "voicemail_listening_public_id" ON "voicemail_listening" ("public_id")
----
CREATE INDEX "voicemail_listening_voicemail_id" ON "voicemail_listening" ("voicemail_id")
----
CREATE INDEX "voicemail_listening_user_id" ON "voicemail_listening" ("user_id")
----
CREATE TABLE "waiting_played" ("id" INTEGER NOT NULL PRIMARY KEY,
    "call_key" VARCHAR(255) NOT NULL,
    "prompt_id" INTEGER NOT NULL,
    "starts_at" TEXT NOT NULL,
    "ends_at" TEXT NOT NULL,
    FOREIGN KEY ("prompt_id") REFERENCES "prompt" ("id") ON DELETE CASCADE)
----
CREATE INDEX "waiting_played_prompt_id" ON "waiting_played" ("prompt_id")
----
CREATE UNIQUE INDEX "waiting_played_call_key_prompt_id" ON "waiting_played" ("call_key", "prompt_id")
----
CREATE TABLE "waiting_prompt" ("id" INTEGER NOT NULL PRIMARY KEY,
    "prompt_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    FOREIGN KEY ("prompt_id") REFERENCES "prompt" ("id") ON DELETE CASCADE)
----
CREATE UNIQUE INDEX "waiting_prompt_prompt_id" ON "waiting_prompt" ("prompt_id")
----
CREATE TABLE "work_tally" ("id" INTEGER NOT NULL PRIMARY KEY,
    "day" TEXT NOT NULL,
    "user_id" INTEGER,
    "ready_seconds" INTEGER NOT NULL,
    "after_call_seconds" INTEGER NOT NULL,
    FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE)
----
CREATE INDEX "work_tally_user_id" ON "work_tally" ("user_id")
----
CREATE UNIQUE INDEX "work_tally_day_user_id" ON "work_tally" ("day", "user_id")
"""


def up(migrator, db):
    for statement in STATEMENTS.split("\n----\n"):
        db.execute_sql(statement.strip())
