"""Networks: all that is kept of an address somebody acts from."""

import ipaddress


def network_prefix(address: str) -> str:
    """The /24 an IPv4 address is in, or the /48 of an IPv6 one, as in "203.0.113.0/24"; "" where it is no address.

    An IPv4 address written as an IPv6 one is the IPv4 address. A port, which some proxies add, and a zone ("%eth0") are none of
    our business.
    """
    try:
        found = ipaddress.ip_address(_without_port(address.strip()).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def is_within(network: str, wider: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Whether a network, as `network_prefix` writes it, lies in a wider one; never of another version of IP."""
    found = ipaddress.ip_network(network)
    return found.version == wider.version and found.subnet_of(wider)  # type: ignore[arg-type]


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
