//! Signing in with, and linking, accounts at providers.

use super::{Operation, Section, Shape, boolean, moment, object, optional, required, target, text, token};
use crate::{
    error::Code,
    openapi::{Member, Proof, any_object, array_of, number, reference},
    shared::provider::RESERVED,
};

pub(super) const SECTION: Section =
    Section { name: "Social sign-in", about: "Signing in with, and linking, accounts at GitHub, Google and others." };

const NOBODY: &str = "Nobody is signed in: without a body, as in Better Auth.";

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = vec![sign_in(), link()];
    operations.extend(callback());
    operations.extend([
        get_access_token(),
        refresh_token(),
        Operation::get("/account-info", "Ask the provider about a linked account")
            .asks_for(Proof::SESSION)
            .query(required("accountId", text().says("The id of the row, from /list-accounts.")))
            .query(optional("userId", text().says("Not used over HTTP.")))
            .answers(
                200,
                "What the provider says now.",
                object([
                    required("user", any_object()),
                    required("data", any_object().says("As the provider wrote it.")),
                    required(
                        "account",
                        object([required("id", text()), required("providerId", text()), required("accountId", text())]),
                    ),
                ]),
            )
            .answers_empty(401, NOBODY)
            .refuses(&[
                Code::AccountNotFound,
                Code::ProviderNotConfigured,
                Code::FailedToGetAccessToken,
                Code::ProviderAccessTokenMissing,
                Code::ProviderUserUnknown,
            ]),
    ]);
    operations
}

fn sign_in() -> Operation {
    let id_token = object([
        required("token", text()),
        optional("nonce", text()),
        optional("accessToken", text()),
        optional("refreshToken", text()),
        optional("expiresAt", number()),
        optional(
            "user",
            object([
                optional("name", object([optional("firstName", text()), optional("lastName", text())])),
                optional("email", text()),
            ]),
        ),
    ]);
    Operation::post("/sign-in/social", "Sign in with a provider")
        .about("Answers where to send the browser; with an id token that an app got by itself, signs in at once.")
        .takes(object([
            provider(),
            optional("callbackURL", target()),
            optional("newUserCallbackURL", target()),
            optional("errorCallbackURL", target()),
            optional("disableRedirect", boolean()),
            optional("idToken", id_token),
            optional("scopes", array_of(text())),
            optional("requestSignUp", boolean()),
            optional("loginHint", text()),
            optional("additionalParams", additional_params()),
            optional("additionalData", any_object()),
        ]))
        .answers(
            200,
            "Where to send the browser, or signed in by an id token.",
            departure().or(object([
                required("redirect", boolean()),
                required("token", token()),
                required("user", reference("User")),
            ])),
        )
        .with_header(200, "Location", "The provider's page, unless disableRedirect.")
        .with_header(200, "Set-Cookie", "What ties the way back to this browser, or the session cookie.")
        .refuses(&[
            Code::ProviderNotFound,
            Code::IdTokenNotSupported,
            Code::IdTokenInvalid,
            Code::ProviderUserUnknown,
            Code::ProviderEmailUnknown,
            Code::EmailNotVerified,
            Code::SocialSignUpDisabled,
            Code::SocialAccountNotLinked,
            Code::SocialLinkingFailed,
            Code::SocialUpdateFailed,
            Code::SocialUserNotCreated,
        ])
}

