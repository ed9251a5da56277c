//! One typed configuration, from the environment and an optional file, checked at start.
//!
//! A setting is looked for in the environment first, then in the file that `KVARTEN_CONFIG`
//! names (or `kvarten.toml` in the current folder), and has a default otherwise. Whatever is
//! wrong is reported at once, not one fault per start.

mod database_url;
mod host;
mod mail;
mod public_url;
mod reader;
mod site_options;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use kvarten_service::Calendar;
use leptos::config::LeptosOptions;
use tracing_subscriber::EnvFilter;

pub use database_url::DatabaseUrl;
pub use host::is_this_machine;
pub use mail::{MailConfig, MailUrl, sender};
pub use public_url::PublicUrl;
pub use reader::{Faults, Variables};

use reader::{Reader, setting};

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the SQLite database and of stored files.
    pub data: PathBuf,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// The municipality's time zone.
    pub calendar: Calendar,
    /// How the process meets the network.
    pub http: HttpConfig,
    /// How mail is sent; none where it is not.
    pub mail: Option<MailConfig>,
    /// What is logged, and how.
    pub log: LogConfig,
    /// What Leptos needs to know: address, folder of the site, names of its files.
    pub site: LeptosOptions,
}

/// How the process meets the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpConfig {
    /// The address people use, where there is a proxy in front.
    pub public_url: Option<PublicUrl>,
    /// How many proxies stand in front whose `X-Forwarded-For` is believed.
    pub trusted_proxies: u8,
}

impl HttpConfig {
    /// Whether people come from other machines.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| !url.is_of_this_machine())
    }

    /// Whether people come over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_secure)
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// Directives such as `info` or `warn,kvarten_server=debug`.
    pub filter: String,
    /// One line of text or one JSON object per event.
    pub format: LogFormat,
}

/// The shape of a logged event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For collectors.
    Json,
}

/// The most proxies that can stand in front.
const MOST_PROXIES: u8 = 16;
/// How long a mail server may take with anything it is asked.
const MAIL_TIMEOUT: Duration = Duration::from_mins(1);

impl Config {
    /// The configuration of this process.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load() -> Result<Self, Faults> {
        let variables = std::env::vars_os()
            .map(|(name, value)| {
                (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
            })
            .collect();
        Self::read(&variables)
    }

    /// The configuration that some variables give, with the file they name.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(variables: &Variables) -> Result<Self, Faults> {
        let mut reader = Reader::open(variables);
        let data =
            reader.read(&setting::DATA, |text| Ok(PathBuf::from(text))).unwrap_or("data".into());
        let database = reader
            .read(&setting::DATABASE_URL, DatabaseUrl::parse)
            .unwrap_or_else(|| DatabaseUrl::in_folder(&data));
        let calendar = reader.read(&setting::TIME_ZONE, |zone| {
            Calendar::of(zone).ok_or_else(|| format!("there is no time zone called `{zone}`"))
        });
        let calendar = calendar.or_else(|| Calendar::of("Europe/Stockholm"));
        let http = HttpConfig {
            public_url: reader.read(&setting::PUBLIC_URL, PublicUrl::parse),
            trusted_proxies: reader.read(&setting::TRUSTED_PROXIES, proxies).unwrap_or_default(),
        };
        let mail = mail_config(&mut reader, &http);
        let log = LogConfig {
            filter: reader.read(&setting::LOG, directives).unwrap_or_else(|| "info".to_owned()),
            format: reader.read(&setting::LOG_FORMAT, log_format).unwrap_or_default(),
        };
        let address = reader.read(&setting::SITE_ADDR, address);
        let root = reader.read(&setting::SITE_ROOT, |root| Ok(root.to_owned()));
        let site = reader.check(site_options::load(variables, address, root));
        reader.refuse_unknown();
        match (calendar, site, reader.end()) {
            (Some(calendar), Some(site), Ok(())) => {
                Ok(Self { data, database, calendar, http, mail, log, site })
            }
            (_, _, faults) => Err(faults.err().unwrap_or_default()),
        }
    }

    /// The folder of stored files.
    #[must_use]
    pub fn media(&self) -> PathBuf {
        self.data.join("media")
    }
}

/// Mail needs a server, a sender, and the address that its links lead to.
fn mail_config(reader: &mut Reader<'_>, http: &HttpConfig) -> Option<MailConfig> {
    let url = reader.read(&setting::MAIL_URL, MailUrl::parse);
    let from = reader.read(&setting::MAIL_FROM, mail::sender);
    let (has_url, has_from) =
        (reader.is_set(&setting::MAIL_URL), reader.is_set(&setting::MAIL_FROM));
    let missing = match (has_url, has_from, http.public_url.is_some()) {
        (true, false, _) => Some("KVARTEN_MAIL_FROM: mail needs a sender"),
        (false, true, _) => Some("KVARTEN_MAIL_URL: mail needs a mail server"),
        (true, true, false) => Some("KVARTEN_PUBLIC_URL: mail needs the address it leads to"),
        _ => None,
    };
    if let Some(missing) = missing {
        reader.check::<()>(Err(missing.to_owned()));
    }
    Some(MailConfig::new(url?, from?))
}

fn proxies(text: &str) -> Result<u8, String> {
    let count = text.parse().ok().filter(|count| *count <= MOST_PROXIES);
    count.ok_or_else(|| format!("`{text}` is not a number from 0 to {MOST_PROXIES}"))
}

fn directives(text: &str) -> Result<String, String> {
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("`{text}` is not a log filter such as `info`: {error}")),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("`{other}` is neither `text` nor `json`")),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is not an address with a port such as 127.0.0.1:3000 or [::]:3000")
    })
}
