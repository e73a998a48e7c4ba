//! One seed: some posts, two workers, and whatever the seed makes go wrong; then everything is mended,
//! and the feed is compared with what was asked.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::{ClientId, DeliveryState, Platform, PostId};
use emulator::tiktok::{Fault, LagAnswer, Rotation, TokenErrors};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use services::controls::PauseScope;
use services::posts::Intent;
use services::publishing::Publisher;

use crate::interrupt::{Interrupt, Kind};
use crate::verdict::Tally;
use crate::world::{self, World};

/// How often the seed decides what happens next.
const TURNS: u32 = 40;
/// After everything is mended, so many looks at the queue must settle all of it.
const LOOKS: u32 = 400;

/// What was asked.
struct Asked {
    client: ClientId,
    post: PostId,
    caption: String,
}

/// A process that publishes.
struct Worker {
    publisher: Publisher,
    interrupt: Arc<Interrupt>,
}

struct Run<'a> {
    world: &'a World,
    random: StdRng,
    seed: u64,
    tells: bool,
    workers: Vec<Worker>,
    born: u32,
    /// Workers that stand still, and go on later.
    stalled: Vec<Worker>,
    /// Whether the database refuses at the moment.
    refusing: bool,
}

/// Runs a seed and says what became of it.
pub async fn run(world: &mut World, seed: u64, tells: bool) -> Tally {
    let mut random = StdRng::seed_from_u64(seed);
    let chance = (0..512).map(|_| random.random::<f64>()).collect();
    world.desk.clock.set_chance(chance);
    world.reset();
    choose_platform(world, &mut random);
    world.connect().await;
    let mut run = Run {
        world,
        random,
        seed,
        tells,
        workers: Vec::new(),
        born: 0,
        stalled: Vec::new(),
        refusing: false,
    };
    let asked = run.ask().await;
    for _ in 0..2 {
        let worker = run.worker();
        run.workers.push(worker);
    }
    for _ in 0..TURNS {
        run.turn().await;
    }
    run.mend().await;
    let tally = run.compare(&asked).await;
    world.desk.forget_queue().await;
    tally
}

/// How this seed's platform behaves.
fn choose_platform(world: &World, random: &mut StdRng) {
    let mut one_of = |choices: &[u64]| {
        let index = random.random_range(0..choices.len());
        std::time::Duration::from_secs(choices[index])
    };
    let processing = one_of(&[0, 2, 30, 600]);
    let status_lag = one_of(&[0, 1, 20]);
    let access_ttl = one_of(&[90, 7200, 86_400]);
    let moderation = one_of(&[0, 5, 3600]);
    let strict = random.random_bool(0.5);
    let (by_code, by_status) = (random.random_bool(0.5), random.random_bool(0.5));
    world.desk.emulator.tiktok().configure(|tiktok| {
        tiktok.processing = processing;
        tiktok.status_lag = status_lag;
        tiktok.access_ttl = access_ttl;
        tiktok.moderation = Some(moderation);
        tiktok.rotation = if strict {
            Rotation::Strict
        } else {
            Rotation::Lax
        };
        tiktok.lag_answer = if by_code {
            LagAnswer::Code
        } else {
            LagAnswer::Message
        };
        tiktok.token_errors = if by_status {
            TokenErrors::Always(400)
        } else {
            TokenErrors::Always(200)
        };
    });
}

