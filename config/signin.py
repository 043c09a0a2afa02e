"""Signing in and out: allauth's views at our addresses, and only those that we want."""

from allauth.account import views as allauth
from allauth.mfa.base import views as factor
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from people.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.ask, name="account_request_login_code"),
    path("sign-in/code/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("sign-in/password/", allauth.login, name="account_login"),
    path("sign-in/second-factor/", factor.authenticate, name="mfa_authenticate"),
    path("sign-in/with/<str:key>/", sign_in.begin, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", sign_in.back, name="openid_connect_callback"),
    path("sign-out/", allauth.logout, name="account_logout"),
    # allauth redirects to these names; they lead to the one way in that there is.
    path(
        "sign-up/",
        login_not_required(RedirectView.as_view(pattern_name="account_request_login_code")),
        name="account_signup",
    ),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
]
