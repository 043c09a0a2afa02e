"""Every address, both methods, fifteen people: one table of who is let in, and what a stranger is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client

from agreements import conversations, drafting, papers, proposing
from agreements.states import PaperKind
from people.models import Person
from secondments.models import Secondment
from tests.cast import Cast
from tests.house.addresses import DUMMIES, ROUTES, World, address, build, filled

pytestmark = pytest.mark.django_db  # each test in a savepoint inside the transaction of the world
ROLES = (
    "anonymous", "hr", "finance", "viewer", "manager", "secondee", "contact", "supervisor", "signatory", "deputy",
    "host_hr", "host_finance", "administrator", "stranger_hr", "stranger",
)  # fmt: skip
# What each of them is answered, first to GET, then to an empty POST, where something exists at the address:
#   o page   n nothing new   > elsewhere   s to signing in   c to confirming   f to setting up a second factor
#   x 403    . 404           - 405         ! 503 (no worker runs in tests)
TABLE = """
home                           oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
help                           o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-
livez                          oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
readyz                         !!  !!  !!  !!  !!  !!  !!  !!  !!  !!  !!  !!  !!  !!  !!
account_request_login_code     oo  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
account_confirm_login_code     ss  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
account_login                  oo  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
mfa_authenticate               >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
openid_connect_login           .-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-
openid_connect_callback        .-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-  >-
account_logout                 >>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>
account_signup                 ss  ss  ss  ss  ss  ss  ss  ss  ss  ss  ss  ss  ss  ss  ss
account_inactive               o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-
administration_jobs            ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
people                         ss  oo  oo  oo  xx  xx  xx  xx  xx  xx  oo  oo  xx  oo  xx
import_people                  ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  oo  xx  xx  oo  xx
import_example                 ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  oo  xx  xx  oo  xx
import_batch                   ss  >>  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
import_columns                 ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
import_sheet                   ss  -o  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
import_progress                ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
import_errors                  ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
import_write                   ss  ->  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
import_undo                    ss  >>  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
new_person                     ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  oo  xx  xx  oo  xx
erasures                       ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  oo  xx  oo  oo  xx
person                         ss  oo  oo  oo  oo  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..
rename_person                  ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
deactivate_person              ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
reactivate_person              ss  ->  -x  -x  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  -.
salary                         ss  oo  ox  xx  xx  ox  ..  ..  ..  ..  ..  ..  ..  ..  ..
begin_employment               ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
correct_employment             ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
change_employment              ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
call_off_employment            ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
end_employment                 ss  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  ..
team                           ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
organisations                  ss  oo  oo  oo  xx  xx  xx  xx  xx  xx  oo  oo  xx  oo  xx
new_organisation               ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  oo  xx  xx  oo  xx
organisation                   ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  oo  ..  ..  oo  ..
edit_organisation              ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
departments                    ss  oo  ox  ox  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
rename_department              ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
remove_department              ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -x  -.  -.  -x  -.
signatories                    ss  oo  ox  ox  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
end_signatory                  ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
calendar                       ss  oo  ox  ox  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
remove_closing_day             ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -x  -.  -.  -x  -.
members                        ss  oo  ox  ox  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
end_membership                 ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
legal_membership               ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -x  -.  -.  -x  -.
policy                         ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
news                           ss  oo  ox  ox  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
usual_lists                    ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
usual_list                     ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
new_policy                     ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
edit_policy                    ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
remove_policy                  ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -x  -.  -.  -x  -.
clause_library                 ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
export_clauses                 ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
import_clauses                 ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
new_clause                     ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
library_clause                 ss  oo  oo  oo  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
edit_library_clause            ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
retire_clause                  ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
invitation                     ss  ..  ..  ..  ..  ..  oo  ..  ..  ..  ..  ..  ..  ..  ..
organisation_support           ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
administration                 ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
administration_organisations   ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
administration_add             ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
administration_first_hr        ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  xx  ..  ..
administration_people          ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
administration_person          ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
begin_support                  ss  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -o  -.  -.
administration_access          ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
administration_support         ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  oo  ..  ..
end_support                    ss  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->
person_data                    ss  o.  xx  xx  ..  ..  ..  ..  ..  ..  ..  ..  o.  ..  ..
confirm_erasure                ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  ->  -.  -.
call_off_erasure               ss  -.  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
lift_hold                      ss  ->  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
organisation_sign_in           ss  oo  xx  xx  ..  ..  ..  ..  ..  ..  xx  ..  ..  xx  ..
profile                        ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
my_data                        ss  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>
data_copy                      ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
notices                        ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security                       ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security_needed                ss  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
security_address               ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security_address_code          ss  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
security_password              ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security_remove_password       ss  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->
security_app                   ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security_passkey               ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
security_remove_factor         ss  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ox  ..  ..
security_codes                 ss  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -o  -x  -x
security_end_session           ss  ->  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
security_end_others            ss  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->
confirm                        ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
confirm_code                   ss  -c  -c  -c  -c  -c  -c  -c  -c  -c  -c  -c  -c  -c  -c
unsent                         ss  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
discard_unsent                 ss  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->
session_left                   ss  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-
stay_signed_in                 ss  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->  ->
secondments                    ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
new_secondment                 ss  o>  xx  xx  xx  xx  xx  xx  xx  xx  o>  xx  xx  o>  xx
remove_template                ss  ->  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.  -.
ideas                          ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
new_idea                       ss  oo  xx  xx  oo  oo  oo  xx  xx  xx  xx  xx  xx  xx  xx
idea                           ss  oo  ..  ..  oo  ox  ..  ..  ..  ..  ..  ..  ..  ..  ..
take_up_idea                   ss  ->  -.  -.  -x  -x  -.  -.  -.  -.  -.  -.  -.  -.  -.
proposal                       ss  oo  xx  oo  oo  oo  oo  oo  ..  oo  oo  xx  ..  ..  ..
edit_section                   ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
proposal_side                  ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
override_rule                  ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
make_template                  ss  oo  xx  xx  xx  xx  xx  xx  ..  xx  xx  xx  ..  ..  ..
estimate                       ss  oo  oo  xx  xx  oo  xx  xx  ..  xx  xx  xx  ..  ..  ..
attachments                    ss  oo  xx  xx  ox  ox  ox  xx  ..  ox  ox  xx  ..  ..  ..
attachment                     ss  oo  ..  ..  oo  oo  oo  ..  ..  oo  oo  ..  ..  ..  ..
remove_attachment              ss  ->  -.  -.  -x  -x  -x  -.  -.  -x  -x  -.  -.  -.  -.
ask_question                   ss  xx  xx  xx  oo  xx  xx  xx  ..  xx  xx  xx  ..  ..  ..
answer_question                ss  oo  ..  ..  ..  ..  xx  ..  ..  xx  xx  ..  ..  ..  ..
appeal                         ss  ..  xx  xx  ..  oo  xx  ..  ..  xx  xx  xx  ..  ..  ..
deputies                       ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
deputy                         ss  ..  ..  ..  ..  ..  oo  ..  ..  oo  ..  ..  ..  ..  ..
answer_deputy                  ss  -.  -.  -.  -.  -.  ->  -.  -.  ->  -.  -.  -.  -.  -.
my_placement                   ss  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>  >>
secondment                     ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  ..  ..  ..
case_people                    ss  oo  xx  xx  oo  oo  oo  oo  oo  oo  oo  xx  ..  ..  ..
name_part                      ss  xx  xx  xx  xx  xx  oo  xx  xx  xx  oo  xx  ..  ..  ..
end_part                       ss  xx  xx  xx  xx  xx  oo  xx  xx  xx  oo  xx  ..  ..  ..
send_invitation                ss  ->  -x  -x  -x  -x  -x  -x  -.  -x  -x  -x  -.  -.  -.
choose_capacity                ss  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
placement                      ss  >>  >>  >>  >>  oo  >>  >>  >>  >>  >>  >>  ..  ..  ..
calendar_file                  ss  o-  x-  x-  o-  o-  o-  o-  x-  o-  o-  x-  .-  .-  .-
edit_proposal                  ss  oo  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
check_proposal                 ss  o>  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..  ..
decide                         ss  xx  xx  xx  oo  xx  xx  xx  ..  xx  xx  xx  ..  ..  ..
move                           ss  oo  xx  xx  xx  oo  xx  xx  ..  xx  xx  xx  ..  ..  ..
checkin                        ss  ox  xx  xx  xx  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
extra_checkin                  ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  xx  xx  ..  ..  ..
checkin_rhythm                 ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
add_checklist_item             ss  -o  -x  -x  -x  -x  -x  -x  -x  -x  -o  -x  -.  -.  -.
tick                           ss  ->  -x  -x  -x  ->  -x  -x  -x  -x  -x  -x  -.  -.  -.
checklist_item                 ss  ox  xx  xx  ox  ox  xx  xx  xx  xx  xx  xx  ..  ..  ..
evidence_file                  ss  oo  xx  xx  oo  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
waive                          ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
concerns                       ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
raise_concern                  ss  oo  xx  xx  xx  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
concern                        ss  ox  xx  xx  ..  ox  ..  ..  xx  ..  ..  xx  ..  ..  ..
leaves                         ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
ask_leave                      ss  xx  xx  xx  xx  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
leave                          ss  ox  xx  xx  ox  ox  ox  ox  xx  ox  ox  xx  ..  ..  ..
leave_account                  ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
tell_absence                   ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  xx  xx  ..  ..  ..
absence                        ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  ox  xx  ..  ..  ..
absence_reason                 ss  oo  xx  xx  xx  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
costs                          ss  oo  oo  xx  ox  xx  ox  xx  xx  ox  ox  ox  ..  ..  ..
recharge_terms                 ss  oo  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
hours                          ss  oo  oo  xx  xx  xx  oo  xx  xx  oo  xx  xx  ..  ..  ..
charge                         ss  oo  oo  xx  ox  xx  ox  xx  xx  ox  ox  ox  ..  ..  ..
charge_file                    ss  oo  oo  xx  oo  xx  oo  xx  xx  oo  oo  oo  ..  ..  ..
final_statement                ss  o-  o-  x-  o-  x-  o-  .-  x-  o-  o-  o-  .-  .-  .-
statement_pdf                  ss  o-  o-  x-  o-  x-  o-  x-  x-  o-  o-  o-  .-  .-  .-
expenses                       ss  ox  ox  xx  ox  oo  xx  xx  xx  xx  ox  ox  ..  ..  ..
expense                        ss  oo  oo  xx  ox  ox  xx  xx  xx  xx  ..  ..  ..  ..  ..
receipt                        ss  oo  oo  xx  oo  oo  xx  xx  xx  xx  ..  ..  ..  ..  ..
finance                        ss  oo  oo  xx  xx  xx  xx  xx  xx  xx  oo  oo  xx  oo  xx
finance_file                   ss  oo  oo  xx  xx  xx  xx  xx  xx  xx  oo  oo  xx  oo  xx
touches                        ss  oo  xx  xx  oo  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
evaluate                       ss  ox  xx  xx  xx  xx  oo  oo  xx  oo  xx  xx  ..  ..  ..
away                           ss  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-
people_with_us                 ss  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-  o-
early_end                      ss  ox  xx  xx  oo  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
wishes                         ss  oo  xx  xx  oo  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
wish                           ss  ox  xx  xx  ox  ox  ox  ox  xx  ox  ox  xx  ..  ..  ..
abroad                         ss  ox  xx  xx  ox  ox  xx  xx  xx  xx  xx  xx  ..  ..  ..
certificate                    ss  oo  xx  xx  xx  oo  xx  xx  xx  xx  xx  xx  ..  ..  ..
reorganisations                ss  ox  xx  xx  ox  ox  ox  ox  xx  ox  ox  xx  ..  ..  ..
induction                      ss  ox  xx  xx  xx  o.  o.  o.  xx  o.  o.  xx  ..  ..  ..
edit_induction                 ss  xx  xx  xx  xx  xx  oo  oo  xx  oo  oo  xx  ..  ..  ..
return_plan                    ss  ox  xx  xx  ox  ox  ox  ox  xx  ox  ox  xx  ..  ..  ..
return_risk                    ss  oo  xx  xx  oo  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
follow_up                      ss  ox  xx  xx  ox  xx  xx  ..  xx  xx  xx  xx  ..  ..  ..
review                         ss  o-  x-  x-  o-  o-  o-  o-  x-  o-  o-  x-  .-  .-  .-
release_evaluations            ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
review_file                    ss  o-  x-  x-  x-  x-  x-  x-  x-  x-  x-  x-  .-  .-  .-
conclude                       ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
end_early                      ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
case_hold                      ss  oo  xx  xx  xx  xx  xx  ..  xx  xx  xx  xx  ..  ..  ..
outcome                        ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
verify                         oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
seal_certificate               oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo
signing_link                   o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>  o>
papers                         ss  oo  oo  xx  oo  oo  oo  oo  oo  oo  oo  oo  ..  ..  ..
vary                           ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
early_end_letter               ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
consolidated                   ss  ->  -x  -x  ->  ->  ->  ->  ->  ->  ->  -x  -.  -.  -.
terms                          ss  oo  xx  xx  oo  oo  oo  oo  oo  oo  oo  xx  ..  ..  ..
agreement_panel                ss  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  oo  ..  ..  ..
agreement_progress             ss  nn  xx  xx  nn  nn  nn  nn  nn  nn  nn  xx  ..  ..  ..
terms_preview                  ss  oo  xx  xx  oo  oo  oo  oo  oo  oo  oo  xx  ..  ..  ..
share_terms                    ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
approve_terms                  ss  ->  -x  -x  -x  ->  ->  -x  -x  ->  ->  -x  -.  -.  -.
issue_agreement                ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
legal_consent                  ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
take_note                      ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
void_paper                     ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
extend_signing                 ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
remind_signing                 ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
reassign                       ss  xx  xx  xx  xx  xx  oo  xx  xx  xx  oo  xx  ..  ..  ..
evidence                       ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
redraft_agreement              ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
terms_version                  ss  oo  xx  xx  oo  oo  oo  oo  oo  oo  oo  xx  ..  ..  ..
compare_versions               ss  oo  xx  xx  oo  oo  oo  oo  oo  oo  oo  xx  ..  ..  ..
print_comparison               ss  ->  -x  -x  ->  ->  ->  ->  ->  ->  ->  -x  -.  -.  -.
printout                       ss  o-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-
printout_file                  ss  o-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-  .-
open_questions                 ss  oo  xx  xx  xx  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
paper_clauses                  ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
add_clause                     ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
edit_clause                    ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
preview_clause                 ss  -o  -x  -x  -x  -o  -o  -o  -x  -o  -o  -x  -.  -.  -.
take_clause                    ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
leave_clause                   ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
edit_schedule                  ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
enclose                        ss  oo  xx  xx  xx  xx  oo  xx  xx  oo  oo  xx  ..  ..  ..
enclosure                      ss  o-  x-  x-  o-  o-  o-  o-  o-  o-  o-  x-  .-  .-  .-
ask_for_change                 ss  xx  xx  xx  xx  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
decline_change                 ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
accept_change                  ss  ->  -x  -x  -x  -x  -x  -x  -x  -x  -x  -x  -.  -.  -.
counter_change                 ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
withdraw_change                ss  -x  -x  -x  -x  -x  ->  ->  -x  ->  ->  -x  -.  -.  -.
comment                        ss  oo  xx  xx  xx  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
reply                          ss  oo  xx  xx  xx  oo  oo  oo  xx  oo  oo  xx  ..  ..  ..
settle_comment                 ss  ->  -x  -x  -x  ->  ->  ->  -x  ->  ->  -x  -.  -.  -.
sign                           ss  xx  xx  xx  xx  oo  xx  xx  oo  xx  xx  xx  ..  ..  ..
send_signing_code              ss  -x  -x  -x  -x  ->  -x  -x  ->  -x  -x  -x  -.  -.  -.
decline_signature              ss  xx  xx  xx  xx  oo  xx  xx  oo  xx  xx  xx  ..  ..  ..
sign_in_person                 ss  oo  xx  xx  xx  xx  oo  oo  xx  oo  oo  xx  ..  ..  ..
in_person_code                 ss  ->  -x  -x  -x  -x  ->  ->  -x  ->  ->  -x  -.  -.  -.
agreement_pdf                  ss  o-  x-  x-  o-  o-  o-  o-  o-  o-  o-  x-  .-  .-  .-
readdress                      ss  oo  xx  xx  xx  xx  xx  xx  xx  xx  xx  xx  ..  ..  ..
"""
ROWS = {name: cells for name, *cells in (line.split() for line in TABLE.strip().splitlines())}
STATUS = {200: "o", 204: "n", 403: "x", 404: ".", 405: "-", 503: "!"}
AWAY = {"/sign-in/": "s", "/confirm/": "c", "/security/needed/": "f"}
WITHOUT_SIGNING_IN = {
    "home", "help", "livez", "readyz", "verify", "seal_certificate", "signing_link", "account_request_login_code",
    "account_login", "account_inactive", "mfa_authenticate", "openid_connect_login", "openid_connect_callback", "account_logout",
}  # fmt: skip


class Undo(Exception):
    """Takes back what a request did, so that one world serves the whole table."""


def told(client: Client, method: str, path: str) -> str:
    """The letter for an answer; the browser forgets what it was given."""
    jar = {name: morsel.value for name, morsel in client.cookies.items()}
    answer = None
    try:
        with transaction.atomic():
            answer = getattr(client, method)(path)
            raise Undo
    except Undo:
        client.cookies.clear()
        client.cookies.load(jar)
    if answer.status_code in (301, 302):
        return AWAY.get(answer.url.split("?")[0], ">")
    return STATUS.get(answer.status_code, str(answer.status_code))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """One world for all of them; nothing of it is left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(Cast.assemble())
        transaction.set_rollback(True)


