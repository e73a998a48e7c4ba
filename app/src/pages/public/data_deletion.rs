//! How to have data deleted, and what then goes and what stays.

use leptos::prelude::*;

use super::{CONTACT, Contact, PublicLayout, PublicPage};

/// The instructions for data deletion.
#[component]
pub fn DataDeletionPage() -> impl IntoView {
    view! {
        <PublicLayout page=PublicPage::DataDeletion>
            <p class="prose-summary">
                "There are three ways to end a connection. The first deletes our data at once; the third
                ends our access from the platform’s side."
            </p>

            <h2>"In the dashboard"</h2>
            <ol>
                <li>
                    "Sign in at " <a class="link" href="/sign-in">"AutoPost"</a>
                    " and choose the client."
                </li>
                <li>"Open " <strong>"Accounts"</strong> "."</li>
                <li>
                    "In the menu of the account, choose " <strong>"Disconnect"</strong>
                    ". The page lists what is purged, what stays and what stops."
                </li>
                <li>"Type the account’s name to confirm. A receipt shows each step and its result."</li>
            </ol>

            <h2>"By mail"</h2>
            <p>
                "Without a sign-in, write to " <Contact />
                " with the subject “Data deletion”. Name the platform and the handle, and write from an
                address that we can match to the client, so that nobody else can have your data deleted.
                We disconnect the account in the same way and write back when it is done."
            </p>
            <p>
                <a class="button secondary" href=format!("mailto:{CONTACT}?subject=Data%20deletion")>
                    "Write the mail"
                </a>
            </p>

            <h2>"In TikTok"</h2>
            <p>
                "You can also remove AutoPost’s access in TikTok itself: open your profile, then "
                <strong>"Settings and privacy"</strong> ", then "
                <strong>"Security and permissions"</strong> ", then "
                <strong>"Apps and services permissions"</strong>
                ", choose AutoPost and remove access. From then on AutoPost can no longer post. To have
                what we stored deleted as well, use one of the two ways above."
            </p>

            <h2>"What is deleted at once"</h2>
            <ul>
                <li>"The access and refresh tokens; before that we ask the platform to revoke them."</li>
                <li>"The list of permissions that were granted."</li>
                <li>"The account’s nickname, handle and avatar."</li>
            </ul>
            <p>"Posts that were scheduled for the account are cancelled."</p>

            <h2>"What is deleted later"</h2>
            <p>
                "Media files are deleted by the software 30 days after the last post that uses them is
                settled, or 30 days after upload when no post ever used them. The operator can set a
                different number of days. To have them deleted sooner, ask by mail."
            </p>

            <h2>"What stays"</h2>
            <ul>
                <li>"The history of what was published, as a record for the client and for audit."</li>
                <li>
                    "Posts that are already on the platform. Only the account’s owner can delete those,
                    on the platform."
                </li>
            </ul>
        </PublicLayout>
    }
}
