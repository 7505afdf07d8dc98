//! `doorward serve`: everything at one address.

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::get,
};
use doorward::{Auth, config::Limits};
use doorward_crypto::jwk::VerifyingKey;
use doorward_database::{Database, Dialect};
use doorward_verify::{Clock as _, DenyList, KeySet, SharedKeys, SystemClock, Verifier};
use http::{StatusCode, header};
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, open_database};
use crate::{
    http::{
        acme::Keeper,
        cors::{self, Cors},
        layers::{self, Front, Reach},
        listener,
        metrics::{self, Measured},
        tls,
    },
    mail::Post,
    openapi,
    pages::Pages,
    redis_counts::RedisCounts,
    settings::{NoSecret, Settings, surprise},
    supervisor, telemetry,
};

/// How often the tasks API learns of ended sessions and withdrawn keys.
const REVOKED_EVERY: Duration = Duration::from_secs(1);
/// What mails on their way may still take when the server stops.
const MAIL_TIME: Duration = Duration::from_secs(3);
/// Verified tokens that the tasks API remembers, each some three kilobytes: with everything else that is remembered of
/// people, the process stays below 64 MiB.
const REMEMBERED_TOKENS: usize = 8192;
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(settings: Settings) -> Result<ExitCode, Failure> {
    telemetry::start(&settings.log, settings.log_format)?;
    for doubt in settings.doubts() {
        tracing::warn!("{doubt}");
    }
    let mut checked = settings.check(NoSecret::Make)?;
    if let Some(redis) = checked.redis.take() {
        checked.config.network.limits = Limits::Elsewhere(Arc::new(RedisCounts::new(redis)?));
    }
    let keeper = checked.acme.take().map(|acme| Keeper::open(acme, &settings.data)).transpose()?;
    let certificates = match (&keeper, &settings.tls_cert, &settings.tls_key) {
        (Some(keeper), ..) => Some(keeper.certificates()),
        (None, Some(certificate), Some(key)) => Some(tls::open(certificate, key)?),
        _ => None,
    };
    let tls = certificates.as_ref().map(|certificates| certificates.config(keeper.is_some())).transpose()?;
    let post = Post::open(settings.mail.as_deref(), &settings.mail_from)?;
    let listen = settings.address();
    let listener = listener::bind(listen, "DOORWARD_LISTEN").await?;
    let database = open_database(&checked).await?;
    prepare(&database).await?;

    let reach = Reach {
        base_url: checked.config.base_url.clone(),
        trusted_proxies: checked.config.network.trusted_proxies.clone().into(),
        own_tls: tls.is_some(),
    };
    let description = openapi::router(&checked.config, &checked.theme);
    let pages = Arc::new(Pages::new(&checked.theme, &checked.config));
    let auth = Auth::open(checked.config, database.clone(), post.mailer()).await?;
    auth.warm_up().await;
    let tasks = tasks_api::router(database.clone(), &verifier(&auth)?, settings.edge.tasks_per_person);
    tokio::spawn(housekeeping(auth.clone()));
    let base_url = Arc::new(reach.base_url.clone());

    let router = Router::new()
        .merge(doorward::router(auth.clone()))
        .merge(tasks)
        .merge(description)
        .route("/healthz", get(move || health(database.clone())))
        .fallback(move |request: Request| {
            let pages = Arc::clone(&pages);
            let base_url = Arc::clone(&base_url);
            async move {
                let path = request.uri().path();
                let is_call = path.starts_with("/api/");
                // What looks like a call of the auth service, be it `/api/authok`, gets its answer for the unknown: empty.
                if base_url.below(path).is_some() || is_call && path.starts_with(base_url.path()) {
                    return StatusCode::NOT_FOUND.into_response();
                }
                if is_call {
                    return layers::no_such_call();
                }
                pages.answer(request.method(), request.uri(), request.headers())
            }
        });

    let router = if checked.cors {
        router.layer(axum::middleware::from_fn_with_state(Cors::new(auth.clone()), cors::answer))
    } else {
        router
    };

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        supervisor::tell(supervisor::STOPPING);
        tracing::info!("stopping: finishing what is in flight");
    };
    if let Some(words) = surprise(&reach.base_url, listen) {
        tracing::warn!("{words}");
    }
    let (neighbours, connections) = (settings.edge.neighbours(&reach.trusted_proxies), settings.edge.connections());
    let metrics = match settings.edge.metrics_listen {
        Some(address) => {
            Some(metrics::serve(address, auth.clone(), neighbours.clone(), connections, certificates).await?)
        }
        None => None,
    };
    if let Some(keeper) = keeper {
        tokio::spawn(keeper.run());
    }
    println!("Doorward is ready at {}", reach.base_url.origin());
    supervisor::tell(supervisor::READY);
    let front = Front::new(reach, router);
    match metrics {
        Some(metrics) => {
            listener::serve(listener, Measured { app: front, metrics }, tls, connections, neighbours, stop).await;
        }
        None => listener::serve(listener, front, tls, connections, neighbours, stop).await,
    }
    auth.finish().await;
    post.close(MAIL_TIME).await;
    Ok(ExitCode::SUCCESS)
}

/// SQLite is created and extended by itself; a shared Postgres only by `doorward migrate`.
async fn prepare(database: &Database) -> Result<(), Failure> {
    if database.dialect() == Dialect::Sqlite {
        for step in doorward::migrate::run(database, false).await?.steps {
            tracing::info!("database: {step}");
        }
        tasks_api::migrate(database).await?;
    }
    Ok(())
}

/// The check of access tokens for the tasks API: the keys are ours, so nothing is fetched.
fn verifier(auth: &Auth) -> Result<Verifier, Failure> {
    let config = auth.config();
    let origin = config.base_url.origin();
    let (keys, ended) = (SharedKeys::new(), DenyList::new());
    if config.token.algorithm.is_symmetric() {
        keys.replace(KeySet::single(VerifyingKey::hmac(config.secrets.current())));
    } else {
        let mut published = auth.public_keys();
        keys.publish(&published.borrow_and_update())?;
        let keys = keys.clone();
        tokio::spawn(async move {
            while published.changed().await.is_ok() {
                if let Err(error) = keys.publish(&published.borrow_and_update()) {
                    tracing::error!(%error, "the published keys cannot be used");
                }
            }
        });
    }
    tokio::spawn(follow(auth.clone(), ended.clone()));
    Ok(Verifier::builder()
        .issuer(config.token.issuer.as_deref().unwrap_or(origin))
        .audience(config.token.audience.as_deref().unwrap_or(origin))
        .shared_keys(&keys)
        .deny_list(&ended)
        .cache_entries(REMEMBERED_TOKENS)
        .build()?)
}

/// Sessions ended and keys withdrawn, here or by another program on the same database: tokens of theirs are refused
/// within seconds.
async fn follow(auth: Auth, ended: DenyList) {
    loop {
        auth.refresh_keys().await;
        if let Ok(sessions) = auth.revoked_sessions().await {
            ended.learn(sessions, SystemClock.now());
        }
        tokio::time::sleep(REVOKED_EVERY).await;
    }
}

async fn housekeeping(auth: Auth) {
    loop {
        auth.housekeep().await;
        tokio::time::sleep(HOUSEKEEPING_EVERY).await;
    }
}

/// Alive, and the database answers.
async fn health(database: Database) -> Response {
    match database.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            let wait = [(header::RETRY_AFTER, doorward_database::Error::RETRY_AFTER.as_secs().to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, wait, "the database does not answer\n").into_response()
        }
    }
}
