"""A small union for the tests of the pages and for the pictures: two shops that must never see each other, their
owners, an operator, a trainee, a coordinator, some days of calls. Written as rows; facts have their own tests.
"""

from __future__ import annotations

import datetime as dt
import wave
from dataclasses import dataclass
from pathlib import Path

from calls import menus, site_buttons, waiting_prompts
from calls.menus import Option, Tree
from models import (
    Attempt,
    Backup,
    Call,
    Callback,
    CallNote,
    CallRequest,
    CelRow,
    Claim,
    Did,
    Drill,
    DrillCall,
    DrillFinding,
    IngestMark,
    Invitation,
    Job,
    Leg,
    Listening,
    Membership,
    Miss,
    Order,
    Outbox,
    Outcome,
    Presence,
    Promise,
    Prompt,
    PromptSound,
    Queue,
    Recording,
    Rehearsal,
    Run,
    Sending,
    Shop,
    SiteButton,
    SiteRequest,
    Transfer,
    Trunk,
    Union,
    User,
    Voicemail,
    WeekHours,
    utcnow,
)  # fmt: skip
from orders import orders as order_rules
from orders.typed import Typed, TypedLine
from union import audit, invitations, people

UNUSABLE = "scrypt:1:1:1$x$x"  # nobody logs in with it; tests open sessions directly
CUSTOMERS = ("+380671230987", "+380509876543", "+380931112233", "+380442223344", "+380632223311", "+48221234567")


@dataclass
class Cast:
    """Who and what there is."""

    owner: User
    other_owner: User
    operator: User
    trainee: User
    coordinator: User
    tea: Shop
    soap: Shop
    trunk: Trunk
    did: Did


def union(prompts_dir: Path) -> Cast:
    """The union without a single call."""
    Union.create(id=1, name="Спілка трьох крамниць")
    IngestMark.create(id=1, ticked_at=utcnow(), read_at=utcnow())
    queue = Queue.create(id=1, name="main")
    trunk = Trunk.create(name="Київстар, Київ", kind="registration", host="sip.provider.ua", username="380440000000",
                         secret="a-provider's-word")  # fmt: skip
    tea = shop(queue, "Чайна лавка", "#2f855a")
    soap = shop(queue, "Мильна майстерня", "#7a5af8", language="ru")
    did = Did.create(number="+380442001010", shop=tea, trunk=trunk, label="сайт")
    Did.create(number="+380442001011", shop=tea, trunk=trunk, label="листівка")
    Did.create(number="+380442002020", shop=soap, trunk=trunk, label="Prom")
    menu_of(tea, prompts_dir)
    for weekday in range(5):
        WeekHours.create(shop=None, weekday=weekday, opens_minute=540, closes_minute=1020)
    return Cast(
        owner=person("Олена Кравець", "olena@tea.example", "owner", tea),
        other_owner=person("Богдан Ільків", "bohdan@soap.example", "owner", soap),
        operator=person("Ірина Мороз", "iryna@spilka.example", "operator"),
        trainee=person("Соломія Гнатюк", "solomia@spilka.example", "trainee"),
        coordinator=person("Тарас Бойко", "taras@spilka.example", "coordinator"),
        tea=tea, soap=soap, trunk=trunk, did=did,
    )  # fmt: skip


def shop(queue: Queue, name: str, colour: str, language: str = "uk") -> Shop:
    made = Shop.create(name=name, colour=colour, queue=queue, language=language)
    Membership.create(shop=made, starts_on=dt.date(2026, 1, 1))
    for weekday in range(5):
        WeekHours.create(shop=made, weekday=weekday, opens_minute=540, closes_minute=1080)
    return made


def person(name: str, email: str, kind: str, shop: Shop | None = None) -> User:
    made = User.create(name=name, email=email, password_hash=UNUSABLE)
    people.give_role(made, kind, shop, audit.BOX)
    return made


