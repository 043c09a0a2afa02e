from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Agreements"

    def ready(self) -> None:
        from agreements import documents, personal_data, privacy, receivers, sentences
        from people.personal_data import offer_printer, register
        from people.privacy import declare

        receivers.connect()
        documents.offer_attachments()
        sentences.register_sentences()
        declare(*privacy.TABLES)
        register(personal_data.HOUSE)
        offer_printer(personal_data.print_copy)
