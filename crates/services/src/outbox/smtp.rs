//! The way to a mail server: plain, STARTTLS or TLS, with or without credentials.
//!
//! A conversation is taken apart here, because "nothing was given", "the text was refused" and "nobody
//! knows whether the text was taken" are three different things, and only the first two may be tried again.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How long everything may take before the text is given.
const GREETING: Duration = Duration::from_secs(60);
/// How long the mail server may think about the text: some look into it for long.
const DECISION: Duration = Duration::from_secs(300);
/// How long its words may be that are kept.
const WORDS: usize = 400;

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
    from: Mailbox,
}

impl fmt::Debug for Smtp {
    // Neither the user nor the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Security {
    Plain,
    /// After the greeting: always, or where the server offers it.
    StartTls {
        required: bool,
        parameters: TlsParameters,
    },
    /// From the first byte.
    Tls(TlsParameters),
}

/// Why a mail server cannot be talked to as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum SmtpConfigError {
    /// The address is none.
    #[error(
        "AUTOPOST_SMTP_URL must be such as smtp://mail.example:587?tls=required or smtps://user:password@mail.example"
    )]
    Address,
    /// The sender is none.
    #[error("AUTOPOST_MAIL_FROM must be such as AutoPost <desk@agency.example>")]
    From,
    /// The certificates to trust are none, or TLS cannot be set up.
    #[error("AUTOPOST_SMTP_CA_FILE must hold certificates in PEM form: {0}")]
    Certificates(String),
}

/// How a try ended without a mail having been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The mail server cannot be talked to just now, or says that it may be asked again.
    Later(String),
    /// The mail server will not have this mail.
    Never(String),
    /// The text was given, and nobody knows what became of it.
    Unknown(String),
}

