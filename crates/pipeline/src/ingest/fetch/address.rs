//! Which network addresses may be fetched from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;

use super::FetchError;

/// Resolves the host of `url` and answers the socket addresses to connect to. The connection must be made to these
/// and no others: a second look-up could give another answer. One private address among them refuses the host.
pub(super) async fn resolve(url: &Url, allow_private: bool) -> Result<Vec<SocketAddr>, FetchError> {
    let wrong = |why: &str| FetchError::Address { address: url.to_string(), why: why.to_owned() };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("only http and https are fetched"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a user name or password"));
    }
    let host = url.host_str().ok_or_else(|| wrong("it names no host"))?;
    let port = url.port_or_known_default().ok_or_else(|| wrong("it names no port"))?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| FetchError::Unreachable { address: url.to_string(), why: error.to_string() })?
            .collect(),
    };
    if let Some(private) = found.iter().find(|address| !allow_private && !is_public(address.ip())) {
        return Err(FetchError::Private { host: host.to_owned(), address: private.ip().to_string() });
    }
    if found.is_empty() { Err(wrong("the host has no address")) } else { Ok(found) }
}

/// Whether an address belongs to the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// IANA's special-purpose registry (RFC 6890 and successors), all that is not globally reachable.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

/// As for version 4; addresses that carry one of version 4 (mapped, NAT64, 6to4) are judged by it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let carried = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => carried(high, low),
        [0x2001, 0xdb8, ..] => false,
        // Only 2000::/3 is given out; this leaves out ::1, ::, fc00::/7, fe80::/10, fec0::/10 and ff00::/8.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_told_from_public_ones() {
        let inner = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::7f00:1",
        ];
        for address in inner {
            assert!(!is_public(address.parse().unwrap()), "{address} was taken for public");
        }
        for address in
            ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "172.32.0.1", "100.128.0.1"]
        {
            assert!(is_public(address.parse().unwrap()), "{address} was taken for private");
        }
    }

    #[tokio::test]
    async fn odd_ways_of_writing_loopback_are_seen_through() {
        for address in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://[::ffff:7f00:1]/",
            "http://localhost/",
        ] {
            let url = Url::parse(address).unwrap();
            assert!(matches!(resolve(&url, false).await, Err(FetchError::Private { .. })), "{address}");
            assert!(resolve(&url, true).await.is_ok(), "{address}");
        }
        for address in ["ftp://example.org/", "http://user:word@example.org/"] {
            assert!(matches!(
                resolve(&Url::parse(address).unwrap(), true).await,
                Err(FetchError::Address { .. })
            ));
        }
    }
}
