//! Markup that is written as text: the one place where what people have written meets tags.
//!
//! [`draw!`](super::draw) escapes every value it is given, and takes no value by its name alone
//! inside the text, so that none can be forgotten. `app/tests/sources.rs` looks for markup that is
//! written in another way.

use std::fmt::{self, Write};

/// Markup: literals of the program, and values that are escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Adds a literal.
    pub fn push(&mut self, literal: &'static str) {
        self.0.push_str(literal);
    }

    /// For [`draw!`](super::draw) alone, which escapes the values.
    #[doc(hidden)]
    pub fn push_drawn(&mut self, drawn: fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(drawn);
    }

    /// For an element's content, as a whole.
    pub fn into_html(self) -> String {
        self.0
    }
}

/// A value that is escaped where it is shown: as text, or as an attribute's value in quotes.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'v, T: ?Sized>(pub &'v T);

impl<T: fmt::Display + ?Sized> fmt::Display for Escaped<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match formatter.precision() {
            Some(places) => write!(Escaper(formatter), "{:.*}", places, self.0),
            None => write!(Escaper(formatter), "{}", self.0),
        }
    }
}

struct Escaper<'e, 'f>(&'e mut fmt::Formatter<'f>);

impl Write for Escaper<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            self.0.write_str(&rest[..at])?;
            self.0.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        self.0.write_str(rest)
    }
}

/// Adds to [`Markup`]: `draw!(markup, "<b>{}</b>{x}", name; x = x)`. Values are escaped.
macro_rules! draw {
    ($markup:expr, $text:literal $(, $value:expr)* $(; $($name:ident = $named:expr),+)?) => {
        $markup.push_drawn(format_args!(
            concat!($text)
            $(, $crate::parts::Escaped(&$value))*
            $($(, $name = $crate::parts::Escaped(&$named))+)?
        ))
    };
}
pub(crate) use draw;

/// Text inside markup.
pub fn escape_html(text: &str) -> String {
    Escaped(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_and_literals_are_markup() {
        let mut markup = Markup::default();
        let name = "<b>&\"'";
        draw!(markup, r#"<p title="{}">{name}"#, name; name = name);
        draw!(markup, "{:.1}", 1.25);
        markup.push("</p>");
        assert_eq!(
            markup.into_html(),
            r#"<p title="&lt;b&gt;&amp;&quot;&#39;">&lt;b&gt;&amp;&quot;&#39;1.2</p>"#
        );
    }
}
