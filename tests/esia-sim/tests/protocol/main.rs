//! The simulator over HTTP: the whole way, what it must refuse, and what goes wrong on demand. The client in these
//! tests signs with the `openssl` program.

mod authorize;
mod openssl;
mod token;
mod world;
