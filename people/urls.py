from django.urls import path

from people.views import directory, imports, profile

urlpatterns = [
    path("people/", directory.people, name="people"),
    path("people/import/", imports.start, name="import_people"),
    path("people/import/example/<str:example>", imports.example, name="import_example"),
    path("people/import/<str:key>/", imports.batch, name="import_batch"),
    path("people/import/<str:key>/columns/", imports.choose_columns, name="import_columns"),
    path("people/import/<str:key>/sheet/", imports.choose_sheet, name="import_sheet"),
    path("people/import/<str:key>/progress/", imports.progress, name="import_progress"),
    path("people/import/<str:key>/errors.csv", imports.errors, name="import_errors"),
    path("people/import/<str:key>/write/", imports.write, name="import_write"),
    path("people/import/<str:key>/undo/", imports.undo, name="import_undo"),
    path("people/<str:key>/", directory.person, name="person"),
    path("organisations/", directory.organisations, name="organisations"),
    path("organisations/<str:key>/", directory.organisation, name="organisation"),
    path("profile/", profile.profile, name="profile"),
    path("notices/", profile.notices, name="notices"),
]
