"""Networks of addresses as servers and proxies write them."""

import pytest

from campaign.domain.common.networks import network_prefix


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
