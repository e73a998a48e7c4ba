//! `autopost keys …`

use clap::Subcommand;
use secrecy::ExposeSecret;
use services::vault;

use crate::boot::{self, BootError, Database};
use crate::config::Config;

/// `autopost keys …`
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Print a new key, to be put first in AUTOPOST_KEYS or in the key file.
    Generate,
    /// Seal everything anew by the first key, so that the others can be removed.
    Rotate,
}

pub async fn run(command: KeysCommand) -> Result<(), BootError> {
    match command {
        KeysCommand::Generate => {
            println!("{}", vault::generate_key().expose_secret());
            Ok(())
        }
        KeysCommand::Rotate => {
            let config = Config::from_env()?;
            let database = Database::start(&config).await?;
            let rotated = async {
                let services = boot::services(&config, &database).await?;
                Ok::<_, BootError>(services.reseal().await?)
            }
            .await;
            database.stop_if_started().await;
            println!("{} values are sealed by the first key now.", rotated?);
            Ok(())
        }
    }
}
