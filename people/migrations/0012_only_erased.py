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


class Migration(migrations.Migration):
    """A trigger function for append-only tables whose rows may lose words and nothing else."""

    dependencies = [("people", "0011_personal_data")]
    operations = [migrations.RunSQL(ONLY_ERASED, "DROP FUNCTION only_erased();")]
