//! Where a simulation can interrupt a worker, as a crash or a stall would.

use async_trait::async_trait;
use domain::DeliveryId;

/// A moment in the life of a claimed delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The platform is about to be called.
    BeforeStep,
    /// The platform has answered; nothing of it is written yet.
    AfterStep,
    /// What became of the step is about to be written.
    BeforeWrite,
    /// It is written.
    AfterWrite,
}

/// Called at every [`Point`]. One that never returns is a worker that hangs.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// The worker waits until this returns.
    async fn at(&self, point: Point, delivery: DeliveryId);
}
