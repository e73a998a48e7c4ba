//! `autopost user …`

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use domain::Role;
use secrecy::SecretString;

use crate::boot::{self, BootError, Database};
use crate::config::Config;

/// `autopost user …`
#[derive(Subcommand)]
pub enum UserCommand {
    /// Add somebody who can sign in.
    Add(AddUser),
}

/// `autopost user add`
#[derive(Args)]
pub struct AddUser {
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// The name shown to colleagues.
    #[arg(long)]
    name: String,
    /// What they may do: owner, manager or editor.
    #[arg(long, default_value = "owner")]
    role: Role,
    /// Read the password from standard input; the only way, so that it is in no shell history.
    #[arg(long)]
    password_stdin: bool,
}

pub async fn run(command: UserCommand) -> Result<(), BootError> {
    match command {
        UserCommand::Add(add) => {
            let password = read_password(add.password_stdin)?;
            let config = Config::from_env()?;
            let database = Database::start(&config).await?;
            let added = async {
                let services = boot::services(&config, &database).await?;
                Ok::<_, BootError>(
                    services
                        .add_user(&add.email, &add.name, add.role, password)
                        .await?,
                )
            }
            .await;
            database.stop_if_started().await;
            added?;
            println!(
                "{} can sign in at {}sign-in.",
                add.email.trim(),
                config.public_url
            );
            Ok(())
        }
    }
}

fn read_password(from_stdin: bool) -> Result<SecretString, BootError> {
    let mut input = std::io::stdin();
    if input.is_terminal() || !from_stdin {
        return Err("give the password on standard input: printf '%s' 'the password' | autopost user add … --password-stdin".into());
    }
    let mut password = String::new();
    input.read_to_string(&mut password)?;
    Ok(SecretString::from(
        password.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
