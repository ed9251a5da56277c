//! The matrix once everybody is in the browser: filters answer at once, and only the rows in sight
//! are drawn.

use std::{sync::Arc, time::Duration};

use kvarten_domain::overview::{Filter, Finder, Overview, totals};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::walk::{self, Place};
use crate::{
    calls,
    i18n::Locale,
    parts::{ROW_HEIGHT, matrix_rows, matrix_totals, person_address},
    text::escaped,
};

/// How many rows are drawn above and below those in sight, and how far the sight may move before
/// others are.
const MARGIN: usize = 8;
/// How many cards are drawn on a phone, and how many more each time; how many at once.
const CARDS: usize = 30;
const CARDS_AT_ONCE: usize = 8;
/// How long nothing more is typed before the rows beyond the sight are drawn, and the address is
/// changed.
const PAUSE: Duration = Duration::from_millis(180);

/// Everybody, ready to be filtered.
struct Everybody {
    overview: Overview,
    finder: Finder,
}

/// The matrix as it is filtered now.
#[derive(Clone, Copy)]
pub struct Live {
    everybody: RwSignal<Option<Arc<Everybody>>>,
    filter: RwSignal<Filter>,
    found: Memo<Option<Arc<Vec<usize>>>>,
    first: RwSignal<usize>,
    drawn: RwSignal<usize>,
    /// How far the table is scrolled, in pixels.
    top: StoredValue<i32>,
    /// What is done when nothing more is typed.
    later: StoredValue<Option<TimeoutHandle>>,
    /// The cell last stood in.
    cell: StoredValue<Option<Place>>,
    /// The cell to stand in as soon as it is drawn.
    wanted: StoredValue<Option<Place>>,
}

impl Live {
    /// With the filter that the address says. In the browser everybody is asked for, once.
    pub fn new(l: Locale, filter: Filter) -> Self {
        let everybody: RwSignal<Option<Arc<Everybody>>> = RwSignal::new(None);
        let filter = RwSignal::new(filter);
        let found = Memo::new(move |_| {
            let everybody = everybody.get()?;
            let found = filter.with(|filter| everybody.finder.find(&everybody.overview, filter));
            Some(Arc::new(found))
        });
        let live = Self {
            everybody,
            filter,
            found,
            first: RwSignal::new(0),
            drawn: RwSignal::new(CARDS),
            top: StoredValue::new(0),
            later: StoredValue::new(None),
            cell: StoredValue::new(None),
            wanted: StoredValue::new(None),
        };
        Effect::new(move |_| live.draw(live.rows(l)));
        Effect::new(move |_| {
            // On paper there is nothing to scroll.
            let print = window_event_listener(leptos::ev::beforeprint, move |_| live.print(l));
            let back = window_event_listener(leptos::ev::afterprint, move |_| live.back(l));
            let fit = window_event_listener(leptos::ev::resize, move |_| live.fit());
            live.fit();
            on_cleanup(move || {
                print.remove();
                back.remove();
                fit.remove();
                if let Some(later) = live.later.get_value() {
                    later.clear();
                }
            });
        });
        Effect::new(move |_| {
            spawn_local(async move {
                // Where it does not come, the filters ask the server as they did before.
                if let Ok(overview) = calls::overview().await {
                    let finder = Finder::new(&overview);
                    everybody.set(Some(Arc::new(Everybody { overview, finder })));
                }
            });
        });
        live
    }

    /// Whether everybody is here.
    pub fn is_ready(self) -> bool {
        self.everybody.with_untracked(Option::is_some)
    }

    /// How many rows are in sight, and how many are drawn around and among them.
    fn rows_in_sight() -> (usize, usize) {
        if walk::is_table() {
            let sight = walk::sight().1 + 1;
            (sight, sight + 2 * MARGIN)
        } else {
            (CARDS_AT_ONCE, CARDS)
        }
    }

    /// Draws as many rows as the window has room for.
    fn fit(self) {
        let drawn = Self::rows_in_sight().1;
        if self.drawn.get_untracked() < drawn {
            self.drawn.set(drawn);
        }
    }

    /// Filters anew. What is in sight is drawn in this frame; the rest, and the address, when nothing
    /// more is typed.
    pub fn set(self, filter: Filter) {
        let (at_once, drawn) = Self::rows_in_sight();
        self.first.set(0);
        self.drawn.set(at_once);
        self.cell.set_value(None);
        self.filter.set(filter);
        if self.top.get_value() > 0
            && let Ok(Some(scroll)) = document().query_selector(".matrix__scroll")
        {
            scroll.set_scroll_top(0);
        }
        if let Some(later) = self.later.get_value() {
            later.clear();
        }
        let rest = move || {
            self.drawn.set(drawn);
            let path = format!("/enhet{}", untrack(|| self.query()));
            if let Ok(history) = window().history() {
                let state = history.state().unwrap_or_default();
                let _ = history.replace_state_with_url(&state, "", Some(&path));
            }
        };
        self.later.set_value(set_timeout_with_handle(rest, PAUSE).ok());
    }

