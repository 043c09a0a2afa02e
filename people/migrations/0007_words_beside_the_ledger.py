import django.db.models.deletion
from django.db import migrations, models

import people.models.ledger

# Canonical texts and what is made of them. Times are microseconds since 1970, so that no session's zone matters.
FUNCTIONS = """
CREATE FUNCTION ledger_words_digest(salt text, actor_name text, reason text, facts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(salt || jsonb_build_array(actor_name, reason, facts)::text, 'UTF8')), 'hex');

CREATE FUNCTION ledger_hash(
    id bigint, at timestamptz, verb text, actor_id bigint, acting_as text, case_id bigint, number integer,
    subject_id bigint, words_digest text, chain bigint, previous text
) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(jsonb_build_array(
    id, (extract(epoch FROM at) * 1000000)::bigint, verb, actor_id, acting_as, case_id, number, subject_id, words_digest,
    chain, previous)::text, 'UTF8')), 'hex');
"""

# In this order: hold the ledger against an anchor, hold the chain against others, and only then take a number, so
# that numbers follow the chain and an anchor knows what came before it.
LINK = """
CREATE FUNCTION ledger_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.chain := coalesce(NEW.case_id, 0);
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger', 0));
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger chain', NEW.chain));
    NEW.id := nextval(pg_get_serial_sequence('people_ledgerentry', 'id'));
    NEW.words_digest := (
        SELECT ledger_words_digest(w.salt, w.actor_name, w.reason, w.facts) FROM people_ledgerwords w
        WHERE w.id = NEW.words_id AND w.erased_at IS NULL
    );
    NEW.previous := coalesce(
        (SELECT e.hash FROM people_ledgerentry e WHERE e.chain = NEW.chain ORDER BY e.id DESC LIMIT 1), repeat('0', 64)
    );
    NEW.hash := ledger_hash(NEW.id, NEW.at, NEW.verb, NEW.actor_id, NEW.acting_as, NEW.case_id, NEW.number,
        NEW.subject_id, NEW.words_digest, NEW.chain, NEW.previous);
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_link BEFORE INSERT ON people_ledgerentry FOR EACH ROW EXECUTE FUNCTION ledger_link();
"""
UNDO_LINK = "DROP TRIGGER ledger_link ON people_ledgerentry; DROP FUNCTION ledger_link();"

ERASURE = """
CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.id = OLD.id
        AND NEW.actor_name = '' AND NEW.reason = '' AND NEW.facts = '{}' AND NEW.salt = ''
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted, but for erasing all their words', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_words_only_erased BEFORE UPDATE ON people_ledgerwords
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure();
CREATE TRIGGER ledger_words_stay BEFORE DELETE ON people_ledgerwords
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_words_no_truncate BEFORE TRUNCATE ON people_ledgerwords
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNDO_ERASURE = """
DROP TRIGGER ledger_words_only_erased ON people_ledgerwords;
DROP TRIGGER ledger_words_stay ON people_ledgerwords;
DROP TRIGGER ledger_words_no_truncate ON people_ledgerwords;
DROP FUNCTION refuse_all_but_erasure();
"""

OPEN = "ALTER TABLE people_ledgerentry DISABLE TRIGGER USER"
SHUT = "ALTER TABLE people_ledgerentry ENABLE TRIGGER USER"

# One words row for each entry, under the entry's number; then each chain from its beginning.
MOVE = """
INSERT INTO people_ledgerwords (id, actor_name, reason, facts, salt)
    SELECT id, actor_name, reason, facts, replace(gen_random_uuid()::text, '-', '') FROM people_ledgerentry;
SELECT setval(pg_get_serial_sequence('people_ledgerwords', 'id'), coalesce(max(id), 0) + 1, false) FROM people_ledgerwords;
UPDATE people_ledgerentry e SET words_id = w.id, chain = coalesce(e.case_id, 0),
    words_digest = ledger_words_digest(w.salt, w.actor_name, w.reason, w.facts)
    FROM people_ledgerwords w WHERE w.id = e.id;
DO $$
DECLARE
    entry people_ledgerentry;
    chain bigint := -1;
    last text;
BEGIN
    FOR entry IN SELECT * FROM people_ledgerentry e ORDER BY e.chain, e.id LOOP
        IF entry.chain <> chain THEN
            chain := entry.chain;
            last := repeat('0', 64);
        END IF;
        UPDATE people_ledgerentry e SET previous = last, hash = ledger_hash(e.id, e.at, e.verb, e.actor_id,
            e.acting_as, e.case_id, e.number, e.subject_id, e.words_digest, e.chain, last)
            WHERE e.id = entry.id RETURNING e.hash INTO last;
    END LOOP;
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
"""
MOVE_BACK = """
UPDATE people_ledgerentry e SET actor_name = w.actor_name, reason = w.reason, facts = w.facts
    FROM people_ledgerwords w WHERE w.id = e.words_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    """What may name people moves beside the ledger, where it can be erased; the ledger becomes chains of hashes."""

    dependencies = [("people", "0006_invitation_onward")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION ledger_hash; DROP FUNCTION ledger_words_digest;",
        ),
        migrations.CreateModel(
            name="LedgerWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField(blank=True)),
                ("facts", models.JSONField(default=dict)),
                ("salt", models.CharField(default=people.models.ledger.new_salt, max_length=32)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name_plural": "ledger words"},
        ),
        migrations.RunSQL(OPEN, SHUT),
        migrations.AddField("ledgerentry", "subject_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "ledgerentry",
            "words",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entry",
                to="people.ledgerwords",
            ),
        ),
        migrations.AddField("ledgerentry", "words_digest", models.CharField(default="", editable=False, max_length=64)),
        migrations.AddField("ledgerentry", "chain", models.BigIntegerField(default=0, editable=False)),
        migrations.AddField("ledgerentry", "previous", models.CharField(default="", editable=False, max_length=64)),
        migrations.AddField("ledgerentry", "hash", models.CharField(default="", editable=False, max_length=64)),
        migrations.RunSQL(MOVE, MOVE_BACK),
        # Going back, the column is there before it is filled.
        migrations.AlterField("ledgerentry", "actor_name", models.CharField(default="", max_length=200)),
        migrations.RemoveField("ledgerentry", "actor_name"),
        migrations.RemoveField("ledgerentry", "reason"),
        migrations.RemoveField("ledgerentry", "facts"),
        migrations.AlterField(
            "ledgerentry",
            "words",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="entry", to="people.ledgerwords"
            ),
        ),
        migrations.AddConstraint(
            "ledgerentry",
            models.UniqueConstraint(fields=["chain", "previous"], name="ledger_chain_does_not_fork"),
        ),
        migrations.AddIndex("ledgerentry", models.Index(fields=["chain", "-id"], name="ledger_by_chain")),
        migrations.AddIndex("ledgerentry", models.Index(fields=["verb", "-id"], name="ledger_by_verb")),
        migrations.AddIndex("ledgerentry", models.Index(fields=["actor_id", "-id"], name="ledger_by_actor")),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(
                fields=["subject_id", "-id"],
                name="ledger_by_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
        ),
        migrations.RunSQL(SHUT, OPEN),
        migrations.RunSQL(LINK, UNDO_LINK),
        migrations.RunSQL(ERASURE, UNDO_ERASURE),
    ]
