//! A repository: blobs and records.

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, Method},
    response::IntoResponse,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Shared,
    errors::{XrpcError, XrpcResult},
    extract, ids,
    limits::Window,
    oauth::scope::RepoAction,
    record,
    state::{Blob, POSTS, Platform, Record, State as PlatformState},
};
use crate::image;

const DAY: i64 = 86_400;

pub(super) async fn upload_blob(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.repo.uploadBlob")?;
    let said = extract::content_type(&headers);
    if said.is_empty() {
        return Err(XrpcError::invalid(
            "Request encoding (Content-Type) required but not provided",
        ));
    }
    let mime = sniff(&body).map_or(said, str::to_owned);
    caller.scope.need_blob(&mime)?;
    let limits = {
        let now = platform.now();
        let mut state = platform.state();
        if body.len() > state.config.blob_bytes {
            return Err(XrpcError::new(
                413,
                "PayloadTooLarge",
                "request entity too large",
            ));
        }
        let window = Window {
            name: "blob",
            limit: state.config.blobs_per_day,
            seconds: DAY,
        };
        state.limits.spend(&caller.did, 1, &[window], now)?
    };
    let blob = platform.keep_blob(&caller.did, &mime, &body).await?;
    Ok((limits, Json(json!({ "blob": blob }))).into_response())
}

impl Platform {
    /// Keeps bytes as a blob of the account, and gives the reference that a record names it by.
    pub(super) async fn keep_blob(&self, did: &str, mime: &str, bytes: &[u8]) -> XrpcResult<Value> {
        let cid = ids::cid_of_bytes(bytes);
        tokio::fs::write(self.blobs.join(&cid), bytes)
            .await
            .map_err(|error| XrpcError::new(500, "InternalServerError", error.to_string()))?;
        let size = bytes.len() as u64;
        self.state().blobs.insert(
            (did.to_owned(), cid.clone()),
            Blob {
                mime: mime.to_owned(),
                size,
                sha256: hex::encode(Sha256::digest(bytes)),
            },
        );
        Ok(json!({ "$type": "blob", "ref": { "$link": cid }, "mimeType": mime, "size": size }))
    }
}

