from django.db import migrations

# A row may lose words and nothing else: every changed column must have become what stands in its place.
ONLY_ERASED = """
CREATE FUNCTION only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(new_column.key, new_column.value), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW)) AS new_column
    WHERE new_column.value IS DISTINCT FROM to_jsonb(OLD) -> new_column.key;
    IF changed = '{}' OR NOT TG_ARGV[0]::jsonb @> changed THEN
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
LEDGER = """
DROP TRIGGER ledger_append_only ON people_ledgerentry;
CREATE TRIGGER ledger_append_only BEFORE DELETE ON people_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_only_erased BEFORE UPDATE ON people_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION only_erased('{"actor_name": "Erased person", "reason": "", "facts": {}}');

CREATE FUNCTION forget_words(person bigint, cases bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE people_ledgerentry SET actor_name = 'Erased person'
    WHERE actor_id = person AND actor_name <> 'Erased person';
    UPDATE people_ledgerentry SET reason = '', facts = '{}'
    WHERE (actor_id = person OR case_id = ANY (cases)) AND (reason <> '' OR facts <> '{}');
$$;
"""
UNDO = """
DROP FUNCTION forget_words(bigint, bigint[]);
DROP TRIGGER ledger_only_erased ON people_ledgerentry;
DROP TRIGGER ledger_append_only ON people_ledgerentry;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON people_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    """The ledger forgets the words of an erased person: who did it, why, what exactly; never that it was done.

    The application's role may still only add; it forgets through a function that belongs to the owner.
    """

    dependencies = [("people", "0005_personal_data")]
    operations = [
        migrations.RunSQL(ONLY_ERASED, "DROP FUNCTION only_erased();"),
        migrations.RunSQL(LEDGER, UNDO),
    ]