impl Run<'_> {
    fn tell(&self, what: impl FnOnce() -> String) {
        if self.tells {
            eprintln!(
                "{}  {}",
                self.world.desk.now().format("%H:%M:%S%.3f"),
                what()
            );
        }
    }

    /// Schedules some posts within the next minutes.
    async fn ask(&mut self) -> Vec<Asked> {
        let mut asked = Vec::new();
        let desk = &self.world.desk;
        for (index, place) in self.world.places.iter().enumerate() {
            for number in 0..self.random.random_range(1..=2) {
                let account = place.account.expect("connected");
                let caption = format!("seed {} client {index} post {number}", self.seed);
                let mut input = desk.input(account, place.asset, &caption);
                if place.platform == Platform::Bluesky {
                    let options = PlatformOptions::Bluesky(BlueskyOptions::default());
                    input.targets[0].options = options;
                }
                let minutes = Duration::minutes(self.random.random_range(1..=5));
                let wall = desk.now() + minutes;
                input.local_time = wall.naive_utc();
                let post = desk
                    .services
                    .save_post(&desk.owner, place.client, input, Intent::Schedule)
                    .await
                    .expect("scheduled");
                asked.push(Asked {
                    client: place.client,
                    post,
                    caption,
                });
            }
        }
        asked
    }

    /// A new process.
    fn worker(&mut self) -> Worker {
        self.born += 1;
        let interrupt = Arc::new(Interrupt::default());
        let name = format!("seed-{}-worker-{}", self.seed, self.born);
        // One at a time, so that what happens follows from the seed alone.
        let publisher = Publisher::new(self.world.desk.services.clone(), &name, 1)
            .with_hooks(Arc::clone(&interrupt) as _);
        Worker {
            publisher,
            interrupt,
        }
    }

    /// Whatever the seed makes happen next.
    async fn turn(&mut self) {
        match self.random.random_range(0..100) {
            0..45 => self.tick().await,
            45..60 => self.pass_time().await,
            60..72 => self.add_fault(),
            72..76 => self.add_fault_of_bluesky(),
            76..86 => self.arm(),
            86..89 => self.lose_tokens(),
            89..91 => self.jump(),
            91..93 => self.refuse().await,
            93..95 => self.pause().await,
            95..97 => self.look_ahead().await,
            _ => self.wake_stalled().await,
        }
    }

    async fn tick(&mut self) {
        let index = self.random.random_range(0..self.workers.len());
        let worker = &self.workers[index];
        let ticked = worker.publisher.tick().await;
        self.tell(|| format!("worker {index} looks: {:?}", ticked.as_ref().ok()));
        if ticked.is_err() {
            return;
        }
        tokio::select! {
            biased;
            () = worker.publisher.settle() => {}
            () = worker.interrupt.struck() => {}
        }
        if worker.interrupt.has_struck() {
            let new = self.worker();
            let old = std::mem::replace(&mut self.workers[index], new);
            // The interruption knows which it is: one that was killed never goes on.
            self.tell(|| format!("worker {index} is interrupted"));
            self.stalled.push(old);
        }
    }

    /// To the next minute that something is due, or a little.
    async fn pass_time(&mut self) {
        let desk = &self.world.desk;
        let mut by = Duration::seconds(self.random.random_range(1..20));
        if self.random.random_bool(0.6)
            && let Ok(mut conn) = desk.services.conn().await
            && let Ok(Some(next)) =
                db::delivery_queue::next_due(&mut conn, DateTime::<Utc>::UNIX_EPOCH).await
        {
            by = (next - desk.now()).max(Duration::zero()) + Duration::milliseconds(1);
        }
        desk.advance(by);
        self.tell(|| format!("{} s pass", by.num_seconds()));
    }

    fn add_fault(&mut self) {
        const ENDPOINTS: [&str; 5] = [
            "creator_info/query",
            "video/init",
            "upload",
            "status/fetch",
            "oauth/token",
        ];
        let endpoint = ENDPOINTS[self.random.random_range(0..ENDPOINTS.len())];
        let mut fault = Fault {
            skip: self.random.random_range(0..2),
            times: self.random.random_range(1..4),
            ..Fault::on(endpoint)
        };
        match self.random.random_range(0..9) {
            6 => fault.duplicate = true,
            7 => {
                fault.duplicate = true;
                fault.late = self.random.random_range(1..12);
            }
            8 => {
                // It arrives after somebody has given up and done something else.
                fault.status = Some(504);
                fault.body = Some("<h1>Gateway Timeout</h1>".to_owned());
                fault.late = self.random.random_range(1..12);
            }
            0 => {
                fault.drop = true;
                fault.after_work = Some(true);
            }
            1 => {
                fault.drop = true;
                fault.after_work = Some(false);
            }
            2 => fault.status = Some(500),
            3 => {
                fault.status = Some(503);
                fault.body = Some("<h1>Service Unavailable</h1>".to_owned());
            }
            4 => {
                // The answer comes so late that somebody in between has given up.
                fault.status = Some(504);
                fault.body = Some("<h1>Gateway Timeout</h1>".to_owned());
                fault.after_work = Some(true);
            }
            _ if endpoint == "upload" => fault.status = Some(500),
            _ => {
                fault.status = Some(429);
                fault.code = Some("rate_limit_exceeded".to_owned());
            }
        }
        self.tell(|| format!("fault: {fault:?}"));
        self.world.desk.emulator.tiktok().fault(fault);
    }

    fn add_fault_of_bluesky(&mut self) {
        const ENDPOINTS: [&str; 4] = [
            "com.atproto.repo.uploadBlob",
            "com.atproto.repo.putRecord",
            "com.atproto.repo.getRecord",
            "com.atproto.server.refreshSession",
        ];
        let endpoint = ENDPOINTS[self.random.random_range(0..ENDPOINTS.len())];
        let mut fault = emulator::bluesky::Fault {
            skip: self.random.random_range(0..2),
            times: self.random.random_range(1..4),
            ..emulator::bluesky::Fault::on(endpoint)
        };
        match self.random.random_range(0..5) {
            0 => {
                fault.drop = true;
                fault.after_work = Some(true);
            }
            1 => {
                fault.drop = true;
                fault.after_work = Some(false);
            }
            2 => fault.status = Some(502),
            3 => {
                fault.status = Some(504);
                fault.body = Some("<h1>Gateway Timeout</h1>".to_owned());
                fault.after_work = Some(true);
            }
            _ => {
                fault.status = Some(429);
                fault.error = Some("RateLimitExceeded".to_owned());
            }
        }
        self.tell(|| format!("fault: {fault:?}"));
        self.world.desk.emulator.bluesky().fault(fault);
    }

    fn arm(&mut self) {
        let index = self.random.random_range(0..self.workers.len());
        let after = self.random.random_range(0..16);
        let kind = if self.random.random_bool(0.6) {
            Kind::Kill
        } else {
            Kind::Stall
        };
        self.tell(|| format!("worker {index}: {kind:?} after {after} moments"));
        self.workers[index].interrupt.arm(after, kind);
    }

    fn lose_tokens(&mut self) {
        let place = &self.world.places[self.random.random_range(0..self.world.places.len())];
        let emulator = &self.world.desk.emulator;
        let ends = self.random.random_bool(0.7);
        let name = &place.username;
        match (place.platform, ends) {
            (Platform::TikTok, true) => emulator.tiktok().expire_access_tokens(name),
            (Platform::TikTok, false) => emulator.tiktok().revoke(name),
            (Platform::Bluesky, true) => emulator.bluesky().expire_access_tokens(name),
            (Platform::Bluesky, false) => emulator.bluesky().revoke(name),
        };
        self.tell(|| match ends {
            true => format!("{name}: the access tokens end"),
            false => format!("{name}: access is taken away"),
        });
    }

    /// Our clock jumps, the platform's does not.
    fn jump(&mut self) {
        let by = Duration::seconds(self.random.random_range(-90..240));
        self.world.desk.clock.advance(by);
        self.tell(|| format!("our clock jumps by {} s", by.num_seconds()));
    }

    async fn refuse(&mut self) {
        if self.refusing {
            self.world.desk.database.accept().await;
        } else {
            self.world.desk.database.refuse().await;
        }
        self.refusing = !self.refusing;
        self.tell(|| format!("the database refuses: {}", self.refusing));
    }

    async fn pause(&mut self) {
        if self.refusing {
            return;
        }
        let desk = &self.world.desk;
        let place = &self.world.places[self.random.random_range(0..self.world.places.len())];
        let scope = PauseScope::Client(place.client);
        let paused = self.random.random_bool(0.5);
        let done = desk.services.set_paused(&desk.owner, scope, paused).await;
        self.tell(|| format!("paused: {paused}, {done:?}"));
    }

    /// What runs in the background.
    async fn look_ahead(&mut self) {
        let services = &self.world.desk.services;
        let _ = services.release_holds().await;
        let renewed = services.renew_ahead().await;
        self.tell(|| format!("renewed ahead: {:?}", renewed.as_ref().ok()));
    }

    /// A worker that stood still goes on, as if nothing had been; one that was killed does not.
    async fn wake_stalled(&mut self) {
        if self.stalled.is_empty() {
            return;
        }
        let index = self.random.random_range(0..self.stalled.len());
        let old = self.stalled.remove(index);
        self.tell(|| "a worker that stood still goes on".to_owned());
        Self::finish(old).await;
    }

    async fn finish(worker: Worker) {
        worker.interrupt.release();
        // One that was killed stays where it is: it never comes to an end by itself.
        let patience = std::time::Duration::from_secs(20);
        if worker.interrupt.was_killed() {
            worker.publisher.kill();
        }
        let settled = tokio::time::timeout(patience, worker.publisher.settle()).await;
        worker.publisher.kill();
        assert!(
            settled.is_ok(),
            "a worker that went on never came to an end"
        );
    }

    /// Everything works again, and every account is connected.
    async fn mend(&mut self) {
        self.tell(|| "everything is mended".to_owned());
        if self.refusing {
            self.world.desk.database.accept().await;
            self.refusing = false;
        }
        self.world.desk.emulator.tiktok().clear_faults();
        self.world.desk.emulator.bluesky().clear_faults();
        for worker in self.stalled.drain(..) {
            Self::finish(worker).await;
        }
        for worker in &self.workers {
            worker.interrupt.release();
        }
        let desk = &self.world.desk;
        for place in &self.world.places {
            desk.services
                .set_paused(&desk.owner, PauseScope::Client(place.client), false)
                .await
                .expect("resumed");
        }
        for look in 0..LOOKS {
            self.reconnect().await;
            desk.services.release_holds().await.expect("released");
            let mut conn = desk.services.conn().await.expect("a connection");
            let next = db::delivery_queue::next_due(&mut conn, DateTime::<Utc>::UNIX_EPOCH)
                .await
                .expect("the queue");
            drop(conn);
            let Some(next) = next else {
                return;
            };
            let wait = (next - desk.now()).max(Duration::zero()) + Duration::milliseconds(1);
            // Leases that nobody will renew run out.
            let wait = if look % 4 == 3 {
                wait + Duration::seconds(61)
            } else {
                wait
            };
            desk.advance(wait);
            let worker = &self.workers[usize::try_from(look).unwrap_or(0) % self.workers.len()];
            let ticked = worker.publisher.tick_and_settle().await;
            self.tell(|| format!("looks: {:?}", ticked.ok()));
        }
    }

    /// Somebody connects again what needs it.
    async fn reconnect(&self) {
        let desk = &self.world.desk;
        for place in &self.world.places {
            let accounts = desk
                .services
                .accounts(&desk.owner, place.client)
                .await
                .expect("accounts");
            let lost = accounts.iter().any(|account| {
                account.account.status == domain::account::AccountStatus::NeedsReconnecting
            });
            if lost {
                self.tell(|| format!("{} is connected again", place.username));
                world::link(desk, place).await;
            }
        }
    }

    async fn compare(&self, asked: &[Asked]) -> Tally {
        let desk = &self.world.desk;
        let feed = self.world.feed();
        let mut tally = Tally::default();
        for asked in asked {
            tally.deliveries += 1;
            let there = feed
                .iter()
                .filter(|caption| **caption == asked.caption)
                .count();
            let (delivery, state) = desk.delivery(asked.client, asked.post).await;
            match (there, state) {
                (1, DeliveryState::Published) => tally.published += 1,
                (0 | 1, DeliveryState::Unknown) => tally.unknown += 1,
                (0, _) => tally.lost += 1,
                _ => tally.doubled += 1,
            }
            let is_well = matches!((there, state), (1, DeliveryState::Published));
            if self.tells || !is_well {
                let titles = desk.titles(asked.client, delivery).await;
                self.tell(|| format!("{}: {there} posted, {state}: {titles:?}", asked.caption));
            }
        }
        tally
    }
}
