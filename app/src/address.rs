//! What an address says, and going to another: the one place that reads query and path, so that
//! each is decoded once, on the server as in the browser.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map, use_url},
};

/// The query of an address. The router's own map decodes each value a second time.
#[derive(Clone, Debug, Default)]
pub struct Query {
    raw: String,
    pairs: Vec<(String, String)>,
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Query {
    /// Reads what follows the question mark: `application/x-www-form-urlencoded`. Bytes that
    /// are not UTF-8 become replacement characters, and so does NUL, which no page can hold.
    pub fn parse(raw: &str) -> Self {
        let pairs = form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.replace('\0', "\u{fffd}")))
            .collect();
        Self { raw: raw.to_owned(), pairs }
    }

    /// As in the address, without its question mark.
    pub fn raw(&self) -> String {
        self.raw.clone()
    }

    /// The last value of a name.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a name.
    pub fn get(&self, name: &str) -> Option<String> {
        self.get_str(name).map(str::to_owned)
    }
}

/// The query of the screen's address.
pub fn use_query() -> Memo<Query> {
    let url = use_url();
    Memo::new(move |_| url.with(|url| Query::parse(url.search())))
}

/// A part of the path, by the name the route gives it.
pub fn use_part(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// Leads to another address at once: where the reader has just asked to go.
pub fn use_go() -> impl Fn(&str, NavigateOptions) + Clone + Send + Sync + 'static {
    use_navigate()
}

/// Leads on when something that was sent is answered, unless the reader has gone elsewhere
/// meanwhile. Says whether it did.
pub fn use_go_on() -> impl Fn(&str) -> bool + Clone + Send + Sync + 'static {
    let (go, path) = (use_navigate(), use_location().pathname);
    let here = path.get_untracked();
    move |to: &str| {
        let is_here = path.get_untracked() == here;
        if is_here {
            go(to, NavigateOptions::default());
        }
        is_here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_decoded_once() {
        let sok = |raw: &str| Query::parse(&format!("sok={raw}")).get("sok").expect("a value");
        assert_eq!(sok("%C3%A5%25E5"), "å%E5");
        assert_eq!(sok("%2525"), "%25");
        assert_eq!(sok("%25"), "%");
        assert_eq!(sok("%"), "%");
        assert_eq!(sok("%zz%4"), "%zz%4");
        assert_eq!(sok("a+b%2Bc"), "a b+c");
        assert_eq!(sok("%E5"), "\u{fffd}");
        assert_eq!(sok("a%00b"), "a\u{fffd}b");
        assert_eq!(sok("%26x%3D1%23"), "&x=1#");
        assert_eq!(sok(""), "");
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        let query = Query::parse("a=1&b&a=2");
        assert_eq!(query.get_str("a"), Some("2"));
        assert_eq!(query.get_str("b"), Some(""));
        assert_eq!(query.get_str("c"), None);
        assert_ne!(query, Query::parse("a=2"));
    }
}
