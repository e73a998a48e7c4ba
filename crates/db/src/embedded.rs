//! A private PostgreSQL for whoever has none: run from the system's binaries, in a data folder, on a
//! Unix socket, stopped cleanly.
//!
//! `pg_ctl` does the waiting and the stopping. PostgreSQL refuses to run as root, so when we are root
//! everything of it runs as an unprivileged user by `setpriv`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// Why the private database does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The binaries are not there.
    #[error(
        "PostgreSQL is not installed: no initdb found in {0}. Install it (Debian: apt-get install postgresql) or set DATABASE_URL."
    )]
    NotInstalled(String),
    /// A folder could not be made or read.
    #[error("{what} {path}: {source}", path = path.display())]
    Folder {
        /// What was being done.
        what: &'static str,
        /// To which folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// One of the programs failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        output: String,
    },
}

/// A running private database.
pub struct EmbeddedPostgres {
    bin: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    run_as: Option<&'static str>,
    was_running: bool,
}

impl EmbeddedPostgres {
    /// Starts the database in `folder` (made when missing), or joins one that still runs there.
    ///
    /// # Errors
    /// See [`EmbeddedError`].
    pub async fn start(folder: &Path) -> Result<Self, EmbeddedError> {
        let bin = find_binaries()?;
        let folder = std::path::absolute(folder).map_err(|source| EmbeddedError::Folder {
            what: "cannot find",
            path: folder.to_owned(),
            source,
        })?;
        make_folder(&folder)?;
        let run_as = unprivileged_user();
        let data = folder.join("cluster");
        let socket = socket_folder(&folder);
        make_folder(&socket)?;
        let mut database = Self {
            bin,
            data,
            socket,
            run_as,
            was_running: false,
        };
        if let Some(user) = run_as {
            // The unprivileged user owns its two folders; it needs to pass through those above.
            database
                .system(
                    "chown",
                    &[
                        user,
                        &folder.to_string_lossy(),
                        &database.socket.to_string_lossy(),
                    ],
                )
                .await?;
        }
        if !database.data.join("PG_VERSION").exists() {
            let data = database.data.to_string_lossy().into_owned();
            database
                .program(
                    "initdb",
                    &[
                        "-D",
                        &data,
                        "-U",
                        "autopost",
                        "-A",
                        "trust",
                        "-E",
                        "UTF8",
                        "--no-locale",
                        "--no-sync",
                    ],
                )
                .await?;
        }
        database.was_running = database.is_running().await;
        if !database.was_running {
            let data = database.data.to_string_lossy().into_owned();
            let log = folder.join("postgres.log").to_string_lossy().into_owned();
            let options = format!(
                "-k '{}' -c listen_addresses='' -c unix_socket_permissions=0700 -c shared_buffers=64MB -c max_connections=60",
                database.socket.display()
            );
            database
                .program(
                    "pg_ctl",
                    &["start", "-w", "-D", &data, "-l", &log, "-o", &options],
                )
                .await?;
        }
        Ok(database)
    }

    /// Whether it ran already when we came: then somebody else is using it.
    #[must_use]
    pub const fn was_running(&self) -> bool {
        self.was_running
    }

