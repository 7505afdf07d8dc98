//! Counting together with other processes.
//!
//! This only ever refuses more: every caller has counted in its own memory first, and when the shared place is out of
//! reach that count alone decides. So a lost Redis opens no door wider than the limits of each single process, and
//! keeps nobody out. It is not asked again for a second, so that requests do not queue up behind it.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    time::Duration,
};

use doorward_crypto::digest;
use tokio::time::timeout;

use super::Auth;
use crate::{
    config::{Allowance, Limits, OutOfReach, Verdict},
    store::limits,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long nobody asks after a failure.
const PAUSE: i64 = 1;

#[derive(Debug, Default)]
pub(crate) struct SharedLimits {
    is_lost: AtomicBool,
    ask_again: AtomicI64,
}

/// A key of one kind of limit. Only its digest leaves the process.
pub(crate) fn key(parts: &[&str]) -> String {
    digest::sha256_base64url(parts.join("\n"))
}

/// Uses all of these allowances, or says how long to wait.
pub(crate) async fn take(auth: &Auth, allowances: &[Allowance]) -> Verdict {
    let now = auth.now();
    if matches!(auth.config.network.limits, Limits::Memory)
        || now.milliseconds() < auth.shared_limits.ask_again.load(Relaxed)
    {
        return Ok(());
    }
    let taken = timeout(PATIENCE, async {
        match &auth.config.network.limits {
            Limits::Memory => Ok(Ok(())),
            Limits::Database => {
                limits::take(&auth.store, allowances, now).await.map_err(|error| OutOfReach(error.to_string()))
            }
            Limits::Elsewhere(counts) => counts.take(allowances).await,
        }
    });
    match taken.await.unwrap_or_else(|_| Err(OutOfReach("no answer in time".into()))) {
        Ok(verdict) => {
            if auth.shared_limits.is_lost.swap(false, Relaxed) {
                tracing::info!("limits are shared with other processes again");
            }
            verdict
        }
        Err(reason) => {
            auth.shared_limits.ask_again.store(now.plus_seconds(PAUSE).milliseconds(), Relaxed);
            if !auth.shared_limits.is_lost.swap(true, Relaxed) {
                tracing::error!(%reason, "limits cannot be shared with other processes; each counts alone until they can");
            }
            Ok(())
        }
    }
}

/// Undoes one use of each. When that fails, the person has a little less left.
pub(crate) async fn give_back(auth: &Auth, allowances: &[Allowance]) {
    let keys: Vec<String> = allowances.iter().map(|allowance| allowance.key.clone()).collect();
    let done = timeout(PATIENCE, async {
        match &auth.config.network.limits {
            Limits::Memory => Ok(()),
            Limits::Database => {
                limits::give_back(&auth.store, &keys).await.map_err(|error| OutOfReach(error.to_string()))
            }
            Limits::Elsewhere(counts) => counts.give_back(&keys).await,
        }
    });
    if let Ok(Err(reason)) = done.await {
        tracing::debug!(%reason, "a use of a limit could not be given back");
    }
}
