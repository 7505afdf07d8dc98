//! Access JWTs: who a session belongs to, for fifteen minutes.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use doorward_crypto::{jwt::Rules, random};
use doorward_database::Stamp;
use serde::Serialize;

use super::resource::Resource;
use crate::{
    auth::Auth,
    error::Error,
    model::{Session, User},
};

/// Better Auth's claims in its order, then ours: `user_id`, `jti` and `sid` are additions.
#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    user: Option<&'a User>,
    sub: &'a str,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    user_id: &'a str,
    jti: String,
    /// The session's row id, never its token.
    sid: &'a str,
}

/// A token for a session, for the usual audience; one that was signed lately is given again.
pub(crate) async fn of_session(auth: &Auth, session: &Session, user: &User) -> Result<Arc<str>, Error> {
    for_resource(auth, session, user, Resource::usual(auth)).await
}

/// The same for an API that was asked for.
pub(crate) async fn for_resource(
    auth: &Auth,
    session: &Session,
    user: &User,
    resource: Resource<'_>,
) -> Result<Arc<str>, Error> {
    let ring = auth.keys.ring(auth).await?;
    let signing = resource.signing(&ring)?;
    let now = auth.now();
    let of = fingerprint(user, signing.kid());
    let place = resource.place(&session.id);
    if let Some(token) = auth.session_tokens.get(&place, of, now) {
        return Ok(token);
    }
    let config = &auth.config.token;
    let person = user.carried();
    let claims = Claims {
        iat: now.seconds(),
        user: (!config.minimal_claims).then_some(&*person),
        sub: &user.id,
        exp: now.seconds() + config.lifetime,
        iss: issuer(auth),
        aud: resource.audience,
        user_id: &user.id,
        jti: random::alphanumeric(&*auth.random, 22),
        sid: &session.id,
    };
    let claims = serde_json::to_string(&claims).map_err(Error::internal)?;
    let token: Arc<str> = signing.sign(&claims).map_err(Error::internal)?.into();
    auth.session_tokens.put(&place, of, &token, reuse_until(now, config.lifetime));
    Ok(token)
}

/// What a token of ours must say to be believed here: one for another API is not.
pub(crate) fn rules(auth: &Auth) -> Rules {
    Rules::new().issuer(issuer(auth)).audience(Resource::usual(auth).audience)
}

/// Who signs: the origin of the base URL, unless it was set.
pub(crate) fn issuer(auth: &Auth) -> &str {
    auth.config.token.issuer.as_deref().unwrap_or(auth.config.base_url.origin())
}

/// A token is given again while at least two thirds of its life remain.
const fn reuse_until(now: Stamp, lifetime: i64) -> Stamp {
    now.plus_seconds(lifetime / 3)
}

/// Everything of a person that a token says, and the key that says it.
fn fingerprint(user: &User, kid: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&user.id, &user.name, &user.email, user.email_verified, &user.image, user.updated_at, kid).hash(&mut hasher);
    hasher.finish()
}
