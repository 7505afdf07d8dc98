//! The Rust port of Better Auth with its own axum router and SQLite: `better-auth-rs-peer ADDRESS DATABASE SYNCHRONOUS`.
//!
//! People sign up by its own route. The table of sessions has an index on the token, which the library's examples do
//! without. There is no JWT in its answers, which spares it a signature.

use std::{env, error::Error, sync::Arc};

use axum::Router;
use better_auth::{
    AuthConfig, AuthSchema, BetterAuth,
    integrations::axum::AxumIntegration,
    plugins::{EmailPasswordPlugin, SessionManagementPlugin},
    seaorm::{
        AuthEntity, Database, SeaOrmStore,
        sea_orm::{self, ConnectionTrait, Schema, entity::prelude::*},
    },
};

#[derive(Clone)]
struct State(Arc<BetterAuth<Tables>>);

impl axum::extract::FromRef<State> for Arc<BetterAuth<Tables>> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.0)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address, file, synchronous] = arguments.try_into().map_err(|_| "usage: better-auth-rs-peer ADDRESS DATABASE SYNCHRONOUS")?;
    let database = Database::connect(format!("sqlite://{file}?mode=rwc")).await?;
    let schema = Schema::new(database.get_database_backend());
    for mut table in [
        schema.create_table_from_entity(user::Entity),
        schema.create_table_from_entity(session::Entity),
        schema.create_table_from_entity(account::Entity),
        schema.create_table_from_entity(verification::Entity),
    ] {
        database.execute(table.if_not_exists()).await?;
    }
    for statement in [
        "PRAGMA journal_mode = WAL",
        &format!("PRAGMA synchronous = {synchronous}"),
        "CREATE UNIQUE INDEX IF NOT EXISTS session_token ON sessions (token)",
        "CREATE UNIQUE INDEX IF NOT EXISTS user_email ON users (email)",
    ] {
        database.execute_unprepared(statement).await?;
    }

    let config = AuthConfig::new(env::var("SECRET")?).base_url(env::var("BASE_URL")?);
    let store = SeaOrmStore::<Tables>::new(config.clone(), database);
    let auth = BetterAuth::<Tables>::new(config)
        .store(store)
        .plugin(EmailPasswordPlugin::new().enable_signup(true))
        .plugin(SessionManagementPlugin::new())
        .build()
        .await?;
    let auth = Arc::new(auth);
    let routes = Arc::clone(&auth).axum_router_with_state::<State>();
    let routes = Router::new().nest("/api/auth", routes).with_state(State(auth));
    axum::serve(tokio::net::TcpListener::bind(address).await?, routes).await?;
    Ok(())
}

/// The tables, as the library asks an application to declare them.
struct Tables;

impl AuthSchema for Tables {
    type User = user::Model;
    type Session = session::Model;
    type Account = account::Model;
    type Verification = verification::Model;
}

macro_rules! table {
    ($module:ident, $role:literal, $name:literal, { $($field:ident: $kind:ty),* $(,)? }) => {
        mod $module {
            use super::*;

            #[derive(Clone, Debug, serde::Serialize, DeriveEntityModel, AuthEntity)]
            #[auth(role = $role)]
            #[sea_orm(table_name = $name)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub id: String,
                $(pub $field: $kind,)*
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(user, "user", "users", {
    name: Option<String>, email: Option<String>, email_verified: bool, image: Option<String>, created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
});
table!(session, "session", "sessions", {
    expires_at: DateTimeUtc, token: String, created_at: DateTimeUtc, updated_at: DateTimeUtc, ip_address: Option<String>,
    user_agent: Option<String>, user_id: String, active: bool,
});
table!(account, "account", "accounts", {
    account_id: String, provider_id: String, user_id: String, access_token: Option<String>, refresh_token: Option<String>,
    id_token: Option<String>, access_token_expires_at: Option<DateTimeUtc>, refresh_token_expires_at: Option<DateTimeUtc>,
    scope: Option<String>, password: Option<String>, created_at: DateTimeUtc, updated_at: DateTimeUtc,
});
table!(verification, "verification", "verifications", {
    identifier: String, value: String, expires_at: DateTimeUtc, created_at: DateTimeUtc, updated_at: DateTimeUtc,
});
