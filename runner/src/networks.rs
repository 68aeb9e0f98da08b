//! Networks that no component may connect to, whatever names resolve to
//! (Spin: runtime configuration, `[outbound_networking]`).

use std::net::IpAddr;

use ip_network::IpNetwork;

/// A set of networks. Empty by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockedNetworks {
    networks: Vec<IpNetwork>,
    /// Also everything that is not globally routable: loopback, link-local, private, shared, documentation and so on.
    private: bool,
}

impl BlockedNetworks {
    /// Blocks `networks`, and with `private` all that is not globally routable.
    pub fn new(networks: Vec<IpNetwork>, private: bool) -> Self {
        Self { networks, private }
    }

    /// Whether an address is in one of them. An IPv4 address in IPv6 clothes is judged as itself.
    pub fn is_blocked(&self, address: IpAddr) -> bool {
        let blocked = self.private && !IpNetwork::from(address).is_global();
        if blocked || self.networks.iter().any(|n| n.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V6(address) => address
                .to_ipv4()
                .is_some_and(|inner| self.is_blocked(IpAddr::V4(inner))),
            IpAddr::V4(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(networks: &[&str], private: bool, address: &str) -> bool {
        let parse = |n: &&str| IpNetwork::from_str_truncate(n).unwrap();
        BlockedNetworks::new(networks.iter().map(parse).collect(), private)
            .is_blocked(address.parse().unwrap())
    }

    #[test]
    fn nothing_is_blocked_by_default() {
        assert!(!blocked(&[], false, "127.0.0.1"));
    }

    #[test]
    fn networks_are_blocked_in_every_form() {
        let networks = ["123.123.0.0/16", "2001::/96"];
        for address in ["123.123.1.2", "2001::1000", "::ffff:123.123.1.2"] {
            assert!(blocked(&networks, false, address), "{address}");
        }
        for address in ["123.100.1.2", "2002::1000"] {
            assert!(!blocked(&networks, false, address), "{address}");
        }
    }

    #[test]
    fn private_means_what_is_not_global() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "::1",
            "::ffff:10.1.2.3",
            "fc00::1",
            "fe80::1",
        ] {
            assert!(blocked(&[], true, address), "{address}");
        }
        for address in ["8.8.8.8", "2600::beef"] {
            assert!(!blocked(&[], true, address), "{address}");
        }
    }
}
