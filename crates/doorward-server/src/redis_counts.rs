//! Limits counted in Redis: one script that looks at all counts and uses all of them, or none.
//!
//! Keys are digests under `doorward:limit:` and go by themselves when their window ends. The connection is made at the
//! first use and made again when it is lost; what happens meanwhile is decided by whoever asks.

use std::time::Duration;

use doorward::config::{Allowance, Counting, OutOfReach, SharedCounts, Verdict};
use redis::{
    Client, Cmd, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd,
};

const PATIENCE: Duration = Duration::from_millis(300);

/// For each key: the window in milliseconds, the maximum, and whether every use begins the window anew. The answer is
/// -1, or the milliseconds to wait.
const TAKE: &str = r"
local wait = -1
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i * 3 - 1]) then
    wait = math.max(wait, redis.call('PTTL', key))
  end
end
if wait >= 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 or ARGV[i * 3] == '1' then redis.call('PEXPIRE', key, ARGV[i * 3 - 2]) end
end
return -1";

/// A count that has ended in the meantime stays ended.
const GIVE_BACK: &str = r"
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end";

pub(crate) struct RedisCounts(ConnectionManager);

impl std::fmt::Debug for RedisCounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RedisCounts")
    }
}

impl RedisCounts {
    /// Connects to nothing yet.
    pub(crate) fn new(client: Client) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PATIENCE);
        Ok(Self(ConnectionManager::new_lazy_with_config(client, config)?))
    }

    /// The manager learns of a lost connection by a failing request, and only then makes another: hence the second
    /// try. A use that was counted twice by it is a use too many, never one too few.
    async fn run<T: redis::FromRedisValue>(&self, script: Cmd) -> Result<T, OutOfReach> {
        let mut connection = self.0.clone();
        match script.query_async(&mut connection).await {
            Err(error) if error.is_io_error() || error.is_connection_dropped() => {
                script.query_async(&mut connection).await
            }
            answer => answer,
        }
        .map_err(|error| OutOfReach(error.to_string()))
    }
}

fn script<'a>(text: &str, keys: impl ExactSizeIterator<Item = &'a String>) -> Cmd {
    let mut script = cmd("EVAL");
    script.arg(text).arg(keys.len());
    for key in keys {
        script.arg(format!("doorward:limit:{key}"));
    }
    script
}

impl SharedCounts for RedisCounts {
    fn take<'a>(&'a self, allowances: &'a [Allowance]) -> Counting<'a, Verdict> {
        Box::pin(async move {
            let mut take = script(TAKE, allowances.iter().map(|allowance| &allowance.key));
            for Allowance { window, maximum, renewed, .. } in allowances {
                take.arg(window * 1000).arg(maximum).arg(u8::from(*renewed));
            }
            let wait: i64 = self.run(take).await?;
            Ok(u64::try_from(wait).map_or(Ok(()), |milliseconds| Err(milliseconds.div_ceil(1000))))
        })
    }

    fn give_back<'a>(&'a self, keys: &'a [String]) -> Counting<'a, ()> {
        Box::pin(self.run(script(GIVE_BACK, keys.iter())))
    }
}
