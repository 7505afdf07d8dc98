"""This API behind a real Doorward."""

import httpx
import pytest
from issuers import claims_of, refused_within
from walk import ask, ended_session, walk

every_algorithm = pytest.mark.parametrize("algorithm", ["HS256", "ES256", "RS256"])


@every_algorithm
def test_good_tokens_are_accepted_and_bad_ones_refused(doorward, start_api, algorithm):
    issuer = doorward(algorithm)
    assert walk(start_api("fastapi-jose", issuer), issuer) > 45


@every_algorithm
def test_ended_sessions_are_refused_within_five_seconds(doorward, start_api, algorithm):
    issuer = doorward(algorithm)
    _, status = ended_session(start_api("fastapi-jose", issuer, ENDED_SESSIONS="on"), issuer)
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on_for_fifteen_minutes(doorward, start_api):
    issuer = doorward("ES256")
    token, status = ended_session(start_api("fastapi-jose", issuer), issuer)
    assert not refused_within(3, status)
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 900


def test_everybody_has_tasks_of_their_own(doorward, start_api):
    issuer = doorward("ES256")
    api = start_api("fastapi-jose", issuer)
    ada, eve = issuer.signed_in(), issuer.signed_in()
    hers = {"Authorization": f"Bearer {ada['token']}"}
    created = httpx.post(f"{api}/api/tasks", headers=hers, json={"title": "water the plants", "userId": eve["user"]["id"]})
    task = created.json()
    assert created.status_code == 201
    assert task == {"id": task["id"], "title": "water the plants", "completed": False, "userId": ada["user"]["id"]}
    assert ask(api, ada["token"], "/api/tasks").json() == [task]

    path = f"/api/tasks/{task['id']}"
    assert ask(api, eve["token"], "/api/tasks").json() == []
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        answer = httpx.request(method, api + path, headers={"Authorization": f"Bearer {eve['token']}"}, json=body)
        assert answer.status_code == 404
        assert httpx.request(method, api + path, json=body).status_code == 401

    changed = httpx.patch(api + path, headers=hers, json={"completed": True})
    assert changed.json() == {**task, "completed": True}
    assert httpx.delete(api + path, headers=hers).status_code == 204
    assert ask(api, ada["token"], path).status_code == 404
