"""People are told outside the app what waits for them: the right ones, once, without anybody's words."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from core.calling.calling import AT_ONCE, call
from core.calling.messages import MessageState, ask_for_test, latest
from core.calling.settings import Wish, tell, wishes
from core.curation import review, writing
from core.errors import NotAllowed, Refused, StorageFailed
from core.people.notices import Occasion
from core.people.roles import Role
from core.settings import Outside, outside_of
from core.store.store import Store
from tests.core.calling.receivers import Hook, MailBox
from tests.core.curation.desk import Desk
from tests.core.rating.study_hall import furnished

QUESTION = "May I bring my ferret?"
REPLY = "Ferrets travel in the hold."
HOUR = timedelta(hours=1)


def later(minutes: float = 0.0) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def chosen(
    desk: Desk, occasion: Occasion, outside: Outside, webhook: str = "", *, mail: bool = False
) -> None:
    tell(desk.store, desk.project.id, occasion, Wish(webhook, mail), outside, desk.olga)


def outcomes(desk: Desk) -> list[tuple[MessageState, str | None]]:
    return [(one.state, one.outcome) for one in latest(desk.store, desk.project.id)]


def readers(box: MailBox) -> list[str]:
    return sorted(to for to, _ in box.letters)


def test_nobody_is_told_of_anything_unless_an_owner_chose_it(
    desk: Desk, hook: Hook, box: MailBox, outside: Outside
) -> None:
    desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later(60))

    assert all(wish.silent for wish in wishes(desk.store, desk.project.id).values())
    assert desk.store.value("select count(*) from notices") == 0
    assert (hook.bodies, box.letters) == ([], [])


def test_a_webhook_gets_a_signed_note_of_a_returned_reply_without_its_text(
    desk: Desk, hook: Hook, outside: Outside
) -> None:
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    item = desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later())

    [body] = hook.bodies
    said = json.loads(body)
    assert said["event"] == "reply_returned"
    assert (said["project"], said["item"]) == (desk.project.name, item.id)
    assert said["link"] == f"https://touchstone.example.com/write?item={item.id}"
    assert datetime.fromisoformat(said["time"]) <= later()
    for secret in ("ferret", "Ferret", "Warmer"):
        assert secret.encode() not in body
    signature = hmac.new(b"between us", body, hashlib.sha256).hexdigest()
    assert hook.headers[0]["X-Touchstone-Signature"] == f"sha256={signature}"


def test_the_author_alone_gets_a_letter_of_a_returned_reply(
    desk: Desk, box: MailBox, outside: Outside
) -> None:
    chosen(desk, Occasion.RETURNED, outside, mail=True)
    item = desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later())

    [(to, letter)] = box.letters
    text = letter.get_content().replace("\r\n", "\n")
    assert to == desk.anna.email
    assert letter["Subject"] == "Bay airport: a reply of yours was sent back"
    assert f"https://touchstone.example.com/write?item={item.id}\n" in text
    assert "ferret" not in letter.as_string().lower()
    assert outcomes(desk) == [(MessageState.SENT, "Taken by the mail server.")]


def test_waiting_reviews_are_told_together_and_never_to_their_author(
    desk: Desk, hook: Hook, box: MailBox, outside: Outside
) -> None:
    chosen(desk, Occasion.WAITING, outside, hook.address, mail=True)
    first = desk.submitted(QUESTION, REPLY, by=desk.ben)
    desk.submitted("And my cat?", "Cats too.", by=desk.ben)

    call(desk.store, outside, later(1))
    assert (hook.bodies, box.letters) == ([], [])
    call(desk.store, outside, later(3))

    [body] = hook.bodies
    assert json.loads(body)["count"] == 2
    assert json.loads(body)["link"] == f"https://touchstone.example.com/review?item={first.id}"
    assert readers(box) == [desk.carl.email, desk.olga.email]
    assert {letter["Subject"] for _, letter in box.letters} == {"Bay airport: 2 replies wait"}


def test_a_reviewer_hears_of_waiting_reviews_at_most_every_ten_minutes(
    desk: Desk, box: MailBox, outside: Outside
) -> None:
    chosen(desk, Occasion.WAITING, outside, mail=True)
    desk.submitted(QUESTION, REPLY)
    call(desk.store, outside, later(3))
    desk.submitted("And my cat?", "Cats too.")

    call(desk.store, outside, later(12))
    assert readers(box).count(desk.ben.email) == 1
    call(desk.store, outside, later(14))
    assert readers(box).count(desk.ben.email) == 2


def test_what_was_decided_meanwhile_is_not_told(desk: Desk, box: MailBox, outside: Outside) -> None:
    chosen(desk, Occasion.WAITING, outside, mail=True)
    item = desk.submitted(QUESTION, REPLY)
    review.approve(desk.store, item.id, desk.ben)

    call(desk.store, outside, later(5))

    assert box.letters == []
    assert desk.store.value("select count(*) from notices") == 0


def test_those_who_may_rate_are_invited_to_a_study_that_opened(
    desk: Desk, box: MailBox, hook: Hook, outside: Outside
) -> None:
    hall = furnished(desk.store, desk.olga, desk.anna)
    rater = hall.rater("Rita")
    wish = Wish(hook.address, by_mail=True)
    tell(desk.store, hall.project.id, Occasion.OPENED, wish, outside, hall.owner)
    with desk.store.transaction("test") as tx:
        tx.insert("roles", {"project_id": hall.project.id, "person_id": desk.anna.id, "role": Role.RATER})
    study = hall.study()

    call(desk.store, outside, later())

    assert readers(box) == [rater.email]
    assert json.loads(hook.bodies[0])["study"] == study.id
    assert json.loads(hook.bodies[0])["link"] == f"https://touchstone.example.com/rate?study={study.id}"


def test_what_was_not_taken_is_tried_again_with_growing_pauses_and_then_given_up(
    desk: Desk, hook: Hook, outside: Outside
) -> None:
    hook.status = 503
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)

    for minutes in (0, 0.5, 1.5, 3, 7, 38, 160, 645, 1000, 1300):
        call(desk.store, outside, later(minutes))

    assert len(hook.bodies) == 6
    assert outcomes(desk) == [(MessageState.FAILED, "It answered 503.")]


def test_a_message_that_failed_once_arrives_at_its_next_attempt(
    desk: Desk, hook: Hook, outside: Outside
) -> None:
    hook.status = 500
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)
    call(desk.store, outside, later())
    assert outcomes(desk) == [(MessageState.WAITING, "It answered 500.")]

    hook.status = 204
    call(desk.store, outside, later(2))

    assert outcomes(desk) == [(MessageState.SENT, "Taken: 204.")]


def test_what_could_not_be_noted_as_sent_is_sent_again_but_not_at_once(
    desk: Desk, hook: Hook, outside: Outside
) -> None:
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)
    hook.taken = desk.store.close
    with pytest.raises(StorageFailed):
        call(desk.store, outside, later())
    hook.taken = lambda: None

    opened_again = Store(desk.store.home)
    call(opened_again, outside, later(0.5))
    assert len(hook.bodies) == 1
    call(opened_again, outside, later(2))
    opened_again.close()

    first, again = map(json.loads, hook.bodies)
    assert first["id"] == again["id"]


def test_what_is_more_than_a_day_old_is_not_told_any_more(desk: Desk, hook: Hook, outside: Outside) -> None:
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later(25 * 60))

    assert hook.bodies == []
    assert [state for state, _ in outcomes(desk)] == [MessageState.DROPPED]


def test_a_redirect_is_not_followed(desk: Desk, hook: Hook, outside: Outside) -> None:
    hook.status = 307
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later())

    assert len(hook.bodies) == 1
    assert "a redirect, and those are not followed" in str(outcomes(desk))


def test_work_goes_on_while_nobody_can_be_reached(desk: Desk, outside: Outside) -> None:
    chosen(desk, Occasion.RETURNED, outside, "http://127.0.0.1:9/nobody")
    item = desk.returned(QUESTION, REPLY)

    call(desk.store, outside, later())
    writing.submit(desk.store, item.id, "Ferrets are welcome.", desk.anna)

    assert desk.state(item).value == "submitted"
    assert "could not be reached" in str(outcomes(desk))


def test_one_refused_address_does_not_keep_the_others_from_being_told(
    desk: Desk, box: MailBox, outside: Outside
) -> None:
    box.refused = {desk.ben.email}
    chosen(desk, Occasion.WAITING, outside, mail=True)
    desk.submitted(QUESTION, REPLY)

    call(desk.store, outside, later(3))
    call(desk.store, outside, later(3.2))

    assert readers(box) == [desk.carl.email, desk.olga.email]
    failures = [one for one in latest(desk.store, desk.project.id) if one.attempts and one.due_at]
    assert [one.person for one in failures] == [desk.ben]
    assert failures[0].outcome == "The mail server does not take mail to this address."


def test_many_letters_that_cannot_be_sent_do_not_hold_up_a_webhook(desk: Desk, hook: Hook) -> None:
    no_mail = outside_of({"TOUCHSTONE_WEBHOOK_INSIDE": "yes"})
    chosen(desk, Occasion.RETURNED, no_mail, mail=True)
    for number in range(AT_ONCE + 1):
        desk.returned(f"Question {number}?", REPLY)
    chosen(desk, Occasion.WAITING, no_mail, hook.address)
    ask_for_test(desk.store, desk.project.id, Occasion.WAITING, desk.olga)

    call(desk.store, no_mail, later())

    assert len(hook.bodies) == 1


def test_without_a_mail_server_the_owner_reads_what_is_missing(desk: Desk) -> None:
    bare = outside_of({"TOUCHSTONE_SMTP_USER": "me", "TOUCHSTONE_SMTP_PORT": "many"})
    chosen(desk, Occasion.RETURNED, bare, mail=True)
    desk.returned(QUESTION, REPLY)

    call(desk.store, bare, later())

    [(state, outcome)] = outcomes(desk)
    assert state is MessageState.WAITING
    for name in ("HOST", "SENDER", "PASSWORD", "PORT (a number)"):
        assert f"TOUCHSTONE_SMTP_{name}" in str(outcome)


def test_a_test_message_goes_to_the_webhook_and_to_whoever_asked(
    desk: Desk, hook: Hook, box: MailBox, outside: Outside
) -> None:
    chosen(desk, Occasion.WAITING, outside, hook.address, mail=True)

    ask_for_test(desk.store, desk.project.id, Occasion.WAITING, desk.olga)
    call(desk.store, outside, later())

    assert json.loads(hook.bodies[0])["event"] == "test"
    assert readers(box) == [desk.olga.email]


def test_a_test_of_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="Nobody is told of this yet"):
        ask_for_test(desk.store, desk.project.id, Occasion.WAITING, desk.olga)


def test_what_an_owner_took_back_is_not_sent(desk: Desk, hook: Hook, outside: Outside) -> None:
    hook.status = 500
    chosen(desk, Occasion.RETURNED, outside, hook.address)
    desk.returned(QUESTION, REPLY)
    call(desk.store, outside, later())

    chosen(desk, Occasion.RETURNED, outside)
    call(desk.store, outside, later(5))

    assert len(hook.bodies) == 1
    assert [state for state, _ in outcomes(desk)] == [MessageState.DROPPED]


def test_only_an_owner_chooses(desk: Desk, outside: Outside) -> None:
    with pytest.raises(NotAllowed, match="change the notifications"):
        tell(desk.store, desk.project.id, Occasion.WAITING, Wish("", by_mail=True), outside, desk.ben)
