"""A service client on the standard library: one kept connection, one token, nothing retried."""
import base64
import hmac
import http.client
import json
import ssl
import time
import urllib.parse

API_VERSION = "2021-04-12"


def connection_parts(connection_string):
    return dict(part.split("=", 1) for part in connection_string.split(";"))


def service_token(connection_string, life_s=3600):
    parts = connection_parts(connection_string)
    resource = urllib.parse.quote(parts["HostName"], safe="")
    expiry = int(time.time()) + life_s
    signature = hmac.digest(base64.b64decode(parts["SharedAccessKey"]), f"{resource}\n{expiry}".encode(), "sha256")
    return (f"SharedAccessSignature sr={resource}&sig={urllib.parse.quote_plus(base64.b64encode(signature))}"
            f"&se={expiry}&skn={parts['SharedAccessKeyName']}")


class Service:
    """Calls raise OSError or http.client.HTTPException when no whole answer came."""

    def __init__(self, hub_info, timeout_s=120):
        self.token = service_token(hub_info["connectionString"])
        context = ssl.create_default_context(cafile=hub_info["caFile"])
        self.connection = http.client.HTTPSConnection("localhost", hub_info["httpsPort"], timeout=timeout_s,
                                                      context=context)

    def call(self, method, path, body=None, **headers):
        """(status, headers, text)"""
        joint = "&" if "?" in path else "?"
        sent = {"Authorization": self.token} | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        self.connection.request(method, f"{path}{joint}api-version={API_VERSION}",
                                None if body is None else json.dumps(body), sent)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read().decode()

    def json(self, method, path, body=None, **headers):
        """The document of a success."""
        status, _, text = self.call(method, path, body, **headers)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {text}")
        return json.loads(text) if text else None

    def query(self, text, page=100):
        """The first page."""
        return self.json("POST", "/devices/query", {"query": text}, x_ms_max_item_count=str(page))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
