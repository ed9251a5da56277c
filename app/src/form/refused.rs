//! A plain form that was refused comes back with everything that was typed and ticked in it.

use std::sync::Arc;

#[cfg(feature = "ssr")]
use leptos::prelude::*;

/// What a plain form held that was refused just now. A context of the page it is led back to.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct RefusedForm {
    /// The name of the call.
    pub call: String,
    /// Names and values, in their order. Passwords are never among them.
    pub fields: Vec<(String, String)>,
}

/// The name of the hidden field that tells forms of one kind on one page apart.
pub(crate) const ROW_FIELD: &str = "row";

/// What was typed into one form, where it was refused. In the browser there is nothing: the page as
/// the server sent it holds it already.
#[derive(Clone, Debug)]
pub(crate) struct Typed(Option<Arc<Vec<(String, String)>>>);

impl Typed {
    /// What was typed into the form of a call, in a row of several.
    pub(crate) fn of(call: &str, row: &str) -> Self {
        #[cfg(feature = "ssr")]
        if let Some(form) = use_context::<RefusedForm>() {
            let sent = form.fields.iter().find(|(name, _)| name == ROW_FIELD);
            let is_this = form.call == call && sent.map_or("", |(_, row)| row.as_str()) == row;
            return Self(is_this.then(|| Arc::new(form.fields)));
        }
        let _ = (call, row);
        Self(None)
    }

    /// The text of a field: as it was typed, or else as given.
    pub(crate) fn text(&self, name: &str, or: String) -> String {
        let Some(fields) = &self.0 else { return or };
        fields.iter().find(|(found, _)| found == name).map_or(or, |(_, value)| value.clone())
    }

    /// Whether a box is ticked, or a choice made: as it was sent, or else as given.
    pub(crate) fn is_ticked(&self, name: &str, value: &str, or: bool) -> bool {
        let Some(fields) = &self.0 else { return or };
        fields.iter().any(|(found, sent)| found == name && sent == value)
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_form_gets_back_its_own_fields_only() {
        let owner = Owner::new();
        owner.set();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![field("row", "7"), field("note", "Läs"), field("p[m1]", "1")];
        provide_context(RefusedForm { call: "refer".into(), fields });
        let typed = Typed::of("refer", "7");
        assert_eq!(typed.text("note", String::new()), "Läs");
        assert_eq!(typed.text("wish", "2026-12-01".into()), "2026-12-01");
        assert!(typed.is_ticked("p[m1]", "1", false) && !typed.is_ticked("p[m2]", "1", true));
        for other in [Typed::of("refer", ""), Typed::of("change_referral", "7")] {
            assert_eq!(other.text("note", "annan".into()), "annan");
            assert!(other.is_ticked("p[m2]", "1", true));
        }
    }
}
