// Drives a running server with fhir-kit-client and @medplum/core, unchanged. Usage: node node.mjs BASE TOKEN
import assert from "node:assert/strict";
import * as fhirKit from "fhir-kit-client";

// The client expects the browser's WebSocket at load time, which Node 20 lacks; nothing here uses one.
globalThis.WebSocket ??= class {};
const { MedplumClient } = await import("@medplum/core");

const [base, token] = process.argv.slice(2);
const name = { family: "Zellweger-Probe", given: ["Ada"] };
let passed = 0;
const check = async (what, run) => {
  await run();
  passed += 1;
  console.log(`ok ${what}`);
};

const Client = fhirKit.Client ?? fhirKit.FhirKitClient ?? fhirKit.default;
const kit = new Client({ baseUrl: base, bearerToken: token });
let patient;
await check("fhir-kit-client: capability statement", async () => {
  const statement = await kit.capabilityStatement();
  assert.equal(statement.resourceType, "CapabilityStatement");
  assert.equal(statement.fhirVersion, "4.0.1");
});
await check("fhir-kit-client: create", async () => {
  patient = await kit.create({ resourceType: "Patient", body: { resourceType: "Patient", name: [name], birthDate: "1950-03-01" } });
  assert.ok(patient.id);
});
await check("fhir-kit-client: read", async () => {
  const read = await kit.read({ resourceType: "Patient", id: patient.id });
  assert.equal(read.name[0].family, name.family);
});
await check("fhir-kit-client: update and history", async () => {
  await kit.update({ resourceType: "Patient", id: patient.id, body: { ...patient, gender: "female" } });
  const history = await kit.history({ resourceType: "Patient", id: patient.id });
  assert.equal(history.entry.length, 2);
});
await check("fhir-kit-client: JSON Patch", async () => {
  const patched = await kit.patch({
    resourceType: "Patient",
    id: patient.id,
    jsonPatch: [{ op: "replace", path: "/birthDate", value: "1950-03-02" }],
  });
  assert.equal(patched.birthDate, "1950-03-02");
});
await check("fhir-kit-client: search, next page", async () => {
  const first = await kit.search({ resourceType: "Patient", searchParams: { _count: "1", _sort: "_id" } });
  assert.equal(first.entry.length, 1);
  const next = await kit.nextPage({ bundle: first });
  if (next) assert.notEqual(next.entry?.[0]?.resource.id, first.entry[0].resource.id);
});
await check("fhir-kit-client: transaction", async () => {
  const done = await kit.transaction({
    body: {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        {
          fullUrl: "urn:uuid:6f1f2f4e-7a51-4a4b-9d1c-0a4c5f6f7a01",
          resource: { resourceType: "Patient", name: [name] },
          request: { method: "POST", url: "Patient" },
        },
        {
          resource: {
            resourceType: "Observation",
            status: "final",
            code: { text: "probe" },
            subject: { reference: "urn:uuid:6f1f2f4e-7a51-4a4b-9d1c-0a4c5f6f7a01" },
          },
          request: { method: "POST", url: "Observation" },
        },
      ],
    },
  });
  assert.deepEqual(done.entry.map((e) => e.response.status.slice(0, 3)), ["201", "201"]);
});
await check("fhir-kit-client: an error is an OperationOutcome", async () => {
  await assert.rejects(
    () => kit.read({ resourceType: "Patient", id: "not-there" }),
    (error) => error.response.status === 404 && error.response.data.resourceType === "OperationOutcome",
  );
});

const medplum = new MedplumClient({ baseUrl: base.replace(/fhir\/?$/, ""), fhirUrlPath: "fhir/", fetch });
medplum.setAccessToken(token);
await check("medplum: search resources", async () => {
  const found = await medplum.searchResources("Patient", { family: name.family });
  assert.ok(found.some((p) => p.id === patient.id));
});
await check("medplum: create if none exist", async () => {
  const identifier = [{ system: "urn:continuo:client-suite", value: `m-${patient.id}` }];
  const query = `identifier=urn:continuo:client-suite|m-${patient.id}`;
  const first = await medplum.createResourceIfNoneExist({ resourceType: "Patient", identifier }, query);
  const second = await medplum.createResourceIfNoneExist({ resourceType: "Patient", identifier }, query);
  assert.equal(first.id, second.id);
});
await check("medplum: $everything", async () => {
  const everything = await medplum.readPatientEverything(patient.id);
  assert.ok(everything.entry.some((e) => e.resource.id === patient.id));
});
await check("medplum: delete", async () => {
  await medplum.deleteResource("Patient", patient.id);
  await assert.rejects(() => medplum.readResource("Patient", patient.id, { cache: "reload" }));
});
console.log(`${passed} passed, 0 failed`);