fn sniff(bytes: &[u8]) -> Option<&'static str> {
    if let Some(photo) = image::sniff(bytes) {
        return Some(photo.content_type);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    (bytes.get(4..8) == Some(b"ftyp")).then_some("video/mp4")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Put {
    repo: String,
    collection: String,
    rkey: String,
    #[serde(default)]
    validate: Option<bool>,
    record: Value,
    /// Absent: whatever is there. Null: nothing may be there. A CID: this one has to be there.
    #[serde(default, deserialize_with = "present")]
    swap_record: Option<Option<String>>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

pub(super) async fn put_record(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.repo.putRecord")?;
    let put: Put = extract::json(&headers, &body)?;
    let now = platform.now();
    let mut state = platform.state();
    own_repo(&state, &put.repo, &caller.did)?;
    // It may turn out to be either.
    caller
        .scope
        .need_repo(&put.collection, &[RepoAction::Create, RepoAction::Update])?;
    let windows = state.write_windows();
    let limits = state.limits.spend(&caller.did, 2, &windows, now)?;
    let status = validate(
        &state,
        &caller.did,
        &put.collection,
        &put.rkey,
        put.validate,
        &put.record,
    )?;
    let cid = ids::cid_of_record(&put.record);
    let there = state
        .records
        .iter_mut()
        .find(|record| record.did == caller.did && record.rkey == put.rkey);
    let uri = format!("at://{}/{}/{}", caller.did, put.collection, put.rkey);
    let mut answer = json!({ "uri": uri, "cid": cid, "validationStatus": status });
    match (there, &put.swap_record) {
        // Nothing is written where nothing changes, whatever the swap says.
        (Some(record), _) if record.cid == cid => {
            return Ok((limits, Json(answer)).into_response());
        }
        (Some(record), Some(None)) => return Err(swapped(Some(&record.cid))),
        (Some(record), Some(Some(wanted))) if record.cid != *wanted => {
            return Err(swapped(Some(&record.cid)));
        }
        (None, Some(Some(_))) => return Err(swapped(None)),
        (Some(record), _) => {
            record.value = put.record;
            record.cid = cid;
            record.overwritten += 1;
        }
        (None, _) => state.records.push(Record {
            did: caller.did.clone(),
            rkey: put.rkey.clone(),
            cid,
            value: put.record,
            created_at: now,
            overwritten: 0,
            likes: 0,
            reposts: 0,
            replies: 0,
            quotes: 0,
        }),
    }
    answer["commit"] = commit(&uri, now.timestamp_micros());
    Ok((limits, Json(answer)).into_response())
}

fn swapped(current: Option<&str>) -> XrpcError {
    XrpcError::new(
        400,
        "InvalidSwap",
        format!("Record was at {}", current.unwrap_or("null")),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Create {
    repo: String,
    collection: String,
    #[serde(default)]
    rkey: Option<String>,
    #[serde(default)]
    validate: Option<bool>,
    record: Value,
}

pub(super) async fn create_record(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.repo.createRecord")?;
    let ask: Create = extract::json(&headers, &body)?;
    let now = platform.now();
    let mut state = platform.state();
    own_repo(&state, &ask.repo, &caller.did)?;
    caller
        .scope
        .need_repo(&ask.collection, &[RepoAction::Create])?;
    let windows = state.write_windows();
    let limits = state.limits.spend(&caller.did, 3, &windows, now)?;
    let number = state.records.len() as u64;
    let rkey = ask.rkey.unwrap_or_else(|| ids::tid(now, number));
    let status = validate(
        &state,
        &caller.did,
        &ask.collection,
        &rkey,
        ask.validate,
        &ask.record,
    )?;
    if state.record(&caller.did, &rkey).is_some() {
        // What the reference server really answers.
        return Err(XrpcError::new(
            500,
            "InternalServerError",
            "Internal Server Error",
        ));
    }
    let record = Record {
        did: caller.did,
        rkey,
        cid: ids::cid_of_record(&ask.record),
        value: ask.record,
        created_at: now,
        overwritten: 0,
        likes: 0,
        reposts: 0,
        replies: 0,
        quotes: 0,
    };
    let uri = record.uri();
    let answer = json!({
        "uri": uri,
        "cid": record.cid,
        "validationStatus": status,
        "commit": commit(&uri, now.timestamp_micros()),
    });
    state.records.push(record);
    Ok((limits, Json(answer)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    repo: String,
    collection: String,
    rkey: String,
    #[serde(default)]
    cid: Option<String>,
}

pub(super) async fn get_record(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
) -> XrpcResult {
    let ask: Name = extract::query(query.as_deref())?;
    let state = platform.state();
    let Some(account) = state.account(&ask.repo) else {
        return Err(XrpcError::invalid(format!(
            "Could not find repo: {}",
            ask.repo
        )));
    };
    let record = state.record(&account.did, &ask.rkey).filter(|record| {
        ask.collection == POSTS && ask.cid.as_ref().is_none_or(|cid| *cid == record.cid)
    });
    match record {
        Some(record) => Ok(Json(json!({
            "uri": record.uri(),
            "cid": record.cid,
            "value": record.value,
        }))
        .into_response()),
        None => Err(XrpcError::new(
            400,
            "RecordNotFound",
            format!(
                "Could not locate record: at://{}/{}/{}",
                account.did, ask.collection, ask.rkey
            ),
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Delete {
    repo: String,
    collection: String,
    rkey: String,
    #[serde(default, deserialize_with = "present")]
    swap_record: Option<Option<String>>,
}

/// Deleting what is not there is no error.
pub(super) async fn delete_record(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.repo.deleteRecord")?;
    let ask: Delete = extract::json(&headers, &body)?;
    let now = platform.now();
    let mut state = platform.state();
    own_repo(&state, &ask.repo, &caller.did)?;
    caller
        .scope
        .need_repo(&ask.collection, &[RepoAction::Delete])?;
    let windows = state.write_windows();
    let limits = state.limits.spend(&caller.did, 1, &windows, now)?;
    let there = state
        .record(&caller.did, &ask.rkey)
        .map(|record| record.cid.clone());
    if let Some(Some(wanted)) = &ask.swap_record
        && there.as_ref() != Some(wanted)
    {
        return Err(swapped(there.as_deref()));
    }
    state
        .records
        .retain(|record| record.did != caller.did || record.rkey != ask.rkey);
    Ok((limits, Json(json!({}))).into_response())
}

fn own_repo(state: &PlatformState, repo: &str, did: &str) -> XrpcResult<()> {
    if state
        .account(repo)
        .is_some_and(|account| account.did == did)
    {
        Ok(())
    } else {
        Err(XrpcError::new(403, "AccountNotFound", "Account not found"))
    }
}

fn validate(
    state: &PlatformState,
    did: &str,
    collection: &str,
    rkey: &str,
    validate: Option<bool>,
    value: &Value,
) -> XrpcResult<&'static str> {
    if collection != POSTS {
        return Err(XrpcError::invalid(format!(
            "Lexicon not found: lex:{collection}"
        )));
    }
    if !ids::is_tid(rkey) {
        return Err(XrpcError::invalid(
            "Invalid app.bsky.feed.post record: Invalid record key: must be a valid TID",
        ));
    }
    if value["$type"] != collection {
        return Err(XrpcError::invalid(format!(
            "Invalid $type: expected {collection}"
        )));
    }
    if validate == Some(false) {
        return Ok("unknown");
    }
    record::check(state, did, value)?;
    Ok("valid")
}

fn commit(uri: &str, micros: i64) -> Value {
    let name = json!({ "commit": uri, "at": micros });
    json!({ "cid": ids::cid_of_record(&name), "rev": micros.to_string() })
}
