from django.urls import path

from people.views import directory, imports, invitations, profile

urlpatterns = [
    path("people/", directory.people, name="people"),
    path("people/import/", imports.upload, name="import_people"),
    path("people/import/check/", imports.check, name="import_check"),
    path("people/import/example.csv", imports.example, name="import_example"),
    path("people/<str:key>/", directory.person, name="person"),
    path("organisations/", directory.organisations, name="organisations"),
    path("organisations/<str:key>/", directory.organisation, name="organisation"),
    path("invitations/<str:key>/", invitations.invitation, name="invitation"),
    path("profile/", profile.profile, name="profile"),
    path("notices/", profile.notices, name="notices"),
]
