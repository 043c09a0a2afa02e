"""All addresses of the application."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from config import views
from config.home import home
from config.jobs import jobs
from config.signin import urlpatterns as signin

urlpatterns = [
    path("", home, name="home"),
    path("help/", login_not_required(TemplateView.as_view(template_name="help.html")), name="help"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    *signin,
    path("administration/jobs/", jobs, name="administration_jobs"),
    path("", include("people.urls")),
    path("", include("secondments.urls")),
    path("", include("agreements.urls")),
]

if settings.DEMO:
    from config.demo import mailbox

    urlpatterns += [
        path("demo/mail/", mailbox.inbox, name="demo_mail"),
        path("demo/mail/<str:name>/", mailbox.message, name="demo_message"),
        path("demo/mail/<str:name>/<int:number>/", mailbox.attachment, name="demo_attachment"),
    ]

handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
