//! What nobody asks for and somebody must do: taking out rows that can prove nothing any more.

use super::Auth;
use crate::store::{audit, limits, refresh_tokens, revoked, verifications};

/// Seconds that events stay beyond their days: the table gives away nothing that is younger than a day by the clock of the
/// database, which may lag behind ours, and refuses the whole deletion for one row of it.
const CLOCKS_APART: i64 = 3600;

impl Auth {
    /// Reads the signing keys again, so that whoever follows [`Auth::public_keys`] learns of a rotation without a
    /// request in between.
    pub async fn refresh_keys(&self) {
        if let Err(error) = self.keys.ring(self).await {
            tracing::warn!(?error, "the signing keys could not be read; trying again later");
        }
    }

    /// Deletes expired verifications, refresh tokens, counts, notes of ended sessions and old events, and gives back
    /// memory kept for hashing. The server calls this every minute or so; several servers may.
    ///
    /// Expired sessions are left to the request that presents them, as Better Auth leaves them.
    pub async fn housekeep(&self) {
        self.hasher.rest();
        self.close_attempts();
        self.sample_hashes().await;
        let now = self.now();
        let deleted = async {
            let verifications = verifications::purge(&self.store, now).await?;
            let refresh_tokens = refresh_tokens::purge(&self.store, now).await?;
            let limits = limits::purge(&self.store, now).await?;
            let revoked = revoked::purge(&self.store, now).await?;
            let audit = match self.config.audit_days {
                0 => 0,
                days => audit::purge(&self.store, now.plus_seconds(-86_400 * i64::from(days) - CLOCKS_APART)).await?,
            };
            Ok::<u64, doorward_database::Error>(verifications + refresh_tokens + limits + revoked + audit)
        };
        match deleted.await {
            Ok(rows) => tracing::debug!(rows, "expired rows deleted"),
            Err(error) => tracing::warn!(%error, "expired rows could not be deleted; trying again later"),
        }
    }
}
