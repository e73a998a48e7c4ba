//! The binary `autopost`: the web server with its publisher, and what an operator does by hand.

use std::process::ExitCode;

use clap::Parser;
use server::cli;
use tracing_subscriber::EnvFilter;

/// Pages are rendered by types as deep as their markup; without optimisation that needs room.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("AUTOPOST_LOG")
                .unwrap_or_else(|_| EnvFilter::new("info,leptos_router=warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("autopost: the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autopost: {error}");
            ExitCode::FAILURE
        }
    }
}
