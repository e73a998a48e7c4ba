//! Kills and stalls a worker at a chosen moment.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use domain::DeliveryId;
use services::publishing::{Hooks, Point};
use tokio::sync::Notify;

/// What happens at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The process is gone: nothing it meant to do happens any more.
    Kill,
    /// It stands still, and goes on later as if nothing had been.
    Stall,
}

/// An interruption that is armed for the n-th moment from now.
#[derive(Default)]
pub struct Interrupt {
    armed: Mutex<Option<(u32, Kind)>>,
    moments: AtomicU32,
    struck: AtomicBool,
    killed: AtomicBool,
    told: Notify,
    goes_on: Notify,
}

impl Interrupt {
    /// Arms it for the moment after `after` others.
    pub fn arm(&self, after: u32, kind: Kind) {
        self.moments.store(0, Ordering::SeqCst);
        *self.armed.lock().expect("the arm") = Some((after, kind));
    }

    /// Returns once it has struck.
    pub async fn struck(&self) {
        while !self.struck.load(Ordering::SeqCst) {
            self.told.notified().await;
        }
    }

    /// Whether it has struck and not been released.
    pub fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// Whether it was killed: then nothing it meant to do happens any more.
    pub fn was_killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }

    /// Disarms it, and lets a stalled worker go on.
    pub fn release(&self) {
        *self.armed.lock().expect("the arm") = None;
        if self.struck.swap(false, Ordering::SeqCst) {
            self.goes_on.notify_one();
        }
    }
}

#[async_trait]
impl Hooks for Interrupt {
    async fn at(&self, _: Point, _: DeliveryId) {
        let kind = {
            let mut armed = self.armed.lock().expect("the arm");
            match *armed {
                Some((after, kind)) if self.moments.fetch_add(1, Ordering::SeqCst) == after => {
                    *armed = None;
                    kind
                }
                _ => return,
            }
        };
        self.killed.store(kind == Kind::Kill, Ordering::SeqCst);
        self.struck.store(true, Ordering::SeqCst);
        self.told.notify_one();
        match kind {
            Kind::Kill => std::future::pending::<()>().await,
            Kind::Stall => self.goes_on.notified().await,
        }
    }
}