def menu_of(shop: Shop, prompts_dir: Path) -> None:
    """A published menu with a sub-menu, each prompt a second of silence."""
    ids = {label: prompt(shop, label, prompts_dir) for label in ("Вітання", "Акція листопада", "Доставка", "Назва")}
    delivery = Option("2", "menu", ids["Доставка"], "Доставка", (
        Option("1", "information", ids["Доставка"], "Київ"), Option("2", "operator", None, "Інше місто")))  # fmt: skip
    tree = Tree(
        greeting=ids["Вітання"], announcement=ids["Акція листопада"], shop_name=ids["Назва"],
        options=(Option("1", "operator", None, "Замовлення"), delivery, Option("3", "callback", None, "Передзвоніть")),
    )  # fmt: skip
    draft = menus.draft(shop)
    menus.save(draft, tree)
    menus.publish(draft, dt.date(2026, 1, 1))
    for label in ("Доставка", "Акція листопада"):
        waiting_prompts.choose(Prompt.get_by_id(ids[label]), audit.BOX)


def prompt(shop: Shop, label: str, prompts_dir: Path) -> int:
    made = Prompt.create(shop=shop, label=label)
    file = f"{made.id:032x}"
    (prompts_dir / str(shop.id)).mkdir(parents=True, exist_ok=True)
    with wave.open(str(prompts_dir / str(shop.id) / f"{file}.wav"), "wb") as sound:
        sound.setnchannels(1), sound.setsampwidth(2), sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000)
    text = "Вітаємо! Ви зателефонували до чайної лавки." if label == "Вітання" else ""
    PromptSound.create(prompt=made, language="uk", file=file, seconds=7, made_by="rhvoice", text=text)
    return made.id


# --- some days -------------------------------------------------------------------------------------------------


def calls(cast: Cast) -> None:
    """Today's calls and yesterday's, with what became of them; two customers wait, one is on the line now."""
    now = utcnow()
    for number, minutes in enumerate((1500, 1480, 1440, 300, 250, 181, 164, 90)):
        answered(cast, cast.tea, f"a{number}.1", CUSTOMERS[number % 5], now - dt.timedelta(minutes=minutes))
    missed(cast, cast.tea, "m1.1", CUSTOMERS[1], now - dt.timedelta(minutes=140), "abandoned_line", closed="talked")
    missed(cast, cast.tea, "m2.1", CUSTOMERS[2], now - dt.timedelta(minutes=52), "abandoned_line")
    missed(cast, cast.tea, "m3.1", CUSTOMERS[0], now - dt.timedelta(minutes=12), "asked_callback")
    missed(cast, cast.soap, "m4.1", CUSTOMERS[3], now - dt.timedelta(minutes=33), "abandoned_menu")
    missed(cast, cast.soap, "m5.1", CUSTOMERS[5], now - dt.timedelta(minutes=200), "closed", not_callable="foreign")
    withheld = call(cast.tea, "w1.1", None, now - dt.timedelta(minutes=75), "closed", seconds=22)
    Call.update(withheld=True).where(Call.id == withheld.id).execute()
    again = Callback.get(Callback.customer == CUSTOMERS[2])
    Miss.create(callback=again, call_key="m2.2", at=now - dt.timedelta(minutes=40), why="abandoned_line")
    began = now - dt.timedelta(minutes=30)
    Attempt.create(public_id="past1", callback=again, user=cast.operator, customer=CUSTOMERS[2], wanted_at=began,
                   sent_at=began, ended_at=began, result="busy")  # fmt: skip


