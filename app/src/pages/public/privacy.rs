//! What AutoPost keeps, what it uses it for, and what it never does.

use leptos::prelude::*;

use super::{Contact, OPERATOR, PublicLayout, PublicPage};

/// The privacy policy.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <PublicLayout page=PublicPage::Privacy>
            <p class="prose-summary">
                "AutoPost publishes videos and images that a client has agreed to, on the client’s own
                social accounts, at a planned time. It keeps what it needs for that and no more, it
                never sees a platform password, and an account can be disconnected at any moment."
            </p>

            <h2>"Who we are"</h2>
            <p>
                "AutoPost is operated by " {OPERATOR}
                ". This policy covers the AutoPost dashboard and everything it does with connected
                accounts. For any question about it, write to " <Contact /> "."
            </p>

            <h2>"Connecting an account"</h2>
            <p>
                "Accounts are connected only through the sign-in that each platform officially offers
                to other services (OAuth), such as TikTok Login Kit. You sign in on the platform’s own
                page and decide there what AutoPost may do. "
                <strong>"We never ask for a platform password, and we never store one."</strong>
            </p>

            <h2>"What we store"</h2>
            <ul>
                <li>
                    <strong>"Profile data: "</strong>
                    "the nickname, the handle and the avatar of a connected account, so that staff can
                    see which account they are working for."
                </li>
                <li>
                    <strong>"Content: "</strong>
                    "videos, images, captions and schedule data. They are kept temporarily, for
                    automated publishing."
                </li>
                <li>
                    <strong>"Access tokens: "</strong>
                    "what the platform gives us instead of a password, with the list of permissions that
                    were granted. Tokens are stored encrypted (XChaCha20-Poly1305)."
                </li>
                <li>
                    <strong>"Posting history: "</strong>
                    "what was posted, when, on which account, and what the platform answered."
                </li>
            </ul>

            <h2>"What we use platform permissions for"</h2>
            <p>
                "Permissions granted by a platform, such as TikTok’s "
                <code class="machine">"video.upload"</code> " and "
                <code class="machine">"video.publish"</code>
                ", are used only to deliver approved content to linked accounts at a scheduled time."
            </p>

            <h2>"What we keep a log of"</h2>
            <p>
                "Posting history and status are logged for internal audit, for performance monitoring
                and for reports to the client whose accounts they are."
            </p>

            <h2>"What we never do"</h2>
            <p>
                "We do not sell, rent or trade any of this data."
            </p>

            <h2>"Where data is and who reaches it"</h2>
            <p>
                "Data sits on private servers. Only authorised staff reach it, and only to manage client
                content."
            </p>

            <h2>"How long we keep it"</h2>
            <p>
                "Media files are deleted by the software 30 days after the last post that uses them is
                settled, or 30 days after upload when no post ever used them. The operator can set a
                different number of days. Posting history is kept as a record of what was done."
            </p>

            <h2>"Disconnecting"</h2>
            <p>
                "Authorised users can disconnect a platform at any time in the dashboard. That at once
                purges its tokens and connection metadata: AutoPost asks the platform to revoke access,
                deletes the tokens, the granted permissions, and the nickname, handle and avatar, and
                cancels what was scheduled for that account. The history of what was already published
                stays. " <a class="link" href="/data-deletion">"Data deletion"</a>
                " explains every way to do this."
            </p>

            <h2>"Changes and questions"</h2>
            <p>
                "When this policy changes, the date at the top changes with it. Questions, and requests
                to see, correct or delete your data, reach us at " <Contact /> "."
            </p>
        </PublicLayout>
    }
}
