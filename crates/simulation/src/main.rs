//! `./dev sim --seeds N`: the publisher against the emulated platforms, through everything that can go
//! wrong, decided by a seed. After each run the platforms' feeds are compared with what was asked.
//!
//! A seed that failed is run again, alone and told step by step, with `./dev sim --seed N`.

#![expect(
    clippy::expect_used,
    reason = "a simulation that cannot be set up has failed"
)]

mod interrupt;
mod run;
mod verdict;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;

use verdict::Tally;
use world::World;

/// Seeded runs of the publisher. Needs AUTOPOST_TEST_DATABASE_URL, which ./dev sim sets.
#[derive(Parser)]
struct Options {
    /// How many seeds to run.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Run this one alone, and tell every step.
    #[arg(long)]
    seed: Option<u64>,
    /// How many to run beside each other.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> std::process::ExitCode {
    let options = Options::parse();
    let (from, until, tells) = match options.seed {
        Some(seed) => (seed, seed + 1, true),
        None => (options.from, options.from + options.seeds, false),
    };
    let next = AtomicU64::new(from);
    let total = Mutex::new(Tally::default());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..options.threads.clamp(1, 64) {
            scope.spawn(|| {
                // One task at a time: what follows from a seed does not depend on the machine.
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(async {
                    let mut world = World::new().await;
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= until {
                            break;
                        }
                        let tally = run::run(&mut world, seed, tells).await;
                        if tally.is_bad() {
                            eprintln!("seed {seed}: {tally}. Again: ./dev sim --seed {seed}");
                            failed.lock().expect("the list").push(seed);
                        }
                        *total.lock().expect("the tally") += tally;
                    }
                    world.remove().await;
                });
            });
        }
    });
    let total = total.into_inner().expect("the tally");
    println!("seeds {}, {total}", until - from);
    if failed.into_inner().expect("the list").is_empty() && !total.is_bad() {
        std::process::ExitCode::SUCCESS
    } else {
        std::process::ExitCode::FAILURE
    }
}
