from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: loading it makes the Celery application the current one."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401 - its import is what configures shared tasks
