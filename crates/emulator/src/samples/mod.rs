/// An H.264 video that passes every check: 360 by 640, 24 frames per second,
/// three seconds.
pub const VIDEO_MP4: &[u8] = include_bytes!("video.mp4");

/// A JPEG photo that passes every check: 720 by 960.
pub const PHOTO_JPEG: &[u8] = include_bytes!("photo.jpg");
