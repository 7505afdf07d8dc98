use std::time::{SystemTime, UNIX_EPOCH};

use doorward_database::Stamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Stamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Stamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
