from django.db import migrations

# Nobody is placed above full-time at any moment, however the rows are written and however many at once: whoever
# writes a placement of a person waits for others who do, and then counts. Full-time is what the seconder employs for.
OVERLAP = """
CREATE FUNCTION occupies(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state NOT IN ('draft', 'declined', 'withdrawn')
$$;

CREATE FUNCTION placed_within_full_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    full_time numeric;
    most numeric;
BEGIN
    IF NOT occupies(NEW.state) OR NEW.secondee_id IS NULL OR NEW.weekly_hours IS NULL THEN
        RETURN NULL;
    END IF;
    -- What shrinks cannot put anybody above full-time, whatever full-time has become meanwhile.
    IF TG_OP = 'UPDATE' AND occupies(OLD.state) AND OLD.secondee_id IS NOT DISTINCT FROM NEW.secondee_id
        AND NEW.start_on >= OLD.start_on AND NEW.end_on <= OLD.end_on AND NEW.weekly_hours <= OLD.weekly_hours
    THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('placed'), NEW.secondee_id::integer);
    SELECT weekly_hours INTO full_time FROM people_employment
        WHERE person_id = NEW.secondee_id AND organisation_id = NEW.seconder_id
            AND (since IS NULL OR since <= current_date) AND (until IS NULL OR until >= current_date)
        ORDER BY since DESC NULLS LAST LIMIT 1;
    SELECT max(together) INTO most FROM (
        SELECT (
            SELECT sum(placed.weekly_hours) FROM secondments_secondment placed
            WHERE placed.secondee_id = NEW.secondee_id AND occupies(placed.state)
                AND begins.day BETWEEN placed.start_on AND placed.end_on
        ) AS together
        FROM (
            SELECT NEW.start_on AS day
            UNION SELECT other.start_on FROM secondments_secondment other
            WHERE other.secondee_id = NEW.secondee_id AND occupies(other.state)
                AND other.start_on BETWEEN NEW.start_on AND NEW.end_on
        ) AS begins
    ) AS sums;
    IF most > coalesce(full_time, 40) THEN
        RAISE EXCEPTION 'placed above full-time' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER secondment_within_full_time AFTER INSERT OR UPDATE ON secondments_secondment
    FOR EACH ROW EXECUTE FUNCTION placed_within_full_time();
"""
UNDO = """
DROP TRIGGER secondment_within_full_time ON secondments_secondment;
DROP FUNCTION placed_within_full_time();
DROP FUNCTION occupies(text);
"""

# Every case has its proposal.
PROPOSALS = """
INSERT INTO secondments_proposal (
    secondment_id, category, work_type, why_secondment, benefit_seconder, benefit_secondee, benefit_host, if_refused,
    host_provides, cover, cover_who, cover_ends_with, cover_note, funding, budget_holder, currency, risks, conditions,
    work_country, permit, social_security, is_accompanied, relocation, tax_note, started_as, sections, unfinished,
    selection, host_grade, checks, leave_note, return_post, pay_note, started_by_id, first_asked_at, first_submitted_at
)
SELECT id, '', '', '', '', '', '', '', '', '', '', true, '', '', '', '', '', '', '', '', '', false, '', '',
    'hr_seconder', '{}', '{}', '', '', '', '', '', '', owner_id, created_at, submitted_at
FROM secondments_secondment;
"""


class Migration(migrations.Migration):
    dependencies = [("secondments", "0006_proposals"), ("people", "0013_policy_costs_and_leads")]
    operations = [
        migrations.RunSQL(OVERLAP, UNDO),
        migrations.RunSQL(PROPOSALS, migrations.RunSQL.noop),
    ]
