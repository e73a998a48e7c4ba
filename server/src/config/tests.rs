//! What a server does with what is set, and with what is set wrongly.

use super::Config;

fn read(set: &[(&str, &str)]) -> Result<Config, String> {
    Config::read(|name| {
        set.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
    .map_err(|error| error.to_string())
}

#[test]
fn nothing_set_is_a_private_server_on_loopback_with_the_real_platforms() {
    let config = read(&[]).expect("defaults");
    assert!(config.addr.ip().is_loopback());
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
    assert!(config.database_url.is_none() && config.tiktok.is_none());
    let config = read(&[
        ("AUTOPOST_TIKTOK_CLIENT_KEY", "k"),
        ("AUTOPOST_TIKTOK_CLIENT_SECRET", "s"),
    ])
    .expect("set");
    let tiktok = config.tiktok.expect("set up");
    assert_eq!(
        tiktok.authorize_url.as_str(),
        "https://www.tiktok.com/v2/auth/authorize/"
    );
    assert_eq!(tiktok.api_url.as_str(), "https://open.tiktokapis.com/");
    let bluesky = config.bluesky.expect("there from the start");
    assert_eq!(bluesky.directory_url.as_str(), "https://plc.directory/");
    assert_eq!(
        bluesky.resolver_url.as_str(),
        "https://public.api.bsky.app/"
    );
    assert_eq!(
        bluesky.video.expect("by default").did,
        "did:web:video.bsky.app"
    );
    assert!(bluesky.development_hosts.is_empty());
}

#[test]
fn bluesky_can_be_switched_off_and_stood_in_for() {
    let config = read(&[("AUTOPOST_BLUESKY", "off")]).expect("off");
    assert!(config.bluesky.is_none());
    let config = read(&[
        ("AUTOPOST_BLUESKY_VIDEO_URL", "none"),
        (
            "AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS",
            "127.0.0.1:2583, localhost:2584",
        ),
    ])
    .expect("set");
    let bluesky = config.bluesky.expect("on");
    assert!(bluesky.video.is_none());
    assert_eq!(
        bluesky.development_hosts,
        ["127.0.0.1:2583", "localhost:2584"]
    );
}

#[test]
fn proxies_are_addresses_and_networks() {
    let config = read(&[("AUTOPOST_TRUSTED_PROXIES", "127.0.0.1, ::1,10.0.0.0/8")]);
    let networks = config.expect("set").trusted_proxies;
    let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]);
    assert!(read(&[]).expect("unset").trusted_proxies.is_empty());
}

#[test]
fn all_mistakes_are_listed_at_once() {
    let error = read(&[
        ("AUTOPOST_ADDR", "here"),
        ("AUTOPOST_PUBLIC_URL", "https://autopost.example/desk"),
        ("DATABASE_URL", "mysql://db"),
        ("AUTOPOST_MEDIA_RETENTION_DAYS", "0"),
        ("AUTOPOST_TIKTOK_CLIENT_KEY", "only the key"),
        ("AUTOPOST_BLUESKY", "maybe"),
        ("AUTOPOST_TRUSTED_PROXIES", "10.0.0.0/8, the proxy"),
        ("AUTOPOST_OWNER_DATABASE_URL", "mysql://db"),
        ("AUTOPOST_BLUESKY_DIRECTORY_URL", "nowhere"),
        ("AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS", "127.0.0.1"),
        ("AUTOPOST_WEBHOOK_DEVELOPMENT_HOSTS", "localhost"),
        ("AUTOPOST_SMTP_URL", "smtp://localhost"),
        ("AUTOPOST_COPIES_AT_ONCE", "17"),
        ("AUTOPOST_COPY_THREADS", "0"),
    ])
    .expect_err("mistakes");
    for name in [
        "AUTOPOST_ADDR",
        "AUTOPOST_PUBLIC_URL",
        "DATABASE_URL",
        "OWNER_DATABASE_URL",
        "“the proxy”",
        "RETENTION_DAYS",
        "CLIENT_SECRET",
        "AUTOPOST_BLUESKY is",
        "BLUESKY_DIRECTORY_URL",
        "BLUESKY_DEVELOPMENT_HOSTS",
        "WEBHOOK_DEVELOPMENT_HOSTS",
        "AUTOPOST_MAIL_FROM",
        "AUTOPOST_COPY_THREADS",
    ] {
        assert!(error.contains(name), "{name} in {error}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let config = read(&[
        ("AUTOPOST_KEYS", "k:sesame"),
        ("DATABASE_URL", "postgres://u:sesame@db/x"),
        ("AUTOPOST_OWNER_DATABASE_URL", "postgres://o:sesame@db/x"),
        ("AUTOPOST_TIKTOK_CLIENT_KEY", "key"),
        ("AUTOPOST_TIKTOK_CLIENT_SECRET", "sesame"),
        ("AUTOPOST_SMTP_URL", "smtps://user:sesame@mail.example"),
        ("AUTOPOST_MAIL_FROM", "AutoPost <desk@agency.example>"),
    ])
    .expect("set");
    assert!(config.smtp.is_some());
    assert!(!format!("{config:?}").contains("sesame"));
}
