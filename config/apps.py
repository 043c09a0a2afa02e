from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: loading it makes the Celery application the current one."""

    name = "config"

    def ready(self) -> None:
        from config import celery, personal_data, privacy
        from people.personal_data import register
        from people.privacy import declare

        assert celery.app  # its import is what configures shared tasks
        declare(*privacy.TABLES)
        register(personal_data.HOUSE)
