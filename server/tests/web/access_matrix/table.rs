//! What every endpoint requires. **Whoever adds a server function, a raw route or a page adds a line here**;
//! without one the test fails.
//!
//! A line is: the address; who may; and what is sent. `{client}`, `{account}`, `{post}`, `{draft}`,
//! `{delivery}`, `{asset}` and `{user}` (a guest of the client) stand for ids, in the address and in what is
//! sent; more are made in `world.rs`. What is sent is a form, or JSON if it begins with a brace. An endpoint
//! may have several lines, for example where its arguments decide what is required.
//!
//! | who | |
//! | --- | --- |
//! | `Open` | anybody; without a session it tells nothing of any client |
//! | `SignedIn` | anybody with a session |
//! | `Has(&[…])` | whoever has one of these permissions; it concerns no one client |
//! | `At(&[…])` | whoever has one of these permissions and sees the client in `{client}` |
//! | `Signed` | nobody with a browser: a platform signs it |
//!
//! After a line: `.may_answer(409)` lets another status than success pass for whoever may; `.fresh_post()`
//! makes a new draft for every request; `.in_desk()` and `.in_portal()` ask for the right to see those besides;
//! `.on("bluesky")` names another platform than TikTok.

use domain::Permission::{
    ApproveForClient, ApproveInternally, Comment, CommentInternally, ConnectAccounts,
    DisconnectAccounts, ManageAgency, ManageClients, ManageOwners, ManageSelf, ManageTeam,
    PauseClient, PauseEverything, SeeAudit, SeeDesk, SeePortal, SendConnectLinks, SendPosts,
    WritePosts,
};

use super::endpoint::Needs::{At, Has, Open, Signed, SignedIn};
use super::endpoint::{Endpoint, desk_page, function, page, route};

