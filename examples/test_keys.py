"""Each API and the issuer's keys: an outage is not a refusal, and a flood of invented keys is not a flood at the issuer."""

import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from issuers import Doorwards, claims_of, encode
from walk import ask

APIS = {"axum-api": "EdDSA", "express-jose": "EdDSA", "fastapi-jose": "ES256", "fastapi-pyjwt": "EdDSA"}


class Address:
    """The address under which the issuer is known: a proxy that counts, and that can be away."""

    def __init__(self):
        address = self
        self.target, self.away, self.fetches = None, False, 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                address.fetches += self.path == "/api/auth/jwks"
                answer = None if address.away else httpx.get(address.target + self.path)
                self.send_response(503 if answer is None else answer.status_code)
                self.end_headers()
                self.wfile.write(b"" if answer is None else answer.content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Behind(Doorwards):
    """A Doorward that is known by another address than the one it listens on."""

    def __init__(self, servers, algorithm):
        self.address = address = Address()
        super().__init__(servers, algorithm)
        address.target, self.origin = self.origin, address.origin

    def start(self, **settings):
        return super().start(BETTER_AUTH_URL=self.address.origin, **settings)


@pytest.fixture(scope="module")
def behind_an_address(servers):
    return functools.cache(lambda algorithm: Behind(servers, algorithm))


@pytest.mark.parametrize(("name", "algorithm"), APIS.items())
def test_an_outage_is_no_refusal_and_a_flood_is_no_flood(behind_an_address, start_api, name, algorithm):
    issuer = behind_an_address(algorithm)
    address = issuer.address
    api, good = start_api(name, issuer, ENDED_SESSIONS="off"), issuer.token()
    address.away = True
    answer = ask(api, good)
    assert answer.status_code == 503 and answer.headers["retry-after"]

    address.away = False
    time.sleep(1.1)
    assert ask(api, good).status_code == 200

    address.fetches = 0
    invented = [f"{encode({'alg': algorithm, 'typ': 'JWT', 'kid': f'k{number}'})}.{encode(claims_of(good))}.AAAA" for number in range(60)]
    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(lambda token: ask(api, token).status_code, invented)) == {401}
    assert address.fetches <= 1

    address.away = True
    assert ask(api, good).status_code == 200 and ask(api, issuer.token()).status_code == 200
    address.away = False
