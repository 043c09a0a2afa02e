from django.db import migrations

# The function is shared by every append-only table of the project; later migrations attach it.
FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
LEDGER = """
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON people_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON people_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    """The ledger is append-only: the database says so too."""

    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change()"),
        migrations.RunSQL(
            LEDGER,
            "DROP TRIGGER ledger_append_only ON people_ledgerentry;"
            "DROP TRIGGER ledger_no_truncate ON people_ledgerentry;",
        ),
    ]
