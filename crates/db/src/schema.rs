//! The tables as diesel sees them. A test compares this file with the migrated database.

#![expect(
    missing_docs,
    reason = "the macro writes modules that take no comment; the columns are described in the migrations"
)]

diesel::table! {
    agency (is_only) {
        is_only -> Bool,
        name -> Text,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id_hash) {
        id_hash -> Bytea,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    clients (id) {
        id -> Uuid,
        name -> Text,
        time_zone -> Text,
        created_at -> Timestamptz,
        lateness_minutes -> Int4,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    accounts (id) {
        id -> Uuid,
        client_id -> Uuid,
        platform -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        nickname -> Nullable<Text>,
        handle -> Nullable<Text>,
        avatar_key -> Nullable<Text>,
        connected_at -> Timestamptz,
        disconnected_at -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    connections (account_id) {
        account_id -> Uuid,
        platform -> Text,
        platform_user_id -> Text,
        scopes -> Array<Text>,
        access_token -> Bytea,
        access_expires_at -> Timestamptz,
        refresh_token -> Nullable<Bytea>,
        refresh_expires_at -> Nullable<Timestamptz>,
        refreshed_at -> Timestamptz,
        refresh_locked_until -> Nullable<Timestamptz>,
        renew_at -> Nullable<Timestamptz>,
        session -> Nullable<Bytea>,
    }
}

diesel::table! {
    oauth_attempts (state_hash) {
        state_hash -> Bytea,
        session_hash -> Bytea,
        client_id -> Uuid,
        platform -> Text,
        private -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    assets (id) {
        id -> Uuid,
        client_id -> Uuid,
        file_name -> Text,
        format -> Text,
        video_codec -> Nullable<Text>,
        audio_codec -> Nullable<Text>,
        width -> Int4,
        height -> Int4,
        frame_rate -> Nullable<Float8>,
        duration_ms -> Nullable<Int8>,
        size_bytes -> Int8,
        sha256 -> Bytea,
        uploaded_by -> Uuid,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    posts (id) {
        id -> Uuid,
        client_id -> Uuid,
        caption -> Text,
        local_time -> Timestamp,
        time_zone -> Text,
        due_at -> Timestamptz,
        version -> Bytea,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    post_assets (post_id, position) { post_id -> Uuid, position -> Int4, asset_id -> Uuid, alt -> Text, }
}

diesel::table! {
    deliveries (id) {
        id -> Uuid,
        client_id -> Uuid,
        post_id -> Uuid,
        account_id -> Uuid,
        caption_override -> Nullable<Text>,
        options -> Jsonb,
        state -> Text,
        scheduled_version -> Nullable<Bytea>,
        due_at -> Timestamptz,
        next_step_at -> Nullable<Timestamptz>,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamptz>,
        fence -> Int8,
        checkpoint -> Nullable<Bytea>,
        attempt -> Int4,
        attempt_open -> Bool,
        retries -> Int4,
        bytes_sent -> Nullable<Int8>,
        last_problem -> Nullable<Text>,
        platform_post_id -> Nullable<Text>,
        post_url -> Nullable<Text>,
        published_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        held -> Nullable<Text>,
        cancel_requested -> Bool,
        preflight_at -> Nullable<Timestamptz>,
        findings -> Jsonb,
        platform_task_id -> Nullable<Text>,
    }
}

diesel::table! {
    budgets (key) { key -> Text, spent -> Array<Timestamptz>, idle_at -> Timestamptz, }
}

diesel::table! {
    events (id) {
        id -> Int8,
        client_id -> Uuid,
        account_id -> Nullable<Uuid>,
        post_id -> Nullable<Uuid>,
        delivery_id -> Nullable<Uuid>,
        attempt -> Nullable<Int4>,
        at -> Timestamptz,
        actor -> Nullable<Uuid>,
        kind -> Text,
        tone -> Text,
        title -> Text,
        detail -> Text,
        platform_words -> Nullable<Text>,
        duration_ms -> Nullable<Int8>,
    }
}

diesel::table! {
    server_secrets (name) { name -> Text, sealed -> Bytea, created_at -> Timestamptz, }
}

diesel::table! {
    webhooks (id) {
        id -> Int8,
        platform -> Text,
        body_hash -> Bytea,
        news -> Nullable<Jsonb>,
        received_at -> Timestamptz,
        next_try_at -> Nullable<Timestamptz>,
        tries -> Int4,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(accounts -> clients (client_id));
diesel::joinable!(connections -> accounts (account_id));
diesel::joinable!(post_assets -> assets (asset_id));
diesel::joinable!(post_assets -> posts (post_id));
diesel::joinable!(deliveries -> posts (post_id));
diesel::joinable!(deliveries -> accounts (account_id));
diesel::joinable!(events -> users (actor));
diesel::joinable!(posts -> clients (client_id));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    clients,
    accounts,
    connections,
    oauth_attempts,
    assets,
    posts,
    post_assets,
    deliveries,
    events,
);
