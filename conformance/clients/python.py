"""Drives a running server with fhirpy and fhirclient, unchanged. Usage: python3 python.py BASE TOKEN"""

import sys

from fhirclient import client
from fhirclient.models.patient import Patient
from fhirpy import SyncFHIRClient

base, token = sys.argv[1:3]
passed = 0


def ok(what):
    global passed
    passed += 1
    print(f"ok {what}")


fhir = SyncFHIRClient(base, authorization=f"Bearer {token}")
patient = fhir.resource("Patient", name=[{"family": "Zellweger-Probe", "given": ["Py"]}], birthDate="1961-07-04")
patient.save()
assert patient.id
ok("fhirpy: create")

patient["gender"] = "other"
patient.save()
assert fhir.reference("Patient", patient.id).to_resource()["gender"] == "other"
ok("fhirpy: update and read")

found = fhir.resources("Patient").search(family="Zellweger-Probe", birthdate__ge="1961-07-04").fetch()
assert any(p.id == patient.id for p in found)
ok("fhirpy: search")

assert fhir.resources("Patient").search(family="Zellweger-Probe").count() >= 1
ok("fhirpy: count")

observation = fhir.resource(
    "Observation",
    status="final",
    code={"text": "probe"},
    subject=patient.to_reference(),
    valueQuantity={"value": 1.5, "unit": "mg"},
)
observation.save()
included = fhir.resources("Observation").search(_id=observation.id).include("Observation", "subject").fetch_raw()
assert {e.resource.resourceType for e in included.entry} == {"Observation", "Patient"}
ok("fhirpy: include")

patient.patch(birthDate="1961-07-05")
assert fhir.reference("Patient", patient.id).to_resource()["birthDate"] == "1961-07-05"
ok("fhirpy: patch")

smart = client.FHIRClient(settings={"app_id": "continuo-client-suite", "api_base": base})
smart.server.session.headers["Authorization"] = f"Bearer {token}"
read = Patient.read(patient.id, smart.server)
assert read.birthDate.isostring == "1961-07-05"
ok("fhirclient: read")

matches = Patient.where({"family": "Zellweger-Probe"}).perform_resources(smart.server)
assert any(p.id == patient.id for p in matches)
ok("fhirclient: search")

observation.delete()
patient.delete()
ok("fhirpy: delete")
print(f"{passed} passed, 0 failed")
