//! `#[http_service]` of the native baseline: hands the component's entry to its crate's users.

use proc_macro::TokenStream;

/// Keeps `async fn handle(request) -> Response` and adds a public way to it, `serve`.
#[proc_macro_attribute]
pub fn http_service(_: TokenStream, function: TokenStream) -> TokenStream {
    let entry = "
        /// The component's entry.
        pub fn serve(request: ::spin_sdk::http::Request) -> ::spin_sdk::http::Answer {
            ::std::boxed::Box::pin(handle(request))
        }";
    let entry: TokenStream = entry.parse().unwrap_or_default();
    [function, entry].into_iter().collect()
}
