//! The page `/verify`: becomes `verify-page.js` and `verify-page.wasm`.

fn main() {
    podpis_web_app::verify_page();
}
