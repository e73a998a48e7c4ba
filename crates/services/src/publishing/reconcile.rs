//! Outcome unknown: the platform is asked what became of it, and only what it says is not there is sent again.

use chrono::{DateTime, Duration, Utc};
use connectors::{ErrorKind, PlatformError, Reconciled};
use db::delivery_queue::Write;
use db::models::delivery;
use domain::history::Tone;
use domain::state::Transition;

use super::content::Ready;
use super::drive::{Drive, DriveError};

/// How long after losing track, and after each look that told nothing, the platform is asked again.
/// After the last it is left to a person.
const LOOKS: [Duration; 6] = [
    Duration::minutes(2),
    Duration::minutes(10),
    Duration::hours(1),
    Duration::hours(6),
    Duration::hours(18),
    Duration::hours(24),
];

impl Drive<'_> {
    /// Nobody can say whether it went out: it is asked about, and shown to staff.
    pub(super) async fn lose_track(
        &mut self,
        error: &PlatformError,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(Transition::LoseTrack),
            next_step_at: Some(Some(self.now() + LOOKS[0])),
            attempt_open: Some(true),
            retries: Some(0),
            bytes_sent: Some(None),
            last_problem: Some(Some(error.message.clone())),
            cancel_requested: Some(false),
            ..Write::default()
        };
        let event = self.event(
            "unknown",
            Tone::Bad,
            "Lost track".to_owned(),
            format!(
                "{} AutoPost asks the platform what became of it, and sends nothing again before that is known.",
                error.message
            ),
            error.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// Asks the platform what became of it.
    pub(super) async fn reconcile(&mut self, ready: &Ready) -> Result<(), DriveError> {
        let started = self.now();
        let mut found = self.ask(ready, None).await?;
        if let Err(error) = &found
            && error.kind == ErrorKind::RefreshToken
        {
            found = self.ask(ready, Some(started)).await?;
        }
        if let Ok(Reconciled::Found { id: Some(id), .. }) = &found
            && self.belongs_to_another(id).await?
        {
            // Two that say the same: what was found is the other one.
            found = Ok(Reconciled::StillUnknown);
        }
        let took = Some((self.now() - started).num_milliseconds());
        match found {
            Ok(Reconciled::Found { id, address }) => self.found(id, address, took).await,
            Ok(Reconciled::NotThere) => self.not_there(ready, None, took).await,
            Ok(Reconciled::Failed(why)) if why.kind == ErrorKind::Rejected => {
                self.refused(&why, took).await
            }
            Ok(Reconciled::Failed(why)) => self.not_there(ready, Some(&why), took).await,
            Ok(Reconciled::StillUnknown) => self.look_again(None).await,
            Err(error) => self.look_again(Some(&error)).await,
        }
    }

    async fn ask(
        &mut self,
        ready: &Ready,
        refused_at: Option<DateTime<Utc>>,
    ) -> Result<Result<Reconciled, PlatformError>, DriveError> {
        Ok(match self.renew_access(ready, refused_at).await? {
            Ok(()) => {
                let context = self.context(ready, true)?;
                self.connector
                    .reconcile(context, self.checkpoint.clone())
                    .await
            }
            Err(error) => Err(error),
        })
    }

    /// Whether a post of the platform is known to be what another delivery of this account became.
    async fn belongs_to_another(&self, platform_post_id: &str) -> Result<bool, DriveError> {
        let mut conn = self.services.conn().await?;
        let owner =
            delivery::of_platform_post(&mut conn, self.claim.account_id, platform_post_id).await?;
        Ok(owner.is_some_and(|owner| owner != self.claim.id))
    }

    async fn found(
        &mut self,
        id: Option<String>,
        address: Option<String>,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(Transition::Confirm),
            checkpoint: Some(None),
            next_step_at: Some(None),
            last_problem: Some(None),
            platform_post_id: id,
            post_url: address,
            published_at: Some(self.now()),
            ..Write::default()
        };
        let event = self.event(
            "found",
            Tone::Good,
            "Found it".to_owned(),
            "The platform was asked again, and it is there. It was posted once.".to_owned(),
            None,
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// The platform says that it is not out: then nothing is unknown any more, and it goes out from the
    /// beginning, within what the client allows.
    async fn not_there(
        &mut self,
        ready: &Ready,
        why: Option<&PlatformError>,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let asked = format!("{} was asked again: it was not posted.", ready.platform);
        let sentence = match why {
            Some(why) => format!("{asked} {}", why.message),
            None => asked,
        };
        let pause = why.and_then(|why| why.retry_after).unwrap_or_default();
        let again = self.now() + Duration::from_std(pause).unwrap_or(Duration::hours(24));
        let write = Write {
            state: self.after(Transition::NotThere),
            checkpoint: Some(None),
            next_step_at: Some(Some(again)),
            attempt_open: Some(false),
            retries: Some(0),
            bytes_sent: Some(None),
            last_problem: Some(Some(sentence.clone())),
            ..Write::default()
        };
        let event = self.event(
            "not_there",
            Tone::Warning,
            "Not posted: sent from the beginning".to_owned(),
            sentence,
            why.and_then(|why| why.platform_words.clone()),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// The platform says that it is not out, and would say so again.
    async fn refused(&mut self, why: &PlatformError, took: Option<i64>) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(Transition::GiveUp),
            checkpoint: Some(None),
            next_step_at: Some(None),
            attempt_open: Some(false),
            last_problem: Some(Some(why.message.clone())),
            ..Write::default()
        };
        let event = self.event(
            "failed",
            Tone::Bad,
            "Not published".to_owned(),
            why.message.clone(),
            why.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// The platform did not say; asked again later, and in the end left to a person.
    async fn look_again(&mut self, error: Option<&PlatformError>) -> Result<(), DriveError> {
        let looks = usize::try_from(self.retries).unwrap_or(0).saturating_add(1);
        let next = LOOKS.get(looks).map(|pause| self.now() + *pause);
        let write = Write {
            next_step_at: Some(next),
            checkpoint: next.is_none().then_some(None),
            retries: Some(self.retries.saturating_add(1)),
            ..Write::default()
        };
        let events: Vec<_> = next
            .is_none()
            .then(|| {
                self.event(
                    "unknown",
                    Tone::Bad,
                    "The platform does not say".to_owned(),
                    "Look at the profile, then say here whether it is there.".to_owned(),
                    error.and_then(|error| error.platform_words.clone()),
                    None,
                )
            })
            .into_iter()
            .collect();
        self.left_to_a_person = next.is_none();
        self.write_with(write.releasing(), &events).await
    }
}