    /// The filter as an address says it, with its question mark; nothing where everybody is let through.
    pub fn query(self) -> String {
        let query = self.filter.with(Filter::to_query);
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) }
    }

    /// How many are shown, and of how many.
    pub fn count(self) -> Option<(usize, usize)> {
        let found = self.found.get()?;
        let total = self.everybody.with(|all| all.as_ref().map(|all| all.overview.people.len()))?;
        Some((found.len(), total))
    }

    /// The row of totals.
    pub fn totals(self, l: Locale) -> Option<String> {
        let (everybody, found) = (self.everybody.get()?, self.found.get()?);
        Some(matrix_totals(l, &totals(&everybody.overview, &found)))
    }

    /// Whether everybody is here and there are rows to be walked.
    pub fn is_live(self) -> bool {
        self.found.with(|found| found.as_ref().is_some_and(|found| !found.is_empty()))
    }

    /// The rows in sight.
    fn rows(self, l: Locale) -> Option<String> {
        self.window(l, self.first.get(), self.drawn.get())
    }

    /// So many rows from a place on, or as many as there are.
    fn window(self, l: Locale, first: usize, most: usize) -> Option<String> {
        let (everybody, found) = (self.everybody.get()?, self.found.get()?);
        let first = first.min(found.len().saturating_sub(most));
        let last = first.saturating_add(most).min(found.len());
        let people = &everybody.overview.people;
        let sight = found[first..last].iter().map(|at| &people[*at]);
        Some(matrix_rows(l, &everybody.overview, sight, (first, found.len() - last)))
    }

    /// Whether there are more than are drawn, where nothing scrolls: on a phone.
    pub fn has_more(self) -> bool {
        self.found.with(|found| {
            found.as_ref().is_some_and(|found| found.len() > self.drawn.get().max(CARDS))
        })
    }

    /// Draws more.
    pub fn more(self) {
        self.drawn.update(|drawn| *drawn = (*drawn).max(CARDS) + CARDS);
    }

    /// Draws everybody whom the filter lets through, at once: the browser prints what is there when
    /// this returns.
    fn print(self, l: Locale) {
        self.draw(untrack(|| self.window(l, 0, usize::MAX)));
    }

    /// Draws again what was in sight.
    fn back(self, l: Locale) {
        self.draw(untrack(|| self.rows(l)));
    }

    /// Sets the rows of the page at once, not when the reactive system comes to it. The focus stays
    /// in its cell.
    fn draw(self, rows: Option<String>) {
        let people = document().query_selector(".matrix__people").ok().flatten();
        let (Some(people), Some(rows)) = (people, rows) else { return };
        let stands = self.wanted.get_value().or_else(walk::focused);
        self.wanted.set_value(None);
        people.set_inner_html(&rows);
        if let Some(place) = stands {
            self.cell.set_value(Some(place));
            if !walk::focus(place) {
                walk::focus_frame();
            }
        }
    }

    fn go_to(self, place: Place) {
        self.cell.set_value(Some(place));
        if !walk::focus(place) {
            self.wanted.set_value(Some(place));
            self.first.set(place.0.saturating_sub(MARGIN) / MARGIN * MARGIN);
        }
    }

    /// What a cell is about: the person, or how they are doing in a system.
    fn address(self, (row, column): Place) -> Option<String> {
        let (everybody, found) = (self.everybody.get_untracked()?, self.found.get_untracked()?);
        let person = everybody.overview.people.get(*found.get(row)?)?;
        let system = column.checked_sub(2).and_then(|at| everybody.overview.systems.get(at));
        let person = person_address(person);
        Some(system.map_or_else(|| person.clone(), |system| format!("{person}/{}", system.code)))
    }

    /// Walks from cell to cell by the keys. Returns where Enter leads to.
    pub fn pressed(self, event: &web_sys::KeyboardEvent) -> Option<String> {
        let rows = self.found.with_untracked(|found| found.as_ref().map(|found| found.len()))?;
        let systems = self
            .everybody
            .with_untracked(|all| all.as_ref().map(|all| all.overview.systems.len()))?;
        if event.alt_key() || event.meta_key() || event.shift_key() || !walk::is_table() {
            return None;
        }
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        let (key, is_ctrl, size) = (event.key(), event.ctrl_key(), (rows, systems + 2));
        let (first, page) = walk::sight();
        let Some(here) = walk::place_of(&target) else {
            let last = self.cell.get_value().unwrap_or((first.min(rows.saturating_sub(1)), 0));
            if let Some(next) = walk::enter(&key, is_ctrl, last, size) {
                event.prevent_default();
                self.go_to(next);
            }
            return None;
        };
        if key == "Enter" {
            // A link leads on by itself.
            return if here.1 == 0 { None } else { self.address(here) };
        }
        if let Some(next) = walk::step(&key, is_ctrl, here, size, page) {
            event.prevent_default();
            self.go_to(next);
        }
        None
    }

    /// Where a click on a cell leads to.
    pub fn clicked(self, event: &web_sys::MouseEvent) -> Option<String> {
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        walk::place_of(&target).filter(|(_, column)| *column > 1).and_then(|at| self.address(at))
    }

    /// Draws other rows where the sight has moved far.
    pub fn scrolled(self, event: &web_sys::Event) {
        let Some(scroll) = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        self.top.set_value(scroll.scroll_top());
        let top = usize::try_from(scroll.scroll_top()).unwrap_or(0) / ROW_HEIGHT;
        let first = (top / MARGIN * MARGIN).saturating_sub(MARGIN);
        if first != self.first.get_untracked() {
            self.first.set(first);
        }
    }
}
