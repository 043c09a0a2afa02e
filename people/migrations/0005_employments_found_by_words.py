import django.contrib.postgres.indexes
from django.db import migrations

import people.models.user


class Migration(migrations.Migration):
    dependencies = [("people", "0004_people_and_organisations")]

    operations = [
        migrations.AddIndex(
            model_name="employment",
            index=django.contrib.postgres.indexes.GinIndex(
                people.models.user.Words("job_title", "employee_number"), name="employment_words"
            ),
        ),
    ]
