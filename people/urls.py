from django.urls import path

from people.views import directory, imports, personal_data, profile

urlpatterns = [
    path("people/", directory.people, name="people"),
    path("people/import/", imports.upload, name="import_people"),
    path("people/import/check/", imports.check, name="import_check"),
    path("people/import/example.csv", imports.example, name="import_example"),
    path("people/erasures/", personal_data.erasures, name="erasures"),
    path("people/<str:key>/", directory.person, name="person"),
    path("people/<str:key>/data/", personal_data.person_data, name="person_data"),
    path("people/<str:key>/data/confirm/", personal_data.confirm_erasure, name="confirm_erasure"),
    path("people/<str:key>/data/call-off/", personal_data.call_off_erasure, name="call_off_erasure"),
    path("people/<str:key>/data/holds/<str:hold>/lift/", personal_data.lift_hold, name="lift_hold"),
    path("organisations/", directory.organisations, name="organisations"),
    path("organisations/<str:key>/", directory.organisation, name="organisation"),
    path("profile/", profile.profile, name="profile"),
    path("profile/data/", personal_data.my_data, name="my_data"),
    path("copies/<str:key>/<str:kind>/", personal_data.download, name="data_copy"),
    path("notices/", profile.notices, name="notices"),
]
