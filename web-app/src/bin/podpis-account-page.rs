//! The page `/account`: becomes `account-page.js` and `account-page.wasm`.

fn main() {
    podpis_web_app::account_page();
}
