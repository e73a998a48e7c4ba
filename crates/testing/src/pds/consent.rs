//! The consent page, gone through as a browser would.

use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use serde_json::{Value, json};
use url::Url;

use super::{PdsAccount, text};

const API: &str = "/@atproto/oauth-provider/~api";

/// A browser with nothing but cookies.
struct Browser {
    http: reqwest::Client,
    cookies: Vec<(String, String)>,
}

impl PdsAccount {
    /// Signs in on the consent page and agrees: the address that the browser is sent back to.
    pub async fn consent(&self, page: &Url) -> Url {
        self.answer(page, true).await
    }

    /// Signs in on the consent page and refuses: the address that the browser is sent back to.
    pub async fn refuse(&self, page: &Url) -> Url {
        self.answer(page, false).await
    }

    async fn answer(&self, page: &Url, agree: bool) -> Url {
        let mut browser = Browser {
            http: self.pds.http.clone(),
            cookies: Vec::new(),
        };
        browser.open(page, None).await;
        let mut again = page.clone();
        again.query_pairs_mut().append_pair("redirect-test", "1");
        browser.open(&again, None).await;
        let signed_in = browser
            .send(
                page,
                "sign-in",
                None,
                &json!({
                    "locale": "en",
                    "username": self.handle,
                    "password": self.password,
                    "remember": false,
                }),
            )
            .await;
        let token = text(&signed_in["ephemeralToken"]);
        let answered = if agree {
            let scope = "atproto transition:generic";
            let body = json!({ "did": self.did, "scope": scope });
            browser.send(page, "consent", Some(&token), &body).await
        } else {
            browser.send(page, "reject", Some(&token), &json!({})).await
        };
        let last: Url = text(&answered["url"]).parse().expect("an address");
        let headers = browser.open(&last, Some(page)).await;
        let location = headers.get(LOCATION).expect("a redirect");
        location
            .to_str()
            .expect("text")
            .parse()
            .expect("an address")
    }
}

impl Browser {
    /// Goes to an address.
    async fn open(&mut self, url: &Url, from: Option<&Url>) -> HeaderMap {
        let site = if from.is_some() {
            "same-origin"
        } else {
            "none"
        };
        let mut request = self
            .http
            .get(url.clone())
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", site)
            .header(COOKIE, self.cookie());
        if let Some(from) = from {
            request = request.header(REFERER, from.as_str());
        }
        let answer = request.send().await.expect("a page");
        let headers = answer.headers().clone();
        let status = answer.status();
        let body = answer.text().await.unwrap_or_default();
        assert!(
            status.as_u16() < 400,
            "{url} answered {status}: {}",
            body.chars().take(400).collect::<String>()
        );
        self.keep(&headers);
        headers
    }

    /// Does what the page's script does.
    async fn send(&mut self, page: &Url, name: &str, token: Option<&str>, body: &Value) -> Value {
        let url = page.join(&format!("{API}/{name}")).expect("an address");
        let proof = self
            .cookies
            .iter()
            .find(|(name, _)| name == "csrf-token")
            .expect("a token against forgery")
            .1
            .clone();
        let mut request = self
            .http
            .post(url)
            .header("sec-fetch-mode", "same-origin")
            .header("sec-fetch-dest", "empty")
            .header("sec-fetch-site", "same-origin")
            .header(ORIGIN, page.origin().ascii_serialization())
            .header(REFERER, page.as_str())
            .header("x-csrf-token", proof)
            .header(COOKIE, self.cookie())
            .json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer");
        self.keep(answer.headers());
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(status.is_success(), "{name} answered {status}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let pair = line.to_str().expect("text").split(';').next();
            let (name, value) = pair.and_then(|pair| pair.split_once('=')).expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
