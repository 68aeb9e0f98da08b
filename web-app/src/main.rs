//! The patient's pages: becomes `app.js` and `app.wasm`.

fn main() {
    podpis_web_app::patient();
}
