"""Whatever goes wrong at a provider is told in plain sentences: what happened, what was kept, what to do."""

import socket
from pathlib import Path

import pytest

from core.errors import ProviderFailed
from core.providers.failures import Failure
from core.providers.providers import Providers
from core.providers.service import Service
from tests.core.providers.fake_provider import KEY, Answer, FakeProvider, refusal, web_page

CHAT = "POST /chat/completions"
ONE_JOB = "GET /fine_tuning/jobs/ftjob-1"


def ask(service: Service) -> str:
    return service.chat("base-1", [{"role": "user", "content": "Hello?"}], 0.0).text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            refusal(401, f"Incorrect key {KEY}", "invalid_api_key"),
            "did not accept the key in TOUCHSTONE_PROVIDER_KEY",
        ),
        (refusal(403, "Not for you"), 'does not allow this key to do that: "Not for you"'),
        (refusal(404, "The model base-1 does not exist"), "does not know this model"),
        (
            refusal(400, "max_tokens is too large."),
            'refused the request (status 400): "max_tokens is too large"',
        ),
        (Answer(404, '{"detail": "Not Found"}'), 'does not know this model: "Not Found"'),
        (Answer(307, "", kind="text/plain"), "sent the request elsewhere (status 307)"),
    ],
)
def test_a_refusal_is_told_at_once(fake: FakeProvider, service: Service, answer: Answer, told: str) -> None:
    fake.instead[CHAT] = [answer]

    with pytest.raises(ProviderFailed) as failed:
        ask(service)

    assert told in str(failed.value)
    assert "No answer was saved for this question." in str(failed.value)
    assert KEY not in str(failed.value)
    assert len(fake.asked(CHAT)) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(500, "Oops"), 'had an error of its own (status 500): "Oops"'),
        (refusal(503, "Overloaded"), "status 503"),
        (refusal(429, "Rate limit reached"), "asks to slow down"),
        (Answer(502, "<html>Bad gateway</html>", kind="text/html"), "had an error of its own (status 502)."),
    ],
)
def test_trouble_that_passes_is_tried_three_times(
    fake: FakeProvider, service: Service, answer: Answer, told: str
) -> None:
    fake.instead[CHAT] = [answer] * 3

    with pytest.raises(Failure) as failed:
        ask(service)

    assert told in str(failed.value)
    assert failed.value.again
    assert len(fake.asked(CHAT)) == 3


def test_credit_used_up_is_told_as_that(fake: FakeProvider, service: Service) -> None:
    fake.instead[CHAT] = [refusal(429, "You exceeded your quota", "insufficient_quota")] * 3

    with pytest.raises(Failure, match="the account's credit is used up") as failed:
        ask(service)

    assert failed.value.always


@pytest.mark.parametrize(
    "garbage",
    [web_page(), Answer(200, "[1, 2]"), Answer(200, "{"), Answer(200, "{}"), Answer(200, '{"choices": []}')],
    ids=["a web page", "a list", "half a document", "an empty document", "no choices"],
)
def test_an_answer_that_is_not_the_protocol_is_no_answer(
    fake: FakeProvider, service: Service, garbage: Answer
) -> None:
    fake.instead[CHAT] = [garbage]

    with pytest.raises(ProviderFailed, match="something that is not OpenAI's protocol") as failed:
        ask(service)

    assert "usually ends with /v1" in str(failed.value)


@pytest.mark.parametrize("garbage", [web_page(), Answer(200, '{"id": 7}'), Answer(200, '{"id": "ftjob-1"}')])
def test_a_job_that_is_none_is_never_taken_for_one(
    fake: FakeProvider, service: Service, garbage: Answer
) -> None:
    fake.instead[ONE_JOB] = [garbage]

    with pytest.raises(ProviderFailed, match="not OpenAI's protocol"):
        service.job("ftjob-1")


def test_a_list_of_jobs_that_is_a_web_page_is_not_an_empty_list(fake: FakeProvider, service: Service) -> None:
    fake.instead["GET /fine_tuning/jobs"] = [web_page()]

    with pytest.raises(ProviderFailed, match="not OpenAI's protocol"):
        service.find_job("token", None)


def test_nothing_listening_is_told_with_the_address(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    providers = Providers(tmp_path, {"TOUCHSTONE_PROVIDER_BASE_URL": url, "TOUCHSTONE_PROVIDER_KEY": "key"})

    with pytest.raises(ProviderFailed, match="cannot be reached at") as failed:
        ask(providers.service("compatible"))

    assert url in str(failed.value)
    providers.close()


def test_a_missing_key_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ProviderFailed, match="OpenAI cannot be used yet: OPENAI_API_KEY is not set"):
        Providers(tmp_path, {}).service("openai")


def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    secrets = {"TOUCHSTONE_PROVIDER_BASE_URL": "my server", "TOUCHSTONE_PROVIDER_KEY": "key"}
    providers = Providers(tmp_path, secrets)

    with pytest.raises(ProviderFailed, match=r"is not one|cannot be reached"):
        ask(providers.service("compatible"))

    providers.close()
