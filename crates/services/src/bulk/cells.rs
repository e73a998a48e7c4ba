//! What stands in single cells: days, times, accounts, lists.

use chrono::{NaiveDate, NaiveTime};
use db::models::account::Account;
use domain::Platform;
use domain::time::Occurrence;

/// What stands behind a time that the clocks show twice: before they go back, and after they went back.
const FIRST: &str = "first";
const SECOND: &str = "second";

/// A day: as 2026-11-30 or 30.11.2026. What can be read in two ways is not guessed.
pub(super) fn day(cell: &str) -> Result<NaiveDate, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err("The date is missing. Write it as 2026-11-30.".to_owned());
    }
    let found = ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(cell, format).ok())
        .filter(|day| (2000..=2999).contains(&chrono::Datelike::year(day)));
    found.ok_or_else(|| {
        if cell.contains('/') {
            format!("“{cell}” can be read in two ways. Write the date as 2026-11-30.")
        } else {
            format!("“{cell}” is no date. Write it as 2026-11-30.")
        }
    })
}

/// A time on the wall: 9:05, 09:05, 09:05:00 or 9:05 pm; behind it "first" or "second", where the clocks show it
/// twice.
pub(super) fn time(cell: &str) -> Result<(NaiveTime, Option<Occurrence>), String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err("The time is missing. Write it as 09:05.".to_owned());
    }
    let last = cell.rsplit_once(char::is_whitespace);
    let (clock, which) = match last.map(|(clock, word)| (clock.trim_end(), word.to_lowercase())) {
        Some((clock, word)) if word == FIRST => (clock, Some(Occurrence::First)),
        Some((clock, word)) if word == SECOND => (clock, Some(Occurrence::Second)),
        _ => (cell, None),
    };
    ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())
        .map(|time| (time, which))
        .ok_or_else(|| format!("“{cell}” is no time. Write it as 09:05."))
}

/// The same as it is written into a file.
pub(super) fn time_cell(time: NaiveTime, which: Option<Occurrence>) -> String {
    let clock = time.format("%H:%M");
    match which {
        None => clock.to_string(),
        Some(Occurrence::First) => format!("{clock} {FIRST}"),
        Some(Occurrence::Second) => format!("{clock} {SECOND}"),
    }
}

/// How an account is called in a file: no spreadsheet reads it as a formula.
pub(super) fn account_cell(account: &Account) -> Option<String> {
    Some(format!(
        "{}:{}",
        account.platform.as_str(),
        called(account)?
    ))
}

/// The account's handle, or its nickname where it has none, in one word.
fn called(account: &Account) -> Option<String> {
    let name = account.handle.as_ref().or(account.nickname.as_ref())?;
    Some(name.split_whitespace().collect::<Vec<_>>().join("_"))
}

/// The accounts that a cell names, by handle, each once.
pub(super) fn accounts<'a>(cell: &str, among: &'a [Account]) -> Result<Vec<&'a Account>, String> {
    let mut found: Vec<&Account> = Vec::new();
    for word in cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|')) {
        let word = word.trim_start_matches('@');
        if word.is_empty() {
            continue;
        }
        let account = one_account(word, among)?;
        if !found.iter().any(|one| one.id == account.id) {
            found.push(account);
        }
    }
    Ok(found)
}

fn one_account<'a>(word: &str, among: &'a [Account]) -> Result<&'a Account, String> {
    let (platform, handle) = match word.split_once(':') {
        Some((platform, handle)) => {
            let platform: Platform = platform.to_lowercase().parse().map_err(|_| {
                format!("“{word}” names no account. Write a handle, or a platform and a handle, such as tiktok:kestrelcoffee.")
            })?;
            (Some(platform), handle.trim_start_matches('@'))
        }
        None => (None, word),
    };
    let fits = |account: &&Account| {
        platform.is_none_or(|platform| account.platform == platform)
            && called(account).is_some_and(|name| name.to_lowercase() == handle.to_lowercase())
    };
    let found: Vec<&Account> = among.iter().filter(fits).collect();
    match found[..] {
        [account] => Ok(account),
        [] => Err(format!(
            "This client has no account “{handle}”. Look how it is called on the accounts page, or connect it."
        )),
        [first, ..] => Err(format!(
            "“{handle}” is an account on several platforms. Write {}:{handle}.",
            first.platform.as_str()
        )),
    }
}