def test_every_address_is_in_the_table() -> None:
    assert set(ROWS) == set(ROUTES)
    assert {len(cells) for cells in ROWS.values()} == {len(ROLES)}


def test_answers_are_as_the_table_says(world: World, sign_in: Callable[[Person], Client]) -> None:
    wrong = {}
    for column, role in enumerate(ROLES):
        client = Client() if role == "anonymous" else sign_in(world.people[role])
        client.raise_request_exception = False
        for name, cells in ROWS.items():
            found = "".join(told(client, method, world.path(name)) for method in ("get", "post"))
            if found != cells[column]:
                wrong[name, role] = f"{found}, not {cells[column]}"
    assert wrong == {}


def test_nobody_is_let_in_without_signing_in_but_where_listed() -> None:
    let_in = {name for name, cells in ROWS.items() if set(cells[0]) - {"s"}}
    assert let_in == WITHOUT_SIGNING_IN


def test_stranger_is_told_the_same_as_of_an_unknown_key(world: World, sign_in: Callable[[Person], Client]) -> None:
    compared = 0
    for role in ("stranger", "stranger_hr", "administrator"):
        client = sign_in(world.people[role])
        for name in (name for name, route in ROUTES.items() if route.startswith("secondments/<")):
            for send in (client.get, client.post, client.head):
                real, unknown = send(world.path(name)), send(address(name))
                assert (role, name, real.status_code) == (role, name, unknown.status_code)
                assert real.status_code in {404, 405}
                assert words(real.content, world.values[name]["key"]) == words(unknown.content, "aaaaaaaaaaaa")
                compared += 1
    assert compared > 300


