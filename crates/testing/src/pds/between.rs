//! A line to the PDS that can be cut: requests or their answers are lost.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::Response;
use serde_json::{Value, json};
use url::Url;

use super::stub::{StubAnswer, StubRequest, read, respond, serve};
use super::{Pds, client};

/// What is lost of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It never arrives.
    Request,
    /// It arrives and is done; nobody hears of it.
    Answer,
}

/// Stands between AutoPost and a PDS: the directory names it as the accounts' server. Ends with the test.
pub struct Between {
    /// Its address, as a PDS and as a directory.
    pub url: Url,
    lost: Arc<Mutex<Vec<(String, Loss)>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Between {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Between {
    /// Starts one in front of this PDS.
    pub async fn start(pds: &Pds) -> Self {
        let lost: Arc<Mutex<Vec<(String, Loss)>>> = Arc::default();
        let (pds, http, known) = (pds.clone(), client(), Arc::clone(&lost));
        let handler = move |request: Request| {
            let (pds, http, known) = (pds.clone(), http.clone(), Arc::clone(&known));
            async move {
                let request = read(request).await;
                let lost = known.lock().expect("the losses").clone();
                let loss = lost.into_iter().find(|(name, _)| name == request.name());
                pass(&pds, &http, &request, loss.map(|(_, loss)| loss)).await
            }
        };
        let (url, server) = serve(axum::Router::new().fallback(handler)).await;
        Self { url, lost, server }
    }

    /// Loses every call of this name from now on.
    pub fn lose(&self, name: &str, loss: Loss) {
        let mut lost = self.lost.lock().expect("the losses");
        lost.push((name.to_owned(), loss));
    }

    /// Loses nothing from now on.
    pub fn mend(&self) {
        self.lost.lock().expect("the losses").clear();
    }
}

async fn pass(
    pds: &Pds,
    http: &reqwest::Client,
    request: &StubRequest,
    loss: Option<Loss>,
) -> Response<axum::body::Body> {
    let gone = || {
        let body = json!({ "error": "UpstreamFailure", "message": "the line is cut" });
        respond(StubAnswer::new(502, body))
    };
    if loss == Some(Loss::Request) {
        return gone();
    }
    let is_identity = request.path.starts_with("/did:");
    let mut url = if is_identity {
        pds.directory.clone()
    } else {
        pds.url.clone()
    };
    url.set_path(&request.path);
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&request.query);
    }
    let mut headers = request.headers.clone();
    let host = headers.remove("host");
    let answer = http
        .request(request.method.clone(), url)
        .headers(headers)
        .body(request.body.clone())
        .send()
        .await
        .expect("an answer of the PDS");
    let status = answer.status().as_u16();
    let mut body: Value = answer.json().await.unwrap_or_default();
    if is_identity {
        let here = host.expect("a host").to_str().expect("text").to_owned();
        body["service"][0]["serviceEndpoint"] = format!("http://{here}").into();
    }
    if loss == Some(Loss::Answer) {
        return gone();
    }
    respond(StubAnswer::new(status, body))
}
