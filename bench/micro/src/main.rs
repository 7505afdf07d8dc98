//! The hot paths timed by criterion: `make bench-micro`, or one of them: `make bench-micro PATHS=verify`.
//!
//! The paths are those whose instructions are counted (`make instructions`), so that a count and a time speak of the same
//! code. Criterion keeps its last figures under `target/criterion` and says what has changed since.

#[path = "../../../crates/doorward-server/examples/hot_paths/paths.rs"]
mod paths;

use criterion::Criterion;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> paths::Outcome {
    let mut criterion = Criterion::default().configure_from_args();
    for name in paths::NAMES {
        let mut path = paths::prepare(name)?.ok_or("a path that is listed is not known")?;
        path()?;
        criterion.bench_function(name, |bencher| bencher.iter(|| path().is_ok()));
    }
    criterion.final_summary();
    Ok(())
}
