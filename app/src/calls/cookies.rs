//! The cookies this site sets beside the session's.

use http::{HeaderValue, header};
use kvarten_domain::Locale;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::request::header_of;

/// Remembers the language.
pub(super) const LOCALE: &str = "kvarten-lang";
/// Remembers what was typed as the name in a form that was refused, until the page is shown again.
pub(super) const TYPED_NAME: &str = "kvarten-name";

/// Remembers which places the menu has beyond those of everybody.
pub(super) const MENU: &str = "kvarten-menu";
/// Identifies a known device: one used to sign in before. It outlives signing out.
pub(super) const DEVICE: &str = "kvarten-device";
/// Is there on a shared tablet, while somebody is signed in.
pub(super) const SHARED: &str = "kvarten-shared";

/// How cookies are set here.
#[derive(Clone, Copy, Debug, Default)]
pub struct CookieRules {
    /// Whether browsers come over TLS: cookies are then theirs for this very host only.
    pub is_secure: bool,
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Until the browser is closed.
    ThisTime,
    /// For so many seconds; 0 removes it.
    Seconds(u32),
}

impl Kept {
    /// For a year.
    pub(super) const YEAR: Self = Self::Seconds(365 * 24 * 3600);
}

impl CookieRules {
    fn name(self, name: &str) -> String {
        format!("{}{name}", if self.is_secure { "__Host-" } else { "" })
    }

    fn line(self, name: &str, value: &str, kept: Kept) -> String {
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let mut line = format!("{}={encoded}; Path=/; HttpOnly; SameSite=Lax", self.name(name));
        if let Kept::Seconds(seconds) = kept {
            line = format!("{line}; Max-Age={seconds}");
        }
        if self.is_secure {
            line.push_str("; Secure");
        }
        line
    }

    /// The value of a cookie among those a browser sends.
    fn find(self, cookies: &str, name: &str) -> Option<String> {
        let name = self.name(name);
        let mut cookies = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let (_, value) = cookies.find(|(found, _)| *found == name)?;
        // The value alone, as if it were that of a form's only field.
        let form = format!("value={}", value.replace('&', "%26"));
        form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned())
    }
}

impl CookieRules {
    /// The language of a request outside the application: the one remembered in a cookie among those
    /// sent, or of those the browser accepts.
    #[must_use]
    pub fn locale(self, cookies: &str, accepted: &str) -> Locale {
        let remembered = self.find(cookies, LOCALE).and_then(|tag| Locale::from_tag(&tag));
        remembered.unwrap_or_else(|| Locale::negotiate(accepted))
    }
}

fn rules() -> CookieRules {
    use_context().unwrap_or_default()
}

/// Has the browser keep a value.
pub(super) fn keep(name: &str, value: &str, kept: Kept) {
    let line = HeaderValue::try_from(rules().line(name, value, kept));
    if let (Some(response), Ok(line)) = (use_context::<ResponseOptions>(), line) {
        response.append_header(header::SET_COOKIE, line);
    }
}

/// What the browser has kept.
pub(super) fn kept(name: &str) -> Option<String> {
    rules().find(&header_of(header::COOKIE)?, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_a_cookie_is_bound_to_the_host() {
        let line = CookieRules { is_secure: true }.line(LOCALE, "sv", Kept::YEAR);
        assert_eq!(
            line,
            "__Host-kvarten-lang=sv; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure"
        );
        let line = CookieRules::default().line(LOCALE, "sv", Kept::ThisTime);
        assert_eq!(line, "kvarten-lang=sv; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_value_comes_back_as_it_was_kept() {
        for rules in [CookieRules { is_secure: true }, CookieRules::default()] {
            for value in ["åsa.öberg@lindvike.example", "a; b=c & d+e %", ""] {
                let line = rules.line(TYPED_NAME, value, Kept::ThisTime);
                let sent = format!("a=b; {}", line.split(';').next().expect("a cookie"));
                assert_eq!(rules.find(&sent, TYPED_NAME).as_deref(), Some(value));
            }
            assert_eq!(rules.find("kvarten=1", TYPED_NAME), None);
        }
    }
}
