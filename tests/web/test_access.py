"""Who may open what: every route, every role, own things and foreign ones. A route without its line fails."""

from __future__ import annotations

import pytest

from calls import voicemails
from mail import digest_choices
from models import (
    Callback,
    Card,
    CostItem,
    HoursException,
    Payment,
    Prompt,
    PromptSound,
    Question,
    Role,
    Share,
    Transaction,
    WaitingPrompt,
    utcnow,
)
from orders import questions
from tests.web import seed, seed_knowledge, seed_money
from union import invitations, passwords
from union.audit import Actor

ROLES = (None, "owner", "other_owner", "operator", "trainee", "coordinator")
OK, LOGIN, NO, HIDDEN = "ok", "log in", 403, 404

# the thing belongs to `owner`'s shop, or to nobody                    nobody  owner   other   operator trainee coordinator
EVERYBODY = (OK,) * 6
MEMBERS = (LOGIN, OK, OK, OK, OK, OK)
SHOP = (LOGIN, OK, HIDDEN, HIDDEN, HIDDEN, OK)
OWNER = (LOGIN, OK, HIDDEN, HIDDEN, HIDDEN, HIDDEN)
COORDINATOR = (LOGIN, NO, NO, NO, NO, OK)
DESK = (LOGIN, NO, NO, OK, OK, NO)
HERS = (LOGIN, NO, NO, OK, HIDDEN, NO)  # the call rang at the operator's telephone
MESSAGE = (LOGIN, OK, HIDDEN, OK, OK, HIDDEN)  # whose callback is open
JOURNAL = (LOGIN, OK, OK, NO, NO, OK)