fn link() -> Operation {
    let id_token = object([
        required("token", text()),
        optional("nonce", text()),
        optional("accessToken", text()),
        optional("refreshToken", text()),
    ]);
    Operation::post("/link-social", "Link an account at a provider")
        .asks_for(Proof::SESSION)
        .takes(object([
            provider(),
            optional("callbackURL", target()),
            optional("errorCallbackURL", target()),
            optional("disableRedirect", boolean()),
            optional("idToken", id_token),
            optional("scopes", array_of(text())),
            optional("requestSignUp", boolean()),
            optional("loginHint", text()),
            optional("additionalParams", additional_params()),
            optional("additionalData", any_object()),
        ]))
        .answers(
            200,
            "Where to send the browser; linked at once by an id token, with an empty url.",
            object([required("url", text()), required("redirect", boolean()), optional("status", boolean())]),
        )
        .with_header(200, "Location", "The provider's page, unless disableRedirect.")
        .with_header(200, "Set-Cookie", "What ties the way back to this browser.")
        .refuses(&[
            Code::Unauthorized,
            Code::ProviderNotFound,
            Code::IdTokenNotSupported,
            Code::IdTokenInvalid,
            Code::ProviderUserUnknown,
            Code::ProviderEmailUnknown,
            Code::SocialAccountTaken,
            Code::LinkingNotAllowed,
            Code::LinkingOtherEmail,
            Code::LinkingFailed,
        ])
}

/// Two methods of one path with the same parameters: providers come back by either.
fn callback() -> [Operation; 2] {
    let names = ["code", "error", "device_id", "error_description", "state", "user", "iss"];
    let with_query = |operation: Operation| {
        let operation = operation.in_path(required("id", text().says("The name of the provider.")));
        names.into_iter().fold(operation, |operation, name| operation.query(optional(name, text())))
    };
    let fields = || {
        let [code, error, device_id, error_description, state, user, iss] = names.map(|name| optional(name, text()));
        object([code, error, device_id, error_description, state, user, iss])
    };
    [
        with_query(Operation::get("/callback/{id}", "Come back from a provider"))
            .about("The browser comes here by itself. Whatever goes wrong ends at a page, with ?error=.")
            .leads_on("To the page that was asked for, or the one for errors."),
        with_query(Operation::post("/callback/{id}", "Come back from a provider by a form"))
            .about("A form of another site comes without cookies, so it is led on to the same as a GET.")
            .takes(fields())
            .or_form(fields())
            .or_no_body()
            .leads_on("To the same path as a GET."),
    ]
}

fn get_access_token() -> Operation {
    Operation::post("/get-access-token", "Get the provider's access token of a linked account")
        .about("Renewed first, where it is about to expire.")
        .asks_for(Proof::SESSION)
        .takes(named_account())
        .answers(
            200,
            "The token.",
            object([
                required("accessToken", text()),
                optional("accessTokenExpiresAt", moment()),
                required("scopes", array_of(text())),
                optional("idToken", text()),
            ]),
        )
        .answers_empty(401, NOBODY)
        .refuses(&[Code::AccountNotFound, Code::ProviderNotSupported, Code::FailedToGetAccessToken])
}

fn refresh_token() -> Operation {
    Operation::post("/refresh-token", "Renew the provider's tokens of a linked account")
        .asks_for(Proof::SESSION)
        .takes(named_account())
        .answers(
            200,
            "The new tokens.",
            object([
                required("accessToken", text()),
                required("refreshToken", text()),
                optional("accessTokenExpiresAt", moment()),
                required("refreshTokenExpiresAt", moment().or_null()),
                required("scope", text().or_null()),
                required("idToken", text().or_null()),
                required("providerId", text()),
                required("accountId", text()),
            ]),
        )
        .answers_empty(401, NOBODY)
        .refuses(&[
            Code::AccountNotFound,
            Code::ProviderNotSupported,
            Code::ProviderRefreshTokenMissing,
            Code::FailedToRefreshAccessToken,
        ])
}

fn provider() -> Member {
    required("provider", text().example("github"))
}

/// `accountId` alone, or `useAccountCookie`, which names a cookie that this server does not set.
fn named_account() -> Shape {
    let user_id = || optional("userId", text().says("Not used over HTTP."));
    let by_id = object([required("accountId", text().says("The id of the row, from /list-accounts.")), user_id()]);
    let by_cookie = object([required("useAccountCookie", boolean().only_true()), user_id()]);
    by_id.and_no_others().or(by_cookie.and_no_others())
}

fn additional_params() -> Shape {
    any_object().others(text()).without_members(&RESERVED).says("For the provider's page.")
}

fn departure() -> Shape {
    object([required("url", text()), required("redirect", boolean())])
}