def alive(cast: Cast) -> None:
    """This moment: one talks with the operator, two wait, the operator holds a callback."""
    now = utcnow()
    Presence.create(user=cast.operator, kind="ready", starts_at=now - dt.timedelta(minutes=94))
    Presence.create(user=cast.trainee, kind="rest", starts_at=now - dt.timedelta(minutes=4))
    talk = call(cast.soap, "live.1", CUSTOMERS[4], now - dt.timedelta(seconds=130), "", ends=False)
    Leg.create(call=talk, uniqueid="live.2", party="operator", user=cast.operator,
               rang_at=now - dt.timedelta(seconds=110), answered_at=now - dt.timedelta(seconds=101))  # fmt: skip
    Call.update(operator=cast.operator, answered_at=now - dt.timedelta(seconds=101),
                line_at=now - dt.timedelta(seconds=115)).where(Call.id == talk.id).execute()  # fmt: skip
    for shop, key, customer, seconds in ((cast.tea, "wait.1", CUSTOMERS[3], 47), (cast.soap, "wait.2", None, 12)):
        waits = call(shop, key, customer, now - dt.timedelta(seconds=seconds + 20), "", ends=False)
        Call.update(line_at=now - dt.timedelta(seconds=seconds)).where(Call.id == waits.id).execute()
    mine = Callback.get(Callback.customer == CUSTOMERS[0])
    Claim.create(callback=mine, user=cast.operator, lease_until=now + dt.timedelta(minutes=9))


def known_customer(cast: Cast) -> None:
    """He who is on the line has called the soap shop before: what it came to, what was noted, an order. The trainee
    has had two calls of the tea shop and has not said yet what the last came to."""
    now, his = utcnow(), CUSTOMERS[4]
    said = (("h1.1", 21, "advice", True, "Питав про мило без ароматизаторів, алергія на лаванду."),
            ("h2.1", 6, "order", True, "Подарункова упаковка, передзвонити перед доставкою."),
            ("h3.1", 1, "complaint", False, "Коробка прийшла пом’ята."))  # fmt: skip
    for key, days, kind, solved, text in said:
        at = now - dt.timedelta(days=days)
        made = call(cast.soap, key, his, at, "answered", seconds=150)
        Call.update(operator=cast.operator, answered_at=at, talk_seconds=140).where(Call.id == made.id).execute()
        Outcome.create(call_key=key, shop=cast.soap, user=cast.operator, kind=kind, solved=solved, at=at)
        CallNote.create(call_key=key, shop=cast.soap, user=cast.operator, text=text, changed_at=at)
    for key, minutes, customer in (("t1.1", 95, CUSTOMERS[0]), ("t2.1", 40, CUSTOMERS[1])):
        at = now - dt.timedelta(minutes=minutes)
        hers = call(cast.tea, key, customer, at, "answered", seconds=200)
        Call.update(operator=cast.trainee, answered_at=at, talk_seconds=180).where(Call.id == hers.id).execute()
        Leg.create(call=hers, uniqueid=f"{key}x", party="operator", user=cast.trainee, rang_at=at, answered_at=at,
                   ended_at=hers.ended_at)  # fmt: skip
    Outcome.create(call_key="t1.1", shop=cast.tea, user=cast.trainee, kind="delivery", solved=True)
    CallNote.create(
        call_key="t1.1", shop=cast.tea, user=cast.trainee, text="Чекає на посилку з вівторка, відправили вчора."
    )
    Order.create(shop=cast.soap, number=41, call_key="h2.1", state="delivered", customer=his, customer_name="Наталя Білик",
                 placed_at=now - dt.timedelta(days=6))  # fmt: skip


def recording(cast: Cast, key: str, folder: Path, seconds: int = 140) -> Recording:
    """The sound of an answered call: a soft A-law hum."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.alaw").write_bytes(bytes((0xD5, 0xC5, 0xD5, 0x45)) * (2000 * seconds))
    call = Call.get(Call.key == key)
    Call.update(recording=f"{key}.alaw").where(Call.id == call.id).execute()
    return Recording.create(call_key=key, shop=call.shop, file=f"{key}.alaw", recorded_at=call.ended_at)


def voicemail(key: str, folder: Path, seconds: int = 24) -> Voicemail:
    """What was said in a missed call: a soft A-law hum."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"vm-{key}.alaw").write_bytes(bytes((0xD5, 0xC5, 0xD5, 0x45)) * (2000 * seconds))
    said = Call.get(Call.key == key)
    return Voicemail.create(
        call_key=key, shop=said.shop, file=f"vm-{key}.alaw", recorded_at=said.ended_at, seconds=seconds
    )


