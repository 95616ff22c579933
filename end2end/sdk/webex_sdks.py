"""Two SDKs of other hands, as they are installed, talk to the simulator of a running demonstration.

usage: webex_sdks.py http://127.0.0.1:3000

What they read without complaint has Webex's shapes: tokens for a code and for a refresh token,
organisations, roles, licences, people page by page, and a refusal that says when to come back.
"""

import secrets
import sys
import time
from urllib.parse import parse_qs, urlparse

import requests
import webexpythonsdk
import wxc_sdk
from webexpythonsdk.exceptions import RateLimitWarning
from wxc_sdk.integration import Integration
from wxc_sdk.rest import RestSession

SCOPES = [
    "spark:people_read",
    "spark-admin:people_read",
    "spark-admin:roles_read",
    "spark-admin:licenses_read",
    "spark-admin:organizations_read",
]

# Nobody listens there: the code is taken out of the address that the browser is sent to.
REDIRECT = "http://localhost:6001/redirect"


class Simulator:
    """What stands in for Webex, and what it is told from outside."""

    def __init__(self, program: str):
        self.base = program.rstrip("/") + "/simulator/v1"
        self.client = ("C" + secrets.token_hex(16), secrets.token_hex(32))
        client_id, secret = self.client
        self.control(integrations=[{"id": client_id, "secret": secret}])

    def control(self, **change) -> dict:
        answer = requests.post(self.base + "/control", json=change, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def organization(self) -> dict:
        """One that has more people than a page of ten."""
        return max(self.control()["organizations"], key=lambda o: o["people"])

    def consent(self, url: str, email: str) -> str:
        """Does what an administrator does in the browser, and answers the code."""
        page = requests.get(url, timeout=10)
        page.raise_for_status()
        assert "This is a simulator, not Webex." in page.text
        asked = {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}
        form = asked | {"email": email, "decision": "accept"}
        back = requests.post(url, data=form, allow_redirects=False, timeout=10)
        assert back.status_code == 303, back.text
        answered = parse_qs(urlparse(back.headers["location"]).query)
        assert answered["state"] == [asked["state"]], answered
        return answered["code"][0]

    def calls(self, path: str) -> int:
        return self.control()["calls"].get(path, 0)


def too_many(path: str) -> dict:
    return {"path": path, "times": 1, "failure": {"status": 429}}


def check_wxc_sdk(simulator: Simulator) -> None:
    organization = simulator.organization()
    client_id, secret = simulator.client
    integration = Integration(
        client_id=client_id,
        client_secret=secret,
        scopes=SCOPES,
        redirect_url=REDIRECT,
        auth_service=simulator.base + "/authorize",
        token_service=simulator.base + "/access_token",
    )
    state = secrets.token_urlsafe()
    code = simulator.consent(integration.auth_url(state), organization["admin"])
    tokens = integration.tokens_from_code(code)
    assert tokens.remaining > 3600, tokens.expires_at
    assert tokens.scope.split() == SCOPES, tokens.scope
    before = tokens.access_token
    integration.refresh(tokens)
    assert tokens.access_token and tokens.access_token != before, "the same access token"
    assert tokens.refresh_token, "no refresh token"

    RestSession.BASE = simulator.base
    with wxc_sdk.WebexSimpleApi(tokens=tokens) as api:
        me = api.people.me()
        assert me.emails == [organization["admin"]], me.emails
        found = list(api.organizations.list())
        assert [o.display_name for o in found] == [organization["name"]], found
        assert found[0].org_id == me.org_id, (found[0].org_id, me.org_id)
        assert "Full Administrator" in [role.name for role in api.roles.list()]
        licenses = list(api.licenses.list())
        assert licenses and all(lic.total_units > 0 for lic in licenses), licenses
        assert any(lic.consumed_by_workspaces is None for lic in licenses), "no null among counts"
        assert any(lic.site_url for lic in licenses), "no site among the licences"
        people = list(api.people.list(max=50))
        assert len({p.person_id for p in people}) == organization["people"], len(people)

        simulator.control(faults=[too_many("/roles")])
        calls, begun = simulator.calls("/roles"), time.monotonic()
        assert list(api.roles.list())
        assert simulator.calls("/roles") == calls + 2, "the refused call wasn't made again"
        assert time.monotonic() - begun >= 1, "Retry-After wasn't waited for"


def check_webexpythonsdk(simulator: Simulator) -> None:
    organization = simulator.organization()
    client_id, secret = simulator.client
    base = simulator.base + "/"
    # It needs some token to be made, and gets its own with the code.
    flow = webexpythonsdk.WebexAPI(access_token="none yet", base_url=base)
    url = requests.Request(
        "GET",
        base + "authorize",
        params={
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": " ".join(SCOPES),
            "state": secrets.token_urlsafe(),
        },
    ).prepare().url
    code = simulator.consent(url, organization["admin"])
    tokens = flow.access_tokens.get(client_id, secret, code, REDIRECT)
    assert tokens.expires_in > 3600 and tokens.refresh_token_expires_in > tokens.expires_in
    fresh = flow.access_tokens.refresh(client_id, secret, tokens.refresh_token)
    assert fresh.access_token != tokens.access_token, "the same access token"

    api = webexpythonsdk.WebexAPI(access_token=fresh.access_token, base_url=base)
    assert api.people.me().emails == [organization["admin"]]
    found = list(api.organizations.list())
    assert [o.displayName for o in found] == [organization["name"]], found
    assert api.organizations.get(found[0].id).displayName == organization["name"]
    assert "Full Administrator" in [role.name for role in api.roles.list()]
    assert all(lic.totalUnits > 0 for lic in api.licenses.list())
    calls = simulator.calls("/people")
    people = list(api.people.list(max=50))
    assert len({p.id for p in people}) == organization["people"], len(people)
    pages = -(-organization["people"] // 50)
    assert simulator.calls("/people") == calls + pages, "not the pages that there are"

    simulator.control(faults=[too_many("/licenses")])
    calls, begun = simulator.calls("/licenses"), time.monotonic()
    assert list(api.licenses.list())
    assert simulator.calls("/licenses") == calls + 2, "the refused call wasn't made again"
    assert time.monotonic() - begun >= 1, "Retry-After wasn't waited for"


def main() -> None:
    import warnings

    # What it waits for is what is tested.
    warnings.simplefilter("ignore", RateLimitWarning)
    simulator = Simulator(sys.argv[1])
    for check in (check_wxc_sdk, check_webexpythonsdk):
        check(simulator)
        print(f"    {check.__name__.removeprefix('check_')}: passed")


if __name__ == "__main__":
    main()
