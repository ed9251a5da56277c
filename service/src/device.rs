//! What kind of device and browser somebody has, as coarsely as it helps to recognise it.

/// Marks in a `User-Agent`, and what they say. The first that is there counts.
const PLATFORMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("X11", "Linux"),
    ("Linux", "Linux"),
];

const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

/// The kind of device of a `User-Agent`, such as "Android, Chrome": no version, no model. Empty
/// where it says nothing that is known here.
#[must_use]
pub fn device_kind(user_agent: &str) -> String {
    let name_in = |marks: &[(&str, &'static str)]| {
        marks.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let parts = [name_in(&PLATFORMS), name_in(&BROWSERS)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/142.0.0.0 Mobile Safari/537.36",
        "Android, Chrome"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
         Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
        "iPhone, Safari"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        "Windows, Edge"
    )]
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Linux, Firefox"
    )]
    #[case("curl/8.5.0", "")]
    #[case("<script>alert(1)</script>", "")]
    #[case("", "")]
    fn kinds(#[case] user_agent: &str, #[case] expected: &str) {
        assert_eq!(device_kind(user_agent), expected);
    }
}
