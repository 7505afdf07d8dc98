//! Changing one's name and picture.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, SignedIn, cookies},
    shared::{
        session,
        sign_up::{IMAGE_LIMIT, NAME_LIMIT},
    },
    store::users,
};

/// `POST /update-user`. Better Auth stores whatever stands under `name` and answers 500 for null; here a name is a text.
pub(crate) struct UpdateBody {
    name: Option<String>,
    image: Option<Option<String>>,
    has_email: bool,
}

impl FromFields for UpdateBody {
    const SHAPES: &'static [&'static str] = &["record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        let has_email = fields.value("email").is_some_and(|value| !matches!(value, Value::Null) && value != "");
        if has_email {
            return Self { name: None, image: None, has_email }; // refused as a whole, whatever else is in it
        }
        Self {
            name: fields.optional_plain_text("name", NAME_LIMIT),
            image: fields.nullable_plain_text("image", IMAGE_LIMIT),
            has_email,
        }
    }
}

pub(crate) async fn update(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<UpdateBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    if body.has_email {
        return Err(Code::EmailCanNotBeUpdated.into());
    }
    if body.name.is_none() && body.image.is_none() {
        return Err(Error::Message(StatusCode::BAD_REQUEST, "No fields to update"));
    }
    let image = body.image.as_ref().map(Option::as_deref);
    let user = users::update_profile(&auth.store, &current.user.id, body.name.as_deref(), image, auth.now()).await?;
    let user = user.ok_or(Code::Unauthorized)?; // deleted in the meantime
    let dont_remember = session::is_forgotten(&auth, &exchange, &current.session);
    cookies::set_session(&exchange, &auth, &current.session, &user, dont_remember);
    Ok(Json(json!({ "status": true })))
}
