from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from agreements import documents, receivers, sentences

        receivers.connect()
        documents.offer_attachments()
        sentences.register_sentences()
