//! `doorward secret`: a fresh secret, for `BETTER_AUTH_SECRET`.

use std::process::ExitCode;

use doorward::SystemRandom;
use doorward_crypto::random;

use super::Failure;

pub(crate) fn run() -> Result<ExitCode, Failure> {
    println!("{}", random::alphanumeric(&SystemRandom, 48));
    Ok(ExitCode::SUCCESS)
}