/// The server functions.
#[rustfmt::skip]
pub fn functions() -> Vec<Endpoint> {
    vec![
        function("sign_in", Open, "email=nobody@agency.test&password=wrong").may_answer(422).may_answer(429),
        function("sign_out", Open, ""),
        function("agency_name", Open, ""),
        function("invitation", Open, "token={token}").may_answer(404),
        function("accept_invitation", Open, "token={token}&name=Ann").may_answer(404),
        function("ask_reset", Open, "email=nobody@agency.test").may_answer(429),
        function("password_reset", Open, "token={token}").may_answer(404),
        function("reset_password", Open, "token={token}&password=a new password").may_answer(404),
        function("email_change", Open, "token={token}").may_answer(404),
        function("confirm_email", Open, "token={token}").may_answer(404),
        function("me", SignedIn, ""),
        function("save_my_name", SignedIn, "name=Somebody"),
        function("change_password", SignedIn, "present=wrong&new=a new password").may_answer(409),
        function("ask_password", SignedIn, "").may_answer(429),
        function("change_email", SignedIn, "email=moved@people.test"),
        function("cancel_email_change", SignedIn, ""),
        function("end_session", SignedIn, "session=0190f5d2-0000-7000-8000-000000000000").may_answer(404),
        function("end_other_sessions", SignedIn, ""),
        function("team", Has(&[ManageTeam]), ""),
        function("gift", Has(&[ManageTeam]), ""),
        function("member", At(&[ManageTeam]), "user={user}"),
        function("invite", At(&[ManageTeam]), "email=new@people.test&role=client_viewer&clients[]={client}"),
        function("invite", Has(&[ManageOwners]), "email=new@people.test&role=owner"),
        function("resend_invitation", At(&[ManageTeam]), "invitation={invitation}").may_answer(409),
        function("revoke_invitation", At(&[ManageTeam]), "invitation={invitation}").may_answer(409),
        function("save_access", At(&[ManageTeam]), "user={user}&role=client_viewer").may_answer(422),
        function("set_disabled", At(&[ManageTeam]), "user={user}&disabled=false"),
        function("is_signed_in", Open, ""),
        function("frame", Has(&[SeeDesk]), ""),
        function("frame", At(&[SeeDesk]), "client={client}"),
        function("look", Has(&[SeeDesk]), "seen=0"),
        function("look", At(&[SeeDesk]), "client={client}&seen=0"),
        function("set_paused", Has(&[PauseEverything]), "paused=false"),
        function("set_paused", At(&[PauseClient]), "client={client}&paused=false"),
        function("set_paused", At(&[PauseClient]), "client={client}&account={account}&paused=false"),
        function("list_clients", Has(&[SeeDesk]), ""),
        function("create_client", Has(&[ManageClients]), "name=Own client&time_zone=UTC").may_answer(409),
        function("client_settings", At(&[SeeDesk]), "client={client}"),
        function("save_client_settings", At(&[ManageClients]), "client={client}&form[name]=&form[lateness_minutes]=60").may_answer(422),
        function("zone_names", SignedIn, ""),
        function("list_accounts", At(&[SeeDesk]), "client={client}"),
        function("account_facts", At(&[SeeDesk]), "client={client}&account={account}"),
        function("disconnect_plan", At(&[DisconnectAccounts]), "client={client}&account={account}").in_desk(),
        function("disconnect", At(&[DisconnectAccounts]), "client={client}&account={account}&typed=").may_answer(422).in_desk(),
        function("month", At(&[SeeDesk]), "client={client}"),
        function("composer", At(&[SeeDesk]), "client={client}&post={post}"),
        function("save_post", At(&[WritePosts]), r#"{"client": "{client}", "intent": "SaveDraft", "form": {"id": null, "caption": "", "media": [], "target": null, "local_time": "2026-10-15T09:00"}}"#),
        function("save_post", At(&[WritePosts]), r#"{"client": "{client}", "intent": "SaveDraft", "form": {"id": "{draft}", "caption": "", "media": [{"id": "{asset}"}], "target": null, "local_time": "2026-10-15T09:00"}}"#),
        function("cancel_post", At(&[WritePosts]), "client={client}&post={draft}").fresh_post().may_answer(409),
        function("delete_post", At(&[WritePosts]), "client={client}&post={draft}").fresh_post(),
        function("history", At(&[SeeDesk]), "client={client}"),
        function("delivery", At(&[SeeDesk]), "client={client}&delivery={delivery}"),
        function("activity", At(&[SeeDesk]), "client={client}"),
        function("audit", Has(&[SeeAudit]), ""),
        function("audit", At(&[SeeAudit]), "client={client}&check=true"),
        function("settle_delivery", At(&[SendPosts]), "client={client}&delivery={delivery}&answer=GiveUp").may_answer(409),
        function("notices", SignedIn, ""),
        function("unread_notices", SignedIn, ""),
        function("read_notice", SignedIn, "id=1"),
        function("read_all_notices", SignedIn, "up_to=1"),
        function("preferences", SignedIn, ""),
        function("save_preferences", SignedIn, "in_app[]=comment"),
        function("agency_settings", Has(&[ManageAgency]), ""),
        function("save_agency_settings", Has(&[ManageAgency]), "name=").may_answer(422),
        function("outbox", Has(&[ManageAgency]), ""),
        function("send_mail_again", Has(&[ManageAgency]), "mail=00000000-0000-7000-8000-000000000001").may_answer(409),
        function("webhooks", Has(&[ManageAgency]), ""),
        function("add_webhook", Has(&[ManageAgency]), "url=http://localhost/").may_answer(422).may_answer(409),
        function("set_webhook", Has(&[ManageAgency]), "endpoint=00000000-0000-7000-8000-000000000001&enabled=false").may_answer(404),
        function("remove_webhook", Has(&[ManageAgency]), "endpoint=00000000-0000-7000-8000-000000000001").may_answer(404),
        function("test_webhook", Has(&[ManageAgency]), "endpoint=00000000-0000-7000-8000-000000000001").may_answer(404),
        function("visit_tap", Open, "token={token}"),
        function("continue_by_tap", Open, "token={token}").may_answer(404),
        function("send_new_tap", Open, "token={token}").may_answer(404),
        function("ask_to_be_let_in", Open, "token={token}&name=Max&email=max@people.test").may_answer(404),
        function("let_in_question", Open, "token={token}"),
        function("answer_let_in", Open, "token={token}&answer=no").may_answer(404),
        function("visit_connect_link", Open, "token={token}"),
        function("connect_links", At(&[SendConnectLinks]), "client={client}"),
        function("make_connect_link", At(&[SendConnectLinks]), "client={client}&platforms[]=tiktok&days=7"),
        function("revoke_connect_link", At(&[SendConnectLinks]), "client={client}&link=00000000-0000-7000-8000-000000000001").may_answer(404),
        function("portal_frame", Has(&[SeePortal]), ""),
        function("portal_inbox", Has(&[SeePortal]), ""),
        function("portal_post", At(&[SeePortal]), "client={client}&post={post}"),
        function("portal_decided", At(&[SeePortal]), "client={client}&post={post}"),
        function("portal_month", At(&[SeePortal]), "client={client}"),
        function("portal_published", At(&[SeePortal]), "client={client}"),
        function("portal_activity", At(&[SeePortal]), "client={client}"),
        function("portal_accounts", At(&[SeePortal]), "client={client}"),
        function("portal_disconnect_plan", At(&[DisconnectAccounts]), "client={client}&account={account}").in_portal(),
        function("portal_disconnect", At(&[DisconnectAccounts]), "client={client}&account={account}&typed=").may_answer(422).in_portal(),
        function("portal_decide", At(&[ApproveForClient]), "client={client}&post={post}&version=00&verdict=approved").may_answer(409).may_answer(404),
        function("portal_approve", Has(&[ApproveForClient]), "").may_answer(422),
        function("portal_withdraw", At(&[ApproveForClient]), "client={client}&post={post}").may_answer(409).may_answer(404),
        function("portal_comment", At(&[SeePortal]), "client={client}&post={post}&body=Hello"),
        function("portal_tiktok", At(&[ApproveForClient]), "client={client}&post={post}&account={account}").may_answer(409).may_answer(404),
        function("save_portal_tiktok", At(&[ApproveForClient]), "client={client}&post={post}&account={account}&version=00").may_answer(409).may_answer(404),
        function("approvals", Has(&[SeeDesk]), ""),
        function("approvals", At(&[SeeDesk]), "client={client}"),
        function("review", At(&[SeeDesk]), "client={client}&post={post}"),
        function("send_for_approval", At(&[WritePosts]), r#"{"picks": [{"client": "{client}", "post": "{draft}"}]}"#).answers_each(),
        function("take_back_reviews", At(&[WritePosts]), r#"{"picks": [{"client": "{client}", "post": "{draft}"}]}"#).answers_each(),
        function("remind", At(&[WritePosts]), r#"{"picks": [{"client": "{client}", "post": "{draft}"}]}"#).answers_each(),
        function("add_comment", At(&[Comment]), "client={client}&post={post}&body=Hello"),
        function("add_comment", At(&[CommentInternally]), "client={client}&post={post}&body=Hello&internal=1"),
        function("resolve_comment", At(&[Comment]), "client={client}&comment=00000000-0000-7000-8000-000000000001&resolved=true").may_answer(404),
        function("decide", At(&[ApproveInternally, ApproveForClient]), "client={client}&post={post}&version=00&verdict=approved").may_answer(404).may_answer(409),
        function("withdraw_decision", At(&[ApproveInternally, ApproveForClient]), "client={client}&post={post}").may_answer(404).may_answer(409),
        function("send_delivery", At(&[SendPosts]), "client={client}&delivery={delivery}").may_answer(409),
    ]
}

/// The raw routes: method, address.
#[rustfmt::skip]
pub fn routes() -> Vec<Endpoint> {
    vec![
        route("GET /health", Open, "").may_answer(503),
        route("GET /oauth/bluesky/client-metadata.json", Open, "").may_answer(404),
        route("GET /media/public/{token}", Open, "").may_answer(404),
        route("POST /webhooks/{platform}", Signed, ""),
        route("GET /oauth/{platform}/callback", Has(&[ConnectAccounts]), "").may_answer(422).may_answer(409).may_answer(404),
        route("POST /clients/{client}/accounts/connect/{platform}", At(&[ConnectAccounts]), ""),
        route("POST /clients/{client}/accounts/connect/{platform}/password", At(&[ConnectAccounts]), "handle=nobody.test&password=wrong"),
        route("POST /connect-by-link/{platform}", Open, "token={token}").may_answer(404),
        route("POST /connect-by-link/{platform}/password", Open, "token={token}&handle=nobody.test&password=wrong").may_answer(404),
        route("POST /portal/clients/{client}/accounts/connect/{platform}", At(&[ConnectAccounts]), ""),
        route("POST /portal/clients/{client}/accounts/connect/{platform}/password", At(&[ConnectAccounts]), "handle=nobody.test&password=wrong"),
        route("GET /portal/clients/{client}/avatars/{account}", At(&[SeePortal]), ""),
        route("GET /portal/clients/{client}/assets/{asset}/poster", At(&[SeePortal]), ""),
        route("GET /portal/clients/{client}/assets/{asset}/file", At(&[SeePortal]), ""),
        route("GET /audit.csv", Has(&[SeeAudit]), ""),
        route("GET /audit.csv", At(&[SeeAudit]), "client={client}"),
        route("GET /clients/{client}/avatars/{account}", At(&[SeeDesk]), ""),
        route("POST /clients/{client}/assets", At(&[WritePosts]), "no video").may_answer(422),
        route("GET /clients/{client}/assets/{asset}/poster", At(&[SeeDesk]), ""),
        route("GET /clients/{client}/assets/{asset}/file", At(&[SeeDesk]), ""),
    ]
}

/// The pages.
#[rustfmt::skip]
pub fn pages() -> Vec<Endpoint> {
    vec![
        page("/", Has(&[SeeDesk])),
        page("/sign-in", Open),
        page("/invitation/{token}", Open).may_answer(404),
        page("/reset", Open),
        page("/reset/{token}", Open).may_answer(404),
        page("/email/half", Open),
        page("/email/moved", Open),
        page("/email/{token}", Open).may_answer(404),
        desk_page("/me", Has(&[ManageSelf])),
        desk_page("/team", Has(&[ManageTeam])),
        desk_page("/team/invite", Has(&[ManageTeam])),
        desk_page("/team/{user}", At(&[ManageTeam])),
        page("/privacy", Open),
        page("/terms", Open),
        page("/data-deletion", Open),
        page("/tap/{token}", Open).may_answer(404),
        page("/let-in/{token}", Open).may_answer(404),
        page("/connect/{token}", Open).may_answer(404),
        page("/portal", Has(&[SeePortal])),
        page("/portal/notices", Has(&[SeePortal])),
        page("/portal/me", Has(&[SeePortal])),
        page("/portal/clients/{client}/posts/{post}", At(&[SeePortal])),
        page("/portal/clients/{client}/posts/{post}/decided", At(&[SeePortal])),
        page("/portal/clients/{client}/posts/{post}/tiktok/{account}", At(&[ApproveForClient])).may_answer(409).may_answer(404),
        page("/portal/clients/{client}/calendar", At(&[SeePortal])),
        page("/portal/clients/{client}/published", At(&[SeePortal])),
        page("/portal/clients/{client}/activity", At(&[SeePortal])),
        page("/portal/clients/{client}/accounts", At(&[SeePortal])),
        page("/portal/clients/{client}/accounts/connect/{platform}", At(&[ConnectAccounts])).in_portal().on("bluesky"),
        page("/portal/clients/{client}/accounts/{account}/disconnect", At(&[DisconnectAccounts])).in_portal(),
        desk_page("/clients/{client}/accounts/links", At(&[SendConnectLinks])),
        desk_page("/audit", Has(&[SeeAudit])),
        desk_page("/clients", Has(&[SeeDesk])),
        desk_page("/clients/new", Has(&[SeeDesk])),
        desk_page("/clients/{client}/calendar", At(&[SeeDesk])),
        desk_page("/clients/{client}/posts/{post}", At(&[SeeDesk])),
        desk_page("/clients/{client}/accounts", At(&[SeeDesk])),
        desk_page("/clients/{client}/accounts/connect/{platform}", At(&[ConnectAccounts])).on("bluesky"),
        desk_page("/clients/{client}/accounts/{account}/disconnect", At(&[DisconnectAccounts])),
        desk_page("/clients/{client}/settings", At(&[SeeDesk])),
        desk_page("/clients/{client}/history", At(&[SeeDesk])),
        desk_page("/clients/{client}/activity", At(&[SeeDesk])),
        desk_page("/clients/{client}/history/{delivery}", At(&[SeeDesk])),
        desk_page("/approvals", Has(&[SeeDesk])),
        desk_page("/clients/{client}/approvals", At(&[SeeDesk])),
        desk_page("/settings", Has(&[ManageAgency])),
        desk_page("/settings/mail", Has(&[ManageAgency])),
        desk_page("/settings/webhooks", Has(&[ManageAgency])),
        desk_page("/notices", SignedIn),
        desk_page("/me/notices", SignedIn),
    ]
}
