//! Hydration in pieces: the program takes over the page the server has drawn in several short
//! tasks, so that a tap in between is answered at once, on a slow phone too. Until a piece is
//! hydrated it works as the server sent it, with links and forms.

use std::{
    cell::{Cell, LazyCell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use any_spawner::Executor;
use gloo::events::{EventListener, EventListenerOptions};
use hydration_context::{HydrateSharedContext, SharedContext};
use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, any_view::AnyViewState},
    },
    task::spawn_local,
};
use wasm_bindgen::JsCast;

use crate::{App, app::page_lang, screens, text::tr};

/// Tells the page's script something, or asks it: `false` is its objection. The script is
/// `frontend/page`; without it there is no objection.
pub fn ask(name: &str) -> bool {
    let settings = web_sys::EventInit::new();
    settings.set_cancelable(true);
    web_sys::Event::new_with_event_init_dict(name, &settings)
        .and_then(|event| window().dispatch_event(&event))
        .unwrap_or(true)
}

/// Takes over the page the server has drawn, once all of the program is there that drew it.
pub fn hydrate() {
    // An error would only say that it is there already.
    let _ = Executor::init_wasm_bindgen();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        // Without that part the page stays as it was sent, with links and forms.
        if screens::part_of(&path).await.is_ok() {
            take_over();
        }
    });
}

fn take_over() {
    let shared = Arc::new(HydrateSharedContext::new());
    let owner = Owner::new_root(Some(shared.clone()));
    let app = owner.with(|| {
        let app = App().into_any();
        let word = tr!(page_lang().0, trouble.plain);
        let root = document().document_element();
        let _ = root.map(|root| root.set_attribute("data-plain", word));
        app
    });
    // The router hears of taps already, but not all of the page is there yet: until then a link is
    // followed as it is without the program.
    let capture = EventListenerOptions::run_in_capture_phase();
    LINKS.set(Some(EventListener::new_with_options(&window(), "click", capture, |event| {
        event.stop_immediate_propagation();
    })));
    soon(move || {
        if !ask("kvarten:begin") {
            build(&owner, app);
            shared.hydration_complete();
            std::mem::forget(owner);
            return;
        }
        let page = Cursor::new(leptos::tachys::dom::body().unchecked_into());
        let state = owner.with(|| app.hydrate::<true>(&page, &PositionState::default()));
        shared.hydration_complete();
        // The page lives as long as its window.
        std::mem::forget((state, owner));
    });
}

/// Builds the page in an element of its own and puts it where the one that was sent is, which others
/// have changed.
fn build(owner: &Owner, app: AnyView) {
    let holder = document().create_element("div").expect("a page makes elements");
    let mut state = owner.with(|| app.build());
    state.mount(&holder, None);
    std::mem::forget(state);
    let _ = leptos::tachys::dom::body().append_child(&holder);
    let settings = web_sys::EventInit::new();
    settings.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("kvarten:built", &settings) {
        let _ = holder.dispatch_event(&event);
    }
}

thread_local! {
    /// How many pieces of the page are not hydrated yet.
    static WAITING: Cell<usize> = const { Cell::new(0) };
    /// What keeps taps from the router meanwhile.
    static LINKS: RefCell<Option<EventListener>> = const { RefCell::new(None) };
}

/// Runs a piece of the hydration in a task of its own. After the last one the page says that it is
/// hydrated.
fn soon(piece: impl FnOnce() + 'static) {
    WAITING.set(WAITING.get() + 1);
    set_timeout(
        || {
            piece();
            WAITING.set(WAITING.get() - 1);
            if WAITING.get() == 0 {
                LINKS.take();
                let _ = leptos::tachys::dom::body().set_attribute("data-hydrated", "");
                ask("kvarten:alive");
            }
        },
        Duration::ZERO,
    );
}

/// Moves the focus to the content of another page, as a page load would; not on the way back, which
/// leads to the link that was followed.
pub fn focus_on_page() {
    if leptos::tachys::dom::body().has_attribute("data-hydrated") && ask("kvarten:arrive") {
        crate::parts::focus_soon("main");
    }
}

/// An element that is hydrated in a task of its own.
pub struct Later(pub AnyView);

/// The element: hydrated when its turn comes, or when something is asked of it before.
pub struct LaterState(Rc<RefCell<Piece>>);

type Piece = LazyCell<AnyViewState, Box<dyn FnOnce() -> AnyViewState>>;

impl LaterState {
    fn new(piece: impl FnOnce() -> AnyViewState + 'static) -> Self {
        Self(Rc::new(RefCell::new(LazyCell::new(Box::new(piece)))))
    }
}

impl Render for Later {
    type State = LaterState;

    fn build(self) -> LaterState {
        let state = self.0.build();
        LaterState::new(move || state)
    }

    fn rebuild(self, state: &mut LaterState) {
        self.0.rebuild(LazyCell::force_mut(&mut state.0.borrow_mut()));
    }
}

impl AddAnyAttr for Later {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self {
        Self(self.0.add_any_attr(attr).into_any())
    }
}

impl RenderHtml for Later {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> LaterState {
        // As an element does: to where it is, and past it.
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        let element: Element = cursor.current().unchecked_into();
        let owner = Owner::current();
        let state = LaterState::new(move || {
            let hydrate = || self.0.hydrate_from_position::<true>(&element, Position::Current);
            match owner {
                Some(owner) => owner.with(hydrate),
                None => hydrate(),
            }
        });
        let piece = Rc::downgrade(&state.0);
        soon(move || {
            if let Some(piece) = piece.upgrade() {
                LazyCell::force(&piece.borrow());
            }
        });
        state
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for LaterState {
    fn unmount(&mut self) {
        LazyCell::force_mut(&mut self.0.borrow_mut()).unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        LazyCell::force_mut(&mut self.0.borrow_mut()).mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.borrow().insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.borrow().elements()
    }
}
