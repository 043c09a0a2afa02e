from django.urls import path

from people.views import confirm, directory, factors, imports, profile, providers, security

urlpatterns = [
    path("people/", directory.people, name="people"),
    path("people/import/", imports.upload, name="import_people"),
    path("people/import/check/", imports.check, name="import_check"),
    path("people/import/example.csv", imports.example, name="import_example"),
    path("people/<str:key>/", directory.person, name="person"),
    path("organisations/", directory.organisations, name="organisations"),
    path("organisations/<str:key>/", directory.organisation, name="organisation"),
    path("organisations/<str:key>/sign-in/", providers.sign_in, name="organisation_sign_in"),
    path("profile/", profile.profile, name="profile"),
    path("notices/", profile.notices, name="notices"),
    path("security/", security.overview, name="security"),
    path("security/needed/", security.needed, name="security_needed"),
    path("security/address/", security.address, name="security_address"),
    path("security/address/code/", security.address_code, name="security_address_code"),
    path("security/password/", security.password, name="security_password"),
    path("security/password/remove/", security.remove_password, name="security_remove_password"),
    path("security/app/", factors.app, name="security_app"),
    path("security/passkey/", factors.passkey, name="security_passkey"),
    path("security/factors/<int:pk>/remove/", factors.remove, name="security_remove_factor"),
    path("security/recovery-codes/", factors.renew_codes, name="security_codes"),
    path("security/sessions/<int:pk>/end/", security.end_session, name="security_end_session"),
    path("security/sessions/end/", security.end_others, name="security_end_others"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("confirm/code/", confirm.confirm_code, name="confirm_code"),
    path("unsent/", confirm.kept, name="unsent"),
    path("unsent/discard/", confirm.discard, name="discard_unsent"),
    path("session/left/", confirm.session_left, name="session_left"),
    path("session/stay/", confirm.stay, name="stay_signed_in"),
]