impl Smtp {
    /// The mail server at an address: `smtp://` or `smtps://`, with a user and password where it wants
    /// them (percent-encoded), and `?tls=required` or `?tls=opportunistic` for STARTTLS. `trusted` are
    /// certificates in PEM form that are trusted besides the system's.
    ///
    /// # Errors
    /// When a part of it is not what it should be.
    pub fn new(
        address: &SecretString,
        from: &str,
        trusted: Option<&[u8]>,
    ) -> Result<Self, SmtpConfigError> {
        let url = Url::parse(address.expose_secret()).map_err(|_| SmtpConfigError::Address)?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(SmtpConfigError::Address)?
            .trim_matches(['[', ']'])
            .to_owned();
        let tls = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let (security, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(parameters(&host, trusted)?), 465),
            ("smtp", None) => (Security::Plain, 25),
            ("smtp", Some(how @ ("required" | "opportunistic"))) => (
                Security::StartTls {
                    required: how == "required",
                    parameters: parameters(&host, trusted)?,
                },
                587,
            ),
            _ => return Err(SmtpConfigError::Address),
        };
        let decode = |part: &str| {
            // A pair of a form decodes percent signs, and a plus sign stands for itself here.
            let pair = format!("x={}", part.replace('+', "%2B"));
            url::form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let credentials = url
            .password()
            .map(|password| Credentials::new(decode(url.username()), decode(password)));
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self {
            port: url.port().unwrap_or(port),
            from: from.trim().parse().map_err(|_| SmtpConfigError::From)?,
            host,
            security,
            credentials,
            hello,
        })
    }

    /// Who writes.
    pub(super) const fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Comes so far that only the text has to be given: whatever fails until then has sent nothing.
    pub(super) async fn introduce(&self, to: &Address, text: &[u8]) -> Result<Introduced, Trouble> {
        within(GREETING, self.introduce_slowly(to, text))
            .await
            .unwrap_or_else(|| {
                Err(Trouble::Later(
                    "The mail server did not answer in time.".to_owned(),
                ))
            })
    }

    async fn introduce_slowly(&self, to: &Address, text: &[u8]) -> Result<Introduced, Trouble> {
        // What goes wrong before the mail is named has to do with the server, not with the mail.
        let mut connection = self.connect().await.map_err(|error| later(&error))?;
        let mut options = Vec::new();
        let info = connection.server_info();
        if !to.to_string().is_ascii() {
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble::Never(
                    "The mail server does not take addresses with such letters.".to_owned(),
                ));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        if !text.is_ascii() && info.supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let from = self.from.email.clone();
        connection
            .command(Mail::new(Some(from), options))
            .await
            .map_err(|error| about_the_mail(&error))?;
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|error| about_the_mail(&error))?;
        Ok(Introduced { connection })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let at_once = match &self.security {
            Security::Tls(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, at_once, None).await?;
        if let Security::StartTls {
            required,
            parameters,
        } = &self.security
            && (*required || connection.can_starttls())
        {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// A mail server that waits for the text.
pub(super) struct Introduced {
    connection: AsyncSmtpConnection,
}

impl Introduced {
    /// Gives the text.
    pub async fn give(mut self, text: &[u8]) -> Result<(), Trouble> {
        let given = within(DECISION, self.give_slowly(text)).await;
        let result = given.unwrap_or_else(|| {
            Err(Trouble::Unknown(
                "The mail server was given the mail and did not say in time whether it took it."
                    .to_owned(),
            ))
        });
        if result.is_ok() {
            // It has taken the mail; how the conversation ends does not matter.
            let _ = within(Duration::from_secs(5), self.connection.quit()).await;
        }
        result
    }

    async fn give_slowly(&mut self, text: &[u8]) -> Result<(), Trouble> {
        // Before it says "go ahead" nothing of the text has left.
        self.connection
            .command(Data)
            .await
            .map_err(|error| about_the_mail(&error))?;
        match self.connection.message(text).await {
            Ok(_) => Ok(()),
            Err(error) if error.status().is_some() => Err(about_the_mail(&error)),
            Err(error) => Err(Trouble::Unknown(format!(
                "The mail server was given the mail, and then the connection was lost ({}).",
                words(&error)
            ))),
        }
    }

    /// Leaves without giving anything.
    pub async fn leave(mut self) {
        let _ = within(Duration::from_secs(5), self.connection.quit()).await;
    }
}

fn parameters(host: &str, trusted: Option<&[u8]>) -> Result<TlsParameters, SmtpConfigError> {
    let wrong = |error: Error| SmtpConfigError::Certificates(error.to_string());
    let mut builder = TlsParametersBuilder::new(host.to_owned());
    if let Some(pem) = trusted {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
    }
    builder.build_rustls().map_err(wrong)
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}

fn later(error: &Error) -> Trouble {
    Trouble::Later(format!("{}.", words(error)))
}

/// What the server says once the mail is named: 5xx is meant for good.
fn about_the_mail(error: &Error) -> Trouble {
    let words = format!("{}.", words(error));
    if error.is_permanent() {
        Trouble::Never(words)
    } else {
        Trouble::Later(words)
    }
}

/// What went wrong, in the server's own words where there are any.
fn words(error: &Error) -> String {
    let said = match (
        error.status(),
        std::error::Error::source(error).map(ToString::to_string),
    ) {
        (Some(code), Some(said)) => format!("The mail server said: {code} {said}"),
        (Some(code), None) => format!("The mail server said: {code}"),
        (None, Some(cause)) => format!("The mail server could not be reached: {cause}"),
        (None, None) => error.to_string(),
    };
    let short: String = said
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(WORDS)
        .collect();
    short.trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Security, Smtp};

    const FROM: &str = "AutoPost <desk@agency.example>";

    fn read(address: &str) -> Option<Smtp> {
        Smtp::new(&address.into(), FROM, None).ok()
    }

    #[test]
    fn an_address_says_how_a_mail_server_is_reached() {
        let plain = read("smtp://localhost").expect("plain");
        assert!(matches!(plain.security, Security::Plain) && plain.port == 25);
        let tls = read("smtps://u%40x:p%2Bq+r@mail.example").expect("TLS");
        assert!(matches!(tls.security, Security::Tls(_)) && tls.port == 465);
        let expected = lettre::transport::smtp::authentication::Credentials::new(
            "u@x".to_owned(),
            "p+q+r".to_owned(),
        );
        assert_eq!(tls.credentials, Some(expected));
        for (how, is_required) in [("required", true), ("opportunistic", false)] {
            let smtp = read(&format!("smtp://mail.example:2525?tls={how}")).expect("STARTTLS");
            assert_eq!(smtp.port, 2525);
            assert!(matches!(
                smtp.security,
                Security::StartTls { required, .. } if required == is_required
            ));
        }
        for wrong in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://mail.example?tls=maybe",
            "smtps://",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
        let nobody = Smtp::new(&"smtp://localhost".into(), "nobody", None);
        assert!(nobody.is_err());
    }

    #[test]
    fn a_mail_server_is_shown_without_its_password() {
        let smtp = read("smtp://user:sesame@localhost").expect("a server");
        assert!(!format!("{smtp:?}").contains("sesame"));
    }
}
