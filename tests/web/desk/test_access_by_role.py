"""Access by role: every route of the desk, for everybody. Each line is written by hand: it is what is meant.

What is said of a route, column by column, is what the answer to a request without a word in it comes to:
a number is its status, and these are redirections to a page that asks for something first:
"sign-in" who one is, "confirm" who one is once more, "factor" to set up a second factor.
"""

import re
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.store.redis.sessions import REAUTHENTICATION_WINDOW
from tests.conftest import on_both_databases
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import ManualClock
from tests.web.desk.route_values import RouteValues, new_campaign_with_picture, sample_route_values

ROLES_TRIED = ("stranger", "nobody", "typist", "viewer", "moderator", "editor", "owner", "operator", "stale")
"""Nobody is signed in, but in no team; the operator is in none either. Stale is an owner whose last proof is old."""

ACCESS_TABLE = """
                                               stranger nobody  typist  viewer moderator editor owner operator stale

GET  /desk/sign-in                             200      303     303    303    303       303    303   303      303
POST /desk/sign-in                             422      422     422    422    422       422    422   422      422
GET  /desk/check-your-email                    200      200     200    200    200       200    200   200      200
GET  /desk/enter/<token>                       200      200     200    200    200       200    200   200      200
POST /desk/enter/<token>                       303      303     303    303    303       303    303   303      303
GET  /desk/invitation/<token>                  200      200     200    200    200       200    200   200      200
POST /desk/invitation/<token>                  422      422     422    422    422       422    422   422      422
GET  /desk/sign-in/other                       200      200     200    200    200       200    200   200      200
POST /desk/sign-in/password                    422      422     422    422    422       422    422   422      422
POST /desk/sign-in/passkey.json                200      200     200    200    200       200    200   200      200
POST /desk/sign-in/passkey                     422      422     422    422    422       422    422   422      422
GET  /desk/sign-in/code                        sign-in  sign-in sign-in sign-in sign-in  sign-in sign-in sign-in sign-in
POST /desk/sign-in/code                        sign-in  sign-in sign-in sign-in sign-in  sign-in sign-in sign-in sign-in
POST /desk/sign-out                            303      303     303    303    303       303    303   303      303

GET  /desk/                                    sign-in  200     200    200    200       200    200   200      200
GET  /desk/help      sign-in  200   200     200      200       200    200   200      200
GET  /desk/account                             sign-in  200     200    200    200       200    200   200      200
POST /desk/account/name                        401      422     422    422    422       422    422   422      422
POST /desk/account/mails                       401      303     303    303    303       303    303   303      303
POST /desk/account/language                    401      303     303    303    303       303    303   303      303
POST /desk/account/sessions/end                401      303     303    303    303       303    303   303      303
POST /desk/account/sessions/end-others         401      303     303    303    303       303    303   303      303
GET  /desk/account/address                     sign-in  200     200    200    200       200    200   200      confirm
GET  /desk/done                                sign-in  200     200    200    200       200    200   200      200
POST /desk/account/address                     401      422     422    422    422       422    422   422      confirm
GET  /desk/account/address/<token>             sign-in  200     200    200    200       200    200   200      200
POST /desk/account/address/<token>             401      303     303    303    303       303    303   303      303
GET  /desk/account/password                    sign-in  200     200    200    200       200    200   200      confirm
POST /desk/account/password                    401      422     422    422    422       422    422   422      confirm
POST /desk/account/password/remove             401      303     303    303    303       303    303   303      confirm
GET  /desk/account/passkeys                    sign-in  200     200    200    200       200    200   200      confirm
POST /desk/account/passkeys                    401      422     422    422    422       422    422   422      confirm
POST /desk/account/passkeys/new.json           401      200     200    200    200       200    200   200      confirm
POST /desk/account/passkeys/<int:number>/name  401      422     422    422    422       422    422   422      confirm
POST /desk/account/passkeys/<int:number>/remove 401     303     303    303    303       303    303   303      confirm
GET  /desk/account/second-factor               sign-in  200     200    200    200       200    200   200      confirm
POST /desk/account/second-factor               401      422     422    422    422       422    422   422      confirm
POST /desk/account/second-factor/off           401      303     303    303    303       303    303   303      confirm
POST /desk/account/second-factor/recovery-codes 401     200     200    200    200       200    200   200      confirm
GET  /desk/confirm                             sign-in  200     200    200    200       200    200   200      200
POST /desk/confirm/password                    401      422     422    422    422       422    422   422      422
POST /desk/confirm/code                        401      422     422    422    422       422    422   422      422
POST /desk/confirm/passkey.json                401      200     200    200    200       200    200   200      200
POST /desk/confirm/passkey                     401      422     422    422    422       422    422   422      422
POST /desk/confirm/mail                         401      422     422    422    422       422    422   422      422

GET  /desk/c/<slug>/team                       sign-in  404     403    200    200       200    200   200      200
POST /desk/c/<slug>/team/invite                401      404     403    403    403       403    422   403      confirm
POST /desk/c/<slug>/team/invitations/<int:number>/resend 401 404 403    403   403       403    303   403      confirm
POST /desk/c/<slug>/team/invitations/<int:number>/revoke 401 404 403    403   403       403    303   403      confirm
POST /desk/c/<slug>/team/<int:number>/role     401      404     403    403    403       403    422   403      confirm
POST /desk/c/<slug>/team/<int:number>/remove   401      404     403    403    403       403    303   403      confirm
POST /desk/c/<slug>/team/held-by               401      404     403    403    403       403    422   403      confirm
POST /desk/c/<slug>/team/held-by/<int:number>/remove 401 404    403    403    403       403    303   403      confirm
POST /desk/c/<slug>/team/leave                 401      404     303    303    303       303    303   303      303
POST /desk/c/<slug>/team/second-factor         401      404     403    403    403       403    303   403      confirm

GET  /desk/teams                               sign-in  200     200    200    200       200    200   200      200
POST /desk/teams                               401      422     422    422    422       422    422   422      422
GET  /desk/teams/<int:held_by>                 sign-in  404     403    200    200       200    200   200      200
POST /desk/teams/<int:held_by>/name            401      404     403    403    403       403    422   403      confirm
POST /desk/teams/<int:held_by>/invite          401      404     403    403    403       403    422   403      confirm
POST /desk/teams/<int:held_by>/invitations/<int:team_invitation>/resend 401 404 403 403 403 403 303 403 confirm
POST /desk/teams/<int:held_by>/invitations/<int:team_invitation>/revoke 401 404 403 403 403 403 303 403 confirm
POST /desk/teams/<int:held_by>/members/<int:number>/role 401 404 403 403  403     403    303   403      confirm
POST /desk/teams/<int:held_by>/members/<int:number>/remove 401 404 403 403 403    403    303   403      confirm
POST /desk/teams/<int:held_by>/leave           401      404     303    303    303       303    303   303      303
POST /desk/teams/<int:held_by>/campaigns       401      404     403    403    403       403    422   403      confirm
POST /desk/teams/<int:held_by>/campaigns/remove 401     404     403    403    403       403    303   403      confirm
POST /desk/teams/<int:held_by>/delete          401      404     403    403    403       403    303   403      confirm

GET  /desk/c/<slug>/signatures                 sign-in  404     403    200    200       200    200   403      200
POST /desk/c/<slug>/signatures                 401      404     403    303    303       303    303   403      303
POST /desk/c/<slug>/signatures/saved           401      404     403    422    422       422    422   403      422
POST /desk/c/<slug>/signatures/saved/<int:number>/delete 401 404 403    303   303       303    303   403      303
GET  /desk/c/<slug>/signatures/<int:number>    sign-in  404     403    200    200       200    200   403      200
POST /desk/c/<slug>/signatures/<int:number>/invalidate 401 404  403    403    422       403    422   403      422
POST /desk/c/<slug>/signatures/<int:number>/restore 401 404     403    403    422       403    422   403      422
POST /desk/c/<slug>/signatures/<int:number>/hide-comment 401 404 403    403   422       403    422   403      422
POST /desk/c/<slug>/signatures/<int:number>/show-comment 401 404 403    403   303       403    303   403      303
GET  /desk/c/<slug>/signatures/<int:number>/erase sign-in 404   403    403    403       403    200   403      confirm
POST /desk/c/<slug>/signatures/<int:number>/erase 401   404     403    403    403       403    422   403      confirm
GET  /desk/c/<slug>/places                     sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/places.csv                 sign-in  404     403    200    200       200    200   200      200
POST /desk/c/<slug>/places/certificates        401      404     403    403    403       422    422   403      422
GET  /desk/c/<slug>/comments                   sign-in  404     403    200    200       200    200   403      200
POST /desk/c/<slug>/comments/<int:number>/hide 401      404     403    403    422       403    422   403      422
POST /desk/c/<slug>/comments/<int:number>/show 401      404     403    403    303       403    303   403      303
POST /desk/c/<slug>/comments/<int:number>/publish 401      404     403    403    303       403    303   403      303
POST /desk/c/<slug>/comments/<int:number>/unpublish 401      404     403    403    303       403    303   403      303

GET  /desk/c/<slug>/flags                      sign-in  404     403    403    200       403    200   403      200
POST /desk/c/<slug>/alarms/<int:number>/dismiss 401     404     403    403    303       403    303   403      303
POST /desk/c/<slug>/flags/holding 401      404     403    403    303       403    303   403      303
POST /desk/c/<slug>/flags/<int:number>/dismiss 401      404     403    403    303       403    303   403      303
POST /desk/c/<slug>/flags/<int:number>/bring-back 401   404     403    403    303       403    303   403      303
POST /desk/c/<slug>/flags/<int:number>/signatures 401   404     403    403    303       403    303   403      303
POST /desk/c/<slug>/flags/<int:number>/invalidate 401   404     403    403    303       403    303   403      303
GET  /desk/c/<slug>/batches                    sign-in  404     403    403    200       403    200   403      200
POST /desk/c/<slug>/batches                    401      404     403    403    422       403    422   403      422
GET  /desk/c/<slug>/batches/new                sign-in  404     403    403    422       403    422   403      422
POST /desk/c/<slug>/batches/new                401      404     403    403    422       403    422   403      422
GET  /desk/c/<slug>/batches/<int:number>       sign-in  404     403    403    200       403    200   403      200
GET  /desk/c/<slug>/batches/<int:number>.json  sign-in  404     403    403    200       403    200   403      200
POST /desk/c/<slug>/batches/<int:number>/cancel 401     404     403    403    303       403    303   403      303
POST /desk/c/<slug>/batches/<int:number>/undo  401      404     403    403    422       403    422   403      422
GET  /desk/c/<slug>/rules                      sign-in  404     403    403    200       403    200   403      200
POST /desk/c/<slug>/rules                      401      404     403    403    422       403    422   403      422
POST /desk/c/<slug>/rules/<int:number>/end     401      404     403    403    303       403    303   403      303

GET  /desk/c/<slug>/exports                    sign-in  404     403    403    403       403    200   403      confirm
GET  /desk/c/<slug>/exports/new                sign-in  404     403    403    403       403    200   403      confirm
POST /desk/c/<slug>/exports                    401      404     403    403    403       403    422   403      confirm
GET  /desk/c/<slug>/exports/<int:number>.json  sign-in  404     403    403    403       403    200   403      confirm
GET  /desk/c/<slug>/exports/<int:number>/download sign-in 404   403    403    403       403    200   403      confirm
POST /desk/c/<slug>/exports/<int:number>/cancel 401     404     403    403    403       403    303   403      confirm
POST /desk/c/<slug>/exports/<int:number>/restart 401    404     403    403    403       403    303   403      confirm
POST /desk/c/<slug>/exports/<int:number>/delete 401     404     403    403    403       403    303   403      confirm

GET  /desk/c/<slug>/paper                      sign-in  404     200    403    200       200    200   403      200
POST /desk/c/<slug>/paper/sheets               401      404     403    403    422       422    422   403      422
GET  /desk/c/<slug>/paper/sheets/<int:run>.pdf sign-in  404     200    403    200       200    200   403      200
POST /desk/c/<slug>/paper/file                 401      404     403    403    422       422    422   403      422
GET  /desk/c/<slug>/paper/uploads/<int:number> sign-in  404     403    403    200       200    200   403      200
POST /desk/c/<slug>/paper/uploads/<int:number>/drop 401 404    403    403    303       303    303   403      303
GET  /desk/c/<slug>/paper/intakes/<int:number> sign-in  404     403    403    200       200    200   403      200
GET  /desk/c/<slug>/paper/intakes/<int:number>/left-out.csv sign-in 404 403 403 303    303    303   403      303
POST /desk/c/<slug>/paper/intakes/<int:number>/take 401 404     403    403    303       303    303   403      303
POST /desk/c/<slug>/paper/intakes/<int:number>/drop 401 404     403    403    303       303    303   403      303
POST /desk/c/<slug>/paper/intakes/<int:number>/undo 401 404     403    403    422       422    422   403      422
GET  /desk/c/<slug>/paper/type                 sign-in  404     200    403    200       200    200   403      200
POST /desk/c/<slug>/paper/type                 401      404     422    403    422       422    422   403      422
POST /desk/c/<slug>/paper/type/undo            401      404     303    403    303       303    303   403      303

GET  /desk/c/<slug>/complaints                 sign-in  404     403    403    403       403    200   200      200
GET  /desk/c/<slug>/complaints/<int:number>    sign-in  404     403    403    403       403    200   200      200
POST /desk/c/<slug>/complaints/<int:number>    401      404     403    403    403       403    422   422      422
GET  /desk/c/<slug>/data                       sign-in  404     403    200    200       200    200   200      200
POST /desk/c/<slug>/data                       401      404     403    403    403       403    303   403      303
GET  /desk/site/complaints                     sign-in  404     404    404    404       404    404   200      404
GET  /desk/c/<slug>/updates                    sign-in  404     403    403    403       200    200   403      200
GET  /desk/c/<slug>/updates/new                sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/updates/new                401      404     403    403    403       422    422   403      422
GET  /desk/c/<slug>/updates/<int:number>       sign-in  404     403    403    403       200    200   403      200
GET  /desk/c/<slug>/updates/<int:number>/edit  sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/updates/<int:number>/edit  401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/updates/<int:number>/delete 401     404     403    403    403       303    303   403      303
POST /desk/c/<slug>/updates/<int:number>/test  401      404     403    403    403       303    303   403      303
POST /desk/c/<slug>/updates/<int:number>/publish 401    404     403    403    403       303    303   403      303
POST /desk/c/<slug>/updates/<int:number>/unschedule 401 404     403    403    403       303    303   403      303
POST /desk/c/<slug>/updates/<int:number>/stop  401      404     403    403    403       303    303   403      303

GET  /desk/c/<slug>/running                    sign-in  404     403    403    403       200    200   200      200
GET  /desk/c/<slug>/running/publish            sign-in  404     403    403    403       303    303   303      303
POST /desk/c/<slug>/running/publish            401      404     403    403    403       303    303   303      303
GET  /desk/c/<slug>/running/opening            sign-in  404     403    403    403       303    303   303      303
POST /desk/c/<slug>/running/opening            401      404     403    403    403       303    303   303      303
GET  /desk/c/<slug>/running/pause              sign-in  404     403    403    403       200    200   200      200
POST /desk/c/<slug>/running/pause              401      404     403    403    403       303    303   303      303
GET  /desk/c/<slug>/running/resume             sign-in  404     403    403    403       303    303   303      303
POST /desk/c/<slug>/running/resume             401      404     403    403    403       303    303   303      303
GET  /desk/c/<slug>/running/extend             sign-in  404     403    403    403       200    200   200      200
POST /desk/c/<slug>/running/extend             401      404     403    403    403       422    422   422      422
GET  /desk/c/<slug>/running/close              sign-in  404     403    403    403       200    200   200      confirm
POST /desk/c/<slug>/running/close              401      404     403    403    403       422    422   422      confirm
GET  /desk/c/<slug>/running/address            sign-in  404     403    403    403       200    200   200      200
POST /desk/c/<slug>/running/address            401      404     403    403    403       422    422   422      422
GET  /desk/c/<slug>/running/take-down          sign-in  404     403    403    403       403    200   200      confirm
POST /desk/c/<slug>/running/take-down          401      404     403    403    403       403    303   303      confirm
GET  /desk/c/<slug>/running/put-back           sign-in  404     403    403    403       403    303   303      confirm
POST /desk/c/<slug>/running/put-back           401      404     403    403    403       403    303   303      confirm
GET  /desk/c/<slug>/submission                 sign-in  404     403    403    403       200    200   403      200
GET  /desk/c/<slug>/submission/<profile>       sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/submission/<profile>       401      404     403    403    403       303    303   403      303
GET  /desk/c/<slug>/samples                    sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/samples                    401      404     403    403    403       403    422   403      confirm
POST /desk/c/<slug>/samples/<int:number>       401      404     403    403    403       422    422   403      422
GET  /desk/c/<slug>/audit                      sign-in  404     403    403    403       403    200   200      200
POST /desk/c/<slug>/audit.csv                  401      404     403    403    403       403    200   200      200

GET  /desk/site/                               sign-in  404     404    404    404       404    404   200      404
POST /desk/site/alarms/<int:number>/dismiss    401      404     404    404    404       404    404   303      404
GET  /desk/site/audit                          sign-in  404     404    404    404       404    404   200      404
POST /desk/site/audit.csv                      401      404     404    404    404       404    404   200      404
GET  /desk/site/campaigns                      sign-in  404     404    404    404       404    404   200      404
GET  /desk/site/campaigns/<slug>/take-down     sign-in  404     404    404    404       404    404   200      404
POST /desk/site/campaigns/<slug>/take-down     401      404     404    404    404       404    404   422      404
GET  /desk/site/people                         sign-in  404     404    404    404       404    404   200      404
POST /desk/site/people/search                  401      404     404    404    404       404    404   200      404
POST /desk/site/people/invite                  401      404     404    404    404       404    404   422      404
POST /desk/site/people/invitations/<int:site_invitation>/resend 401 404 404 404 404 404 404 303 404
POST /desk/site/people/invitations/<int:site_invitation>/revoke 401 404 404 404 404 404 404 303 404
GET  /desk/site/people/<int:number>            sign-in  404     404    404    404       404    404   200      404
POST /desk/site/people/<int:number>/disable    401      404     404    404    404       404    404   422      404
POST /desk/site/people/<int:number>/enable     401      404     404    404    404       404    404   303      404
POST /desk/site/people/<int:number>/operator   401      404     404    404    404       404    404   422      404
GET  /desk/site/sender                         sign-in  404     404    404    404       404    404   200      404
POST /desk/site/sender                         401      404     404    404    404       404    404   200      404
POST /desk/site/sender/test-mail               401      404     404    404    404       404    404   303      404
GET  /desk/site/switches                       sign-in  404     404    404    404       404    404   200      404
GET  /desk/site/switches/<name>                sign-in  404     404    404    404       404    404   200      404
POST /desk/site/switches/<name>                401      404     404    404    404       404    404   422      404
GET  /desk/site/rules                          sign-in  404     404    404    404       404    404   200      404
POST /desk/site/rules                          401      404     404    404    404       404    404   422      404
POST /desk/site/rules/<int:site_rule>/end      401      404     404    404    404       404    404   303      404

GET  /desk/campaigns/new                       sign-in  200     200    200    200       200    200   200      200
POST /desk/campaigns/new                       401      422     422    422    422       422    422   422      422
GET  /desk/c/<slug>/                           sign-in  404     303    200    200       200    200   200      200
GET  /desk/c/<slug>/numbers.json               sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/growth.json                sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/growth.csv                 sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/figures                    sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/share                      sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/funnel.csv                 sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/origins.csv                sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/preview                    sign-in  404     403    200    200       200    200   200      200
POST /desk/c/<slug>/preview/renew              401      404     403    403    403       303    303   403      303
POST /desk/c/<slug>/copy                       401      404     403    303    303       303    303   303      303
GET  /desk/c/<slug>/copy                       sign-in  404     403    200    200       200    200   200      200
GET  /desk/c/<slug>/discard                    sign-in  404     403    403    403       403    303   303      303
POST /desk/c/<slug>/discard                    401      404     403    403    403       403    303   303      303
GET  /desk/c/<slug>/text                       sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/text                       401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/text/preview               401      404     403    403    403       200    200   403      200
POST /desk/c/<slug>/text/end-language          401      404     403    403    403       303    303   403      303
GET  /desk/c/<slug>/text/picture               sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/text/picture               401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/text/picture/remove        401      404     403    403    403       303    303   403      303
POST /desk/c/<slug>/text/thank-you-test        401      404     403    403    403       303    303   403      303
GET  /desk/c/<slug>/text/pictures              sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/text/pictures/organiser    401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/text/pictures/organiser/remove 401  404     403    403    403       303    303   403      303
POST /desk/c/<slug>/text/pictures/gallery      401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/text/pictures/gallery/<digest>/remove 401 404 403  403    403       303    303   403      303
POST /desk/c/<slug>/text/pictures/gallery/<digest>/up 401 404 403      403    403       303    303   403      303
GET  /desk/c/<slug>/image-<name>               sign-in  404     403    404    404       404    404   404      404
GET  /desk/c/<slug>/updates/<int:number>/picture sign-in 404    403    403    403       200    200   403      200
POST /desk/c/<slug>/updates/<int:number>/picture 401    404     403    403    403       422    422   403      422
POST /desk/c/<slug>/updates/<int:number>/picture/remove 401 404 403    403    403       303    303   403      303
GET  /desk/c/<slug>/settings                   sign-in  404     403    403    403       200    200   403      200
POST /desk/c/<slug>/settings                   401      404     403    403    403       422    422   403      422
POST /desk/c/<slug>/settings/reminders         401      404     403    403    403       303    303   403      303
POST /desk/c/<slug>/settings/accent            401      404     403    403    403       200    200   403      200

"""