/// What a cell lists, parted by any of these.
pub(super) fn list(cell: &str, parted_by: &[char]) -> Vec<String> {
    cell.split(|c: char| parted_by.contains(&c) || c == '\n')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use db::models::account::Account;
    use domain::account::AccountStatus;
    use domain::time::Occurrence;
    use domain::{AccountId, ClientId, Platform};

    use super::{account_cell, accounts, day, list, time, time_cell};

    fn account(platform: Platform, handle: Option<&str>, nickname: &str) -> Account {
        Account {
            id: AccountId::generate(),
            client_id: ClientId::generate(),
            platform,
            status: AccountStatus::Working,
            status_reason: None,
            nickname: Some(nickname.to_owned()),
            handle: handle.map(str::to_owned),
            avatar_key: None,
            connected_at: DateTime::UNIX_EPOCH,
            disconnected_at: None,
            paused_at: None,
            paused_by: None,
        }
    }

    #[test]
    fn days_and_times_are_read_as_spreadsheets_write_them() {
        for cell in ["2026-11-02", " 02.11.2026 ", "2.11.2026"] {
            assert_eq!(day(cell).expect("a day").to_string(), "2026-11-02");
        }
        for (cell, why) in [
            ("03/04/2026", "two ways"),
            ("2026-02-30", "no date"),
            ("26-11-02", "no date"),
            ("", "missing"),
        ] {
            let refused = day(cell).expect_err("refused");
            assert!(refused.contains(why), "{refused}");
        }
        for (cell, read) in [
            ("9:05", "09:05:00"),
            ("09:05:00", "09:05:00"),
            ("9:05 pm", "21:05:00"),
            ("9:05PM", "21:05:00"),
        ] {
            let (clock, which) = time(cell).expect("a time");
            assert_eq!((clock.to_string().as_str(), which), (read, None));
        }
        for (cell, meant) in [
            ("01:30 first", Occurrence::First),
            ("1:30 AM  Second", Occurrence::Second),
        ] {
            let (clock, which) = time(cell).expect("a time");
            assert_eq!(which, Some(meant), "{cell}");
            let written = time_cell(clock, which);
            assert_eq!(time(&written), Ok((clock, which)), "{written}");
        }
        for cell in ["25:00", "9", "noon", "", "first", "01:30 third"] {
            assert!(time(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn accounts_are_named_by_handle_and_what_is_in_doubt_is_asked() {
        let among = [
            account(Platform::TikTok, Some("kestrel"), "Kestrel"),
            account(Platform::Bluesky, Some("kestrel"), "Kestrel"),
            account(Platform::Bluesky, Some("kestrel.bsky.test"), "Kestrel"),
            account(Platform::TikTok, None, "Kestrel Roasters"),
        ];
        let found = accounts("@Kestrel.bsky.test, tiktok:@kestrel tiktok:KESTREL", &among);
        let ids: Vec<_> = found.expect("accounts").iter().map(|one| one.id).collect();
        assert_eq!(ids, [among[2].id, among[0].id]);
        let cells: Vec<String> = among.iter().filter_map(account_cell).collect();
        for (cell, account) in cells.iter().zip(&among) {
            assert_eq!(accounts(cell, &among).expect("itself")[0].id, account.id);
        }
        for (cell, why) in [
            ("kestrel", "several platforms. Write tiktok:kestrel."),
            ("nobody", "no account “nobody”"),
            ("friendster:kestrel", "names no account"),
        ] {
            let refused = accounts(cell, &among).expect_err("refused");
            assert!(refused.contains(why), "{refused}");
        }
        assert!(accounts(" ", &among).expect("none").is_empty());
    }

    #[test]
    fn lists_are_parted_and_tidied() {
        assert_eq!(list(" a.jpg | b c.jpg |\n", &['|']), ["a.jpg", "b c.jpg"]);
        assert_eq!(list("autumn; reel,", &[',', ';']), ["autumn", "reel"]);
    }
}
