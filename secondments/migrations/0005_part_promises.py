from django.db import migrations, models

# An open part is held by nobody but whom the case names: said when the transaction ends, from both sides.
PROMISE = """
CREATE FUNCTION named_for(c secondments_secondment, part text) RETURNS bigint LANGUAGE sql STABLE
    RETURN CASE part
        WHEN 'secondee' THEN c.secondee_id
        WHEN 'line_manager' THEN c.line_manager_id
        WHEN 'host_contact' THEN c.host_contact_id
        WHEN 'signatory_seconder' THEN c.seconder_signatory_id
        WHEN 'signatory_host' THEN CASE WHEN c.host_signatory_confirmed_at IS NOT NULL THEN c.host_signatory_id END
    END;
CREATE FUNCTION parts_are_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE TG_TABLE_NAME WHEN 'secondments_casepart' THEN (to_jsonb(NEW) ->> 'secondment_id')::bigint ELSE NEW.id END;
BEGIN
    IF EXISTS (
        SELECT FROM secondments_casepart p JOIN secondments_secondment c ON c.id = p.secondment_id
        WHERE c.id = wanted AND p.until IS NULL AND p.part <> 'host_supervisor'
            AND p.person_id IS DISTINCT FROM named_for(c, p.part)
    ) THEN
        RAISE EXCEPTION 'a part of somebody whom the case does not name' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_part_is_named AFTER INSERT OR UPDATE ON secondments_casepart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION parts_are_named();
CREATE CONSTRAINT TRIGGER secondment_names_parts
    AFTER UPDATE OF secondee_id, line_manager_id, host_contact_id, host_signatory_id, seconder_signatory_id,
        host_signatory_confirmed_at ON secondments_secondment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION parts_are_named();
"""
UNDO = """
DROP TRIGGER secondment_names_parts ON secondments_secondment;
DROP TRIGGER case_part_is_named ON secondments_casepart;
DROP FUNCTION parts_are_named();
DROP FUNCTION named_for(secondments_secondment, text);
"""


class Migration(migrations.Migration):
    dependencies = [("secondments", "0004_give_parts")]
    operations = [
        migrations.AddConstraint(
            model_name="secondment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["active", "agreed", "agreement", "completed", "return", "review"]), _negated=True
                    ),
                    ("host_signatory_confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="secondment_host_signatory_confirmed_at_in_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["active", "agreed", "agreement", "completed", "return", "review"]), _negated=True
                    ),
                    ("host_signatory_confirmed_by__isnull", False),
                    _connector="OR",
                ),
                name="secondment_host_signatory_confirmed_by_in_state",
            ),
        ),
        migrations.RunSQL(PROMISE, UNDO),
    ]
