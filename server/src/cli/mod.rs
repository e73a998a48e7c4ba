//! What an operator can say on the command line.

mod audit;
mod keys;
mod users;

use clap::{Parser, Subcommand};

use crate::boot::{BootError, Database};
use crate::config::Config;

/// AutoPost: the publishing desk of a media agency. Settings come from the environment; see the README.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the web server and the publisher until told to stop.
    Serve,
    /// Run a publisher without the web, beside any number of others on the same database.
    Publish,
    /// Bring the database to this version's schema, and end.
    Migrate,
    /// Manage the people who can sign in.
    #[command(subcommand)]
    User(users::UserCommand),
    /// Manage the keys that tokens are sealed with.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Look after what is written down about who did what.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

/// Does what was asked.
pub async fn run(cli: Cli) -> Result<(), BootError> {
    match cli.command {
        Command::Serve => crate::serve::serve(Config::from_env()?).await,
        Command::Publish => crate::serve::publish(Config::from_env()?).await,
        Command::Migrate => {
            let database = Database::start(&Config::from_env()?).await?;
            database.stop_if_started().await;
            println!("The database is up to date.");
            Ok(())
        }
        Command::User(command) => users::run(command).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Audit(command) => audit::run(command).await,
    }
}