def listening(cast: Cast, key: str) -> Listening:
    """The owner opened a recording."""
    opened = Recording.get(Recording.call_key == key)
    return Listening.create(public_id=f"heard-{key}", recording=opened, user=cast.owner)


def call(shop: Shop, key: str, customer: str | None, at: dt.datetime, ending: str, seconds=40, ends=True) -> Call:
    did = shop.dids.first()
    return Call.create(key=key, direction="in", shop=shop, did=did, customer=customer, arrived_at=at, ending=ending,
                       ended_at=at + dt.timedelta(seconds=seconds) if ends else None, ended_by="customer")  # fmt: skip


def answered(cast: Cast, shop: Shop, key: str, customer: str, at: dt.datetime) -> None:
    made = call(shop, key, customer, at, "answered", seconds=160)
    rang, picked = at + dt.timedelta(seconds=14), at + dt.timedelta(seconds=20)
    Call.update(operator=cast.operator, menu_path="2>1", line_at=rang, wait_seconds=6, answered_at=picked,
                talk_seconds=140, ended_by="operator").where(Call.id == made.id).execute()  # fmt: skip
    Leg.create(call=made, uniqueid=f"{key}x", party="operator", user=cast.operator, rang_at=rang, answered_at=picked,
               ended_at=made.ended_at, cause=16)  # fmt: skip
    menu = menus.published(shop)
    said = (("ROUTE", f"open|{menu.id}"), ("MENU", "greeting|1"), ("MENU", "keys|"), ("MENU", "key|2"),
            ("MENU", "key|1"), ("LINE", "line-1"))  # fmt: skip
    for step, (name, extra) in enumerate(said):
        CelRow.create(file_number=1, offset=step, event="USER_DEFINED", name=name, uniqueid=key, linkedid=key,
                      at=at + dt.timedelta(seconds=2 * step), cid_num=customer, extra=f'{{"extra":"{extra}"}}')  # fmt: skip


def missed(cast: Cast, shop: Shop, key: str, customer: str, at: dt.datetime, ending: str, closed: str = "",
           not_callable: str = "") -> None:  # fmt: skip
    made = call(shop, key, customer, at, ending)
    if ending == "abandoned_line":
        Call.update(line_at=at + dt.timedelta(seconds=8), wait_seconds=32).where(Call.id == made.id).execute()
    still = Callback.get_or_none(Callback.shop == shop, Callback.customer == customer, Callback.closed_at.is_null())
    owed = still or Callback.create(
        shop=shop, did=shop.dids.first(), customer=customer, opened_at=made.ended_at, due_at=made.ended_at,
        not_callable=not_callable, closed_because=closed,
        closed_at=made.ended_at + dt.timedelta(minutes=9) if closed else None,
    )  # fmt: skip
    Promise.create(callback=owed, made_at=made.ended_at, call_by=made.ended_at + dt.timedelta(minutes=20))
    Miss.create(callback=owed, call_key=key, at=made.ended_at, why=ending)


def site_button(cast: Cast) -> SiteButton:
    """The tea shop's button, and two visitors who asked today; one has been called."""
    button = site_buttons.switch_on(cast.tea, audit.Actor(cast.owner))
    SiteButton.update(key="feed0000beef0001").where(SiteButton.id == button.id).execute()
    now = utcnow()
    asked = ((CUSTOMERS[4], 35, "/da-hun-pao", "talked"), (CUSTOMERS[3], 4, "/piala", ""))
    for customer, minutes, page, became in asked:
        at = now - dt.timedelta(minutes=minutes)
        owed = Callback.create(shop=cast.tea, did=cast.did, customer=customer, opened_at=at, due_at=at,
                               closed_because=became, closed_at=at + dt.timedelta(minutes=6) if became else None)  # fmt: skip
        Promise.create(callback=owed, made_at=at, call_by=at + dt.timedelta(minutes=20))
        CallRequest.create(callback=owed, source="site", at=at, page=f"https://tea.example{page}")
        SiteRequest.create(shop=cast.tea, number=customer, address="203.0.113.9", at=at)
    return SiteButton.get_by_id(button.id)


