//! How accounts are connected, and what calls are made with.

use secrecy::SecretString;

/// How an account can be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the platform's own consent page.
    Redirect,
    /// The same, but the handle has to be known first, because it says which server to go to.
    RedirectWithHandle,
    /// By the handle and a password that the person made for AutoPost alone.
    AppPassword,
}

/// Where to send the browser so that a person can grant access, and what must be kept until they return.
pub struct Authorization {
    /// The platform's own page, with everything it needs in the query.
    pub url: url::Url,
    /// What [`Connector::exchange`] needs again: kept sealed until the person returns, and read by
    /// nobody but the connector.
    pub private: Option<SecretString>,
}

/// What the platform's consent page sent the browser back with.
#[derive(Clone, Copy)]
pub struct Consent<'a> {
    /// The code to trade for tokens.
    pub code: &'a str,
    /// Who sent it back, where the platform says (RFC 9207).
    pub iss: Option<&'a str>,
    /// What we sent along; the caller has made sure that it is ours.
    pub state: &'a str,
}

/// Tokens as a platform handed them out. Plaintext: seal before storing, never log.
pub struct TokenSet {
    /// Used on every call.
    pub access_token: SecretString,
    /// Seconds from now until the access token ends.
    pub expires_in: u64,
    /// Used to renew; `None` when the reply carried none (or an empty one), which must never overwrite
    /// a stored one.
    pub refresh_token: Option<SecretString>,
    /// Seconds from now until the refresh token ends, where the platform says.
    pub refresh_expires_in: Option<u64>,
    /// The scopes that the person really granted.
    pub scopes: Vec<String>,
    /// The account's id within our app, where the reply names it.
    pub platform_user_id: Option<String>,
    /// Whatever else the platform's session needs, read by nobody but the connector; `None` never
    /// overwrites a stored one.
    pub session: Option<SecretString>,
}

impl TokenSet {
    /// What calls are made with.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access {
            access_token: &self.access_token,
            platform_user_id: self.platform_user_id.as_deref().unwrap_or_default(),
            session: self.session.as_ref(),
        }
    }
}

/// What calls for an account are made with.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The account's access token.
    pub access_token: &'a SecretString,
    /// The account's id within our app; empty while it is not known.
    pub platform_user_id: &'a str,
    /// Whatever else the platform's session needs.
    pub session: Option<&'a SecretString>,
}

/// What an account's tokens are renewed with.
#[derive(Clone, Copy)]
pub struct Renewal<'a> {
    /// The refresh token.
    pub refresh_token: &'a SecretString,
    /// The account's id within our app.
    pub platform_user_id: &'a str,
    /// Whatever else the platform's session needs.
    pub session: Option<&'a SecretString>,
}

/// What is shown of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The account's id within our app.
    pub platform_user_id: String,
    /// The display name.
    pub nickname: String,
    /// The handle without `@`; `None` when the granted scopes do not show it.
    pub handle: Option<String>,
    /// Where the avatar can be copied from, for a short while.
    pub avatar_url: Option<String>,
}
