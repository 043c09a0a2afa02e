from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from agreements import documents, links, mails, personal_data, privacy, receivers, sentences
        from people import delivery
        from people.personal_data import offer_printer, register
        from people.privacy import declare
        from people.views import scope

        receivers.connect()
        documents.offer_attachments()
        delivery.link_sources["signing"] = links.path_of_notice
        delivery.listeners["signing"] = mails.note_signing
        delivery.listeners["sealed"] = mails.note_sealed
        sentences.register_sentences()
        scope.more_tabs.append(("clause_library", gettext_lazy("Clauses")))
        declare(*privacy.TABLES)
        register(personal_data.HOUSE)
        offer_printer(personal_data.print_copy)
