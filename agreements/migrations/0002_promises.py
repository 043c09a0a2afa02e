from django.db import migrations

APPEND_ONLY = ["version", "approval", "document", "signature", "evidenceevent"]


def append_only(table: str) -> migrations.RunSQL:
    name = f"agreements_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {table}_append_only ON {name}; DROP TRIGGER {table}_no_truncate ON {name};",
    )


# An approval names the hash of the version that is current at that moment.
APPROVAL = """
CREATE FUNCTION approval_is_of_current_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agreements_version v JOIN agreements_agreement a ON a.current_id = v.id
        WHERE v.id = NEW.version_id AND v.content_hash = NEW.content_hash
    ) THEN
        RAISE EXCEPTION 'an approval of an outdated version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_is_of_current_version BEFORE INSERT ON agreements_approval
    FOR EACH ROW EXECUTE FUNCTION approval_is_of_current_version();
"""

# Nobody is placed without a paper that all have signed and that is sealed.
PLACEMENT = """
CREATE FUNCTION placement_has_sealed_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('active', 'review', 'return', 'completed') AND NOT EXISTS (
        SELECT FROM agreements_agreement
        WHERE secondment_id = NEW.id AND state = 'signed' AND sealed_copy_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a placement without a signed and sealed agreement' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'agreed' AND NOT EXISTS (
        SELECT FROM agreements_agreement WHERE secondment_id = NEW.id AND state = 'signed'
    ) THEN
        RAISE EXCEPTION 'concluded without a signed agreement' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER placement_has_sealed_agreement AFTER INSERT OR UPDATE OF state ON secondments_secondment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION placement_has_sealed_agreement();

CREATE FUNCTION signed_paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' AND (
        NEW.state <> 'signed' OR NEW.current_id IS DISTINCT FROM OLD.current_id
        OR NEW.review_copy_id IS DISTINCT FROM OLD.review_copy_id
        OR (OLD.sealed_copy_id IS NOT NULL AND NEW.sealed_copy_id IS DISTINCT FROM OLD.sealed_copy_id)
    ) THEN
        RAISE EXCEPTION 'a signed agreement is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'signed' AND OLD.state <> 'signed' AND EXISTS (
        SELECT FROM agreements_signatureslot s LEFT JOIN agreements_signature g ON g.slot_id = s.id
        WHERE s.agreement_id = NEW.id AND (g.id IS NULL OR g.version_id <> NEW.current_id)
    ) THEN
        RAISE EXCEPTION 'not all have signed this version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_paper_stays BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION signed_paper_stays();
"""
UNDO = """
DROP TRIGGER signed_paper_stays ON agreements_agreement;
DROP FUNCTION signed_paper_stays();
DROP TRIGGER placement_has_sealed_agreement ON secondments_secondment;
DROP FUNCTION placement_has_sealed_agreement();
"""


class Migration(migrations.Migration):
    """Papers, approvals, signatures and evidence keep their word; no placement without a sealed agreement."""

    dependencies = [("agreements", "0001_initial"), ("secondments", "0002_promises")]
    operations = [
        *[append_only(table) for table in APPEND_ONLY],
        migrations.RunSQL(
            APPROVAL,
            "DROP TRIGGER approval_is_of_current_version ON agreements_approval;"
            "DROP FUNCTION approval_is_of_current_version();",
        ),
        migrations.RunSQL(PLACEMENT, UNDO),
    ]
