from django.urls import path, register_converter

from agreements.views import (
    approval,
    changes,
    clause_library,
    editing,
    envelope,
    papers,
    printouts,
    signing,
    statements,
    terms,
    verify,
)


class PaperPart:
    """The paper that an address is about: the agreement, or a paper of the case by its number."""

    regex = "agreement(?:/[0-9]{1,4})?"

    def to_python(self, value: str) -> int:
        return int(value.partition("/")[2] or 0)

    def to_url(self, value: int | str) -> str:
        return f"agreement/{value}" if value else "agreement"


register_converter(PaperPart, "paper")

CASE = "secondments/<str:key>/"
PAPER = f"{CASE}<paper:number>/"
LIBRARY = "organisations/<str:key>/clauses/"

urlpatterns = [
    path("verify/", verify.verify, name="verify"),
    path("verify/certificate.pem", verify.certificate, name="seal_certificate"),
    path("sign/<str:token>/", signing.link, name="signing_link"),
    path(f"{CASE}papers/", papers.package, name="papers"),
    path(f"{CASE}papers/vary/", papers.vary, name="vary"),
    path(f"{CASE}papers/letter/", papers.letter, name="early_end_letter"),
    path(f"{CASE}papers/consolidated/", papers.consolidated, name="consolidated"),
    path(f"{CASE}costs/final.pdf", statements.final, name="final_statement"),
    path(f"{CASE}review/review.pdf", statements.review, name="review_file"),
    path(PAPER, terms.terms, name="terms"),
    path(f"{PAPER}panel/", terms.panel, name="agreement_panel"),
    path(f"{PAPER}progress/", terms.progress, name="agreement_progress"),
    path(f"{PAPER}preview/", terms.preview, name="terms_preview"),
    path(f"{PAPER}versions/<int:version>/", terms.version, name="terms_version"),
    path(f"{PAPER}compare/<int:older>/<int:newer>/", terms.compare, name="compare_versions"),
    path(f"{PAPER}compare/<int:older>/<int:newer>/print/", printouts.comparison, name="print_comparison"),
    path(f"{PAPER}printouts/<str:printout>/", printouts.printout, name="printout"),
    path(f"{PAPER}printouts/<str:printout>/file.pdf", printouts.file, name="printout_file"),
    path(f"{PAPER}share/", editing.share, name="share_terms"),
    path(f"{PAPER}questions/", editing.questions, name="open_questions"),
    path(f"{PAPER}clauses/", editing.clauses_of, name="paper_clauses"),
    path(f"{PAPER}clauses/add/", editing.add_clause, name="add_clause"),
    path(f"{PAPER}clauses/<str:clause_key>/edit/", editing.edit_clause, name="edit_clause"),
    path(f"{PAPER}clauses/<str:clause_key>/preview/", editing.preview_clause, name="preview_clause"),
    path(f"{PAPER}clauses/<str:clause_key>/take/", editing.take_in, name="take_clause"),
    path(f"{PAPER}clauses/<str:clause_key>/leave/", editing.leave_out, name="leave_clause"),
    path(f"{PAPER}clauses/<str:clause_key>/ask/", changes.ask_for_change, name="ask_for_change"),
    path(f"{PAPER}clauses/<str:clause_key>/comment/", changes.comment, name="comment"),
    path(f"{PAPER}schedules/<int:place>/", editing.schedule, name="edit_schedule"),
    path(f"{PAPER}enclose/", editing.enclose, name="enclose"),
    path(f"{PAPER}enclosure.pdf", editing.enclosure, name="enclosure"),
    path(f"{PAPER}requests/<int:pk>/accept/", changes.accept, name="accept_change"),
    path(f"{PAPER}requests/<int:pk>/counter/", changes.counter, name="counter_change"),
    path(f"{PAPER}requests/<int:pk>/decline/", changes.decline_change, name="decline_change"),
    path(f"{PAPER}requests/<int:pk>/withdraw/", changes.withdraw, name="withdraw_change"),
    path(f"{PAPER}comments/<int:pk>/", changes.reply, name="reply"),
    path(f"{PAPER}comments/<int:pk>/settle/", changes.settle, name="settle_comment"),
    path(f"{PAPER}approve/", approval.approve, name="approve_terms"),
    path(f"{PAPER}consent/<str:clause_key>/", approval.consent, name="legal_consent"),
    path(f"{PAPER}note/<str:name>/", approval.note, name="take_note"),
    path(f"{PAPER}issue/", approval.issue, name="issue_agreement"),
    path(f"{PAPER}redraft/", envelope.redraft, name="redraft_agreement"),
    path(f"{PAPER}void/", envelope.void, name="void_paper"),
    path(f"{PAPER}extend/", envelope.extend, name="extend_signing"),
    path(f"{PAPER}remind/", envelope.remind, name="remind_signing"),
    path(f"{PAPER}places/<int:place>/reassign/", envelope.reassign, name="reassign"),
    path(f"{PAPER}places/<int:place>/in-person/", signing.in_person, name="sign_in_person"),
    path(f"{PAPER}places/<int:place>/in-person/code/", signing.in_person_code, name="in_person_code"),
    path(f"{PAPER}sign/", signing.sign, name="sign"),
    path(f"{PAPER}sign/code/", signing.send_code, name="send_signing_code"),
    path(f"{PAPER}sign/decline/", signing.decline, name="decline_signature"),
    path(f"{PAPER}evidence/", envelope.evidence_page, name="evidence"),
    path(f"{PAPER}<str:kind>.pdf", signing.document, name="agreement_pdf"),
    path("secondments/<str:key>/costs/<int:number>/statement.pdf", statements.statement, name="statement_pdf"),
    path(LIBRARY, clause_library.library, name="clause_library"),
    path(f"{LIBRARY}export/", clause_library.export, name="export_clauses"),
    path(f"{LIBRARY}import/", clause_library.bring, name="import_clauses"),
    path(f"{LIBRARY}new/", clause_library.edit, name="new_clause"),
    path(f"{LIBRARY}<str:clause_key>/", clause_library.clause, name="library_clause"),
    path(f"{LIBRARY}<str:clause_key>/edit/", clause_library.edit, name="edit_library_clause"),
    path(f"{LIBRARY}<str:clause_key>/retire/", clause_library.retire, name="retire_clause"),
]
