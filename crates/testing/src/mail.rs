//! A mail server of a test's own: takes what it is given, unless it is told to answer otherwise.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A moment of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailStep {
    /// Somebody has connected.
    Greeting,
    /// The recipient was named.
    Recipient,
    /// The text was given.
    Text,
}

/// What the server does instead of agreeing.
#[derive(Clone, Debug)]
pub enum MailAnswer {
    /// Says this, such as "550 5.1.1 No such user".
    Says(&'static str),
    /// Hangs up. A text that was given is kept.
    HangsUp,
    /// Says nothing any more.
    Stalls,
}

/// A mail that the server has taken.
#[derive(Clone, Debug)]
pub struct TakenMail {
    /// From which address.
    pub from: String,
    /// To which address.
    pub to: String,
    /// By which user and password, where it asked for them.
    pub login: Option<(String, String)>,
    /// The whole of it, as it travelled.
    pub raw: String,
}

#[derive(Default)]
struct State {
    script: VecDeque<(MailStep, MailAnswer)>,
    taken: Vec<TakenMail>,
    conversations: usize,
}

/// The server; it ends with the test.
pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    /// Starts one that talks plainly, and takes any user and password.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A client that hangs up ends its conversation.
                    let _ = converse(stream, &state).await;
                });
            }
        });
        Self { port, state, task }
    }

    /// How AutoPost is told to reach it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Answers so, once, the next time that it comes to this.
    pub fn script(&self, step: MailStep, answer: MailAnswer) {
        self.state().script.push_back((step, answer));
    }

    /// What it has taken.
    #[must_use]
    pub fn taken(&self) -> Vec<TakenMail> {
        self.state().taken.clone()
    }

    /// What it has taken for an address.
    #[must_use]
    pub fn taken_for(&self, to: &str) -> Vec<TakenMail> {
        let mut taken = self.taken();
        taken.retain(|mail| mail.to == to);
        taken
    }

    /// How often somebody has connected.
    #[must_use]
    pub fn conversations(&self) -> usize {
        self.state().conversations
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("the mail server")
    }
}

async fn converse<S>(stream: S, state: &Mutex<State>) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    state.lock().expect("the mail server").conversations += 1;
    let (mut from, mut to, mut login) = (String::new(), String::new(), None);
    if !go_on(&mut stream, state, MailStep::Greeting, "220 test ready").await? {
        return Ok(());
    }
    loop {
        let Some(line) = line(&mut stream).await? else {
            return Ok(());
        };
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => say(&mut stream, "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN").await?,
            "AUTH" => {
                let secret = line.rsplit(' ').next().unwrap_or_default();
                let bytes = BASE64.decode(secret).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mut parts = text.split('\0').skip(1).map(str::to_owned);
                login = parts.next().zip(parts.next());
                say(&mut stream, "235 welcome").await?;
            }
            "MAIL" => {
                from = address(&line);
                say(&mut stream, "250 ok").await?;
            }
            "RCPT" => {
                to = address(&line);
                if !go_on(&mut stream, state, MailStep::Recipient, "250 ok").await? {
                    return Ok(());
                }
            }
            "DATA" => {
                say(&mut stream, "354 go ahead").await?;
                let raw = text(&mut stream).await?;
                let answer = next(state, MailStep::Text);
                if !matches!(answer, Some(MailAnswer::Says(_) | MailAnswer::Stalls)) {
                    let mail = TakenMail {
                        from: from.clone(),
                        to: to.clone(),
                        login: login.clone(),
                        raw,
                    };
                    state.lock().expect("the mail server").taken.push(mail);
                }
                if !perform(&mut stream, answer, "250 taken").await? {
                    return Ok(());
                }
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "250 ok").await?,
        }
    }
}

fn next(state: &Mutex<State>, step: MailStep) -> Option<MailAnswer> {
    let mut state = state.lock().expect("the mail server");
    let place = state.script.iter().position(|(at, _)| *at == step)?;
    state.script.remove(place).map(|(_, answer)| answer)
}

/// `false` when the conversation is over.
async fn go_on<S>(
    stream: &mut BufReader<S>,
    state: &Mutex<State>,
    step: MailStep,
    usual: &str,
) -> std::io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answer = next(state, step);
    perform(stream, answer, usual).await
}

async fn perform<S>(
    stream: &mut BufReader<S>,
    answer: Option<MailAnswer>,
    usual: &str,
) -> std::io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match answer {
        None => say(stream, usual).await?,
        Some(MailAnswer::Says(words)) => say(stream, words).await?,
        Some(MailAnswer::HangsUp) => return Ok(false),
        Some(MailAnswer::Stalls) => std::future::pending::<()>().await,
    }
    Ok(true)
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut BufReader<S>, words: &str) -> std::io::Result<()>
where
    S: AsyncRead,
{
    stream.write_all(format!("{words}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn line<S>(stream: &mut BufReader<S>) -> std::io::Result<Option<String>>
where
    S: AsyncRead + Unpin,
{
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

async fn text<S>(stream: &mut BufReader<S>) -> std::io::Result<String>
where
    S: AsyncRead + Unpin,
{
    let mut text = String::new();
    while let Some(line) = line(stream).await? {
        if line == "." {
            break;
        }
        text += line.strip_prefix('.').unwrap_or(&line);
        text += "\r\n";
    }
    Ok(text)
}

fn address(line: &str) -> String {
    let start = line.find('<').map_or(0, |at| at + 1);
    let end = line.find('>').unwrap_or(line.len());
    line[start..end].to_owned()
}

impl TakenMail {
    /// A header, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let start = format!("{name}: ");
        head.lines()
            .find_map(|line| line.strip_prefix(&start).map(str::to_owned))
    }

    /// The part of this type, such as "text/plain", read as it was meant.
    #[must_use]
    pub fn part(&self, mime: &str) -> Option<String> {
        let at = self.raw.find(&format!("Content-Type: {mime}"))?;
        let before = self.raw[..at].rfind("\r\n--").map_or(0, |at| at + 2);
        let (head, rest) = self.raw[before..].split_once("\r\n\r\n")?;
        let boundary = head.lines().next().filter(|line| line.starts_with("--"))?;
        let body = rest.split(&format!("\r\n{boundary}")).next()?;
        if head.contains("quoted-printable") {
            return Some(unquote(body));
        }
        if head.contains("base64") {
            let bytes = BASE64.decode(body.replace("\r\n", "")).ok()?;
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        Some(body.to_owned())
    }
}

fn unquote(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'=')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