MATRIX = {
    "GET /": MEMBERS,
    "GET /login": EVERYBODY,
    "POST /login": EVERYBODY,
    "POST /logout": EVERYBODY,  # it leads everybody to the log-in
    "POST /sessions/<int:session_id>/end": MEMBERS,
    "GET /me": MEMBERS,
    "POST /me/password": MEMBERS,
    "POST /language": EVERYBODY,
    "GET /first-run": EVERYBODY,
    "POST /first-run": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /journal": JOURNAL,
    "GET /invitations/new": COORDINATOR,
    "POST /invitations/new": COORDINATOR,
    "GET /invitations/<int:invitation_id>": (LOGIN, OK, HIDDEN, NO, NO, HIDDEN),  # whoever invited
    "POST /invitations/<int:invitation_id>/withdraw": (LOGIN, OK, HIDDEN, NO, NO, OK),
    "GET /join/<token>": EVERYBODY,
    "POST /join/<token>": EVERYBODY,
    "GET /shops/<int:shop_id>/start": SHOP,
    "GET /shops/<int:shop_id>/people": SHOP,
    "POST /shops/<int:shop_id>/people/invite": OWNER,
    "POST /shops/<int:shop_id>/people/<int:owner_role_id>/end": OWNER,
    "POST /shops/<int:shop_id>/grants/<any(numbers, recordings):kind>": OWNER,
    "POST /shops/<int:shop_id>/grants/<any(numbers, recordings):kind>/end": OWNER,
    "GET /jobs": COORDINATOR,
    "GET /jobs/silence": COORDINATOR,
    "GET /letters": MEMBERS,
    "POST /letters/<letter>/<int:of_shop>": OWNER,
    "GET /letters/off/<off_token>": EVERYBODY,
    "POST /letters/off/<off_token>": EVERYBODY,
    "GET /outbox": COORDINATOR,
    "GET /backups": COORDINATOR,
    "POST /outbox/<int:mail_id>/send": COORDINATOR,
    "GET /shops": JOURNAL,
    "GET /shops/new": COORDINATOR,
    "POST /shops/new": COORDINATOR,
    "GET /shops/<int:shop_id>": SHOP,
    "POST /shops/<int:shop_id>": SHOP,
    "POST /shops/<int:shop_id>/leave": COORDINATOR,
    "POST /shops/<int:shop_id>/stay": COORDINATOR,
    "POST /shops/<int:shop_id>/join": COORDINATOR,
    "GET /shops/<int:shop_id>/dids": SHOP,
    "GET /shops/<int:shop_id>/dids/new": COORDINATOR,
    "POST /shops/<int:shop_id>/dids/new": COORDINATOR,
    "POST /dids/<int:did_id>/end": COORDINATOR,
    "GET /trunks": COORDINATOR,
    "GET /trunks/new": COORDINATOR,
    "POST /trunks/new": COORDINATOR,
    "GET /trunks/<int:trunk_id>": COORDINATOR,
    "POST /trunks/<int:trunk_id>": COORDINATOR,
    "GET /password/<password_token>": EVERYBODY,
    "POST /password/<password_token>": EVERYBODY,
    "GET /people": COORDINATOR,
    "GET /people/new": COORDINATOR,
    "POST /people/new": COORDINATOR,
    "GET /people/<int:user_id>": COORDINATOR,
    "POST /people/<int:user_id>/roles": COORDINATOR,
    "POST /people/<int:user_id>/password": COORDINATOR,
    "POST /people/<int:user_id>/sessions/end": COORDINATOR,
    "POST /people/<int:user_id>/phone": COORDINATOR,
    "POST /people/<int:user_id>/deactivate": COORDINATOR,
    "POST /people/<int:user_id>/leave": COORDINATOR,
    "GET /people/<int:user_id>/seen": COORDINATOR,
    "GET /people/<int:user_id>/seen.csv": COORDINATOR,
    "POST /people/<int:user_id>/activate": COORDINATOR,
    "POST /roles/<int:role_id>/end": COORDINATOR,
    "GET /hours": COORDINATOR,
    "POST /hours": COORDINATOR,
    "GET /shops/<int:shop_id>/hours": SHOP,
    "POST /shops/<int:shop_id>/hours": SHOP,
    "POST /shops/<int:shop_id>/hours/exceptions": SHOP,
    "POST /hours/exceptions/<int:exception_id>/remove": SHOP,
    "GET /shops/<int:shop_id>/menu": SHOP,
    "GET /shops/<int:shop_id>/menu/versions": SHOP,
    "GET /shops/<int:shop_id>/menu/try": SHOP,
    "GET /shops/<int:shop_id>/menu/draft": SHOP,
    "POST /shops/<int:shop_id>/menu/draft": SHOP,
    "POST /shops/<int:shop_id>/menu/draft/discard": SHOP,
    "GET /shops/<int:shop_id>/prompts": SHOP,
    "GET /shops/<int:shop_id>/prompts/new": SHOP,
    "POST /shops/<int:shop_id>/prompts/new": SHOP,
    "GET /prompts/<int:prompt_id>": SHOP,
    "POST /prompts/<int:prompt_id>": SHOP,
    "POST /prompts/<int:prompt_id>/remove": SHOP,
    "GET /prompts/sounds/<int:sound_id>.wav": SHOP,
    "POST /shops/<int:shop_id>/waiting-prompts": SHOP,
    "POST /waiting-prompts/<int:chosen_id>/<way>": SHOP,
    "POST /waiting-prompts/<int:chosen_id>/remove": SHOP,
    "GET /shops/<int:shop_id>/calls": SHOP,
    "GET /shops/<int:shop_id>/calls.csv": SHOP,
    "GET /shops/<int:shop_id>/calls/<key>": SHOP,
    "POST /shops/<int:shop_id>/calls/<key>/reviews": OWNER,
    "POST /shops/<int:shop_id>/calls/<key>/listenings": OWNER,
    "GET /listenings/<public_id>.wav": OWNER,
    "GET /shops/<int:shop_id>/callbacks": SHOP,
    "GET /shops/<int:shop_id>/voicemails": SHOP,
    "GET /shops/<int:shop_id>/overflow": SHOP,
    "POST /shops/<int:shop_id>/overflow": SHOP,
    "POST /shops/<int:shop_id>/releases/<int:trainee_id>": SHOP,
    "POST /shops/<int:shop_id>/releases/<int:trainee_id>/end": SHOP,
    "GET /drills": COORDINATOR,
    "POST /drills": COORDINATOR,
    "GET /board": COORDINATOR,
    "POST /board": COORDINATOR,
    "POST /voicemails/<int:voicemail_id>/listenings": MESSAGE,
    "GET /voicemails/listenings/<message_listening>.wav": (LOGIN, OK, HIDDEN, HIDDEN, HIDDEN, HIDDEN),  # who opened it
    "GET /shops/<int:shop_id>/cards": OWNER,
    "GET /shops/<int:shop_id>/cards.csv": OWNER,
    "GET /shops/<int:shop_id>/cards/new": OWNER,
    "POST /shops/<int:shop_id>/cards/new": OWNER,
    "GET /shops/<int:shop_id>/cards/list": OWNER,
    "POST /shops/<int:shop_id>/cards/list": OWNER,
    "GET /shops/<int:shop_id>/cards/<int:card_id>": OWNER,
    "POST /shops/<int:shop_id>/cards/<int:card_id>": OWNER,
    "POST /shops/<int:shop_id>/cards/<int:card_id>/confirm": OWNER,
    "POST /shops/<int:shop_id>/cards/<int:card_id>/remove": OWNER,
    "POST /shops/<int:shop_id>/cards/<int:card_id>/restore": OWNER,
    "GET /shops/<int:shop_id>/script": OWNER,
    "POST /shops/<int:shop_id>/script": OWNER,
    "POST /shops/<int:shop_id>/script/undo": OWNER,
    "GET /shops/<int:shop_id>/questions": OWNER,
    "POST /shops/<int:shop_id>/questions/<int:question_id>/answer": OWNER,
    "POST /shops/<int:shop_id>/questions/<int:question_id>/card": OWNER,
    "GET /answers/<answer_token>": EVERYBODY,
    "POST /answers/<answer_token>": EVERYBODY,
    "GET /desk/calls/<key>/knowledge": HERS,
    "POST /desk/calls/<key>/questions": HERS,
    "GET /desk/questions": DESK,
    "GET /shops/<int:shop_id>/callbacks/retries": SHOP,
    "POST /shops/<int:shop_id>/callbacks/retries": SHOP,
    "POST /shops/<int:shop_id>/callbacks/<int:callback_id>/settle": OWNER,
    "GET /desk": DESK,
    "GET /desk/presence": DESK,
    "GET /desk/line": DESK,
    "GET /desk/calls": DESK,
    "GET /desk/calls/<key>": HERS,
    "GET /desk/calls/<key>/state": HERS,
    "POST /desk/calls/<key>/note": HERS,
    "POST /desk/calls/<key>/outcome": HERS,
    "POST /desk/calls/<key>/again": HERS,
    "GET /desk/callbacks": DESK,
    "POST /desk/presence": DESK,
    "GET /shops/<int:shop_id>/orders": OWNER,
    "GET /shops/<int:shop_id>/orders.csv": OWNER,
    "GET /shops/<int:shop_id>/orders/new": OWNER,
    "POST /shops/<int:shop_id>/orders/new": OWNER,
    "GET /shops/<int:shop_id>/orders/funnel": OWNER,
    "GET /shops/<int:shop_id>/orders/<int:number>": OWNER,
    "GET /shops/<int:shop_id>/orders/<int:number>/edit": OWNER,
    "POST /shops/<int:shop_id>/orders/<int:number>/edit": OWNER,
    "POST /shops/<int:shop_id>/orders/<int:number>/changes": OWNER,
    "POST /shops/<int:shop_id>/orders/<int:number>/undo": OWNER,
    "GET /shops/<int:shop_id>/statements": SHOP,
    "GET /shops/<int:shop_id>/statements/so-far": SHOP,
    "GET /shops/<int:shop_id>/statements/<month>": SHOP,
    "GET /shops/<int:shop_id>/statements/<month>.csv": SHOP,
    "GET /shops/<int:shop_id>/statements/shares/<int:share_id>": SHOP,
    "GET /shops/<int:shop_id>/statements/shares/<int:share_id>.csv": SHOP,
    "GET /money": COORDINATOR,
    "GET /money/months/<month>": COORDINATOR,
    "POST /money/months/<month>/close": COORDINATOR,
    "GET /money/costs": COORDINATOR,
    "GET /money/costs/new": COORDINATOR,
    "POST /money/costs/new": COORDINATOR,
    "GET /money/costs/<int:item_id>": COORDINATOR,
    "POST /money/costs/<int:item_id>/rules": COORDINATOR,
    "POST /money/costs/<int:item_id>/end": COORDINATOR,
    "POST /money/costs/<int:item_id>/remove": COORDINATOR,
    "GET /money/payments": COORDINATOR,
    "POST /money/payments": COORDINATOR,
    "GET /money/payments/<int:payment_id>": COORDINATOR,
    "POST /money/payments/<int:payment_id>": COORDINATOR,
    "GET /money/payments/list": COORDINATOR,
    "POST /money/payments/list": COORDINATOR,
    "GET /money/books": COORDINATOR,
    "GET /money/books/<int:transaction_id>": COORDINATOR,
    "POST /money/books/<int:transaction_id>": COORDINATOR,
    "GET /money/books/check": COORDINATOR,
    "GET /money/books.<form>": COORDINATOR,
    "GET /money/forecast": COORDINATOR,
    "GET /bonuses": DESK,
    "POST /bonuses/<int:item_id>/answers": HERS,
    "GET /desk/calls/<key>/order": HERS,
    "POST /desk/calls/<key>/order": HERS,
    "POST /desk/calls/<key>/order/draft": HERS,
    "GET /desk/calls/<key>/orders/<int:order_number>": HERS,
    "POST /desk/calls/<key>/orders/<int:order_number>": HERS,
    "POST /desk/calls/<key>/order/telephone": HERS,
    "GET /shops/<int:shop_id>/site-button": SHOP,
    "POST /shops/<int:shop_id>/site-button": SHOP,
    "POST /shops/<int:shop_id>/site-button/on": SHOP,
    "POST /shops/<int:shop_id>/site-button/off": SHOP,
    "GET /call-me/<button_key>": EVERYBODY,
    "POST /call-me/<button_key>": EVERYBODY,
    "GET /call-me/<button_key>/offer": EVERYBODY,
    "GET /call-me/<button_key>/button.js": EVERYBODY,
    "POST /desk/calls/<key>/number": (LOGIN, NO, NO, HIDDEN, HIDDEN, NO),  # the shop does not let her
    "POST /callbacks/<int:callback_id>/number": (LOGIN, NO, NO, HIDDEN, HIDDEN, NO),
    "GET /shops/<int:shop_id>/reports": SHOP,
    "GET /shops/<int:shop_id>/reports.csv": SHOP,
    "GET /shops/<int:shop_id>/reports/missed": OWNER,
    "GET /reports": COORDINATOR,
    "GET /reports/staffing": COORDINATOR,
    "GET /reports/staffing.csv": COORDINATOR,
    "GET /reports.csv": COORDINATOR,
    "POST /callbacks/next": DESK,
    "POST /telephone": DESK,
    "POST /telephone/transfers": DESK,
    "GET /telephone/transfers/<transfer_id>": (LOGIN, NO, NO, OK, HIDDEN, NO),  # whose wish it is
    "POST /telephone/transfers/<transfer_id>/withdraw": (LOGIN, NO, NO, OK, HIDDEN, NO),
    "GET /telephone/allowed": (LOGIN, NO, NO, NO, NO, NO),  # until a telephone is handed out: test_telephone.py
    "POST /desk/automatic": DESK,
    "POST /callbacks/<int:callback_id>/claim": DESK,
    "POST /callbacks/<int:callback_id>/release": DESK,
    "POST /callbacks/<int:callback_id>/attempt": DESK,
    "POST /callbacks/<int:callback_id>/outcome": DESK,
}


