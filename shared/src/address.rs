//! Addresses that a request on a stranger's behalf may go to: public ones only.
//!
//! Refused are all special-purpose blocks of IANA's registries (RFC 6890 and its updates): private, loopback, link-local
//! with the clouds' metadata services, carrier-grade NAT, documentation, multicast. Of IPv6 only global unicast is taken,
//! so that mapped, translated and tunnelled forms of IPv4 have no way around.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of IPv4 that are not public: first address and length of the prefix.
const NOT_PUBLIC_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Blocks within global unicast that are not public all the same: protocol assignments with Teredo and ORCHID, documentation,
/// 6to4.
const NOT_PUBLIC_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0], 16),
    ([0x3fff, 0], 20),
];

/// Endings of names that lead to no public host, or to our own components.
const NOT_PUBLIC_NAMES: [&str; 14] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "home.arpa",
    "alt",
    "onion",
    "invalid",
    "test",
    "example",
];

/// Whether an address is one of the public network.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether a name may be one of a public host: what it resolves to is another question.
pub fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let within = |ending: &str| {
        name == ending
            || name
                .strip_suffix(ending)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    name.contains('.') && !NOT_PUBLIC_NAMES.iter().any(|ending| within(ending))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !NOT_PUBLIC_V4
        .iter()
        .any(|(first, length)| (bits ^ u32::from_be_bytes(*first)) >> (32 - length) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let bits = u32::from(first) << 16 | u32::from(second);
    let within = |block: &([u16; 2], u32)| {
        let start = u32::from(block.0[0]) << 16 | u32::from(block.0[1]);
        (bits ^ start) >> (32 - block.1) == 0
    };
    first >> 13 == 1 && !NOT_PUBLIC_V6.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for public in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "223.255.255.255",
            "2a02:6b8::1",
            "2606:4700::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
            "fd00:ec2::254",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn names() {
        for public in [
            "example.ru",
            "mis.clinic.example.com",
            "xn--e1afmkfd.xn--p1ai",
            "localhost.ru",
        ] {
            assert!(is_public_name(public), "{public}");
        }
        for closed in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "mis",
            "vault.spin.internal",
            "metadata.google.internal",
            "self.alt",
            "printer.local",
            "router.home.arpa",
            "x.test",
            "",
        ] {
            assert!(!is_public_name(closed), "{closed}");
        }
    }
}
