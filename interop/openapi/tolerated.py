"""Where Better Auth's protocol differs from what schemathesis expects of an API, each with its reason.

Nothing here tolerates a 5xx, an undocumented status or content type, or an answer that does not fit its schema.
"""


def code_of(response):
    try:
        return response.json().get("code")
    except ValueError:
        return None


def unknown_method(failure, case, response):
    is_auth = case.operation.path.startswith("/api/auth/")
    return kind(failure) == "UnsupportedMethodResponse" and is_auth and response.status_code == 404 and not response.content


def made_up_token(failure, case, response):
    is_task = case.operation.path.startswith("/api/tasks")
    kinds = ("UnsupportedMethodResponse", "RejectedPositiveData")
    return kind(failure) in kinds and is_task and code_of(response) == "INVALID_REQUEST"


# Codes of requests that are well formed and still cannot be granted; elsewhere they would be 403, 404 or 409.
NOT_GRANTED = {
    "ACCOUNT_NOT_FOUND",
    "EMAIL_MISMATCH",
    "FAILED_TO_UNLINK_LAST_ACCOUNT",
    "INVALID_PASSWORD",
    "INVALID_TOKEN",
    "PROVIDER_NOT_CONFIGURED",
    "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
    "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
}
NOT_GRANTED_WORDS = {"No fields to update", "Email is the same"}


def not_granted(failure, case, response):
    if kind(failure) != "RejectedPositiveData" or response.status_code not in (400, 405, 422):
        return False
    return code_of(response) in NOT_GRANTED or response.json()["message"] in NOT_GRANTED_WORDS


def long_local_part(failure, case, response):
    if kind(failure) != "RejectedPositiveData" or response.status_code != 400 or not isinstance(case.body, dict):
        return False
    address = case.body.get("email") or case.body.get("newEmail")
    is_long = isinstance(address, str) and len(address.partition("@")[0]) > 64
    return is_long and "Invalid email" in response.json()["message"]


def kind(failure):
    return type(failure).__name__


TOLERATED = [
    (unknown_method, "Better Auth knows no 405: an unknown method is as unknown as an unknown path"),
    (made_up_token, "an Authorization header that cannot hold a token is told first, with 400 (RFC 6750, section 3.1)"),
    (long_local_part, "RFC 5321 allows 64 characters before the @; a pattern that says so keeps no generator busy but with that"),
    (not_granted, "Better Auth answers 400 or 422 to some requests that are well formed"),
]
