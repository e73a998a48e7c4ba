//! The portal and the links into it by plain addresses and forms, as a browser without scripts uses them.

use diesel_async::SimpleAsyncConnection;
use domain::{ClientId, Platform, PostId, Role};
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, COOKIE, LOCATION, ORIGIN, REFERER, REFERRER_POLICY, SET_COOKIE,
};
use reqwest::{Method, Response, StatusCode};
use services::connect_links::ConnectLinkOrder;
use services::posts::Intent;
use services::users::SecretToken;
use testing::{KESTREL, video};

use crate::support::{Site, header};

/// A client's own person with a browser that runs no scripts.
struct Phone<'a> {
    site: &'a Site,
    session: Option<String>,
}

impl<'a> Phone<'a> {
    const fn new(site: &'a Site) -> Self {
        Self {
            site,
            session: None,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Response {
        let request = match &self.session {
            Some(session) => request.header(COOKIE, session),
            None => request,
        };
        request.send().await.expect("an answer")
    }

    async fn get(&self, path: &str) -> Response {
        self.send(self.site.bare(Method::GET, path)).await
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    }

    /// Sends the form on a page, and says where that leads.
    async fn submit(&mut self, on: &str, name: &str, form: &[(&str, &str)]) -> String {
        let request = self
            .site
            .bare(Method::POST, &format!("/api/{name}"))
            .header(ORIGIN, "https://desk.autopost.test")
            .header(ACCEPT, "text/html,*/*;q=0.8")
            .header(REFERER, format!("https://desk.autopost.test{on}"))
            .form(form);
        let answer = self.send(request).await;
        assert_eq!(answer.status(), StatusCode::FOUND, "{name}");
        let cookie = header(&answer, &SET_COOKIE);
        if cookie.starts_with("autopost_session=") {
            self.session = cookie.split(';').next().map(str::to_owned);
        }
        header(&answer, &LOCATION).to_owned()
    }
}

async fn client_that_approves(site: &Site, name: &str, username: &str) -> ClientId {
    let client = site.desk.client(name).await;
    site.desk.connect(client, username).await;
    site.desk
        .database
        .connect()
        .await
        .batch_execute("UPDATE clients SET approval_policy = 'required', decide_ahead_minutes = 0")
        .await
        .expect("a policy");
    client
}

async fn sent(site: &Site, client: ClientId, captions: &[&str]) -> Vec<PostId> {
    let desk = &site.desk;
    let accounts = desk.services.accounts(&desk.owner, client).await;
    let account = accounts.expect("accounts")[0].account.id;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut posts = Vec::new();
    for caption in captions {
        let input = desk.input(account, asset, caption);
        let saved = desk
            .services
            .save_post(&desk.owner, client, input, Intent::SaveDraft)
            .await;
        posts.push(saved.expect("a draft"));
    }
    let sent = desk
        .services
        .send_for_approval(&desk.owner, client, &posts)
        .await
        .expect("sent");
    assert_eq!(sent.count(), captions.len());
    posts
}

/// What a hidden field of a page holds.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    rest.split_once('"').expect("its end").0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_a_mail_leads_to_an_approval_without_scripts() {
    let site = Site::start().await;
    let client = client_that_approves(&site, "Kestrel Coffee", KESTREL).await;
    let priya = site
        .desk
        .portal_user(
            &[client],
            "Priya Nair",
            "priya@kestrel.test",
            Role::ClientApprover,
        )
        .await;
    let posts = sent(
        &site,
        client,
        &["A swan", "Three grind sizes", "A day at origin"],
    )
    .await;
    let token = site.desk.tap_link(priya, &posts).await;
    let tap = format!("/tap/{}", token.expose());
    let mut phone = Phone::new(&site);

    // Scanners look at it first, in their ways.
    let everything = "SELECT (SELECT json_agg(l ORDER BY id) FROM links l)::text || (SELECT count(*) FROM sessions)::text
                             || (SELECT json_agg(r ORDER BY id) FROM reviews r)::text AS text";
    let state = || site.desk.read(everything);
    let before = state().await;
    for method in [
        Method::GET,
        Method::HEAD,
        Method::GET,
        Method::HEAD,
        Method::GET,
    ] {
        let answer = phone.send(site.bare(method, &tap)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header(&answer, &CACHE_CONTROL), "private, no-store");
        assert_eq!(header(&answer, &REFERRER_POLICY), "same-origin");
        assert!(header(&answer, &SET_COOKIE).is_empty());
    }
    assert_eq!(state().await, before);
    let page = phone.page(&tap).await;
    assert!(page.contains("Continue as Priya Nair"), "{page}");
    assert!(
        !page.contains("A swan"),
        "nothing is told before somebody continues"
    );

    let inbox = phone
        .submit(&tap, "continue_by_tap", &[("token", token.expose())])
        .await;
    assert_eq!(inbox, "/portal");
    let page = phone.page("/portal").await;
    assert!(page.contains("3 waiting for you") && page.contains("First due"));
    // The same link in the same browser leads on.
    let again = phone.get(&tap).await;
    assert_eq!(header(&again, &LOCATION), "/portal");
    let other = Phone::new(&site).page(&tap).await;
    assert!(other.contains("used on another device") && other.contains("p…@kestrel.test"));

    // One by its page, with the buttons that are there without scripts.
    let href = format!("/portal/clients/{client}/posts/{}", posts[0]);
    let page = phone.page(&href).await;
    assert!(page.contains("1 of 3") && page.contains("A swan") && page.contains("Approve"));
    let ids = [
        ("client", client.to_string()),
        ("post", posts[0].to_string()),
        ("version", field(&page, "version").to_owned()),
        ("verdict", "approved".to_owned()),
    ];
    let form: Vec<(&str, &str)> = ids.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let decided = phone.submit(&href, "portal_decide", &form).await;
    assert_eq!(decided, format!("{href}/decided"));
    let page = phone.page(&decided).await;
    for words in [
        "Approved",
        "You can withdraw until",
        "2 left",
        "Review the next one",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let back = phone.submit(&decided, "portal_withdraw", &form[..2]).await;
    assert_eq!(back, format!("{href}?withdrawn=1"));
    let page = phone.page("/portal").await;
    assert!(page.contains("3 waiting for you"));

    // Changes to one, at a moment of its video.
    let ask = phone.page(&format!("{href}?ask=changes")).await;
    let asset = field(&ask, "asset").to_owned();
    let silent = phone
        .submit(
            &href,
            "portal_decide",
            &[&form[..3], &[("verdict", "changes"), ("note", " ")]].concat(),
        )
        .await;
    assert!(silent.contains("__err="), "{silent}");
    let said = [
        ("verdict", "changes"),
        ("note", "Could the cup turn?"),
        ("asset", &asset),
        ("minute", ""),
        ("second", "1"),
    ];
    let decided = phone
        .submit(&href, "portal_decide", &[&form[..3], &said].concat())
        .await;
    assert!(phone.page(&decided).await.contains("Changes requested"));
    let page = phone.page(&href).await;
    assert!(page.contains("0:01") && page.contains("Could the cup turn?"));

    // The rest at once.
    let page = phone.page("/portal?select=all").await;
    let chosen: Vec<(&str, &str)> = page
        .split("name=\"chosen[]\" value=\"")
        .skip(1)
        .map(|rest| ("chosen[]", rest.split('"').next().expect("a value")))
        .collect();
    assert_eq!(chosen.len(), 2);
    let done = phone.submit("/portal", "portal_approve", &chosen).await;
    assert_eq!(done, "/portal?approved=2&refused=0");
    let page = phone.page(&done).await;
    assert!(page.contains("2 posts are approved.") && page.contains("Nothing waits for you"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_clients_user_sees_none_of_it_by_any_address() {
    let site = Site::start().await;
    let client = client_that_approves(&site, "Kestrel Coffee", KESTREL).await;
    site.desk
        .portal_user(
            &[client],
            "Priya Nair",
            "priya@kestrel.test",
            Role::ClientApprover,
        )
        .await;
    let posts = sent(&site, client, &["Words for Kestrel alone"]).await;
    let northwind = client_that_approves(&site, "Northwind", "northbankclimbing").await;
    let nora = site
        .desk
        .portal_user(
            &[northwind],
            "Nora",
            "nora@northwind.test",
            Role::ClientApprover,
        )
        .await;
    let (session, _) = site.desk.signed_in_by_link(nora).await;
    let mut phone = Phone::new(&site);
    phone.session = Some(format!("autopost_session={}", session.expose()));
    let desk = &site.desk;
    let full = desk.services.post(&desk.owner, client, posts[0]).await;
    let full = full.expect("the post");
    let (post, asset) = (posts[0], full.assets[0].asset.id);
    let account = full.deliveries[0].1.id;
    for at in [client, northwind] {
        for path in [
            format!("/portal/clients/{at}/posts/{post}"),
            format!("/portal/clients/{at}/posts/{post}/decided"),
            format!("/portal/clients/{at}/posts/{post}/tiktok/{account}"),
            format!("/portal/clients/{at}/assets/{asset}/poster"),
            format!("/portal/clients/{at}/assets/{asset}/file"),
            format!("/portal/clients/{at}/avatars/{account}"),
            format!("/portal/clients/{at}/accounts/{account}/disconnect"),
        ] {
            let answer = phone.get(&path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            let body = String::from_utf8_lossy(&answer.bytes().await.expect("a body")).into_owned();
            for word in ["Kestrel", KESTREL, "alone"] {
                assert!(!body.contains(word), "{path} tells of {word}");
            }
        }
    }
    for page in ["calendar", "published", "accounts"] {
        let answer = phone.get(&format!("/portal/clients/{client}/{page}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{page}");
        let own = phone
            .page(&format!("/portal/clients/{northwind}/{page}"))
            .await;
        assert!(!own.contains("Kestrel") && !own.contains("alone"), "{page}");
    }
    let inbox = phone.page("/portal").await;
    assert!(inbox.contains("Nothing waits for you") && !inbox.contains("Kestrel"));
    // The desk is not theirs either.
    for desk_page in [
        "/".to_owned(),
        "/clients".to_owned(),
        format!("/clients/{northwind}/calendar"),
        format!("/clients/{client}/posts/{post}"),
    ] {
        let answer = phone.get(&desk_page).await;
        assert_eq!(header(&answer, &LOCATION), "/portal", "{desk_page}");
        let body = answer.text().await.expect("text");
        assert!(!body.contains("Kestrel") && !body.contains("alone"));
    }
    // And the portal is not for staff.
    let staff = site.own(Method::GET, "/portal").send().await;
    assert_eq!(header(&staff.expect("an answer"), &LOCATION), "/");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_link_that_a_plain_form_made_is_told_once_and_in_no_address() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let other = site.desk.client("Northwind").await;
    let path = format!("/clients/{client}/accounts/links");
    let made = site
        .own(Method::POST, "/api/make_connect_link")
        .header(ACCEPT, "text/html,*/*;q=0.8")
        .header(
            REFERER,
            format!("https://desk.autopost.test{path}?revoked=1"),
        )
        .form(&[
            ("client", client.to_string().as_str()),
            ("platforms[]", "tiktok"),
            ("days", "7"),
        ])
        .send()
        .await
        .expect("an answer");
    assert_eq!(made.status(), StatusCode::FOUND);
    assert_eq!(header(&made, &LOCATION), path);
    let cookie = header(&made, &SET_COOKIE).to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", &path, "Max-Age=60"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let note = cookie.split(';').next().expect("a cookie").to_owned();
    let (_, token) = note.split_once('=').expect("a token");
    let told = format!("https://desk.autopost.test/connect/{token}");
    let visit = async |session: &str, path: &str| {
        let cookies = format!("autopost_session={session}; {note}");
        let request = site.bare(Method::GET, path).header(COOKIE, cookies);
        let answer = request.send().await.expect("an answer");
        let kept = header(&answer, &SET_COOKIE).to_owned();
        (answer.text().await.expect("a page"), kept)
    };
    let owner = site.desk.session.expose();
    let (page, kept) = visit(owner, &path).await;
    assert!(page.contains(&told), "{page}");
    assert!(
        kept.contains("autopost_made_link=;") && kept.contains("Max-Age=0"),
        "{kept}"
    );
    // Neither at another client, nor to whoever did not make it.
    let (page, _) = visit(owner, &format!("/clients/{other}/accounts/links")).await;
    assert!(!page.contains(token));
    let stranger = SecretToken::generate();
    let (page, _) = visit(stranger.expose(), &path).await;
    assert!(!page.contains(token));
    let page = crate::support::text(site.own(Method::GET, &path)).await;
    assert!(!page.contains(token));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_connects_by_a_link_and_only_in_the_browser_that_began() {
    let site = Site::start().await;
    let desk = &site.desk;
    let client = desk.client("Kestrel Coffee").await;
    let order = ConnectLinkOrder {
        platforms: vec![Platform::TikTok],
        days: 7,
        mail_to: None,
    };
    let made = desk
        .services
        .make_connect_link(&desk.owner, client, order)
        .await
        .expect("a link");
    let path = made.address.path().to_owned();
    let token = path.rsplit('/').next().expect("a token").to_owned();
    let phone = Phone::new(&site);
    let page = phone.page(&path).await;
    assert!(
        page.contains("Kestrel Coffee") && page.contains("Connect TikTok"),
        "{page}"
    );
    let begin = |token: &str| {
        site.stranger(Method::POST, "/connect-by-link/tiktok")
            .form(&[("token", token)])
    };
    let begun = phone.send(begin(&token)).await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    let cookie = header(&begun, &SET_COOKIE).to_owned();
    for part in [
        "autopost_visitor=",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/oauth",
        "Max-Age=900",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let consent = header(&begun, &LOCATION).parse().expect("an address");
    let reply = desk.agree_at(consent, KESTREL, None, "allow").await;
    let callback = format!(
        "/oauth/tiktok/callback?code={}&state={}",
        reply.code.expect("a code"),
        reply.state.expect("a state")
    );
    // Another browser, with and without a visit of its own, gets nowhere.
    let stranger = phone.get(&callback).await;
    assert_eq!(header(&stranger, &LOCATION), "/sign-in");
    let other = phone
        .send(
            site.bare(Method::GET, &callback)
                .header(COOKIE, format!("autopost_visitor=x.{token}")),
        )
        .await;
    assert!(header(&other, &LOCATION).starts_with(&format!("{path}?problem=")));
    let back = phone
        .send(site.bare(Method::GET, &callback).header(COOKIE, &cookie))
        .await;
    let location = header(&back, &LOCATION).to_owned();
    assert!(
        location.starts_with(&format!("{path}?connected=")),
        "{location}"
    );
    let page = phone.page(&location).await;
    for words in ["is connected", "Who publishes", "Connect another on TikTok"] {
        assert!(page.contains(words), "{words}");
    }
    // The same answer once more leads back to the link, with a word on it.
    let twice = phone
        .send(site.bare(Method::GET, &callback).header(COOKIE, &cookie))
        .await;
    assert!(header(&twice, &LOCATION).contains("problem="));
    // A link that was taken back tells nothing.
    let links = desk.services.connect_links(&desk.owner, client).await;
    let link = links.expect("links")[0].id;
    desk.services
        .revoke_connect_link(&desk.owner, client, link)
        .await
        .expect("taken back");
    let ended = phone.get(&path).await;
    assert_eq!(ended.status(), StatusCode::NOT_FOUND);
    let body = ended.text().await.expect("text");
    assert!(body.contains("This link has ended") && !body.contains("Kestrel"));
    assert_eq!(
        phone.send(begin(&token)).await.status(),
        StatusCode::NOT_FOUND
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_let_in_by_plain_forms() {
    let site = Site::start().await;
    let client = client_that_approves(&site, "Kestrel Coffee", KESTREL).await;
    let priya = site
        .desk
        .portal_user(
            &[client],
            "Priya Nair",
            "priya@kestrel.test",
            Role::ClientApprover,
        )
        .await;
    let token = site.desk.tap_link(priya, &[]).await;
    let tap = format!("/tap/{}", token.expose());
    let mut phone = Phone::new(&site);
    let form = [
        ("token", token.expose()),
        ("name", "Max Moss"),
        ("email", "max@kestrel.test"),
    ];
    let asked = phone.submit(&tap, "ask_to_be_let_in", &form).await;
    assert_eq!(asked, format!("{tap}?sent=question"));
    assert!(
        phone
            .page(&asked)
            .await
            .contains("Your question is on its way.")
    );
    let mail = site.desk.mails_to("priya@kestrel.test").await.pop();
    let question: SecretToken = mail.expect("a mail").token("let-in");
    let path = format!("/let-in/{}", question.expose());
    let page = phone.page(&path).await;
    for words in [
        "Let Max Moss in?",
        "Max may look",
        "Max may approve too",
        "No",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let form = [("token", question.expose()), ("answer", "approve")];
    let answered = phone.submit(&path, "answer_let_in", &form).await;
    assert!(phone.page(&answered).await.contains("They are let in"));
    let twice = phone.submit(&path, "answer_let_in", &form).await;
    assert!(twice.contains("__err="), "{twice}");
    assert_eq!(site.desk.mails_to("max@kestrel.test").await.len(), 1);
    site.desk.database.remove().await;
}
