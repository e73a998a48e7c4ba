//! Many accounts with many posts, written straight into a database: what a load test starts from.

use chrono::{DateTime, Duration, Utc};
use db::models::account::{self, AccountProfile};
use db::models::asset::{self, NewAsset};
use db::models::client;
use db::models::connection::{self, SealedTokens};
use diesel::sql_types::{Array, BigInt, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, AssetId, ClientId, DeliveryId, Platform, PostId, Role, UserId};
use secrecy::SecretString;
use services::{MediaStore, Vault};

use crate::{TestDatabase, video};

/// What is known of an account at its platform.
pub struct LoadAccount {
    /// The account's id within our app.
    pub platform_user_id: String,
    /// Its handle.
    pub handle: String,
    /// Its access token.
    pub access_token: SecretString,
}

/// Clients with one file each, and accounts spread over them.
pub struct Load {
    user: UserId,
    clients: Vec<(ClientId, AssetId)>,
    accounts: Vec<(AccountId, ClientId)>,
}

impl Load {
    /// Fills a database and a media folder.
    pub async fn prepare(
        database: &TestDatabase,
        vault: &Vault,
        media: &MediaStore,
        clients: usize,
        accounts: &[LoadAccount],
        now: DateTime<Utc>,
    ) -> Self {
        let mut conn = database.connect().await;
        let user = UserId::generate();
        db::models::user::insert(
            &mut conn,
            &db::models::user::NewUser {
                id: user,
                email: "load@agency.test",
                name: "Load",
                role: Role::Owner,
                password_hash: None,
                all_clients: true,
                clients: &[],
            },
            now,
        )
        .await
        .expect("a user");
        let facts = sample_facts();
        let mut load = Self {
            user,
            clients: Vec::new(),
            accounts: Vec::new(),
        };
        for number in 0..clients {
            let id = ClientId::generate();
            client::insert(&mut conn, id, &format!("Client {number}"), "Etc/UTC", now)
                .await
                .expect("a client");
            let asset = AssetId::generate();
            let folder = tempfile::tempdir_in(media.incoming_folder()).expect("a folder");
            let (original, poster) = (folder.path().join("original"), folder.path().join("poster"));
            std::fs::write(&original, video()).expect("a file");
            std::fs::write(&poster, b"").expect("a file");
            media.keep(asset, &original, &poster).await.expect("kept");
            let new = NewAsset {
                id: asset,
                client: id,
                file_name: "clip.mp4",
                facts: &facts,
                sha256: &[0; 32],
                uploaded_by: user,
            };
            asset::insert(&mut conn, &new, now).await.expect("a file");
            load.clients.push((id, asset));
        }
        for (number, known) in accounts.iter().enumerate() {
            let (client, _) = load.clients[number % clients];
            let id = AccountId::generate();
            let profile = AccountProfile {
                nickname: &known.handle,
                handle: Some(&known.handle),
                avatar_key: None,
            };
            account::insert(&mut conn, id, client, Platform::TikTok, &profile, now)
                .await
                .expect("an account");
            let sealed = vault
                .seal_secret(
                    &known.access_token,
                    &format!("connections/{id}/access_token"),
                )
                .expect("sealed");
            let tokens = SealedTokens {
                scopes: vec!["user.info.basic".to_owned(), "video.publish".to_owned()],
                access_token: sealed,
                access_expires_at: now + Duration::days(1),
                refresh_token: None,
                refresh_expires_at: None,
                renew_at: now + Duration::days(1),
                session: None,
            };
            let user = &known.platform_user_id;
            connection::insert(&mut conn, id, Platform::TikTok, user, &tokens, now)
                .await
                .expect("a connection");
            load.accounts.push((id, client));
        }
        load
    }

