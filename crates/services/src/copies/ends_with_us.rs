//! Programs that end with this process, also where it is killed and can end nothing any more.

use std::io;
use std::process::Stdio;
use std::sync::{LazyLock, mpsc};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, oneshot};

type Start = Box<dyn FnOnce() + Send>;

/// Starts every program. The kernel ends them with the thread that started them, so this one ends with the process.
static STARTER: LazyLock<mpsc::Sender<Start>> = LazyLock::new(|| {
    let (sender, starts) = mpsc::channel::<Start>();
    let thread = std::thread::Builder::new().name("starter".to_owned());
    if let Err(error) = thread.spawn(move || starts.into_iter().for_each(|start| start())) {
        tracing::error!(%error, "there is no thread to start programs");
    }
    sender
});

/// What a program is run by: `setpriv` of util-linux asks the kernel to end it with us, where that is there and can.
pub(super) async fn command(program: &str) -> Command {
    static BINDS: OnceCell<bool> = OnceCell::const_new();
    let binds = BINDS.get_or_init(|| async {
        let tried = bound("true").stdin(Stdio::null()).output().await;
        let binds = tried.is_ok_and(|tried| tried.status.success());
        if !binds {
            tracing::warn!(
                "setpriv (util-linux) is missing: ffmpeg runs on where this process is killed"
            );
        }
        binds
    });
    if *binds.await {
        bound(program)
    } else {
        Command::new(program)
    }
}

fn bound(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", program]);
    command
}

/// Starts it.
pub(super) async fn spawn(mut command: Command) -> io::Result<Child> {
    let runtime = Handle::current();
    let (tell, told) = oneshot::channel();
    let start: Start = Box::new(move || {
        let _inside = runtime.enter();
        // What nobody waits for any more is dropped, and ends.
        let _ = tell.send(command.spawn());
    });
    // Without the thread nothing is told either.
    let _ = STARTER.send(start);
    told.await.map_err(io::Error::other)?
}