@pytest.fixture
def things(cast, settings):
    """A thing of the owner's shop, or of nobody, for every name in a rule."""
    seed.calls(cast)
    seed.orders(cast)
    seed.recording(cast, "a7.1", settings.recordings_dir)
    seed_knowledge.knowledge(cast)
    seed_money.books(cast, settings)
    exception = HoursException.create(shop=cast.tea, on_date="2030-01-01")
    invited = seed.invited(cast, "Марія Кравець"), seed.invited(cast, "Ганна Кравець")
    message = seed.voicemail("m3.1", settings.recordings_dir)
    heard = voicemails.listen(message, Actor(cast.owner), utcnow())
    return {
        "voicemail_id": message.id,
        "trainee_id": cast.trainee.id,
        "message_listening": heard.public_id,
        "shop_id": cast.tea.id,
        "did_id": cast.did.id,
        "trunk_id": cast.trunk.id,
        "user_id": cast.other_owner.id,
        "role_id": Role.get(Role.user == cast.other_owner).id,
        "exception_id": exception.id,
        "prompt_id": Prompt.get(Prompt.shop == cast.tea).id,
        "chosen_id": WaitingPrompt.get().id,
        "way": "up",
        "sound_id": PromptSound.select().first().id,
        "callback_id": Callback.get(Callback.shop == cast.tea, Callback.closed_at.is_null()).id,
        "session_id": 0,
        "key": "a7.1",
        "public_id": seed.listening(cast, "a7.1").public_id,
        "owner_role_id": Role.get(Role.user == cast.owner).id,
        "kind": "numbers",
        "number": 1,
        "order_number": 8,
        "invitation_id": invited[0].id,
        "token": invitations.token(invited[1], settings),
        "card_id": Card.get(Card.shop == cast.tea).id,
        "question_id": Question.get(Question.answered_at.is_null(False)).id,
        "answer_token": questions.token(Question.get(Question.answered_at.is_null()), cast.owner, settings),
        "transfer_id": seed.transfer(cast, "a7.1").public_id,
        "password_token": passwords.token(cast.trainee, settings),
        "button_key": seed.site_button(cast).key,
        "month": seed_money.month_word(1),
        "item_id": CostItem.get(CostItem.category == "fine").id,
        "payment_id": Payment.select().first().id,
        "transaction_id": Transaction.select().first().id,
        "form": "beancount",
        "share_id": Share.get(Share.shop == cast.tea).id,
        "letter": "daily",
        "of_shop": cast.tea.id,
        "off_token": digest_choices.token(cast.owner, cast.tea, "daily", settings),
        "mail_id": seed.mails()["given_up"].id,
    }


