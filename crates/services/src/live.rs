//! What has changed since somebody last looked: one look for all the pages that a server keeps up to date.

use std::collections::{HashMap, HashSet};

use db::models::{event, notice};
use domain::{ClientId, UserId};

use crate::{ServiceResult, Services};

/// How many looks it takes until what is old is looked at no more. A transaction that is open for longer than so
/// many looks can come into sight unnoticed; pages that look for themselves once in a while still find it.
const KEPT: u32 = 30;

/// What was seen so far.
#[derive(Debug)]
pub struct Watch {
    /// Events with this id and lower ones are looked at no more.
    floor: i64,
    /// The floor to come.
    mark: i64,
    /// The newest event that was seen.
    newest: i64,
    /// How many events above the floor each client had. Ids are given out before their transactions end, so one
    /// may come into sight after a higher one: it is counted, and not only the newest compared.
    counts: HashMap<ClientId, i64>,
    looks: u32,
    /// The newest notice that was seen.
    told: i64,
}

/// What has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Of these clients something.
    pub clients: HashSet<ClientId>,
    /// These people were told something.
    pub users: HashSet<UserId>,
}

impl News {
    /// Whether nothing has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty() && self.users.is_empty()
    }
}

impl Services {
    /// Begins to watch: what is there by now is no news.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin_watch(&self) -> ServiceResult<Watch> {
        let mut conn = self.conn().await?;
        let newest = event::newest(&mut conn).await?;
        Ok(Watch {
            floor: newest,
            mark: newest,
            newest,
            counts: HashMap::new(),
            looks: 0,
            told: notice::newest(&mut conn).await?,
        })
    }

    /// What has changed since the last look of this watch.
    ///
    /// # Errors
    /// When the database cannot be reached; the next look finds the same.
    pub async fn look_for_news(&self, watch: &mut Watch) -> ServiceResult<News> {
        let mut conn = self.conn().await?;
        let events = event::since(&mut conn, watch.floor, watch.mark).await?;
        let told = notice::told_since(&mut conn, watch.told).await?;
        let mut news = News::default();
        let moves_on = watch.looks + 1 >= KEPT;
        let mut counts = HashMap::with_capacity(events.len());
        for of in &events {
            if watch.counts.get(&of.client) != Some(&of.above_floor) {
                news.clients.insert(of.client);
            }
            watch.newest = watch.newest.max(of.newest);
            let kept = if moves_on {
                of.above_mark
            } else {
                of.above_floor
            };
            if kept > 0 {
                counts.insert(of.client, kept);
            }
        }
        watch.counts = counts;
        watch.looks += 1;
        if moves_on {
            watch.floor = watch.mark;
            watch.mark = watch.newest;
            watch.looks = 0;
        }
        for (user, newest) in told {
            news.users.insert(user);
            watch.told = watch.told.max(newest);
        }
        Ok(news)
    }
}
