import { openAudit } from "@countersign/core"

const audit = await openAudit({ directory: "trail" })

const receipt = await audit.record({
  type: "patient.record.read",
  class: "critical",
  actor: { id: "u-17", roles: ["nurse"] },
  target: [{ id: "p-204", type: "Patient" }],
  outcome: "success",
})

console.log(`${receipt.level}: entry ${receipt.sequence} of ${receipt.trail}`)
await audit.close()
