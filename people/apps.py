from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = "People"

    def ready(self) -> None:
        from people import (
            personal_data,
            privacy,
            receivers,  # noqa: F401 - its import is what connects them
            register,
        )

        privacy.declare(*register.TABLES)
        personal_data.register(personal_data.PEOPLE)
