//! The browser's entry: takes over the page the server has drawn.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script.
#[wasm_bindgen]
pub fn hydrate() {
    // What is released has no texts of panics to show.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    kvarten_app::hydrate();
}
