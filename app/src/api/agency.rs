//! What is set for the agency itself.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What is set for the agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyData {
    /// Its name.
    pub name: String,
    /// Who is told of failures besides the team; empty for nobody.
    pub failure_email: String,
    /// "#1f4a44"; empty for ours.
    pub brand_color: String,
}

/// What is set for the agency.
///
/// # Errors
/// For anybody but owners.
#[server(ReadAgencySettings, endpoint = "agency_settings")]
pub async fn agency_settings() -> Result<AgencyData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let settings = services
        .agency_settings(&actor)
        .await
        .map_err(ssr::refuse)?;
    Ok(AgencyData {
        name: settings.name,
        failure_email: settings.failure_email.unwrap_or_default(),
        brand_color: settings.brand_color.unwrap_or_default(),
    })
}

/// Sets it. Works as a plain form.
///
/// # Errors
/// When a value will not do; for anybody but owners.
#[server(SaveAgencySettings, endpoint = "save_agency_settings")]
pub async fn save_agency_settings(
    name: String,
    #[server(default)] failure_email: String,
    #[server(default)] brand_color: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .set_agency_settings(&actor, &name, &failure_email, &brand_color)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/settings?saved=1");
    Ok(())
}