def words(content: bytes, key: str) -> str:
    """A page without what differs from one request to the next."""
    text = re.sub(r"data-session-left=\"\d+\"", "", content.decode().replace(key, ""))
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", text)


HOSTS = ("contact", "supervisor", "signatory", "deputy", "host_hr", "host_finance")
# The panel stands on the page of the case, whoever reads it, and shows the agreement alone.
BELOW_A_PAPER = sorted(
    name for name, route in ROUTES.items() if "<paper:number>" in route and name != "agreement_panel"
)


def test_the_secondees_own_contract_is_for_their_employer_and_them(
    world: World, sign_in: Callable[[Person], Client]
) -> None:
    """Whatever is asked below a paper of this kind, the host's side and those without terms get nothing."""
    case = Secondment.objects.get(key=world.values["sign"]["key"])
    paper = drafting.draft(case, by=None, kind=PaperKind.CONTRACT)
    papers.perform(papers.lock(paper.pk), "share", by=world.people["hr"], version=1)
    thread = conversations.start(paper, by=world.people["hr"], key="role_duties", text="Please read.")
    asked = proposing.propose(paper, by=world.people["secondee"], key="role_duties", text="More.", seen_version=1)
    values = {
        "key": case.key,
        "number": paper.number,
        "clause_key": "role_duties",
        "name": "post_at_risk",
        "kind": "sealed",
    }
    letters: dict[str, set[str]] = {}
    for role in (*HOSTS, "finance", "viewer", "hr", "manager", "secondee"):
        client = sign_in(world.people[role])
        for name in BELOW_A_PAPER:
            pk = thread.pk if name in {"reply", "settle_comment"} else asked.pk
            path = filled(name, {**DUMMIES, **values, "pk": pk})
            letters.setdefault(role, set()).update("".join(told(client, method, path) for method in ("get", "post")))
        page = client.get(filled("papers", values)).content.decode()
        assert (role, paper.title in page) == (role, role in {"hr", "manager", "secondee"})
    assert {role: letters[role] for role in (*HOSTS, "finance", "viewer")} == {
        key: {"x", "-", "."} for key in (*HOSTS, "finance", "viewer")
    }
    assert all("o" in letters[role] for role in ("hr", "manager", "secondee"))


