from django.urls import path

from people.views import administration, directory, imports, profile, support

urlpatterns = [
    path("people/", directory.people, name="people"),
    path("people/import/", imports.upload, name="import_people"),
    path("people/import/check/", imports.check, name="import_check"),
    path("people/import/example.csv", imports.example, name="import_example"),
    path("people/<str:key>/", directory.person, name="person"),
    path("organisations/", directory.organisations, name="organisations"),
    path("organisations/<str:key>/", directory.organisation, name="organisation"),
    path("organisations/<str:key>/support/", support.about_ours, name="organisation_support"),
    path("administration/", administration.overview, name="administration"),
    path("administration/organisations/", administration.organisations, name="administration_organisations"),
    path("administration/organisations/new/", administration.add_organisation, name="administration_add"),
    path("administration/organisations/<str:key>/hr/", administration.first_hr, name="administration_first_hr"),
    path("administration/people/", administration.people, name="administration_people"),
    path("administration/people/<str:key>/", administration.person, name="administration_person"),
    path("administration/people/<str:key>/see/", support.begin, name="begin_support"),
    path("administration/access/", administration.access, name="administration_access"),
    path("administration/support/", administration.support_sessions, name="administration_support"),
    path("support/end/", support.end, name="end_support"),
    path("profile/", profile.profile, name="profile"),
    path("notices/", profile.notices, name="notices"),
]
