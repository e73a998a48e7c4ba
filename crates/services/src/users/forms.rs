//! What people write into forms about themselves, and about others.

use secrecy::{ExposeSecret, SecretString};

use crate::{ServiceError, ServiceResult};

const SHORTEST_PASSWORD: usize = 10;
/// Hashing takes as long as the text is; nobody's password is longer.
const LONGEST_PASSWORD: usize = 1024;

/// An address, without the blanks around it.
pub(crate) fn email(email: &str) -> ServiceResult<&str> {
    let email = email.trim();
    let looks_like_mail = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !email.contains(|c: char| c.is_whitespace() || c.is_control())
            && email.len() <= 254
    });
    if looks_like_mail {
        Ok(email)
    } else {
        Err(ServiceError::Invalid(format!(
            "“{email}” is not an email address."
        )))
    }
}

/// A person's name, without the blanks around it.
pub(crate) fn name(name: &str) -> ServiceResult<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
        return Err(ServiceError::Invalid(
            "Give a name of 1 to 100 characters.".to_owned(),
        ));
    }
    Ok(name)
}

/// Whether a password will do.
pub(crate) fn password(password: &SecretString) -> ServiceResult<()> {
    let password = password.expose_secret();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(ServiceError::Invalid(format!(
            "Use a password of at least {SHORTEST_PASSWORD} characters."
        )));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(ServiceError::Invalid(
            "This password is too long to be typed again. Use a shorter one.".to_owned(),
        ));
    }
    Ok(())
}