def test_link_in_a_mail_says_the_same_to_all_and_of_all(world: World, sign_in: Callable[[Person], Client]) -> None:
    real, unknown = world.path("signing_link"), address("signing_link")
    pages, gone = set(), set()
    for role in ("anonymous", "secondee", "contact", "stranger"):
        client = Client() if role == "anonymous" else sign_in(world.people[role])
        for path in (real, unknown):
            answer = client.get(path)
            assert (answer.status_code, answer["Referrer-Policy"]) == (200, "strict-origin")
            main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
            pages.add(words(main.encode(), path))
        over = client.post(unknown)
        assert (over.status_code, over["Referrer-Policy"]) == (200, "strict-origin")
        gone.add(words(over.content.partition(b"<main")[2].partition(b"</main>")[0], unknown))
        assert real.split("/")[2] not in client.post(real).url  # the token goes no further
    assert (len(pages), len(gone)) == (1, 1)


def test_draft_is_unknown_to_all_but_hr_of_the_seconder(world: World, sign_in: Callable[[Person], Client]) -> None:
    case = world.cast.draft()
    seen = {role: sign_in(who).get(case.get_absolute_url()).status_code for role, who in world.people.items()}
    assert {role for role, status in seen.items() if status == 200} == {"hr"}
    assert set(seen.values()) == {200, 404}
