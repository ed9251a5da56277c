//! Looking settings up and gathering what is wrong with them.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use thiserror::Error;
use toml::{Table, Value};

/// Environment variables by name.
pub type Variables = BTreeMap<String, String>;

/// A setting: its key in the file and its name in the environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    key: &'static str,
    variable: &'static str,
}

/// Every setting there is.
pub(super) mod setting {
    use super::Setting;

    pub const DATA: Setting = Setting { key: "data", variable: "KVARTEN_DATA" };
    pub const DATABASE_URL: Setting = Setting { key: "database_url", variable: "DATABASE_URL" };
    pub const SITE_ADDR: Setting = Setting { key: "site_addr", variable: "LEPTOS_SITE_ADDR" };
    pub const SITE_ROOT: Setting = Setting { key: "site_root", variable: "LEPTOS_SITE_ROOT" };
    pub const PUBLIC_URL: Setting = Setting { key: "public_url", variable: "KVARTEN_PUBLIC_URL" };
    pub const TRUSTED_PROXIES: Setting =
        Setting { key: "trusted_proxies", variable: "KVARTEN_TRUSTED_PROXIES" };
    pub const TIME_ZONE: Setting = Setting { key: "time_zone", variable: "KVARTEN_TIME_ZONE" };
    pub const MAIL_URL: Setting = Setting { key: "mail_url", variable: "KVARTEN_MAIL_URL" };
    pub const MAIL_FROM: Setting = Setting { key: "mail_from", variable: "KVARTEN_MAIL_FROM" };
    pub const LOG: Setting = Setting { key: "log", variable: "KVARTEN_LOG" };
    pub const LOG_FORMAT: Setting = Setting { key: "log_format", variable: "KVARTEN_LOG_FORMAT" };

    pub const ALL: [Setting; 11] = [
        DATA,
        DATABASE_URL,
        SITE_ADDR,
        SITE_ROOT,
        PUBLIC_URL,
        TRUSTED_PROXIES,
        TIME_ZONE,
        MAIL_URL,
        MAIL_FROM,
        LOG,
        LOG_FORMAT,
    ];
}

/// How our own variables begin.
const PREFIX: &str = "KVARTEN_";
/// Names the settings file.
const CONFIG: &str = "KVARTEN_CONFIG";
/// The settings file where none is named.
const DEFAULT_FILE: &str = "kvarten.toml";
/// Variables of the build, the tests and the benchmark, which are none of the server's business.
const OF_OTHERS: [&str; 5] =
    ["KVARTEN_ACCOUNTS", "KVARTEN_BIN", "KVARTEN_CACHE", "KVARTEN_STORIES_JSON", "KVARTEN_URL"];
/// Beginnings of more of those.
const BEGINNINGS_OF_OTHERS: [&str; 3] = ["KVARTEN_BENCH_", "KVARTEN_STORY_", "KVARTEN_TEST_"];

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Error)]
pub struct Faults(pub Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "a setting must be put right: {one}"),
            several => {
                write!(f, "{} settings must be put right:", several.len())?;
                several.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}

/// Looks settings up.
pub(super) struct Reader<'v> {
    variables: &'v Variables,
    file: Table,
    file_name: String,
    faults: Vec<String>,
}

impl<'v> Reader<'v> {
    /// Opens the settings file, if there is one.
    pub(super) fn open(variables: &'v Variables) -> Self {
        let named = variables.get(CONFIG).filter(|name| !name.is_empty());
        let file_name = named.cloned().unwrap_or_else(|| DEFAULT_FILE.to_owned());
        let mut reader = Self { variables, file: Table::new(), file_name, faults: Vec::new() };
        if named.is_some() || Path::new(&reader.file_name).is_file() {
            let read = reader.read_file();
            reader.file = reader.check(read).unwrap_or_default();
        }
        reader
    }

