import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { decodeFaults, encodeFaults, faultClasses } from "../field/FaultCode.ts"
import { framingCodes } from "../framing/FramingFault.ts"
import { layoutCodes } from "../layout/LayoutCode.ts"
import { diagnosticCodes } from "../source/DiagnosticCode.ts"

const document = fs.readFileSync(new URL("../../../../docs/copybook.md", import.meta.url), "utf8")

const cell = (text: string): string => text.replace(/\.$/, "").replaceAll("|", "\\|")

describe("docs/copybook.md", () => {
  it("lists every code with its meaning and what to do, as the tables have them", () => {
    const codes = {
      ...diagnosticCodes,
      ...layoutCodes,
      ...framingCodes,
      ...decodeFaults,
      ...encodeFaults,
    }
    const rows = document.split("\n").filter((line) => line.startsWith("| CPY-"))
    assert.deepStrictEqual(
      rows,
      Object.entries(codes).map(
        ([code, { hint, summary }]) => `| ${code} | ${cell(summary)} | ${cell(hint)} |`,
      ),
    )
  })

  it("names every class of fault that has a policy", () => {
    const section = document.split("## Faults in data")[1]?.split("## ")[0] ?? ""
    for (const kind of faultClasses) assert.include(section, `\`${kind}\``)
  })
})
