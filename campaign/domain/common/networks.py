"""Networks: all that is kept of an address somebody acts from."""

import ipaddress


def network_prefix(address: str) -> str:
    """The /24 an IPv4 address is in, or the /48 of an IPv6 one, as in "203.0.113.0/24"; "" where it is no address.

    An IPv4 address written as an IPv6 one is the IPv4 address. A zone ("%eth0") is none of our business.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))
