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
        failure_email -> Nullable<Text>,
        brand_color -> Nullable<Text>,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Nullable<Text>,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
        all_clients -> Bool,
        last_seen_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id_hash) {
        id_hash -> Bytea,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        id -> Uuid,
        opened_by -> Text,
        ip -> Nullable<Text>,
        agent -> Nullable<Text>,
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
        approval_policy -> Text,
        approvers -> Text,
        late_approval -> Text,
        decide_ahead_minutes -> Int4,
        failure_email -> Nullable<Text>,
        brand_color -> Nullable<Text>,
        media_retention_days -> Nullable<Int4>,
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
        expiry_told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    oauth_attempts (state_hash) {
        state_hash -> Bytea,
        browser_hash -> Bytea,
        client_id -> Uuid,
        platform -> Text,
        private -> Nullable<Bytea>,
        expires_at -> Timestamptz,
        link_id -> Nullable<Uuid>,
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
        kept_from -> Timestamptz,
        alt -> Text,
        derived_from -> Nullable<Uuid>,
        derived_name -> Nullable<Text>,
        derived_how -> Nullable<Text>,
    }
}

diesel::table! {
    copies (id) {
        id -> Uuid,
        client_id -> Uuid,
        original_id -> Uuid,
        recipe -> Jsonb,
        recipe_hash -> Bytea,
        how -> Text,
        label -> Text,
        platform -> Nullable<Text>,
        asked_by -> Uuid,
        state -> Text,
        progress -> Int2,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamptz>,
        tries -> Int4,
        fence -> Int8,
        target_id -> Nullable<Uuid>,
        problem -> Nullable<Text>,
        asset_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    uploads (id) {
        id -> Uuid,
        client_id -> Uuid,
        user_id -> Uuid,
        file_name -> Text,
        size_bytes -> Int8,
        sha256 -> Nullable<Bytea>,
        state -> Text,
        asset_id -> Nullable<Uuid>,
        refusal -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
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
        revision -> Int8,
        saved_by -> Nullable<Uuid>,
        saved_in -> Nullable<Uuid>,
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

diesel::table! {
    user_clients (user_id, client_id) {
        user_id -> Uuid,
        client_id -> Uuid,
    }
}

diesel::table! {
    links (id) {
        id -> Uuid,
        token_hash -> Bytea,
        purpose -> Text,
        client_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        email -> Nullable<Text>,
        scope -> Jsonb,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    post_versions (id) {
        id -> Int8,
        post_id -> Uuid,
        version -> Bytea,
        content -> Jsonb,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    reviews (id) {
        id -> Uuid,
        client_id -> Uuid,
        post_id -> Uuid,
        version -> Bytea,
        stage -> Text,
        state -> Text,
        sent_by -> Nullable<Uuid>,
        sent_at -> Timestamptz,
        deadline -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
        remind_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    decisions (id) {
        id -> Int8,
        review_id -> Uuid,
        version -> Bytea,
        user_id -> Uuid,
        verdict -> Text,
        note -> Text,
        at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    comments (id) {
        id -> Uuid,
        client_id -> Uuid,
        post_id -> Uuid,
        author -> Uuid,
        internal -> Bool,
        body -> Text,
        asset_id -> Nullable<Uuid>,
        at_ms -> Nullable<Int8>,
        created_at -> Timestamptz,
        resolved_at -> Nullable<Timestamptz>,
        resolved_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    notices (id) {
        id -> Int8,
        user_id -> Uuid,
        client_id -> Nullable<Uuid>,
        post_id -> Nullable<Uuid>,
        kind -> Text,
        title -> Text,
        body -> Text,
        href -> Text,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
        mail_at -> Nullable<Timestamptz>,
        in_app -> Bool,
    }
}

diesel::table! {
    notice_preferences (user_id, kind) {
        user_id -> Uuid,
        kind -> Text,
        in_app -> Bool,
        by_mail -> Bool,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        dedupe_key -> Nullable<Text>,
        kind -> Text,
        client_id -> Nullable<Uuid>,
        recipient -> Text,
        subject -> Text,
        sealed -> Nullable<Bytea>,
        state -> Text,
        tries -> Int4,
        next_try_at -> Nullable<Timestamptz>,
        lease_until -> Nullable<Timestamptz>,
        last_problem -> Nullable<Text>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        give_up_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    contact_notices (id) {
        id -> Int8,
        recipient -> Text,
        client_id -> Uuid,
        title -> Text,
        body -> Text,
        created_at -> Timestamptz,
        mail_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_endpoints (id) {
        id -> Uuid,
        client_id -> Nullable<Uuid>,
        url -> Text,
        sealed_secret -> Bytea,
        created_by -> Uuid,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
        last_problem -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_messages (id) {
        id -> Uuid,
        endpoint_id -> Uuid,
        kind -> Text,
        body -> Text,
        state -> Text,
        tries -> Int4,
        next_try_at -> Nullable<Timestamptz>,
        last_status -> Nullable<Int4>,
        last_problem -> Nullable<Text>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> Int8,
        at -> Timestamptz,
        actor -> Nullable<Uuid>,
        actor_name -> Text,
        actor_role -> Nullable<Text>,
        client_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Nullable<Text>,
        subject_id -> Nullable<Text>,
        ip -> Nullable<Text>,
        agent -> Nullable<Text>,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
    }
}

diesel::table! {
    audit_chain (seq) {
        seq -> Int8,
        entry_id -> Int8,
        hash -> Bytea,
    }
}

diesel::table! {
    tags (id) { id -> Uuid, client_id -> Uuid, name -> Text, created_at -> Timestamptz, }
}

diesel::table! {
    post_tags (post_id, tag_id) { post_id -> Uuid, tag_id -> Uuid, }
}

diesel::table! {
    snippets (id) {
        id -> Uuid,
        client_id -> Nullable<Uuid>,
        name -> Text,
        body -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    post_notes (post_id) {
        post_id -> Uuid,
        body -> Text,
        revision -> Int4,
        updated_by -> Uuid,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    post_saves (id) {
        id -> Int8,
        post_id -> Uuid,
        version -> Bytea,
        content -> Jsonb,
        saved_by -> Uuid,
        began_at -> Timestamptz,
        saved_at -> Timestamptz,
    }
}

diesel::table! {
    account_slots (account_id, weekday, wall_time) { account_id -> Uuid, weekday -> Int2, wall_time -> Time, }
}

diesel::table! {
    calendar_feeds (client_id) {
        client_id -> Uuid,
        token_hash -> Bytea,
        created_by -> Uuid,
        created_at -> Timestamptz,
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
diesel::joinable!(user_clients -> users (user_id));
diesel::joinable!(user_clients -> clients (client_id));
diesel::joinable!(links -> clients (client_id));
diesel::joinable!(post_versions -> posts (post_id));
diesel::joinable!(reviews -> posts (post_id));
diesel::joinable!(reviews -> clients (client_id));
diesel::joinable!(decisions -> reviews (review_id));
diesel::joinable!(decisions -> users (user_id));
diesel::joinable!(comments -> users (author));
diesel::joinable!(notices -> users (user_id));
diesel::joinable!(webhook_messages -> webhook_endpoints (endpoint_id));
diesel::joinable!(audit_chain -> audit_entries (entry_id));
diesel::joinable!(post_tags -> tags (tag_id));
diesel::joinable!(post_tags -> posts (post_id));
diesel::joinable!(post_notes -> users (updated_by));
diesel::joinable!(post_saves -> users (saved_by));
diesel::joinable!(account_slots -> accounts (account_id));
diesel::joinable!(calendar_feeds -> users (created_by));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    clients,
    accounts,
    connections,
    oauth_attempts,
    assets,
    copies,
    uploads,
    posts,
    post_assets,
    deliveries,
    events,
    user_clients,
    links,
    post_versions,
    reviews,
    decisions,
    comments,
    notices,
    notice_preferences,
    outbox,
    contact_notices,
    webhook_endpoints,
    webhook_messages,
    audit_entries,
    audit_chain,
    tags,
    post_tags,
    snippets,
    post_notes,
    post_saves,
    account_slots,
    calendar_feeds,
);
