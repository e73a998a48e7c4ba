//! Connect links: one that was made, and what visitors see by one.

use chrono::{DateTime, Utc};
use domain::account::AccountStatus;
use domain::time::{local, local_label_with_year, zone, zone_place};
use services::accounts::account_name;
use services::clients::ClientView;
use services::connect_links::{ConnectLinkMade, ConnectVisit};
use services::{ServiceError, ServiceResult};

use super::time_with_place;
use crate::api::connect_links::{
    ConnectVisitData, MadeConnectLink, OpenConnectLink, VisitedAccount,
};

pub(in crate::api) fn made_connect_link(
    view: &ClientView,
    made: ConnectLinkMade,
) -> MadeConnectLink {
    MadeConnectLink {
        address: made.address.to_string(),
        ends_at: time_with_place(view, made.expires_at),
        mailed_to: made.mailed_to,
    }
}

pub(in crate::api) fn connect_visit(visit: ConnectVisit) -> ServiceResult<ConnectVisitData> {
    let open = visit.open.map(|open| {
        let zone = zone(&open.time_zone).map_err(ServiceError::internal)?;
        let time = |at: DateTime<Utc>| {
            format!(
                "{} {}",
                local_label_with_year(local(at, zone)),
                zone_place(zone)
            )
        };
        let accounts = open.accounts.into_iter().map(|account| VisitedAccount {
            name: account_name(account.handle.as_deref(), account.nickname.as_deref()),
            platform: account.platform,
            is_lost: account.status == AccountStatus::NeedsReconnecting,
            connected_at: time(account.connected_at),
            handle: account.handle,
        });
        Ok::<_, ServiceError>(OpenConnectLink {
            accounts: accounts.collect(),
            ends_at: time(open.expires_at),
            client_name: open.client_name,
            platforms: open.platforms,
        })
    });
    Ok(ConnectVisitData {
        agency: visit.agency,
        open: open.transpose()?,
    })
}
