//! `autopost audit …`

use clap::{Args, Subcommand};
use services::audit::verify::{Scope, Verdict};

use crate::boot::{self, BootError, Database};
use crate::config::Config;

/// `autopost audit …`
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Look whether everything that was written down is still as it was; ends with 1 when it is not.
    Verify(Verify),
}

/// `autopost audit verify`
#[derive(Args)]
pub struct Verify {
    /// A last hash that was noted elsewhere: it must be in the chain. May be given several times.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    expect: Vec<Hash>,
    /// Begin behind the link with this hash, because all up to there was verified before.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    since: Option<Hash>,
}

/// A hash as it is typed.
#[derive(Clone)]
struct Hash(Vec<u8>);

fn hash(text: &str) -> Result<Hash, String> {
    match hex::decode(text.trim()) {
        Ok(bytes) if bytes.len() == 32 => Ok(Hash(bytes)),
        _ => Err("must be the 64 hexadecimal digits that were printed as the last hash".to_owned()),
    }
}

pub async fn run(command: AuditCommand) -> Result<(), BootError> {
    match command {
        AuditCommand::Verify(asked) => {
            let scope = Scope {
                expect: asked.expect.into_iter().map(|hash| hash.0).collect(),
                since: asked.since.map(|hash| hash.0),
                newest: None,
            };
            let config = Config::from_env()?;
            let database = Database::start(&config).await?;
            let verified = async {
                let services = boot::services(&config, &database).await?;
                Ok::<_, BootError>(services.verify_audit(&scope).await?)
            }
            .await;
            database.stop_if_started().await;
            tell(&verified?)
        }
    }
}

fn tell(verdict: &Verdict) -> Result<(), BootError> {
    println!("Entries verified:   {}", verdict.checked);
    println!("Not yet chained:    {}", verdict.waiting);
    match &verdict.last {
        Some((seq, hash)) => {
            let at = verdict.last_at.map_or_else(String::new, |at| {
                format!(", of {}", at.format("%Y-%m-%d %H:%M:%S UTC"))
            });
            println!("Last link:          {seq}{at}");
            println!("Last hash:          {}", hex::encode(hash));
        }
        None => println!("Last link:          none yet"),
    }
    for problem in &verdict.problems {
        println!("PROBLEM:            {problem}");
    }
    if verdict.is_whole() {
        println!(
            "The audit is whole. Note the last hash elsewhere, and give it to --expect the next time."
        );
        return Ok(());
    }
    Err("the audit is not what was written; the first problem is where to look".into())
}
