//! `hot_paths NAME REPETITIONS`: one hot path, so many times, and nothing else; for counting instructions.
//!
//! The same code as in the binary, in the same profile. What a path costs is the count of some repetitions minus the
//! count of none, so that the preparation falls out; `bench/instructions.py` does that. Nothing is timed here, except
//! by `hot_paths hash SECONDS`: how many of Better Auth's password hashes a second the core can do.

mod paths;

use std::{hint::black_box, time::Duration, time::Instant};

use doorward::SystemRandom;
use doorward_crypto::password::scrypt::{self, AT_ONCE, Unhashed};
use paths::Outcome;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Outcome {
    let usage = format!("usage: hot_paths {} REPETITIONS, or hot_paths hash SECONDS", paths::NAMES.join("|"));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, number] = &arguments[..] else { return Err(usage.into()) };
    if name == "hash" {
        return hash(number.parse()?);
    }
    let repetitions: u32 = number.parse()?;
    let mut path = paths::prepare(name)?.ok_or(usage)?;
    for _ in 0..repetitions {
        path()?;
    }
    Ok(())
}

fn hash(seconds: f64) -> Outcome {
    let password = Unhashed::new("correct horse", &SystemRandom);
    let limit = Duration::try_from_secs_f64(seconds)?;
    let (started, mut rounds) = (Instant::now(), 0_u32);
    while started.elapsed() < limit {
        match AT_ONCE {
            2 => drop(black_box(scrypt::two_keys([&password; 2]))),
            _ => drop(black_box(scrypt::key(&password))),
        }
        rounds += 1;
    }
    println!("{:.3}", f64::from(rounds) * AT_ONCE as f64 / started.elapsed().as_secs_f64());
    Ok(())
}
