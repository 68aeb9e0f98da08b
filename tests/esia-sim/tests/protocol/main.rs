//! The simulator over HTTP: the whole way, what it must refuse, and what goes wrong on demand. The client in these
//! tests signs with the `openssl` program.

mod authorize;
mod faults;
mod keys;
mod openssl;
mod pkce;
mod rest;
mod session;
mod token;
mod v1;
mod witness;
mod world;
