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


WIDER_PREFIX_LENGTHS = {4: 16, 6: 32}
"""By version of IP, the wider networks that one looks for: as many bits as two numbers of the address."""


def wider_network_pattern(network: str) -> str:
    """Pattern for LIKE of the networks that `network_prefix` writes and that lie in a wider one: "203.0.%" for "203.0.0.0/16";
    "" for a network that is no wider. The first of them, in which IPv6 leaves zeros out, may not fit it.
    """
    found = ipaddress.ip_network(network)
    if found.prefixlen != WIDER_PREFIX_LENGTHS[found.version]:
        return ""
    if isinstance(found, ipaddress.IPv4Network):
        return ".".join(str(found.network_address).split(".")[:2]) + ".%"
    return ":".join(f"{int(group, 16):x}" for group in found.network_address.exploded.split(":")[:2]) + ":%"


def is_within(network: str, wider: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Whether a network, as `network_prefix` writes it, lies in a wider one; never of another version of IP."""
    found = ipaddress.ip_network(network)
    return found.version == wider.version and found.subnet_of(wider)  # type: ignore[arg-type]


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
