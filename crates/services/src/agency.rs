//! What is set for the agency itself.

use db::AsyncConnection;
use db::models::agency;
use domain::Permission;
use domain::audit::AuditAction;
use serde_json::json;

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::agency::AgencySettings;

/// The longest name, in letters.
const NAME: usize = 80;

impl Services {
    /// What is set for the agency.
    ///
    /// # Errors
    /// For anybody but owners, or when the database cannot be reached.
    pub async fn agency_settings(&self, actor: &Actor) -> ServiceResult<AgencySettings> {
        actor.require(Permission::ManageAgency)?;
        Ok(agency::settings(&mut *self.conn().await?).await?)
    }

    /// Sets the agency's name, whom failures are told besides the team (empty for nobody), and its colour
    /// (empty for ours).
    ///
    /// # Errors
    /// When one of them will not do; for anybody but owners.
    pub async fn set_agency_settings(
        &self,
        actor: &Actor,
        name: &str,
        failure_email: &str,
        brand_color: &str,
    ) -> ServiceResult<()> {
        actor.require(Permission::ManageAgency)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME || name.contains(char::is_control) {
            return Err(ServiceError::Invalid(format!(
                "The name has to be 1 to {NAME} letters long."
            )));
        }
        let new = AgencySettings {
            name: name.to_owned(),
            failure_email: contact(failure_email)?,
            brand_color: color(brand_color)?,
        };
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let old = agency::settings(conn).await?;
            if old == new {
                return Ok(());
            }
            agency::set_settings(conn, &new).await?;
            let entry = Entry::of(AuditAction::AgencyChanged)
                .before(facts(&old))
                .after(facts(&new));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }
}

/// The address of a contact; `None` when nothing was written.
pub(crate) fn contact(typed: &str) -> ServiceResult<Option<String>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    if typed.parse::<lettre::Address>().is_err() {
        return Err(ServiceError::Invalid(
            "The contact is no mail address. Write it like name@example.com, or leave it empty."
                .to_owned(),
        ));
    }
    Ok(Some(typed.to_owned()))
}

/// A colour; `None` when nothing was written.
pub(crate) fn color(typed: &str) -> ServiceResult<Option<String>> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Ok(None);
    }
    let digits = typed.strip_prefix('#').unwrap_or(&typed);
    let fits = digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    if !fits {
        return Err(ServiceError::Invalid(
            "The colour has to be written like #1f4a44, or left empty.".to_owned(),
        ));
    }
    Ok(Some(format!("#{digits}")))
}

fn facts(settings: &AgencySettings) -> serde_json::Value {
    json!({
        "name": settings.name,
        "failure_email": settings.failure_email,
        "brand_color": settings.brand_color,
    })
}

#[cfg(test)]
mod tests {
    use super::{color, contact};

    #[test]
    fn what_is_left_empty_is_nothing_and_what_is_wrong_is_refused() {
        assert_eq!(color("").expect("nothing"), None);
        assert_eq!(
            color("1F4A44").expect("a colour").as_deref(),
            Some("#1f4a44")
        );
        assert!(color("red").is_err() && color("#12345").is_err());
        assert_eq!(contact(" ").expect("nothing"), None);
        assert_eq!(
            contact(" boss@agency.test ")
                .expect("an address")
                .as_deref(),
            Some("boss@agency.test")
        );
        assert!(contact("boss").is_err() && contact("a@b\r\nBcc: c@d").is_err());
    }
}
