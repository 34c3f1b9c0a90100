"""Caches of the sites under test, brought to what they are once a moment has passed."""

from weakref import WeakSet

from flask import Flask

from campaign import app
from campaign.web.cache import ProcessCache
from campaign.web.public.campaign_lookup import CAMPAIGNS
from campaign.web.public.update_view import CAMPAIGN_UPDATES
from campaign.web.site_switches import SWITCHES

_caches: WeakSet[ProcessCache] = WeakSet()
_install_cache = app.install_cache


def track_caches() -> None:
    """Remember the cache of each site that is made from here on."""

    def install_cache(site: Flask) -> ProcessCache:
        cache = _install_cache(site)
        _caches.add(cache)
        return cache

    app.install_cache = install_cache


def expire_campaigns() -> None:
    """Have every site look its campaigns and their updates up anew, as it does some seconds later."""
    for cache in _caches:
        cache.expire(CAMPAIGNS)
        cache.expire(CAMPAIGN_UPDATES)


def expire_switches() -> None:
    """The same for the switches."""
    for cache in _caches:
        cache.expire(SWITCHES)
