"""This API behind a real Doorward."""

import sys
from pathlib import Path

import httpx
import pytest
from issuers import claims_of, refused_within
from real_server import SECRET
from walk import ask, ended_session, walk

HERE = Path(__file__).resolve().parent


@pytest.fixture
def behind(doorward, start_api, tmp_path):
    def behind(algorithm, **variables):
        issuer = doorward(algorithm)
        if algorithm == "HS256":
            variables["SHARED_SECRET"] = SECRET
        variables |= {"ISSUER": issuer.origin, "TASKS_DATABASE": str(tmp_path / "tasks.db")}
        command = [sys.executable, "-m", "uvicorn", "main:app", "--port", "{port}"]
        return start_api(command, HERE, "/openapi.json", **variables), issuer

    return behind


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "RS256"])
def test_good_tokens_are_accepted_and_bad_ones_refused(behind, algorithm):
    assert walk(*behind(algorithm)) > 45


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "RS256"])
def test_ended_sessions_are_refused_within_five_seconds(behind, algorithm):
    _, status = ended_session(*behind(algorithm, ENDED_SESSIONS="on"))
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on_for_fifteen_minutes(behind):
    token, status = ended_session(*behind("ES256"))
    assert not refused_within(3, status)
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 900


def test_everybody_has_tasks_of_their_own(behind):
    api, issuer = behind("ES256")
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
