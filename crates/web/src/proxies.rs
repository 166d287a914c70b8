//! For whom a request is made, where it comes through a proxy.
//!
//! A proxy names its client in `X-Forwarded-For`, as nginx and Caddy do; anybody can write that header, so it is read only
//! of proxies that the people who run the site have named. `Forwarded` is not read: a proxy that writes the one passes the
//! other on as its client wrote it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;

/// The header in which proxies name their clients, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Headers that only a request through a proxy has.
const OF_PROXIES: [&str; 6] =
    ["forwarded", FORWARDED_FOR, "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/// Whether a request says that it came through a proxy.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    OF_PROXIES.iter().any(|name| headers.contains_key(*name))
}

/// Whether an address is of this machine or of a private network, where proxies stand.
pub(crate) fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// An address, or a net of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    address: IpAddr,
    /// How many of its first bits all addresses of the net have in common.
    bits: u32,
}

impl Net {
    /// Whether an address lies in it; an IPv4 address written as an IPv6 one is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let common = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u32::from(own) ^ u32::from(other)).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own) ^ u128::from(other)).leading_zeros(),
            _ => return false,
        };
        common >= self.bits
    }
}

/// What is neither an address nor a net.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0:?} is no address of the network; write one such as 127.0.0.1, or a net such as 10.0.0.0/8")]
pub struct NetError(String);

impl FromStr for Net {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let wrong = || NetError(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(net, bits)| (net, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

/// The proxies that are believed when they name their clients.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Net>);

impl Proxies {
    /// Those of these addresses and nets.
    pub const fn new(nets: Vec<Net>) -> Self {
        Self(nets)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(address))
    }

    /// The address for which `peer` asks: its own, unless it is a trusted proxy; else the last one in `X-Forwarded-For` that is
    /// not itself a trusted proxy. What a client wrote there stands before that and is never reached.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        for named in lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')) {
            if !self.trusts(client) {
                break;
            }
            let Some(before) = address(named) else { break };
            client = before;
        }
        client
    }
}

/// An address as proxies write it: alone, or with a port; of IPv6 also in brackets.
fn address(named: &[u8]) -> Option<IpAddr> {
    let named = std::str::from_utf8(named).ok()?.trim();
    let bare = named.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(named);
    let with_port = || named.parse::<SocketAddr>().ok().map(|at| at.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(peer: &str, lines: &[&str]) -> String {
        let nets = ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"].map(|net| net.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        Proxies::new(nets.to_vec()).client(ip(peer), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("198.51.100.1", &["192.0.2.7"]), "198.51.100.1", "anybody can write the header");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("::ffff:127.0.0.1", &["192.0.2.7"]), "192.0.2.7", "the same address in IPv6");
    }

    #[test]
    fn of_a_chain_the_last_that_is_no_proxy_of_ours_asks() {
        for (lines, expected) in [
            (&["192.0.2.66, 192.0.2.7"][..], "192.0.2.7"),
            (&["192.0.2.66, 192.0.2.7, 10.1.2.3"], "192.0.2.7"),
            (&["192.0.2.66", "192.0.2.7", "10.1.2.3,10.0.0.1"], "192.0.2.7"),
            (&["10.3.0.1, 10.1.2.3"], "10.3.0.1"),
            (&["192.0.2.66, unknown, 10.1.2.3"], "10.1.2.3"),
            (&["192.0.2.7:50123"], "192.0.2.7"),
            (&["[2001:db8:2::7]:50123, 2001:db8:1::1"], "2001:db8:2::7"),
            (&["[2001:db8:2::7]"], "2001:db8:2::7"),
            (&[""], "127.0.0.1"),
        ] {
            assert_eq!(client("127.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_net_holds_what_begins_like_it() {
        let holds = |net: &str, address: &str| net.parse::<Net>().unwrap().contains(ip(address));
        assert!(holds("172.16.0.0/12", "172.31.255.255") && !holds("172.16.0.0/12", "172.32.0.0"));
        assert!(holds("0.0.0.0/0", "192.0.2.7") && !holds("0.0.0.0/0", "2001:db8::7"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.6"));
        for wrong in ["", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0/8"] {
            assert!(wrong.parse::<Net>().unwrap_err().to_string().contains("10.0.0.0/8"), "{wrong}");
        }
    }
}