    /// The address to connect to as the owner.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("autopost")
    }

    /// The address to connect to as the application, once that role was made.
    #[must_use]
    pub fn application_url(&self) -> String {
        self.url_of(crate::roles::APPLICATION)
    }

    fn url_of(&self, user: &str) -> String {
        let mut host = url::form_urlencoded::Serializer::new(String::new());
        host.append_pair("host", &self.socket.to_string_lossy());
        host.append_pair("user", user);
        // A query of an address may write a space as “+”; PostgreSQL’s reads it literally.
        format!(
            "postgresql:///postgres?{}",
            host.finish().replace('+', "%20")
        )
    }

    /// Stops the database: running transactions are rolled back, everything committed is on disk.
    ///
    /// # Errors
    /// When `pg_ctl` fails.
    pub async fn stop(&self) -> Result<(), EmbeddedError> {
        let data = self.data.to_string_lossy().into_owned();
        self.program("pg_ctl", &["stop", "-w", "-m", "fast", "-D", &data])
            .await
    }

    async fn is_running(&self) -> bool {
        let data = self.data.to_string_lossy().into_owned();
        self.program("pg_ctl", &["status", "-D", &data])
            .await
            .is_ok()
    }

    async fn program(&self, program: &'static str, args: &[&str]) -> Result<(), EmbeddedError> {
        let path = self.bin.join(program);
        let mut command = match self.run_as {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command
                    .args([
                        &format!("--reuid={user}"),
                        &format!("--regid={user}"),
                        "--init-groups",
                    ])
                    .arg(path);
                command
            }
            None => Command::new(path),
        };
        command.args(args);
        run(program, command).await
    }

    async fn system(&self, program: &'static str, args: &[&str]) -> Result<(), EmbeddedError> {
        let mut command = Command::new(program);
        command.args(args);
        run(program, command).await
    }
}

async fn run(program: &'static str, mut command: Command) -> Result<(), EmbeddedError> {
    // A file, not a pipe, takes the output: the server that pg_ctl leaves behind would keep a pipe open.
    let failed = |output: String| EmbeddedError::Program { program, output };
    let capture = tempfile_for_output().map_err(|error| failed(error.to_string()))?;
    let writer = |file: &std::fs::File| file.try_clone().map(Stdio::from);
    command
        .stdin(Stdio::null())
        .stdout(writer(&capture).map_err(|error| failed(error.to_string()))?)
        .stderr(writer(&capture).map_err(|error| failed(error.to_string()))?)
        .current_dir("/")
        .env("LC_ALL", "C")
        // A signal to our process group (Ctrl+C) must not stop the database before we let it.
        .process_group(0);
    let status = command
        .status()
        .await
        .map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    Err(failed(read_output(capture).unwrap_or_default()))
}

fn tempfile_for_output() -> io::Result<std::fs::File> {
    tempfile::tempfile()
}

fn read_output(mut file: std::fs::File) -> io::Result<String> {
    use std::io::{Read, Seek};
    file.rewind()?;
    let mut output = String::new();
    file.read_to_string(&mut output)?;
    Ok(output.trim().to_owned())
}

/// The newest installed PostgreSQL, or what `PG_BIN` names.
fn find_binaries() -> Result<PathBuf, EmbeddedError> {
    const DEBIAN: &str = "/usr/lib/postgresql";
    if let Some(folder) = std::env::var_os("PG_BIN").map(PathBuf::from) {
        return if folder.join("initdb").exists() {
            Ok(folder)
        } else {
            Err(EmbeddedError::NotInstalled(folder.display().to_string()))
        };
    }
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    let on_path = || {
        std::env::var_os("PATH").and_then(|path| {
            std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
        })
    };
    versions
        .pop()
        .map(|(_, bin)| bin)
        .or_else(on_path)
        .ok_or_else(|| EmbeddedError::NotInstalled(format!("{DEBIAN}/*/bin or PATH")))
}

fn make_folder(path: &Path) -> Result<(), EmbeddedError> {
    std::fs::create_dir_all(path).map_err(|source| EmbeddedError::Folder {
        what: "cannot make the folder",
        path: path.to_owned(),
        source,
    })
}

/// The folder for the socket: inside the data folder, unless the path would be longer than the 107
/// bytes that a Unix socket's address can have.
fn socket_folder(folder: &Path) -> PathBuf {
    let inside = folder.join("socket");
    if inside.as_os_str().len() < 85 {
        return inside;
    }
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    std::env::temp_dir().join(format!("autopost-{:016x}", hasher.finish()))
}

/// Who runs PostgreSQL when we are root.
fn unprivileged_user() -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0);
    if !root {
        return None;
    }
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].into_iter().find(|user| {
        known
            .lines()
            .any(|line| line.starts_with(&format!("{user}:")))
    })
}
