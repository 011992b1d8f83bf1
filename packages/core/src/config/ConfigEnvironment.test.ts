import { assert, describe, it } from "@effect/vitest"
import { configFields } from "./AuditConfig.ts"
import { type Environment, fromEnvironment } from "./ConfigEnvironment.ts"
import { formatProblem } from "./InvalidConfig.ts"

const valuesOf = (environment: Environment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...fromEnvironment(environment).byPath].map(([path, { value }]) => [path, value]),
  )
const problemsOf = (environment: Environment): ReadonlyArray<string> =>
  fromEnvironment(environment).problems.map(formatProblem)

describe("ConfigEnvironment", () => {
  it("reads numbers, flags and texts by the kind of their field", () => {
    assert.deepStrictEqual(
      valuesOf({
        COUNTERSIGN_SAMPLING_RATE: "0.25",
        COUNTERSIGN_LIMITS_EVENT_BYTES_MAX: " 1e4 ",
        COUNTERSIGN_ARCHIVE_COMPRESS: "false",
        COUNTERSIGN_DIRECTORY: "/var/lib/trail 1",
        PATH: "/bin",
      }),
      {
        "sampling.rate": 0.25,
        "limits.eventBytesMax": 10_000,
        "archive.compress": false,
        directory: "/var/lib/trail 1",
      },
    )
  })

  it("leaves what is no number or flag as it is, to be refused with its text", () => {
    assert.deepStrictEqual(
      valuesOf({
        COUNTERSIGN_SAMPLING_RATE: "0x10",
        COUNTERSIGN_INTAKE_COUNT_MAX: "NaN",
        COUNTERSIGN_ARCHIVE_COMPRESS: "yes",
      }),
      { "sampling.rate": "0x10", "intake.countMax": "NaN", "archive.compress": "yes" },
    )
  })

  it("has a variable for every field", () => {
    for (const { path, variable } of configFields) {
      assert.deepStrictEqual(Object.keys(valuesOf({ [variable]: "1" })), [path])
    }
  })

  it("takes an empty variable for none", () => {
    assert.deepStrictEqual(valuesOf({ COUNTERSIGN_ORIGIN: "", COUNTERSIGN_PROFILE: undefined }), {})
  })

  it("refuses a variable that is nearly one of its own", () => {
    assert.deepStrictEqual(problemsOf({ COUNTERSIGN_SAMPLING_RAET: "1" }), [
      "COUNTERSIGN_SAMPLING_RAET: is not a variable of the configuration; expected a name from docs/configuration.md; did you mean COUNTERSIGN_SAMPLING_RATE?",
    ])
  })

  it("leaves alone what others put under the prefix, the key and the file's name", () => {
    assert.deepStrictEqual(
      problemsOf({
        COUNTERSIGN_SERVICE_HOST: "10.0.0.1",
        COUNTERSIGN_PORT_443_TCP_PROTO: "tcp",
        COUNTERSIGN_SIGNING_KEY: "-----BEGIN PRIVATE KEY-----",
        COUNTERSIGN_CONFIG: "audit.yaml",
        COUNTERSIGN_SIGNER_VARIABLE: "COUNTERSIGN_SIGNER_KIN",
        COUNTERSIGN_SIGNER_KIN: "-----BEGIN PRIVATE KEY-----",
        COUNTERSIGN_PKCS11_PIN: "1234",
        COUNTERSIGN_PKCS11_PIN_VARIABLE: "COUNTERSIGN_PKCS11_PIM",
        COUNTERSIGN_PKCS11_PIM: "1234",
      }),
      [],
    )
  })
})
