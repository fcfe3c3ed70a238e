"""The connection to a provider: its own address and key, and nothing that the environment slips in."""

import httpx2
from openai import OpenAI

from core.providers.local import Address

TIMEOUT = httpx2.Timeout(120.0, connect=10.0)
RETRIES = 2
OWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)


def connect(address: Address, *, trust_env: bool) -> OpenAI:
    """A client for one provider; `trust_env` lets the connection use the proxies of the environment."""

    def only_ours(request: httpx2.Request) -> None:
        """The client takes headers from the environment (organisation, project, custom): none may leave."""
        for name in list(request.headers):
            if name not in OWN_HEADERS and not name.startswith("x-stainless-"):
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {address.key}"

    connection = httpx2.Client(
        timeout=TIMEOUT, trust_env=trust_env, event_hooks={"request": [only_ours]}, follow_redirects=False
    )
    return OpenAI(
        base_url=address.base_url,
        api_key=address.key,
        timeout=TIMEOUT,
        max_retries=RETRIES,
        http_client=connection,
    )
