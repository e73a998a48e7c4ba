//! On what terms AutoPost is used.

use leptos::prelude::*;

use super::{Contact, OPERATOR, PublicLayout, PublicPage};

/// The terms of service.
#[component]
pub fn TermsPage() -> impl IntoView {
    view! {
        <PublicLayout page=PublicPage::Terms>
            <p class="prose-summary">
                "AutoPost is a publishing desk run by an agency for its clients. These terms say who may
                use it, whose content it is, and who answers for what."
            </p>

            <h2>"Who operates AutoPost"</h2>
            <p>
                "AutoPost is operated by " {OPERATOR} " (“we”). You reach us at " <Contact />
                ". By signing in, or by connecting a social account, you agree to these terms."
            </p>

            <h2>"Who may use it"</h2>
            <ul>
                <li>"Staff whom we have given a sign-in of their own."</li>
                <li>
                    "Clients of ours, and people who act for them, who connect accounts that they own or
                    have been given authority over."
                </li>
            </ul>
            <p>
                "Keep your sign-in to yourself, and tell us at once if somebody else may have it. You
                must be old enough to hold an account on the platforms that you connect."
            </p>

            <h2>"Content and rights"</h2>
            <p>
                "Content stays the property of whoever owns it. You give us only the permission that the
                task needs: to store it, to convert it where a platform asks for that, and to publish it
                on the connected accounts as planned. Whoever supplies content makes sure that they may
                publish it, including its music, its pictures of people and its trade marks, and that
                advertising and paid partnerships are disclosed as the law and the platform require."
            </p>
            <p>
                "We publish what was planned and agreed to. AutoPost adds no watermark, logo or text of
                its own to content."
            </p>

            <h2>"The platforms’ own terms"</h2>
            <p>
                "What is published on a platform is also subject to that platform’s terms. For TikTok
                these are, among others, its "
                <a class="link" href="https://www.tiktok.com/legal/page/row/terms-of-service/en" rel="noopener">
                    "Terms of Service"
                </a> " and its "
                <a
                    class="link"
                    href="https://www.tiktok.com/legal/page/global/music-usage-confirmation/en"
                    rel="noopener"
                >
                    "Music Usage Confirmation"
                </a> ", and for branded content its "
                <a class="link" href="https://www.tiktok.com/legal/page/global/bc-policy/en" rel="noopener">
                    "Branded Content Policy"
                </a>
                ". A platform may refuse, limit or remove a post, or withdraw our access, at its own
                discretion. AutoPost is not made, endorsed or sponsored by any platform."
            </p>

            <h2>"Acceptable use"</h2>
            <p>"AutoPost must not be used to publish or prepare:"</p>
            <ul>
                <li>"anything unlawful, or that infringes somebody’s rights;"</li>
                <li>"spam, deception, or engagement that is bought or made up;"</li>
                <li>"malware, or attempts to get round a platform’s limits or safety measures;"</li>
                <li>"posts on an account that you have no authority over."</li>
            </ul>
            <p>
                "Nor may anybody try to reach other clients’ data, or to disturb the service. We may
                suspend a sign-in or a connection to stop such use."
            </p>

            <h2>"Connecting and disconnecting"</h2>
            <p>
                "Accounts are connected through the platform’s own sign-in; we never ask for a platform
                password. Authorised users can disconnect an account at any time in the dashboard. What
                was scheduled for it is then cancelled; what was already published stays on the platform
                until the account’s owner removes it there. How we treat data is in the "
                <a class="link" href="/privacy">"privacy policy"</a> "."
            </p>

            <h2>"Availability"</h2>
            <p>
                "We take care that posts go out at the planned minute, and we show plainly when one did
                not. But publishing depends on networks and on platforms that we do not control, and the
                service is sometimes maintained. We do not promise that it is never interrupted, or that
                a platform accepts a post at a given time. Keep your own copies of content: media files
                are deleted here after a while, as the privacy policy says."
            </p>

            <h2>"Liability"</h2>
            <p>
                "The service is provided as it is. As far as the law allows, we are not liable for lost
                profit, lost reach or indirect damage, nor for what a platform does. Nothing here limits
                liability that the law does not let us limit, and nothing here takes the place of a
                written contract between us and a client: where the two differ, the contract counts."
            </p>

            <h2>"Changes and contact"</h2>
            <p>
                "When these terms change, the date at the top changes with them; whoever goes on using
                AutoPost then agrees to the new text. Questions reach us at " <Contact /> "."
            </p>
        </PublicLayout>
    }
}
