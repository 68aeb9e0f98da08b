//! Which component answers a path, and the `spin-*` headers that tell it how
//! it was found (Spin: "HTTP trigger").
//!
//! An exact route wins over a wildcard, and a longer wildcard over a shorter.
//! Slashes at the end of a path do not change the choice.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::manifest::Trigger;

/// The public routes of an application.
#[derive(Debug, Default)]
pub struct Router(Vec<Route>);

#[derive(Debug)]
struct Route {
    /// As written in the manifest.
    raw: String,
    /// Path without wildcard and without slashes at its ends.
    prefix: String,
    wildcard: bool,
    component: String,
}

/// A component found for a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Match {
    /// Id of the component.
    pub component: String,
    /// The route as written, `/...` for a call between components.
    pub route: String,
    /// What the wildcard stands for, with its slash.
    pub path_info: String,
}

impl Router {
    /// Keeps the public triggers; private ones have no route.
    pub fn new(triggers: &[Trigger]) -> Self {
        let route = |trigger: &Trigger| {
            let raw = trigger.route.clone()?;
            let prefix = raw.strip_suffix("/...");
            Some(Route {
                wildcard: prefix.is_some(),
                prefix: prefix.unwrap_or(&raw).trim_matches('/').to_owned(),
                component: trigger.component.clone(),
                raw,
            })
        };
        let mut routes: Vec<_> = triggers.iter().filter_map(route).collect();
        routes.sort_by_key(|route| (route.wildcard, std::cmp::Reverse(route.prefix.len())));
        Self(routes)
    }

    /// The best match for a request's path, if any.
    pub fn find(&self, path: &str) -> Option<Match> {
        self.0.iter().find_map(|route| route.matches(path))
    }
}

impl Route {
    fn matches(&self, path: &str) -> Option<Match> {
        let rest = path.trim_matches('/').strip_prefix(&self.prefix)?;
        let whole_segments = rest.is_empty() || rest.starts_with('/') || self.prefix.is_empty();
        if !whole_segments || !(rest.is_empty() || self.wildcard) {
            return None;
        }
        Some(Match {
            component: self.component.clone(),
            route: self.raw.clone(),
            path_info: if self.wildcard {
                self.path_info(path).to_owned()
            } else {
                String::new()
            },
        })
    }

    /// The path after the prefix, slashes as they came.
    fn path_info<'p>(&self, path: &'p str) -> &'p str {
        match self.prefix.len() {
            0 => path,
            length => path
                .trim_start_matches('/')
                .get(length..)
                .unwrap_or_default(),
        }
    }
}

impl Match {
    /// A call from another component: any path, as if its route were `/...`.
    pub fn internal(component: &str, path: &str) -> Self {
        Self {
            component: component.to_owned(),
            route: "/...".to_owned(),
            path_info: path.to_owned(),
        }
    }

    /// Sets the `spin-*` headers, also over what a client sent under these names.
    pub fn set_headers(&self, headers: &mut HeaderMap, uri: &Uri, client: SocketAddr) {
        let prefix = self.route.strip_suffix("/...").unwrap_or(&self.route);
        for (name, value) in [
            ("spin-path-info", self.path_info.clone()),
            ("spin-full-url", uri.to_string()),
            ("spin-matched-route", self.route.clone()),
            ("spin-base-path", "/".to_owned()),
            ("spin-raw-component-route", self.route.clone()),
            ("spin-component-route", prefix.to_owned()),
            ("spin-client-addr", client.to_string()),
        ] {
            match HeaderValue::from_str(&value) {
                Ok(value) => headers.insert(HeaderName::from_static(name), value),
                Err(_) => headers.remove(name),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(routes: &[&str]) -> Router {
        let trigger = |route: &&str| Trigger {
            route: Some((*route).to_owned()),
            component: (*route).to_owned(),
        };
        Router::new(&routes.iter().map(trigger).collect::<Vec<_>>())
    }

    #[test]
    fn longest_route_wins() {
        let router = router(&[
            "/...",
            "/api/...",
            "/api/v1/health",
            "/api/v1/...",
            "/exact",
        ]);
        for (path, route, path_info) in [
            ("/", "/...", "/"),
            ("/index.html", "/...", "/index.html"),
            ("/apis", "/...", "/apis"),
            ("/api", "/api/...", ""),
            ("/api/", "/api/...", "/"),
            ("/api/x", "/api/...", "/x"),
            ("/api/v1/documents/", "/api/v1/...", "/documents/"),
            ("/api/v1/health", "/api/v1/health", ""),
            ("/api/v1/health/deep", "/api/v1/...", "/health/deep"),
            ("/exact", "/exact", ""),
            ("/exact/", "/exact", ""),
            ("/exact/more", "/...", "/exact/more"),
        ] {
            let found = router.find(path).unwrap();
            assert_eq!(
                (found.route.as_str(), found.path_info.as_str()),
                (route, path_info),
                "{path}"
            );
        }
    }

    #[test]
    fn nothing_matches() {
        let router = router(&["/api/..."]);
        for path in ["/", "/apis", "*", ""] {
            assert_eq!(router.find(path), None, "{path}");
        }
    }

    #[test]
    fn private_triggers_have_no_route() {
        let router = Router::new(&[Trigger {
            route: None,
            component: "vault".into(),
        }]);
        assert_eq!(router.find("/"), None);
    }

    #[test]
    fn headers_are_spins() {
        let mut headers = HeaderMap::new();
        headers.insert("spin-client-addr", HeaderValue::from_static("6.6.6.6:6"));
        let found = router(&["/foo/..."]).find("/foo/bar").unwrap();
        let uri = "http://example.ru/foo/bar?k=v".parse().unwrap();
        found.set_headers(&mut headers, &uri, "127.0.0.1:8777".parse().unwrap());
        for (name, value) in [
            ("spin-full-url", "http://example.ru/foo/bar?k=v"),
            ("spin-path-info", "/bar"),
            ("spin-matched-route", "/foo/..."),
            ("spin-raw-component-route", "/foo/..."),
            ("spin-component-route", "/foo"),
            ("spin-base-path", "/"),
            ("spin-client-addr", "127.0.0.1:8777"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
    }
}
