from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class SecondmentsConfig(AppConfig):
    name = "secondments"
    verbose_name = "Secondments"

    def ready(self) -> None:
        from people import bonds
        from people.personal_data import register
        from people.privacy import declare
        from people.views import scope
        from secondments import (
            parts_elsewhere,
            personal_data,
            privacy,
            privacy_placement,
            receivers,
            timeline_placement,
        )

        declare(*privacy.TABLES, *privacy_placement.TABLES)
        register(personal_data.HOUSE)
        bonds.register("secondments", parts_elsewhere.held)
        receivers.connect()
        timeline_placement.register_sentences()
        scope.more_tabs.append(("usual_lists", gettext_lazy("Checklists")))
        scope.more_tabs.append(("news", gettext_lazy("News")))
