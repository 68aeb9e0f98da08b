//! The runtime's own configuration, `--runtime-config-file` as in Spin: what whoever runs the application decides, and not
//! its manifest. A key that this runner does not implement is refused.

use std::path::Path;

use anyhow::Context as _;
use ip_network::IpNetwork;
use serde::Deserialize;
use serde::de::{Error as _, Unexpected};

use crate::networks::BlockedNetworks;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeConfig {
    #[serde(default)]
    outbound_networking: OutboundNetworking,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundNetworking {
    #[serde(default)]
    block_networks: Vec<Blocked>,
}

#[derive(Debug)]
enum Blocked {
    Private,
    Network(IpNetwork),
}

impl RuntimeConfig {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or says something that this runner does not know.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// `[outbound_networking] block_networks`: networks in CIDR notation, and `"private"` for all that is not globally
    /// routable.
    pub fn blocked_networks(&self) -> BlockedNetworks {
        let list = &self.outbound_networking.block_networks;
        let network = |entry: &Blocked| match entry {
            Blocked::Network(network) => Some(*network),
            Blocked::Private => None,
        };
        let private = list.iter().any(|entry| matches!(entry, Blocked::Private));
        BlockedNetworks::new(list.iter().filter_map(network).collect(), private)
    }
}

impl<'de> Deserialize<'de> for Blocked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "private" {
            return Ok(Self::Private);
        }
        let network = IpNetwork::from_str_truncate(&text);
        network.map(Self::Network).map_err(|_| {
            let expected = &"a network in CIDR notation or \"private\"";
            D::Error::invalid_value(Unexpected::Str(&text), expected)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_spin_reads_them() {
        let text =
            "[outbound_networking]\nblock_networks = [\"1.1.1.1/32\", \"8.8.8.8/16\", \"private\"]";
        let config: RuntimeConfig = toml::from_str(text).unwrap();
        let networks = ["1.1.1.1/32", "8.8.0.0/16"].map(|n| n.parse().unwrap());
        let expected = BlockedNetworks::new(networks.to_vec(), true);
        assert_eq!(config.blocked_networks(), expected);
    }

    #[test]
    fn what_is_not_there_blocks_nothing() {
        for text in [
            "",
            "[outbound_networking]",
            "[outbound_networking]\nblock_networks = []",
        ] {
            let config: RuntimeConfig = toml::from_str(text).unwrap();
            assert_eq!(config.blocked_networks(), BlockedNetworks::default());
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (text, reason) in [
            ("[llm_compute]\ntype = \"x\"", "unknown field `llm_compute`"),
            (
                "[outbound_networking]\nmax_total_connections = 1",
                "unknown field `max_total_connections`",
            ),
            (
                "[outbound_networking]\nblock_networks = [\"localhost\"]",
                "a network in CIDR notation",
            ),
            (
                "[outbound_networking]\nblock_networks = [\"1.1.1.1\"]",
                "a network in CIDR notation",
            ),
        ] {
            let error = toml::from_str::<RuntimeConfig>(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