_ROWS = [words for words in map(str.split, ACCESS_TABLE.splitlines()[2:]) if words]
ACCESS_ROWS = {(words[0], words[1]): tuple(words[2:]) for words in _ROWS}
POSTS = [rule for method, rule in ACCESS_ROWS if method == "POST"]
REFUSED_OUTCOMES = {"sign-in", "confirm", "factor", "401", "403", "404", "422"}


class RoleClients:
    """Everybody, each with a campaign that is there for them alone, and with one of everything in it."""

    def __init__(self, app: Flask, runtime: Runtime, now: ManualClock) -> None:
        self._app, self._runtime, self._now, self._numbers, self._networks = app, runtime, now, count(1), count(1)
        self._known: dict[str, tuple[DeskClient, RouteValues]] = {}

    def new(self, who: str, *, operator: bool = False) -> tuple[DeskClient, RouteValues]:
        """Somebody new, and what stands in the addresses of what is theirs."""
        if who == "stale":
            self._now.at -= REAUTHENTICATION_WINDOW + timedelta(minutes=1)
        campaign = new_campaign_with_picture(self._runtime, f"pond-{next(self._numbers)}")
        somebody = DeskClient(self._runtime, 0, self._app.test_client(), "")
        if who != "stranger":
            role = {**{str(role): role for role in Role}, "stale": Role.OWNER}.get(who)
            somebody = new_campaigner(
                self._runtime, self._app, campaign if role else None, role, operator=operator or who == "operator",
                second_factor=True,
            )  # fmt: skip
        # Each is at a network of their own: what is limited by network is limited for none of them.
        somebody.browser.environ_base["REMOTE_ADDR"] = f"10.{(number := next(self._networks)) // 250}.{number % 250}.1"
        names = sample_route_values(self._runtime, campaign, somebody.id)
        if who == "stale":
            self._now.at += REAUTHENTICATION_WINDOW + timedelta(minutes=1)
        return somebody, names

    def outcome(self, who: str, method: str, rule: str, expected: str) -> str:
        """What somebody comes to. Where a form of theirs will be taken, they are somebody new: it may change much."""
        alone = method == "POST" and expected not in REFUSED_OUTCOMES
        if not alone and who not in self._known:
            self._known[who] = self.new(who)
        somebody, names = self.new(who) if alone else self._known[who]
        ask = somebody.get if method == "GET" else somebody.post
        return _outcome(ask(_path(rule, names)))