# --- orders ----------------------------------------------------------------------------------------------------


def orders(cast: Cast) -> None:
    """Orders of the tea shop in every state, and one of the other shop; the customer of a7.1 waits for his."""
    ways = ((), ("confirmed",), ("confirmed", "sent"), ("confirmed", "sent", "delivered"), ("cancelled",),
            ("confirmed", "sent", "returned"), ("confirmed", "sent", "delivered"), ())  # fmt: skip
    names = ("Ганна Петренко", "Юрій Коваль", "Марія-Луїза Верещагіна-Коцюбинська", "Степан", "Ірина", "Петро Сич",
             "Олег Дужий", "Наталя")  # fmt: skip
    for number, way in enumerate(ways):
        call = Call.get(Call.key == f"a{number}.1")
        order(cast, cast.tea, names[number], call.arrived_at + dt.timedelta(minutes=2), way, call)
    order(cast, cast.tea, "Сусід із третього поверху", utcnow() - dt.timedelta(hours=3), ("confirmed",), None)
    order(cast, cast.soap, "Клієнтка мила", utcnow() - dt.timedelta(hours=2), (), Call.get(Call.key == "m4.1"))


def order(cast: Cast, shop: Shop, name: str, at: dt.datetime, way: tuple[str, ...], call: Call | None) -> Order:
    """A placed order that went this way; without a call its owner entered it."""
    lines = (TypedLine("Да Хун Пао, 100 г", "2", "450,50"), TypedLine("Піала «Журавлі»", "1", "1 120"))
    typed = Typed(name, lines, "Нова пошта 12, Львів\nнакладений платіж", "Дзвонити після 18:00")
    origin = (
        order_rules.Origin(shop, call.key, call.did, cast.operator, call.customer) if call else order_rules.Origin(shop)
    )
    made = order_rules.save_draft(origin, order_rules.new_token(), typed, at)
    if call is None:
        made = order_rules.dictate(origin, made.token, CUSTOMERS[4], at)
    order_rules.place(made, audit.Actor(cast.operator if call else cast.owner), at)
    for step, state in enumerate(way, start=1):
        reason = {"cancelled": "передумали", "returned": "не забрали"}.get(state, "")
        moved = Order.get_by_id(made.id)
        order_rules.change(moved, state, reason, audit.Actor(cast.owner), at + dt.timedelta(minutes=20 * step))
    return Order.get_by_id(made.id)


# --- joining -------------------------------------------------------------------------------------------------


def invited(cast: Cast, name: str, by: User | None = None) -> Invitation:
    """Somebody the owner has invited to her shop, or `by` to the line."""
    number = Invitation.select().count() + 1
    kind, shop = ("operator", None) if by else ("owner", cast.tea)
    return invitations.invite(name, f"invited{number}@tea.example", "uk", kind, shop, audit.Actor(by or cast.owner))


# --- mail ----------------------------------------------------------------------------------------------------


