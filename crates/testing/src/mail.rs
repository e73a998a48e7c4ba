//! A mail server of a test's own: takes what it is given, unless it is told to answer otherwise.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

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
    logins: Vec<(String, String)>,
}

/// How a server talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Plainly.
    Plain,
    /// Plainly, until it is asked for TLS.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// The server; it ends with the test.
pub struct MailServer {
    port: u16,
    security: MailSecurity,
    certificate: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}
type Stream = BufReader<Box<dyn Wire>>;

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    /// Starts one that talks plainly, and takes any user and password.
    pub async fn start() -> Self {
        Self::start_with(MailSecurity::Plain).await
    }

    /// Starts one that talks so, by a certificate of its own for "localhost".
    pub async fn start_with(security: MailSecurity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let (acceptor, certificate) = identity();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, acceptor) = (Arc::clone(&shared), acceptor.clone());
                tokio::spawn(async move {
                    let wire: Box<dyn Wire> = match security {
                        MailSecurity::Tls => match acceptor.accept(stream).await {
                            Ok(stream) => Box::new(stream),
                            // Whoever does not trust the certificate leaves.
                            Err(_) => return,
                        },
                        _ => Box::new(stream),
                    };
                    let offers = (security == MailSecurity::StartTls).then_some(acceptor);
                    // A client that hangs up ends its conversation.
                    let _ = converse(BufReader::new(wire), &state, offers).await;
                });
            }
        });
        Self {
            port,
            security,
            certificate,
            state,
            task,
        }
    }

    /// How AutoPost is told to reach it.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.port;
        match self.security {
            MailSecurity::Plain => format!("smtp://127.0.0.1:{port}"),
            MailSecurity::StartTls => format!("smtp://localhost:{port}?tls=required"),
            MailSecurity::Tls => format!("smtps://localhost:{port}"),
        }
    }

    /// The certificate that it shows, in PEM form.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
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

    /// Every user and password that it was told.
    #[must_use]
    pub fn logins(&self) -> Vec<(String, String)> {
        self.state().logins.clone()
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

/// A key and a certificate that nobody trusts who is not told to.
fn identity() -> (TlsAcceptor, String) {
    // Fails only when a provider is installed already, which serves as well.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let made =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

async fn converse(
    mut stream: Stream,
    state: &Mutex<State>,
    mut offers: Option<TlsAcceptor>,
) -> std::io::Result<()> {
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
            "EHLO" => {
                let tls = if offers.is_some() {
                    "250-STARTTLS\r\n"
                } else {
                    ""
                };
                let words = format!("250-test\r\n{tls}250-8BITMIME\r\n250 AUTH PLAIN");
                say(&mut stream, &words).await?;
            }
            "STARTTLS" => {
                let Some(acceptor) = offers.take() else {
                    say(&mut stream, "502 not here").await?;
                    continue;
                };
                say(&mut stream, "220 go ahead").await?;
                let secured = acceptor.accept(stream.into_inner()).await?;
                stream = BufReader::new(Box::new(secured));
            }
            "AUTH" => {
                let secret = line.rsplit(' ').next().unwrap_or_default();
                let bytes = BASE64.decode(secret).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mut parts = text.split('\0').skip(1).map(str::to_owned);
                login = parts.next().zip(parts.next());
                let known = login.clone();
                state.lock().expect("the mail server").logins.extend(known);
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
async fn go_on(
    stream: &mut Stream,
    state: &Mutex<State>,
    step: MailStep,
    usual: &str,
) -> std::io::Result<bool> {
    let answer = next(state, step);
    perform(stream, answer, usual).await
}

async fn perform(
    stream: &mut Stream,
    answer: Option<MailAnswer>,
    usual: &str,
) -> std::io::Result<bool> {
    match answer {
        None => say(stream, usual).await?,
        Some(MailAnswer::Says(words)) => say(stream, words).await?,
        Some(MailAnswer::HangsUp) => return Ok(false),
        Some(MailAnswer::Stalls) => std::future::pending::<()>().await,
    }
    Ok(true)
}

async fn say(stream: &mut Stream, words: &str) -> std::io::Result<()> {
    stream.write_all(format!("{words}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn line(stream: &mut Stream) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

async fn text(stream: &mut Stream) -> std::io::Result<String> {
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
