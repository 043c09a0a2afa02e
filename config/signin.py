"""Signing in and out: allauth's views at our addresses, and only those that we want."""

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("sign-in/", allauth.request_login_code, name="account_request_login_code"),
    path("sign-in/code/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("sign-out/", allauth.logout, name="account_logout"),
    # allauth redirects to these names; they lead to the one way in that there is.
    path(
        "sign-in/password/",
        login_not_required(RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)),
        name="account_login",
    ),
    path(
        "sign-up/",
        login_not_required(RedirectView.as_view(pattern_name="account_request_login_code")),
        name="account_signup",
    ),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
]
