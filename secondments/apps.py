from django.apps import AppConfig


class SecondmentsConfig(AppConfig):
    name = "secondments"
    verbose_name = "Secondments"

    def ready(self) -> None:
        from people import bonds
        from people.personal_data import register
        from people.privacy import declare
        from secondments import parts_elsewhere, personal_data, privacy, receivers

        declare(*privacy.TABLES)
        register(personal_data.HOUSE)
        bonds.register("secondments", parts_elsewhere.held)
        receivers.connect()
