"""Trainees of the first release were rung for every shop of their lines; now a shop says whom it lets answer.

So that nobody is left out by the upgrade, each is released for every shop she was rung for; its owner may end that.
Whoever has a release already, or had one, was decided upon since.
"""

RELEASES = """
INSERT INTO "release" ("user_id", "shop_id", "starts_at")
    SELECT "member"."user_id", "shop"."id", strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
    FROM "queue_operator" AS "member" JOIN "shop" ON "shop"."queue_id" = "member"."queue_id"
    WHERE "member"."penalty" > 0 AND NOT "shop"."is_test"
        AND "member"."user_id" NOT IN (SELECT "user_id" FROM "release")
"""


def up(migrator, db):
    db.execute_sql(RELEASES.strip())
