//! Telling of a visit to a provider that led nowhere, and of an id token that was not taken.
//!
//! Without it somebody who tries other people's links, states and tokens would leave nothing to see: the answer is a
//! page, and no change has an event. Anybody can cause these, so they are attempts, which are bounded.

use crate::{
    auth::Auth,
    error::{Detour, Error},
    http::Exchange,
    model::Kind,
    shared::{event::Event, provider::Provider},
    store::users,
};

/// The reason where the provider's own page said no, whatever its words were: those are text from outside.
pub(super) const SAID_NO: &str = "refused_there";
/// The reason where an id token was not this provider's for us.
pub(super) const BAD_ID_TOKEN: &str = "invalid_id_token";

/// Nobody is known yet.
pub(super) fn tell(auth: &Auth, exchange: &Exchange, provider: Option<&Provider<'_>>, reason: &str) {
    auth.note(event(auth, exchange, provider, reason));
}

/// Somebody with this address at the provider; they may have an account here.
pub(super) async fn tell_of_address(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    detour: Detour,
    address: Option<&str>,
) -> Result<(), Error> {
    let event = event(auth, exchange, Some(provider), detour.as_str());
    let Some(address) = address else {
        auth.note(event);
        return Ok(());
    };
    let user = users::find_by_email(&auth.store, address).await?;
    auth.note(event.at(auth.account_digest(address), user.as_ref().map(|user| user.id.as_str())));
    Ok(())
}

/// Somebody who is signed in, and wanted to link.
pub(super) fn tell_of_person(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    reason: &str,
    (address, user_id): (&str, &str),
) {
    auth.note(event(auth, exchange, Some(provider), reason).at(auth.account_digest(address), Some(user_id)));
}

fn event(auth: &Auth, exchange: &Exchange, provider: Option<&Provider<'_>>, reason: &str) -> Event {
    let place = provider.map(|provider| format!("{}: ", provider.id())).unwrap_or_default();
    Event::new(auth, Kind::ProviderFailed, &exchange.client).because(format!("{place}{reason}"))
}
