from django.db import migrations

# What each append-only table may lose in a paper that was never signed by all; a signature only its signatory.
ERASED = {
    "version": '{"terms": "", "values": {}, "wordings": {}, "note": ""}',
    "document": '{"content": "\\\\x", "size": 0}',
    "evidenceevent": '{"body": ""}',
    "signature": '{"signed_name": "Erased person", "email": "erased@erased.invalid", "identity": ""}',
}

# The signed set is never touched: papers that all have signed, and papers of a case that is not closed.
ONLY_UNSIGNED = """
CREATE FUNCTION only_unsigned_papers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agreements_agreement a JOIN secondments_secondment s ON s.id = a.secondment_id
        WHERE a.id = OLD.agreement_id AND a.state IN ('void', 'declined')
            AND s.state IN ('completed', 'declined', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
ERASE_PAPER = """
CREATE FUNCTION erase_paper(paper bigint, person bigint) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE agreements_version SET terms = '', values = '{}', wordings = '{}', note = ''
    WHERE agreement_id = paper AND (terms <> '' OR values <> '{}' OR wordings <> '{}' OR note <> '');
    UPDATE agreements_document SET content = '', size = 0 WHERE agreement_id = paper AND size <> 0;
    UPDATE agreements_evidenceevent SET body = '' WHERE agreement_id = paper AND body <> '';
    UPDATE agreements_signature SET signed_name = 'Erased person', email = 'erased@erased.invalid', identity = ''
    WHERE agreement_id = paper AND signed_name <> 'Erased person'
        AND slot_id IN (SELECT id FROM agreements_signatureslot WHERE signatory_id = person);
$$;
"""


def may_be_erased(table: str, erased: str) -> migrations.RunSQL:
    name = f"agreements_{table}"
    return migrations.RunSQL(
        f"DROP TRIGGER {table}_append_only ON {name};"
        f"CREATE TRIGGER {table}_append_only BEFORE DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER {table}_only_erased BEFORE UPDATE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION only_erased('{erased}');"
        f"CREATE TRIGGER {table}_only_unsigned BEFORE UPDATE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION only_unsigned_papers();",
        f"DROP TRIGGER {table}_only_erased ON {name};"
        f"DROP TRIGGER {table}_only_unsigned ON {name};"
        f"DROP TRIGGER {table}_append_only ON {name};"
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
    )


class Migration(migrations.Migration):
    """A paper that was declined or became void can lose its words; a signed one never loses any."""

    dependencies = [("agreements", "0003_origin_beside_signature"), ("people", "0012_only_erased")]
    operations = [
        migrations.RunSQL(ONLY_UNSIGNED, "DROP FUNCTION only_unsigned_papers();"),
        *[may_be_erased(table, erased) for table, erased in ERASED.items()],
        migrations.RunSQL(ERASE_PAPER, "DROP FUNCTION erase_paper(bigint, bigint);"),
    ]
