import { configFields } from "@countersign/core/config/AuditConfig"
import { fromEnvironment } from "@countersign/core/config/ConfigEnvironment"
import { fromYaml } from "@countersign/core/config/ConfigFile"
import { settle } from "@countersign/core/config/Configuration"
import { formatProblem } from "@countersign/core/config/InvalidConfig"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"

const names = configFields.flatMap(({ path, variable }) => [...path.split("."), path, variable])

export const configTarget: Target = {
  name: "config",
  tokens: [
    ...names,
    ...": |- |> |[ |] |{ |} |, |\n|\n  |&a |*a |<<: *a|!!binary |!!map |---\n|...\n|? |# |.nan|.inf|1e999|0x7f|true|null|~|''|\"\\|__proto__: |%YAML 1.2\n|\u0000|=".split(
      "|",
    ),
  ],
  seeds: [
    "directory: /trail\nprofile: low-latency\nsampling:\n  rate: 0.5\nlimits: { depthMax: 4 }\n",
    "directory: /trail\nsampling: { rate: 0.1 }\n",
  ].map((text) => Buffer.from(text)),
  run: (input) => {
    const text = input.toString("utf8")
    const file = fromYaml(text, "fuzz.yaml")
    const environment = fromEnvironment(
      Object.fromEntries(configFields.map(({ variable }, at) => [variable, text.split("\n")[at]])),
    )
    for (const sources of [[environment], [environment, file]]) settle(sources)
    const settled = settle([file])
    insist(!Object.hasOwn(Object.prototype, "rate"), "no configuration writes a prototype")
    if (Result.isSuccess(settled)) return "accepted"
    insist(
      settled.failure.problems.every((each) => formatProblem(each) !== ""),
      "problems read",
    )
    return "refused"
  },
}