    fn read_file(&self) -> Result<Table, String> {
        let name = &self.file_name;
        let text = fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?;
        text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            format!("{name}, line {line}: {}", error.message().replace('\n', " "))
        })
    }

    /// What is set, and where it was found.
    fn find(&mut self, setting: &Setting) -> Option<(String, String)> {
        if let Some(value) = self.variables.get(setting.variable).filter(|value| !value.is_empty())
        {
            return Some((value.clone(), setting.variable.to_owned()));
        }
        let place = format!("{} in {}", setting.key, self.file_name);
        match self.file.get(setting.key)? {
            Value::String(text) => Some((text.clone(), place)),
            Value::Integer(number) => Some((number.to_string(), place)),
            _ => {
                self.faults.push(format!("{place}: it must be a text or a whole number"));
                None
            }
        }
    }

    /// Whether a setting is set, rightly or not.
    pub(super) fn is_set(&self, setting: &Setting) -> bool {
        self.variables.get(setting.variable).is_some_and(|value| !value.is_empty())
            || self.file.contains_key(setting.key)
    }

    /// A setting, where it is set and right.
    pub(super) fn read<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, place) = self.find(setting)?;
        let parsed = parse(text.trim()).map_err(|fault| format!("{place}: {fault}"));
        self.check(parsed)
    }

    /// Notes a fault.
    pub(super) fn check<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// Notes whatever is set that nobody asks for, which is most often a slip of the pen.
    pub(super) fn refuse_unknown(&mut self) {
        let known = setting::ALL.map(|setting| setting.variable);
        let ours = || known.into_iter().chain([CONFIG]).filter(|name| name.starts_with(PREFIX));
        for name in self.variables.keys().filter(|name| name.starts_with(PREFIX)) {
            let is_of_others = OF_OTHERS.contains(&name.as_str())
                || BEGINNINGS_OF_OTHERS.iter().any(|beginning| name.starts_with(beginning));
            if !is_of_others && ours().all(|known| known != name) {
                let nearest = nearest(name, ours());
                self.faults.push(format!("{name}: there is no such setting; is it {nearest}?"));
            }
        }
        let known = setting::ALL.map(|setting| setting.key);
        for key in self.file.keys().filter(|key| !known.contains(&key.as_str())) {
            let (nearest, file) = (nearest(key, known), &self.file_name);
            self.faults
                .push(format!("{key} in {file}: there is no such setting; is it {nearest}?"));
        }
    }

    /// Every fault there was.
    pub(super) fn end(self) -> Result<(), Faults> {
        if self.faults.is_empty() { Ok(()) } else { Err(Faults(self.faults)) }
    }
}

/// The known name that is most like another: in its letters, or in the words it is made of.
fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> &'static str {
    let bare = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let name = bare(name);
    let likeness = |known: &&str| {
        let known = bare(known);
        strsim::normalized_damerau_levenshtein(&name, &known) + strsim::sorensen_dice(&name, &known)
    };
    let nearer = |a: &&str, b: &&str| likeness(a).total_cmp(&likeness(b));
    known.into_iter().max_by(nearer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("KVARTEN_DATTA", "KVARTEN_DATA")]
    #[case("KVARTEN_LGO", "KVARTEN_LOG")]
    #[case("KVARTEN_PROXIES", "KVARTEN_TRUSTED_PROXIES")]
    #[case("KVARTEN_PUBLIC_ADDRESS", "KVARTEN_PUBLIC_URL")]
    #[case("KVARTEN_TIMEZONE", "KVARTEN_TIME_ZONE")]
    #[case("KVARTEN_LOGFORMAT", "KVARTEN_LOG_FORMAT")]
    fn a_slip_of_the_pen_is_understood(#[case] written: &str, #[case] meant: &str) {
        let known = setting::ALL.map(|setting| setting.variable);
        let ours = known.into_iter().filter(|known| known.starts_with("KVARTEN_"));
        assert_eq!(nearest(written, ours), meant);
    }
}
