//! Line icons on a 24 by 24 grid. They say nothing to a screen reader; the words beside them do.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Learn,
    Knowledge,
    Points,
    More,
    Check,
    Back,
    Next,
    Again,
    Bulb,
    Info,
    Warn,
    Up,
    Down,
    Grip,
    File,
    Load,
    Search,
    Filter,
    List,
    Out,
    Unit,
    Map,
}

impl Icon {
    const fn paths(self) -> &'static str {
        match self {
            Self::Learn => "M12 12V3a9 9 0 0 1 9 9zM8 4a9 9 0 1 0 12 12",
            Self::Knowledge => {
                "M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0M8.5 12a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0M12 3v5.5M12 15.5V21M3 12h5.5M15.5 12H21"
            }
            Self::Points => {
                "M12 3l2.7 5.7 6.3.8-4.6 4.3 1.2 6.2L12 17l-5.6 3 1.2-6.2L3 9.5l6.3-.8z"
            }
            Self::More => "M4 7h16M4 12h16M4 17h10",
            Self::Check => "M4 12.5l5.5 5.5L20 6.5",
            Self::Back => "M14.5 5l-7 7 7 7",
            Self::Next => "M9.5 5l7 7-7 7",
            Self::Again => "M20 12a8 8 0 1 1-2.5-5.8M20 3v4.5h-4.5",
            Self::Bulb => "M9 18h6M10 21h4M8.5 15a6 6 0 1 1 7 0z",
            Self::Info => "M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0M12 11v5.5M12 7.5v.2",
            Self::Warn => "M12 3.5L2.5 20h19zM12 10v4.5M12 17v.2",
            Self::Up => "M5 15l7-7 7 7",
            Self::Down => "M5 9l7 7 7-7",
            Self::Grip => "M5 9h14M5 15h14",
            Self::File => "M6 3h8l5 5v13H6zM14 3v5h5",
            Self::Load => "M12 4v11M6.5 10l5.5 5.5L17.5 10M5 20h14",
            Self::Search => "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0 -13 0M15.5 15.5L21 21",
            Self::Filter => "M4 7h16M7 12h10M10 17h4",
            Self::List => "M4 6.5l1.5 1.5L8 5M4 16.5l1.5 1.5L8 15M12 7h8M12 17h8",
            Self::Unit => "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14M15 5v14",
            Self::Map => "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
            Self::Out => "M10 4H4v16h6M9 12h12M16.5 7.5L21 12l-4.5 4.5",
        }
    }
}

/// An icon.
pub fn icon(which: Icon) -> AnyView {
    view! {
        <svg class="ic" viewBox="0 0 24 24" aria-hidden="true">
            <path d=which.paths() />
        </svg>
    }
    .into_any()
}
