//! Sockets of components: outgoing only, to what the manifest permits by address, and never into a blocked network.
//!
//! As in Spin: an entry of `allowed_outbound_hosts` that names a host does not permit a socket to what it resolves to
//! (`tcp://203.0.113.7:587`, `tcp://203.0.113.0/24:587` and `*://*:587` do), and names are not looked up for components.

use std::net::SocketAddr;
use std::sync::Arc;

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use crate::instance::ComponentData;
use crate::log;

/// Lets an instance open the sockets that its component may open.
pub(crate) fn permit(wasi: &mut WasiCtxBuilder, component: &Arc<ComponentData>) {
    let component = component.clone();
    wasi.allow_tcp(true)
        .allow_udp(true)
        .socket_addr_check(move |address, usage| {
            let permitted = permits(&component, address, usage);
            Box::pin(async move { permitted })
        });
}

fn permits(component: &ComponentData, address: SocketAddr, usage: SocketAddrUse) -> bool {
    let scheme = match usage {
        SocketAddrUse::TcpConnect => "tcp",
        SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => "udp",
        // What precedes every connection: any free port of any own address.
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => {
            return address.ip().is_unspecified() && address.port() == 0;
        }
        SocketAddrUse::TcpListen | SocketAddrUse::TcpAccept => return false,
    };
    let listed = component.hosts.iter();
    let allowed = listed
        .into_iter()
        .any(|entry| entry.permits_address(scheme, address));
    let blocked = component.blocked.is_blocked(address.ip());
    if !allowed || blocked {
        let what = if allowed {
            "outbound socket blocked"
        } else {
            "outbound socket denied"
        };
        let address = address.to_string();
        let fields = serde_json::json!({ "component": component.id, "address": address });
        log::warn(what, fields);
    }
    allowed && !blocked
}
