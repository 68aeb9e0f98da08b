"""A client of ESIA v1 that we did not write: esia-connector 0.16 from PyPI (BSD), as a program for the tests.

    esia_connector_v1.py SETTINGS authorize STATE      -> {"url": …}
    esia_connector_v1.py SETTINGS complete CODE STATE  -> {"oid": …, "person": …, "contacts": …, "documents": …}

SETTINGS is a JSON file with the arguments of EsiaSettings. The package checks the id_token itself: RS256, iss, aud, exp.
An error of the package is printed as {"error": <its class>, "text": …}.
"""
import json
import sys

from esia_connector.client import EsiaAuth, EsiaSettings
from esia_connector.exceptions import EsiaError


def main(settings, command, *args):
    with open(settings) as file:
        auth = EsiaAuth(EsiaSettings(**json.load(file)))
    if command == "authorize":
        return {"url": auth.get_auth_url(state=args[0])}
    person = auth.complete_authorization(code=args[0], state=args[1])
    return {
        "oid": person.oid,
        "person": person.get_person_main_info(),
        "contacts": person.get_person_contacts(),
        "documents": person.get_person_documents(),
    }


try:
    print(json.dumps(main(*sys.argv[1:])))
except EsiaError as error:
    print(json.dumps({"error": type(error).__name__, "text": str(error)}))
