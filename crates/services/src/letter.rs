//! How every mail looks: a heading, a few sentences, what it is about, one button, and small print. Written
//! once, and set as plain text and as HTML that needs nothing from elsewhere.

use domain::AssetId;
use url::Url;

use crate::outbox::Body;

/// A mail before it is set.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who writes: the agency.
    pub from: String,
    /// "#1f4a44": the colour of the agency or the client.
    pub color: Option<String>,
    /// What it is, in a few words.
    pub heading: String,
    /// Sentences, one a paragraph.
    pub paragraphs: Vec<String>,
    /// What it tells of.
    pub items: Vec<LetterItem>,
    /// The one thing to do: its words and where it leads.
    pub button: Option<(String, Url)>,
    /// Small print, one a paragraph.
    pub small: Vec<String>,
}

/// One of the things that a mail tells of.
#[derive(Clone, Debug)]
pub struct LetterItem {
    /// The file whose small picture stands beside it.
    pub picture: Option<AssetId>,
    /// Its first line.
    pub title: String,
    /// Its second line.
    pub detail: String,
}

impl Letter {
    /// Sets it.
    #[must_use]
    pub fn body(&self) -> Body {
        Body {
            text: self.text(),
            html: self.html(),
            pictures: self.items.iter().filter_map(|item| item.picture).collect(),
            preferences: None,
        }
    }

    fn text(&self) -> String {
        let mut parts = vec![self.heading.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        if !self.items.is_empty() {
            let items: Vec<String> = self
                .items
                .iter()
                .map(|item| format!("- {}\n  {}", item.title, item.detail))
                .collect();
            parts.push(items.join("\n"));
        }
        if let Some((words, address)) = &self.button {
            parts.push(format!("{words}:\n{address}"));
        }
        if !self.small.is_empty() {
            parts.push(format!("-- \n{}", self.small.join("\n")));
        }
        parts.join("\n\n") + "\n"
    }

    fn html(&self) -> String {
        let color = self.color.as_deref().unwrap_or("#1b181c");
        let mut body = format!(
            "<p style=\"margin:0 0 24px;font-weight:600;color:{color}\">{}</p><h1 style=\"margin:0 0 12px;font-size:20px;line-height:28px\">{}</h1>",
            escape(&self.from),
            escape(&self.heading)
        );
        for paragraph in &self.paragraphs {
            body += &format!("<p style=\"margin:0 0 12px\">{}</p>", escape(paragraph));
        }
        if !self.items.is_empty() {
            body += "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:16px 0\">";
            for item in &self.items {
                let picture = item.picture.map_or_else(String::new, |asset| {
                    format!(
                        "<img src=\"cid:{asset}\" alt=\"\" width=\"56\" height=\"72\" style=\"display:block;border-radius:4px;object-fit:cover\">"
                    )
                });
                body += &format!(
                    "<tr><td style=\"padding:6px 12px 6px 0\">{picture}</td><td style=\"padding:6px 0\"><strong>{}</strong><br><span style=\"color:#57525a\">{}</span></td></tr>",
                    escape(&item.title),
                    escape(&item.detail)
                );
            }
            body += "</table>";
        }
        if let Some((words, address)) = &self.button {
            body += &format!(
                "<p style=\"margin:20px 0\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:#211d23;color:#ffffff;text-decoration:none;font-weight:600\">{}</a></p>",
                escape(address.as_str()),
                escape(words)
            );
        }
        for small in &self.small {
            body += &format!(
                "<p style=\"margin:0 0 6px;font-size:12px;line-height:16px;color:#706a73\">{}</p>",
                escape(small)
            );
        }
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head><body style=\"margin:0;background:#f8f7f8;color:#1b181c;font:15px/22px system-ui,sans-serif\"><div style=\"max-width:520px;margin:0 auto;padding:32px 20px;background:#ffffff\">{body}</div></body></html>",
            escape(&self.heading)
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Letter, LetterItem};

    #[test]
    fn a_letter_says_the_same_twice_and_lets_no_markup_through() {
        let letter = Letter {
            from: "Halden & Rye".to_owned(),
            color: None,
            heading: "Two posts wait".to_owned(),
            paragraphs: vec!["Hello <b>Ann</b>".to_owned()],
            items: vec![LetterItem {
                picture: None,
                title: "Flat white".to_owned(),
                detail: "Fri 16 Oct, 09:00 London".to_owned(),
            }],
            button: Some((
                "Review them".to_owned(),
                "https://desk.test/tap/x?a=1&b=2"
                    .parse()
                    .expect("an address"),
            )),
            small: vec!["You get this because you approve posts.".to_owned()],
        };
        let body = letter.body();
        for part in [
            "Two posts wait",
            "Flat white",
            "Fri 16 Oct, 09:00 London",
            "Review them",
        ] {
            assert!(
                body.text.contains(part) && body.html.contains(part),
                "{part}"
            );
        }
        assert!(body.text.contains("https://desk.test/tap/x?a=1&b=2"));
        assert!(body.html.contains("https://desk.test/tap/x?a=1&amp;b=2"));
        assert!(body.html.contains("Hello &lt;b&gt;Ann&lt;/b&gt;"));
        assert!(body.html.contains("Halden &amp; Rye"));
    }
}