def routes(app) -> dict[str, tuple[str, object]]:
    """METHOD rule -> (method, rule) of everything the application answers, its static files left out."""
    return {
        f"{method} {rule.rule}": (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_its_line_and_every_line_its_route(app):
    assert set(routes(app)) == set(MATRIX)


@pytest.mark.parametrize("who", ROLES, ids=str)
def test_each_role_opens_what_it_may_and_nothing_else(app, as_, things, who):
    column, wrong = ROLES.index(who), []
    # what changes nothing first, so that one line does not spoil the next; logging out last
    for name, (method, rule) in sorted(routes(app).items(), key=lambda route: ("logout" in route[0], route[0])):
        browser = as_(who)
        address = rule.build({argument: things[argument] for argument in rule.arguments})[1]
        got = outcome(browser.open(address, method=method))
        if got != MATRIX[name][column]:
            wrong.append(f"{name}: {got}, not {MATRIX[name][column]}")
    assert wrong == []


def outcome(response) -> str | int:
    if response.status_code == 302 and response.location.startswith("/login"):
        return OK if response.request.path in ("/logout", "/first-run") else LOGIN
    return OK if response.status_code in (200, 204, 302, 303, 409, 422) else response.status_code


def test_a_guessed_id_and_a_foreign_one_look_the_same(as_, things):
    foreign = as_("other_owner").get(f"/shops/{things['shop_id']}/calls")
    guessed = as_("other_owner").get("/shops/999999/calls")
    assert foreign.status_code == guessed.status_code == 404
    assert content(foreign.text) == content(guessed.text)


def content(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_a_foreign_call_is_not_found_under_ones_own_shop(as_, things, cast):
    assert as_("other_owner").get(f"/shops/{cast.soap.id}/calls/{things['key']}").status_code == 404
