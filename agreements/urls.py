from django.urls import path

from agreements.views import signing, terms, verify

CASE = "secondments/<str:key>/agreement/"

urlpatterns = [
    path("verify/", verify.verify, name="verify"),
    path("verify/certificate.pem", verify.certificate, name="seal_certificate"),
    path(CASE, terms.terms, name="terms"),
    path(f"{CASE}panel/", terms.panel, name="agreement_panel"),
    path(f"{CASE}progress/", terms.progress, name="agreement_progress"),
    path(f"{CASE}share/", terms.share, name="share_terms"),
    path(f"{CASE}approve/", terms.approve, name="approve_terms"),
    path(f"{CASE}issue/", terms.issue, name="issue_agreement"),
    path(f"{CASE}redraft/", terms.redraft, name="redraft_agreement"),
    path(f"{CASE}versions/<int:number>/", terms.version, name="terms_version"),
    path(f"{CASE}compare/<int:older>/<int:newer>/", terms.compare, name="compare_versions"),
    path(f"{CASE}clauses/<str:clause_key>/edit/", terms.edit_clause, name="edit_clause"),
    path(f"{CASE}clauses/<str:clause_key>/ask/", terms.ask_for_change, name="ask_for_change"),
    path(f"{CASE}requests/<int:pk>/decline/", terms.decline_change, name="decline_change"),
    path(f"{CASE}sign/", signing.sign, name="sign"),
    path(f"{CASE}sign/code/", signing.send_code, name="send_signing_code"),
    path(f"{CASE}sign/decline/", signing.decline, name="decline_signature"),
    path(f"{CASE}<int:number>/<str:kind>.pdf", signing.document, name="agreement_pdf"),
]