def mails() -> dict[str, Outbox]:
    """A mail in each state, by the state."""
    tries = {
        "sent": ("accepted", "", "250 2.0.0 Ok: queued as 4F1"),
        "given_up": ("refused", "answer", "550 5.1.1 <nobody@tea.example>: Recipient address rejected"),
        "unclear": ("unclear", "dropped", ""),
        "waiting": ("later", "silent", ""),
    }
    made, now = {}, utcnow()
    for number, (state, (result, reason, answer)) in enumerate(tries.items()):
        due = now + dt.timedelta(minutes=5) if state == "waiting" else None
        at = now - dt.timedelta(minutes=7 * number)
        made[state] = Outbox.create(kind="invitation", about=f"invitation:{900 + number}", subject="Запрошення",
                                    recipient=f"{state}@tea.example", text="…", message_id=f"<{number}@spilka.invalid>",
                                    queued_at=at, due_at=due)  # fmt: skip
        Sending.create(mail=made[state], starts_at=at, handed_at=at, ends_at=at, result=result, reason=reason,
                       answer=answer)  # fmt: skip
    return made


def backups() -> None:
    """Nights of copies: one that did not get outside, the rest well; one was put back for trial."""
    now = utcnow()
    for night in range(9, -1, -1):
        at = now.replace(microsecond=0) - dt.timedelta(days=night, hours=9)
        fault, detail = ("outside", "Fatal: dial tcp: i/o timeout") if night == 4 else ("", "")
        Backup.create(name=at.strftime("%Y-%m-%dT%H%M%SZ"), starts_at=at, taken_at=at, ends_at=at, fault=fault,
                      detail=detail, outside_at=None if fault else at, files=1240 + night,
                      database_bytes=183_000_000 - night, files_bytes=6_412_000_000)  # fmt: skip
    at = now - dt.timedelta(days=3)
    Rehearsal.create(
        name="2026-11-19T010000Z", place="outside", starts_at=at, ends_at=at, calls=18_402, transactions=311, files=1240
    )


def drills() -> Drill:
    """Rehearsals of the last resort: one that failed, and the last, in which each shop was found another way."""
    now = utcnow()
    for days, fault in ((33, "calls"), (32, ""), (4, "")):
        at = now - dt.timedelta(days=days)
        drill = Drill.create(wanted_at=at, starts_at=at, ends_at=at + dt.timedelta(seconds=40), fault=fault)
    for way, resort, heard_ms in (("refused", "message", 700), ("frozen", "message", 4700),
                                  ("refused", "mobile", 1400), ("frozen", "mobile", 3300)):  # fmt: skip
        DrillCall.create(drill=drill, way=way, resort=resort, heard_ms=heard_ms)
    for shop, finding in zip(Shop.select().order_by(Shop.id), ("mobile", "message"), strict=False):
        DrillFinding.create(drill=drill, shop=shop, finding=finding)
    return drill


def transfer(cast: Cast, call_key: str) -> Transfer:
    """The operator wishes to hand the caller of a call over to the owner's mobile."""
    return Transfer.create(public_id=f"t-{call_key}", call_key=call_key, did=cast.did, user=cast.operator)


# --- the timetable ------------------------------------------------------------------------------------------------


def jobs(cast: Cast) -> None:
    """A timetable that is alive: one job well, one that failed, one that comes often and fails."""
    now = utcnow()
    Job.create(name="timetable.pulse", every_seconds=15, seen_at=now, ran_at=now)
    Job.create(name="outbox.send_due", every_seconds=5, seen_at=now, ran_at=now)
    Job.create(name="disk.watch", every_seconds=10, seen_at=now, ran_at=now, fault="OSError: No such file or directory")
    for minute, name in ((40, "recordings"), (50, "books"), (260, "month")):
        Job.create(name=name, at_minute=minute, seen_at=now)
    began = now - dt.timedelta(hours=7)
    Run.create(job="recordings", local_date=now.date(), started_at=began, ended_at=began + dt.timedelta(seconds=2.4),
               outcome="17")  # fmt: skip
    Run.create(job="books", local_date=now.date(), started_at=began, ended_at=began, fault="DiskFull: no space left",
               tries=3)  # fmt: skip
    Run.create(job=f"morning-list:{cast.tea.id}", local_date=now.date(), started_at=began, ended_at=began, outcome="3")
