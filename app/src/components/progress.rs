//! Progress of an upload: a bar with bytes, rate and time left.

use leptos::prelude::*;

/// A native progress bar from 0 to 1, with a line of facts below it.
#[component]
pub fn Progress(
    /// What is on its way, for screen readers.
    #[prop(into)]
    label: String,
    /// How much of it has arrived.
    #[prop(into)]
    fraction: Signal<f64>,
    /// Whether it is paused: the bar turns grey.
    #[prop(optional, into)]
    paused: Signal<bool>,
    /// Bytes, rate and time left; see [`transfer_line`].
    #[prop(optional, into)]
    line: Signal<String>,
) -> impl IntoView {
    view! {
        <progress
            class="progress"
            class:paused=move || paused.get()
            max="1"
            value=move || format!("{:.4}", fraction.get().clamp(0.0, 1.0))
            aria-label=label
        ></progress>
        <div class="progress-line">
            <span>{move || line.get()}</span>
        </div>
    }
}

/// Per cent, rounded down so that 100 is only said when everything is there.
#[must_use]
pub fn per_cent(fraction: f64) -> String {
    format!("{:.0}%", (fraction.clamp(0.0, 1.0) * 100.0).floor())
}

/// "118.4 of 186.0 MB, 6.2 MB/s, 11 s left". Rate and time are left out while they are not known.
#[must_use]
pub fn transfer_line(sent: u64, total: u64, bytes_per_second: Option<f64>) -> String {
    let amounts = format!(
        "{} of {} MB",
        megabytes(sent as f64),
        megabytes(total as f64)
    );
    match bytes_per_second.filter(|rate| *rate > 0.0) {
        None => amounts,
        Some(rate) => {
            let left = total.saturating_sub(sent) as f64 / rate;
            format!(
                "{amounts}, {} MB/s, {} left",
                megabytes(rate),
                duration(left)
            )
        }
    }
}

fn megabytes(bytes: f64) -> String {
    let tenths = (bytes / 100_000.0).round() as u64;
    let whole = (tenths / 10).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{}", tenths % 10)
}

/// "1 min 40 s".
#[must_use]
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::{per_cent, transfer_line};

    #[test]
    fn a_transfer_is_told_in_bytes_rate_and_time_left() {
        assert_eq!(
            transfer_line(118_400_000, 186_000_000, Some(6_200_000.0)),
            "118.4 of 186.0 MB, 6.2 MB/s, 11 s left"
        );
        assert_eq!(
            transfer_line(402_100_000, 1_024_000_000, None),
            "402.1 of 1,024.0 MB"
        );
        assert_eq!(
            transfer_line(0, 1_000_000_000, Some(10_000_000.0)),
            "0.0 of 1,000.0 MB, 10.0 MB/s, 1 min 40 s left"
        );
    }

    #[test]
    fn a_hundred_per_cent_is_said_only_at_the_end() {
        assert_eq!(per_cent(0.999), "99%");
        assert_eq!(per_cent(1.0), "100%");
    }
}
