//! The reasons that TikTok gives for a failed post.

use std::time::Duration;

use super::{BANNED, SPAM, coded};
use crate::{ErrorKind, PlatformError};

/// Pictures that TikTok says have failed.
pub(in crate::tiktok) fn failed_photos(reason: &str) -> PlatformError {
    let message = match reason {
        "file_format_check_failed" => {
            "TikTok cannot read one of the pictures. Export them as JPEG and upload them again."
        }
        "picture_size_check_failed" => {
            "TikTok refused the size of a picture. Export them with at most 1080 × 1920 pixels and 20 MB, and upload them again."
        }
        "photo_pull_failed" => {
            "TikTok could not fetch a picture from AutoPost. AutoPost tries again from the beginning."
        }
        "" => {
            "TikTok did not publish the pictures and gave no reason. Try them in TikTok’s own app to learn more."
        }
        _ => return failed_post(reason),
    };
    PlatformError {
        message: message.to_owned(),
        ..failed_post(reason)
    }
}

/// A post that TikTok says has failed. Nothing was posted, so every retry starts from the beginning.
pub(in crate::tiktok) fn failed_post(reason: &str) -> PlatformError {
    let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
    let again = |seconds, sentence: &str| {
        PlatformError::new(ErrorKind::RetryLater, sentence)
            .after(Duration::from_secs(seconds))
            .restarting()
    };
    let error = match reason {
        "file_format_check_failed" => rejected(
            "TikTok cannot read this file. Export the video as MP4 with H.264 and upload it again.",
        ),
        "duration_check_failed" => rejected(
            "TikTok refused the video’s length. Cut it to the length that the account allows and upload it again.",
        ),
        "frame_rate_check_failed" => rejected(
            "TikTok refused the video’s frame rate. Export it with 23 to 60 frames a second, best 30, and upload it again.",
        ),
        "picture_size_check_failed" => rejected(
            "TikTok refused the picture size. Export the video with 360 to 4,096 pixels on each side, best 1080 × 1920, and upload it again.",
        ),
        "video_pull_failed" | "photo_pull_failed" => again(
            300,
            "TikTok could not fetch the file from AutoPost. AutoPost tries again from the beginning.",
        ),
        "internal" => again(
            300,
            "TikTok failed while processing the post and published nothing. AutoPost tries again from the beginning.",
        ),
        "publish_cancelled" => {
            rejected("The post was cancelled at TikTok before it was published.")
        }
        "auth_removed" => PlatformError::new(
            ErrorKind::Reauthorise,
            "The account took AutoPost’s access away while it was processed, so TikTok posted nothing. Connect the account again.",
        )
        .restarting(),
        "spam_risk_too_many_posts" => again(
            24 * 3600,
            "This account has reached TikTok’s daily limit for posts by apps. AutoPost tries again in 24 hours; TikTok’s own app still posts at once.",
        ),
        "spam_risk_user_banned_from_posting" => rejected(BANNED),
        "spam_risk_text" => rejected(
            "TikTok’s spam protection refused the caption. Change its words, links or hashtags and schedule it again.",
        ),
        "spam_risk" => rejected(SPAM),
        "" => rejected(
            "TikTok did not publish the video and gave no reason. Try it in TikTok’s own app to learn more.",
        ),
        _ => rejected("TikTok did not publish it. Its reason is below."),
    };
    let words = format!("FAILED {reason}");
    coded(error, reason).with_words(words.trim_end())
}
