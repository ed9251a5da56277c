//! Captions in WebVTT (W3C), read into cues: for the transcript, and to know that they are there.

use kvarten_domain::lesson::Cue;
use thiserror::Error;

/// Why a file is no captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotCaptions {
    /// The first line is not `WEBVTT`.
    #[error("the file does not begin with WEBVTT")]
    NoHeader,
    /// A time is not `MM:SS.mmm` or `HH:MM:SS.mmm`, or a cue ends before it begins.
    #[error("line {0}: not a time")]
    BadTime(usize),
}

fn milliseconds(time: &str) -> Option<u32> {
    let (clock, thousandths) = time.trim().split_once('.')?;
    let mut seconds = 0u32;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || thousandths.len() != 3 {
        return None;
    }
    for part in parts {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    seconds.checked_mul(1000)?.checked_add(thousandths.parse().ok()?)
}

/// Text without the tags that only style it.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in line.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ")
}

/// Reads a WebVTT file.
///
/// # Errors
/// What keeps it from being one.
pub fn read_captions(vtt: &str) -> Result<Vec<Cue>, NotCaptions> {
    let vtt = vtt.trim_start_matches('\u{feff}');
    let mut lines = vtt.lines().enumerate().peekable();
    match lines.next() {
        Some((_, first)) if first.trim_end() == "WEBVTT" || first.starts_with("WEBVTT ") => {}
        _ => return Err(NotCaptions::NoHeader),
    }
    let mut cues = Vec::new();
    while let Some((at, line)) = lines.next() {
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let to = rest.split_whitespace().next().unwrap_or_default();
        let times = milliseconds(from).zip(milliseconds(to)).filter(|(from, to)| from < to);
        let (from_ms, to_ms) = times.ok_or(NotCaptions::BadTime(at + 1))?;
        let mut text = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            text.push(plain(line.trim()));
        }
        cues.push(Cue { from_ms, to_ms, text: text.join(" ") });
    }
    Ok(cues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn cues_are_read_with_their_lines_joined() {
        let vtt = "WEBVTT\n\nNOTE hej\n\n1\n00:01.000 --> 00:04.500 line:90%\n<i>Öppna</i>\nbrevet\n\n01:00:00.000 --> 01:00:01.000\nKlart &amp; bra\n";
        let cues = read_captions(vtt).expect("captions");
        assert_eq!(
            cues,
            [
                Cue { from_ms: 1_000, to_ms: 4_500, text: "Öppna brevet".into() },
                Cue { from_ms: 3_600_000, to_ms: 3_601_000, text: "Klart & bra".into() },
            ]
        );
    }

    #[rstest]
    #[case("", NotCaptions::NoHeader)]
    #[case("1\n00:01.000 --> 00:02.000\nhej", NotCaptions::NoHeader)]
    #[case("WEBVTT\n\n00:01 --> 00:02\nhej", NotCaptions::BadTime(3))]
    #[case("WEBVTT\n\n00:03.000 --> 00:02.000\nhej", NotCaptions::BadTime(3))]
    #[case("WEBVTT\n\n99999999:00:00.000 --> 00:02.000\nhej", NotCaptions::BadTime(3))]
    fn what_is_not_captions_is_refused(#[case] vtt: &str, #[case] expected: NotCaptions) {
        assert_eq!(read_captions(vtt), Err(expected));
    }
}
