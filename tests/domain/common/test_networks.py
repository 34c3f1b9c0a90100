"""Networks of addresses as servers and proxies write them."""

import pytest

from campaign.domain.common.networks import network_prefix, wider_network_pattern


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.7:51234", "203.0.113.0/24"),
        (" 203.0.113.7 ", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::/48"),
        ("[2001:db8:1:2::3]", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unknown", ""),
        ("unix:", ""),
        ("_hidden:80", ""),
        ("203.0.113", ""),
        ("[", ""),
        ("999.1.1.1:1", ""),
    ],
)
def test_a_network_is_found_however_its_address_is_written(address: str, network: str) -> None:
    assert network_prefix(address) == network


@pytest.mark.parametrize(
    ("wider", "inside", "outside"),
    [
        ("203.0.0.0/16", ("203.0.0.1", "203.0.255.9"), ("203.1.0.1", "20.3.0.1", "203.10.0.1")),
        ("2001:db8::/32", ("2001:db8::1", "2001:db8:0:1::", "2001:db8:ffff::1"), ("2001:db80::1", "2001:d::1", "2001:db9::1")),
        ("2001::/32", ("2001::1", "2001:0:5::1", "2001:0:ffff::"), ("2001:1::1", "2001:5::1")),
        ("fd00::/32", ("fd00::1", "fd00:0:1::"), ("fd00:1::", "fd0::1")),
    ],
)
def test_a_wider_network_is_found_by_how_its_networks_are_written(
    wider: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    start, first = wider_network_pattern(wider).removesuffix("%"), network_prefix(wider.partition("/")[0])

    def fits(address: str) -> bool:
        network = network_prefix(address)
        return network == first or network.startswith(start)

    assert [address for address in inside if not fits(address)] == []
    assert [address for address in outside if fits(address)] == []
    assert wider_network_pattern(first) == ""
