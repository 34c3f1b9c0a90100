"""AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from campaign.mail.providers.api_client import ApiCall

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed_call(call: ApiCall, url: str, key: str, secret: str, region: str, service: str, at: datetime) -> ApiCall:
    """The call with the headers X-Amz-Date and Authorization. `url` is the API's address, without a query."""
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Host": urlsplit(url).netloc, "X-Amz-Date": moment}
    signed = {name.lower(): " ".join(value.split()) for name, value in {**call.headers, **headers}.items()}
    names = ";".join(sorted(signed))
    request = "\n".join((
        call.method,
        quote(urlsplit(url).path + call.path, safe="/-_.~"),
        "",
        *(f"{name}:{signed[name]}" for name in sorted(signed)),
        "",
        names,
        hashlib.sha256(call.body).hexdigest(),
    ))  # fmt: skip
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    signing_key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"),):
        signing_key = hmac.digest(signing_key, part.encode(), "sha256")
    signature = hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest()
    authorization = f"{_ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return replace(call, headers={**call.headers, **headers, "Authorization": authorization})
