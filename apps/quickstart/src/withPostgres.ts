import { openAudit } from "@countersign/core"
import { configured } from "@countersign/core/engine/Sink"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

// postgres://role:password@host/database
const url = Redacted.make(process.env["DATABASE_URL"] ?? "")
const postgres = await Effect.runPromise(PostgresSink.make({ url }))
const audit = await openAudit({
  directory: "trail",
  sinks: [configured(postgres, { isRequired: true })],
})

const receipt = await audit.record(
  {
    type: "patient.record.read",
    actor: { id: "u-17", roles: ["nurse"] },
    target: [{ id: "p-204", type: "Patient" }],
    outcome: "success",
  },
  { until: "delivered" },
)

console.log(`${receipt.level}: entry ${receipt.sequence} of ${receipt.trail}`)
await audit.close()
