//! The matrix once everybody is in the browser: filters answer at once, and only the rows in sight
//! are drawn.

use std::{collections::HashSet, sync::Arc, time::Duration};

use gloo::events::{EventListener, EventListenerOptions};
use kvarten_domain::{
    PersonId,
    overview::{Filter, Finder, Overview, totals},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_location};
use wasm_bindgen::JsCast;

use super::{
    last_filter, query_of,
    walk::{self, Place},
};
use crate::{
    calls,
    i18n::Locale,
    parts::{Look, ROW_HEIGHT, matrix_rows, matrix_totals, person_address},
};

/// How many rows are drawn above and below those in sight, and how far the sight may move before
/// others are.
const MARGIN: usize = 8;
/// How many cards are drawn on a phone, and how many more each time; how many at once.
const CARDS: usize = 30;
const CARDS_AT_ONCE: usize = 8;
/// The most who are picked: an address holds them all.
const MOST_PICKED: usize = 150;
/// How long nothing more is typed before the rows beyond the sight are drawn, and the address is
/// changed.
const PAUSE: Duration = Duration::from_millis(180);

/// Unicode's tables are the browser's.
fn decompose(text: &str) -> String {
    web_sys::js_sys::JsString::from(text).normalize("NFKD").into()
}

/// The router's way to another address.
pub type Go = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

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
    /// Who has been picked, whatever the filter shows.
    picked: RwSignal<HashSet<PersonId>>,
    /// How the matrix is filtered, for the way back to it.
    last: StoredValue<Filter>,
    /// Changes the address.
    go: StoredValue<Go>,
    /// Where the reader is, or is being led.
    path: Memo<String>,
    /// Whether the address says how the matrix is filtered.
    is_told: StoredValue<bool>,
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
    pub fn new(l: Locale, filter: Filter, go: Go) -> Self {
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
            picked: RwSignal::default(),
            last: last_filter(),
            go: StoredValue::new(go),
            path: use_location().pathname,
            is_told: StoredValue::new(true),
            top: StoredValue::new(0),
            later: StoredValue::new(None),
            cell: StoredValue::new(None),
            wanted: StoredValue::new(None),
        };
        live.last.set_value(live.filter.get_untracked());
        Effect::new(move |_| live.draw(live.rows(l)));
        Effect::new(move |_| {
            // On paper there is nothing to scroll.
            let print = window_event_listener(leptos::ev::beforeprint, move |_| live.print(l));
            let back = window_event_listener(leptos::ev::afterprint, move |_| live.back(l));
            let fit = window_event_listener(leptos::ev::resize, move |_| live.fit());
            live.fit();
            live.give_way();
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
                    let finder = Finder::new(&overview, decompose);
                    everybody.set(Some(Arc::new(Everybody { overview, finder })));
                    // What was typed and chosen before counts.
                    if let Some(chosen) = super::filters::chosen()
                        && live.filter.with_untracked(|filter| *filter != chosen)
                    {
                        live.set(chosen);
                    }
                }
            });
        });
        live
    }

    /// Whatever the reader does comes before what is delayed: the address is told before a click or a
    /// form leads on, and not at all after a step back or forward.
    fn give_way(self) {
        let listen = |name: &'static str, what: fn(Self)| {
            let options = EventListenerOptions::run_in_capture_phase();
            EventListener::new_with_options(&window(), name, options, move |_| what(self))
        };
        // They go with the screen.
        StoredValue::new_local([
            listen("click", Self::tell_address),
            listen("submit", Self::tell_address),
            listen("popstate", |live| {
                let _ = live.is_told.try_set_value(true);
            }),
        ]);
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
        self.is_told.set_value(false);
        if let Some(later) = self.later.get_value() {
            later.clear();
        }
        let rest = move || {
            if self.is_told.try_get_value().is_none() {
                return;
            }
            self.drawn.set(drawn);
            self.tell_address();
        };
        self.later.set_value(set_timeout_with_handle(rest, PAUSE).ok());
    }

    /// Puts the filter into the address. The router must know: it keeps count of where one has been.
    /// A reader who is on the way to another page is not held up.
    fn tell_address(self) {
        // Nothing is left to tell of a screen that is gone.
        if self.is_told.try_get_value() != Some(false) {
            return;
        }
        self.is_told.set_value(true);
        self.last.set_value(self.filter.get_untracked());
        if self.path.get_untracked() != "/enhet" {
            return;
        }
        let path = format!("/enhet{}", untrack(|| self.query()));
        let options =
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        self.go.with_value(|go| go(&path, options));
        #[cfg(feature = "hydrate")]
        crate::hydration::ask("kvarten:drawn");
    }

    /// The filter as an address says it, with its question mark; nothing where everybody is let through.
    pub fn query(self) -> String {
        self.filter.with(query_of)
    }

    /// Tells of the filter.
    pub fn filter<T>(self, tell: impl FnOnce(&Filter) -> T) -> T {
        self.filter.with(tell)
    }

    /// The place of the system that is filtered by.
    pub fn system(self) -> Option<usize> {
        let everybody = self.everybody.get()?;
        self.filter.with(|filter| everybody.overview.system_of(filter))
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
        let room = (first, found.len() - last);
        let system = self.filter.with_untracked(|filter| everybody.overview.system_of(filter));
        Some(self.picked.with_untracked(|picked| {
            let look = Look { system, picked, is_walked: walk::is_table() };
            matrix_rows(l, &everybody.overview, sight, room, look)
        }))
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
        match key.as_str() {
            // A link leads on by itself.
            "Enter" => {
                self.tell_address();
                return if here.1 == 0 { None } else { self.address(here) };
            }
            // The page would scroll.
            " " => {
                event.prevent_default();
                if let Some(check) = walk::box_of(here.0) {
                    check.set_checked(!check.checked());
                    self.pick(here.0, &check);
                }
                return None;
            }
            "Escape" => {
                walk::focus_frame();
                return None;
            }
            _ => {}
        }
        if let Some(next) = walk::step(&key, is_ctrl, here, size, page) {
            event.prevent_default();
            self.go_to(next);
        }
        None
    }

    /// Picks somebody, or no longer, as their box says.
    fn pick(self, row: usize, check: &web_sys::HtmlInputElement) {
        let Some(person) = self.person(row) else { return };
        self.picked.update(|picked| {
            if !check.checked() {
                picked.remove(&person);
            } else if picked.len() < MOST_PICKED {
                picked.insert(person);
            } else {
                check.set_checked(false);
            }
        });
    }

    fn person(self, row: usize) -> Option<PersonId> {
        let (everybody, found) = (self.everybody.get_untracked()?, self.found.get_untracked()?);
        everybody.overview.people.get(*found.get(row)?).map(|person| person.id)
    }

    /// How many have been picked.
    pub fn picked(self) -> usize {
        self.picked.with(HashSet::len)
    }

    /// Picks nobody any more.
    pub fn pick_nobody(self, l: Locale) {
        self.picked.set(HashSet::new());
        self.back(l);
    }

    /// Where trends of the unit and the profession are that are filtered by.
    pub fn trends(self) -> String {
        let (unit, profession) =
            self.filter.with(|filter| (filter.unit, filter.profession.clone()));
        let filter = Filter { unit, profession, ..Filter::default() };
        format!("/enhet/utveckling{}", query_of(&filter))
    }

    /// Where those who have been picked are referred; where nobody has, those who are shown.
    pub fn referring(self) -> String {
        let mut picked: Vec<String> =
            self.picked.with(|picked| picked.iter().map(ToString::to_string).collect());
        if picked.is_empty() {
            return format!("/enhet/hanvisa{}", self.query());
        }
        picked.sort_unstable();
        format!("/enhet/hanvisa?person={}", picked.join(","))
    }

    /// Where a click on a cell leads to. On a box it picks.
    pub fn clicked(self, event: &web_sys::MouseEvent) -> Option<String> {
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        if let Some(check) = target.dyn_ref::<web_sys::HtmlInputElement>() {
            let (row, _) = walk::place_of(&target)?;
            self.pick(row, check);
            return None;
        }
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
        if first == self.first.get_untracked() {
            return;
        }
        // Under a finger nothing is drawn anew: a delay ends when it is gone.
        #[cfg(feature = "hydrate")]
        if !crate::hydration::ask("kvarten:press") {
            let later = move || {
                let _ = self.first.try_set(first);
            };
            set_timeout(later, Duration::ZERO);
            return;
        }
        self.first.set(first);
    }
}