def test_every_route_of_the_desk_is_in_the_table(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
    there = {(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert sorted(there - set(ACCESS_ROWS)) == []
    assert sorted(set(ACCESS_ROWS) - there) == []
    assert {len(row) for row in ACCESS_ROWS.values()} == {len(ROLES_TRIED)}
    assert len(_ROWS) == len(ACCESS_ROWS), "a route stands twice, and only its last row would be tried"


@pytest.mark.timeout(600)
def test_everybody_comes_to_what_the_table_says(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    world = RoleClients(app, runtime, now)
    other = {}
    for (method, rule), row in ACCESS_ROWS.items():
        come = tuple(world.outcome(who, method, rule, expected) for who, expected in zip(ROLES_TRIED, row, strict=True))
        if come != row:
            other[method, rule] = come
    assert other == {}


def test_no_form_is_taken_that_is_not_of_this_session(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    world = RoleClients(app, runtime, now)
    (somebody, names), (another, _) = world.new("owner", operator=True), world.new("nobody")
    taken = [
        (rule, csrf)
        for rule in POSTS
        # A form that strangers may send belongs to no session: it is only asked where it comes from.
        if ACCESS_ROWS["POST", rule][0] == "401"
        for csrf in ({}, {"csrf": ""}, {"csrf": another.csrf})
        if _refusal(somebody.browser.post(_path(rule, names), data=csrf)) != (403, "This page was open for too long")
    ]
    assert taken == []


@on_both_databases
def test_no_form_is_taken_from_another_site(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    somebody, names = RoleClients(app, runtime, now).new("owner", operator=True)
    taken = [
        (rule, headers)
        for rule in POSTS
        for headers in (
            {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"},
            {"Origin": "null"}, {"Origin": "http://localhost.elsewhere.example", "Sec-Fetch-Site": "same-origin"},
        )
        if _refusal(somebody.post(_path(rule, names), headers=headers)) != (403, "That came from another site")
    ]  # fmt: skip
    assert taken == []


def test_a_number_that_no_database_can_hold_is_not_found(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    somebody, names = RoleClients(app, runtime, now).new("owner", operator=True)
    large = {name: 10**30 if isinstance(value, int) else value for name, value in names.items()}
    numbered = [row for row in ACCESS_ROWS if "<int:" in row[1]]
    statuses = {row: (somebody.get if row[0] == "GET" else somebody.post)(_path(row[1], large)).status_code for row in numbered}
    assert {row: status for row, status in statuses.items() if status >= 500} == {}


def _path(rule: str, names: RouteValues) -> str:
    return re.sub(
        r"(?P<of>[\w-]+?)(?P<mark>[/-])<(?:\w+:)?(?P<name>\w+)>",
        lambda found: f"{found['of']}{found['mark']}{names[found['of'] + '/' + found['name']]}",
        rule,
    )


def _outcome(answer: TestResponse) -> str:
    asks = {"/desk/sign-in": "sign-in", "/desk/confirm": "confirm", "/desk/account/second-factor": "factor"}
    led = urlsplit(answer.location or "")
    asked = asks.get(led.path) if answer.status_code == 303 and led.query.startswith("next=") else None
    return asked or str(answer.status_code)


def _refusal(answer: TestResponse) -> tuple[int, str]:
    if answer.is_json:
        return answer.status_code, answer.get_json()["error"]
    found = re.search(r"<h1>(.*?)</h1>", answer.text)
    return answer.status_code, found[1] if found else ""
