from django.urls import path

from secondments.views import cases, checkins, checklists, closing, decisions, deputies, holds, moves, parts, proposals

urlpatterns = [
    path("secondments/", cases.secondments, name="secondments"),
    path("secondments/new/", proposals.new, name="new_secondment"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<str:key>/", deputies.deputy, name="deputy"),
    path("deputies/<str:key>/answer/", deputies.answer, name="answer_deputy"),
    path("placement/", cases.my_placement, name="my_placement"),
    path("secondments/<str:key>/", cases.secondment, name="secondment"),
    path("secondments/<str:key>/people/", parts.people, name="case_people"),
    path("secondments/<str:key>/people/name/<str:part>/", parts.name_part, name="name_part"),
    path("secondments/<str:key>/people/<int:pk>/end/", parts.end_part, name="end_part"),
    path("secondments/<str:key>/people/<int:pk>/address/", parts.readdress, name="readdress"),
    path("secondments/<str:key>/invitations/<str:invitation_key>/", parts.send_invitation, name="send_invitation"),
    path("secondments/<str:key>/capacity/", parts.choose_capacity, name="choose_capacity"),
    path("secondments/<str:key>/placement/", cases.placement, name="placement"),
    path("secondments/<str:key>/edit/", proposals.edit, name="edit_proposal"),
    path("secondments/<str:key>/check/", proposals.check, name="check_proposal"),
    path("secondments/<str:key>/decide/<str:kind>/", decisions.decide, name="decide"),
    path("secondments/<str:key>/do/<str:name>/", moves.move, name="move"),
    path("secondments/<str:key>/check-ins/<int:pk>/", checkins.checkin, name="checkin"),
    path("secondments/<str:key>/checklist/", checklists.add, name="add_checklist_item"),
    path("secondments/<str:key>/checklist/<int:pk>/tick/", checklists.tick, name="tick"),
    path("secondments/<str:key>/checklist/<int:pk>/waive/", checklists.waive, name="waive"),
    path("secondments/<str:key>/evaluations/<str:party>/", closing.evaluate, name="evaluate"),
    path("secondments/<str:key>/conclude/", closing.conclude, name="conclude"),
    path("secondments/<str:key>/end-early/", closing.end_early, name="end_early"),
    path("secondments/<str:key>/hold/", holds.hold, name="case_hold"),
    path("secondments/<str:key>/outcome/", closing.outcome, name="outcome"),
]
