//! How people wish to be told.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::UserId;
use domain::notice::NoticeKind;

use crate::schema::notice_preferences;
use crate::{Connection, DbResult};

/// What a person wishes, where that differs from the defaults: kind, in the application, by mail.
///
/// # Errors
/// When the query fails.
pub async fn wishes(conn: &mut Connection, user: UserId) -> DbResult<Vec<(String, bool, bool)>> {
    Ok(notice_preferences::table
        .filter(notice_preferences::user_id.eq(user.0))
        .select((
            notice_preferences::kind,
            notice_preferences::in_app,
            notice_preferences::by_mail,
        ))
        .load(conn)
        .await?)
}

/// Writes what a person wishes about these kinds.
///
/// # Errors
/// When the query fails.
pub async fn set_wishes(
    conn: &mut Connection,
    user: UserId,
    wishes: &[(NoticeKind, bool, bool)],
) -> DbResult<()> {
    diesel::delete(notice_preferences::table.filter(notice_preferences::user_id.eq(user.0)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = wishes
        .iter()
        .map(|(kind, in_app, by_mail)| {
            (
                notice_preferences::user_id.eq(user.0),
                notice_preferences::kind.eq(kind.as_str()),
                notice_preferences::in_app.eq(in_app),
                notice_preferences::by_mail.eq(by_mail),
            )
        })
        .collect();
    diesel::insert_into(notice_preferences::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
