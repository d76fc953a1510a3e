"""The login authority: an outside token becomes a managed identity's, if a federated credential says so.

Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (federated credential)
and the AADSTS error codes.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from rehearsal.local_azure.errors import ArmError
from rehearsal.local_azure.identity import TOKEN_SECONDS
from rehearsal.local_azure.names import TENANT
from rehearsal.local_azure.services.managedidentity import CREDENTIALS
from rehearsal.local_azure.store import Body
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import IDENTITIES, World

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def is_login(path: str) -> bool:
    return path.lower().startswith(f"/{TENANT}/")


def login(world: World, request: Request) -> Reply:
    """Discovery, or the exchange of a token."""
    base = f"{world.endpoints['arm']}/{TENANT}"
    rest = request.path[len(TENANT) + 1 :].lower()
    if request.method == "GET" and rest == "/v2.0/.well-known/openid-configuration":
        return Reply(
            200,
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            },
        )
    if request.method != "POST" or rest != "/oauth2/v2.0/token":
        return Reply(404, _error("invalid_request", "AADSTS90019: nothing is here"))
    told = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if told.get("grant_type") != "client_credentials" or told.get("client_assertion_type") != JWT_BEARER:
        return Reply(
            400, _error("unsupported_grant_type", "AADSTS70003: only federated credentials are played here")
        )
    try:
        claims = world.tokens.read_assertion(told.get("client_assertion", ""))
    except ArmError:
        return Reply(
            401, _error("invalid_client", "AADSTS700027: the client assertion is not signed by its issuer")
        )
    client = told.get("client_id", "")
    identity = next((i for i in world.store.of_type(IDENTITIES) if i.properties["clientId"] == client), None)
    if identity is None:
        return Reply(
            400, _error("unauthorized_client", f"AADSTS700016: no application has the identifier '{client}'")
        )
    for credential in world.store.children(identity.id, CREDENTIALS):
        said = credential.properties
        if (said["issuer"], said["subject"]) == (claims["iss"], claims["sub"]):
            if claims["aud"] not in said["audiences"]:
                return Reply(
                    401,
                    _error("invalid_client", "AADSTS700212: no matching federated identity: the audience"),
                )
            audience = told.get("scope", "").removesuffix("/.default").rstrip("/")
            token, _ = world.tokens.mint(identity.properties["principalId"], audience)
            return Reply(200, {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": token})
    return Reply(
        401,
        _error(
            "invalid_client",
            f"AADSTS700213: no matching federated identity record found for subject '{claims['sub']}'",
        ),
    )


def _error(code: str, description: str) -> Body:
    return {"error": code, "error_description": description}
