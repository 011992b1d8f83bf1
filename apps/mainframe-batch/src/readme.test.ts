import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = path.join(import.meta.dirname, "../../..")
const read = (file: string): string => fs.readFileSync(path.join(root, file), "utf8")
const own = read("apps/mainframe-batch/README.md")

describe("what is written about the sample", () => {
  it("names every flag, and no other", () => {
    const source = read("apps/mainframe-batch/src/main.ts")
    const [, options = ""] = /options: \{\n([\s\S]*?)\n {8}\}/.exec(source) ?? []
    const flags = [...options.matchAll(/^ +(\w+): \{/gm)].map(([, name]) => name)
    const listed = [...own.matchAll(/^\| `--(\w+)/gm)].map(([, name]) => name)
    assert.deepStrictEqual(listed, flags)
    const defaults = [...options.matchAll(/(\w+): \{ type: "string", default: "(\d+)"/g)]
    assert.lengthOf(defaults, 3)
    for (const [, name, value] of defaults)
      assert.include(own, `| \`--${name} N\` | \`${value}\` |`)
  })

  it("shows in the README of the repository what the command prints", () => {
    const section = read("README.md").split("## Mainframe files")[1]?.split("\n## ")[0] ?? ""
    const [, flags = ""] = /`npm run mainframe -- ([^`]*)` prints/.exec(section) ?? []
    const [, shown = ""] = /^```text\n([\s\S]*?)^```$/m.exec(section) ?? []
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        "--conditions=@countersign/source",
        path.join(import.meta.dirname, "main.ts"),
        ...flags.split(" "),
      ],
      { encoding: "utf8" },
    )
    assert.strictEqual(status, 0, stdout)
    assert.isAbove(shown.split("\n").length, 8)
    assert.include(stdout.replaceAll(/^ {2}/gm, ""), shown)
  })
})
