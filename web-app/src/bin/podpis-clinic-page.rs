//! The page `/clinic`: becomes `clinic-page.js` and `clinic-page.wasm`.

fn main() {
    podpis_web_app::clinic_page();
}