    /// Schedules `each` posts on every account, all due at `due_at`.
    pub async fn schedule(&self, database: &TestDatabase, each: usize, due_at: DateTime<Utc>) {
        let mut conn = database.connect().await;
        let options = serde_json::to_value(PlatformOptions::TikTok(TikTokOptions {
            privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
            ..TikTokOptions::default()
        }))
        .expect("options");
        for (client, asset) in &self.clients {
            let accounts: Vec<_> = self
                .accounts
                .iter()
                .filter(|(_, of)| of == client)
                .map(|(account, _)| account.0)
                .collect();
            // As the application makes them: they sort by time, which an index feels.
            let posts: Vec<_> = (0..each).map(|_| PostId::generate().0).collect();
            let deliveries: Vec<_> = (0..each * accounts.len())
                .map(|_| DeliveryId::generate().0)
                .collect();
            diesel::sql_query(
                "WITH made AS (
                     INSERT INTO posts (id, client_id, caption, local_time, time_zone, due_at, version, created_by,
                                        created_at, updated_at)
                     SELECT id, $1, 'Load', $5::timestamp, 'Etc/UTC', $5, '\\x01', $2, $5, $5 FROM unnest($6) id
                     RETURNING id
                 ), filed AS (
                     INSERT INTO post_assets (post_id, position, asset_id) SELECT id, 0, $3 FROM made
                 )
                 INSERT INTO deliveries (id, client_id, post_id, account_id, options, state, scheduled_version, due_at,
                                         next_step_at, created_at, updated_at)
                 SELECT named.id, $1, post, account, $4, 'scheduled', '\\x01', $5, $5, $5, $5
                 FROM (SELECT made.id AS post, account, row_number() OVER () AS number
                       FROM made, unnest($7) account) planned
                 JOIN unnest($8) WITH ORDINALITY AS named (id, number) USING (number)",
            )
            .bind::<SqlUuid, _>(client.0)
            .bind::<SqlUuid, _>(self.user.0)
            .bind::<SqlUuid, _>(asset.0)
            .bind::<Jsonb, _>(&options)
            .bind::<Timestamptz, _>(due_at)
            .bind::<Array<SqlUuid>, _>(posts)
            .bind::<Array<SqlUuid>, _>(accounts)
            .bind::<Array<SqlUuid>, _>(deliveries)
            .execute(&mut conn)
            .await
            .expect("scheduled");
        }
        conn.batch_execute("ANALYZE").await.expect("analyzed");
    }

    /// How many deliveries are published, and when the last of them was.
    pub async fn published(database: &TestDatabase) -> (i64, Option<DateTime<Utc>>) {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            count: i64,
            #[diesel(sql_type = diesel::sql_types::Nullable<Timestamptz>)]
            last: Option<DateTime<Utc>>,
        }
        let row: Row = diesel::sql_query(
            "SELECT count(*), max(published_at) AS last FROM deliveries WHERE state = 'published'",
        )
        .get_result(&mut database.connect().await)
        .await
        .expect("a count");
        (row.count, row.last)
    }

    /// Puts everything that was claimed back as it was.
    pub async fn unclaim(database: &TestDatabase) {
        let mut conn = database.connect().await;
        // One by one: several statements sent together are one transaction, in which nothing is vacuumed.
        for sql in [
            "UPDATE deliveries SET state = 'scheduled', lease_owner = NULL, lease_until = NULL,
                    fence = fence + 1, attempt = 0, attempt_open = false, next_step_at = due_at, checkpoint = NULL
             WHERE attempt > 0",
            "VACUUM ANALYZE deliveries",
        ] {
            conn.batch_execute(sql).await.expect("as before");
        }
    }
}

/// What a probe would say about the sample.
fn sample_facts() -> domain::media::MediaFacts {
    domain::media::MediaFacts::Video(domain::media::VideoFacts {
        container: domain::media::Container::Mp4,
        video_codec: "h264".to_owned(),
        audio_codec: None,
        width: 720,
        height: 1280,
        frame_rate: 30.0,
        duration_ms: 3_000,
        size_bytes: video().len() as u64,
    })
}
