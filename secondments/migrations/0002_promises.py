from django.db import migrations

SEQUENCE = "CREATE SEQUENCE secondment_reference"

# A change of state counts up by one and has its entry in the ledger when the transaction ends.
LEDGER = """
CREATE FUNCTION state_counts_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NEW.transition_number <> OLD.transition_number + 1 THEN
        RAISE EXCEPTION 'a state changes through the door' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.transition_number < OLD.transition_number THEN
        RAISE EXCEPTION 'an older copy of the case was saved' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER secondment_state_counts_up BEFORE UPDATE OF state ON secondments_secondment
    FOR EACH ROW EXECUTE FUNCTION state_counts_up();

CREATE FUNCTION state_has_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT FROM people_ledgerentry WHERE case_id = NEW.id AND number = NEW.transition_number
    ) THEN
        RAISE EXCEPTION 'a change of state without its entry in the ledger' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER secondment_state_has_ledger_entry AFTER UPDATE OF state ON secondments_secondment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION state_has_ledger_entry();
"""
UNDO = """
DROP TRIGGER secondment_state_has_ledger_entry ON secondments_secondment;
DROP TRIGGER secondment_state_counts_up ON secondments_secondment;
DROP FUNCTION state_has_ledger_entry();
DROP FUNCTION state_counts_up();
"""


class Migration(migrations.Migration):
    """References count up, and no state changes without its ledger entry."""

    dependencies = [("secondments", "0001_initial"), ("people", "0002_append_only_ledger")]
    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE secondment_reference"),
        migrations.RunSQL(LEDGER, UNDO),
    ]
