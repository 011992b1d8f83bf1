import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { allCommands } from "../page/shell/KeyBindings.ts"

const file = fileURLToPath(new URL("../../../../docs/inspector.md", import.meta.url))
const document = fs.readFileSync(file, "utf8")
const begin = "<!-- keys: checked against the page's commands by a test -->\n"
const end = "<!-- keys: end -->"

const cell = (text: string): string => text.replaceAll("|", "\\|")
const keysOf = (keys: string): string =>
  keys
    .split(" ")
    .map((one) => `\`${cell(one)}\``)
    .join(" ")

const withKeys = allCommands().flatMap(({ keys, title }) =>
  keys === undefined ? [] : [{ keys, title }],
)

describe("docs/inspector.md", () => {
  it("has every key of every command", () => {
    const table = [
      "| keys | what they do |",
      "| --- | --- |",
      ...withKeys.map(({ keys, title }) => `| ${keysOf(keys)} | ${cell(title)} |`),
    ]
    const [before, after] = [document.split(begin)[0], document.split(end)[1]]
    if (process.env["WRITE_DOCS"] === "1") {
      fs.writeFileSync(file, `${before}${begin}\n${table.join("\n")}\n\n${end}${after}`)
      return
    }
    const block = document.slice(document.indexOf(begin) + begin.length, document.indexOf(end))
    const hint = "WRITE_DOCS=1 npm test -- KeysDocument writes it"
    assert.deepStrictEqual(block.trim().split("\n"), table, hint)
  })
})

describe("keys", () => {
  it("do one thing each", () => {
    const all = withKeys.flatMap(({ keys, title }) =>
      keys.split(" ").map((one) => ({ one, title })),
    )
    const twice = all.filter(({ one, title }) =>
      all.some((other) => other.one === one && other.title !== title),
    )
    assert.deepStrictEqual(twice, [])
  })
})
