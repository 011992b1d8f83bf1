import * as fs from "node:fs"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { builtPage, warningsOfPage } from "../testing/BuiltPage.ts"

/**
 * Units: bytes, compressed, as the server sends them. The largest piece of those that come later is
 * the decoder of copybooks, half of it code pages, which no compression makes small.
 */
const budgets = { script: 260 * 1024, style: 25 * 1024, later: 240 * 1024 }

let directory: string
beforeAll(async () => {
  directory = await builtPage()
}, 120_000)

const read = (name: string): Buffer => fs.readFileSync(path.join(directory, name))
const sizeOf = (names: ReadonlyArray<string>): number =>
  names.reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0)

/** What the browser loads before it draws: what the document names. */
const namedBy = (pattern: RegExp): ReadonlyArray<string> =>
  [...read("index.html").toString("utf8").matchAll(pattern)].map(([, name = ""]) => name)

const assets = (pattern: RegExp): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(directory, "assets"))
    .filter((name) => pattern.test(name))
    .map((name) => `assets/${name}`)

describe("the page that is built", () => {
  it("loads no more code at first than its budget", () => {
    const scripts = namedBy(/(?:src|href)="\.\/([^"]+\.js)"/g)
    assert.isAtLeast(scripts.length, 1)
    assert.isAtMost(sizeOf(scripts), budgets.script)
  })

  it("loads no more style at first than its budget", () => {
    const styles = namedBy(/href="\.\/([^"]+\.css)"/g)
    assert.isAtLeast(styles.length, 1)
    assert.isAtMost(sizeOf(styles), budgets.style)
  })

  it("loads no piece later that is larger than its budget", () => {
    const first = namedBy(/(?:src|href)="\.\/([^"]+\.js)"/g)
    for (const name of assets(/\.js$/)) {
      if (!first.includes(name)) assert.isAtMost(sizeOf([name]), budgets.later, name)
    }
  })

  it("names nothing that lies elsewhere", () => {
    const html = read("index.html").toString("utf8")
    assert.notMatch(html, /(?:src|href)="(?:https?:)?\/\//)
    for (const name of assets(/\.css$/)) {
      assert.notMatch(read(name).toString("utf8"), /url\(\s*["']?(?:https?:)?\/\//, name)
    }
  })

  it("is built without a warning, such as that a module of Node was left out of it", async () => {
    assert.strictEqual(await warningsOfPage(), "")
  })

  it("evaluates no text as code, and asks for nothing of Node", () => {
    for (const name of assets(/\.js$/)) {
      const code = read(name).toString("utf8")
      assert.notMatch(code, /\bfrom\s*["']node:/, name)
      assert.notMatch(code, /\b(?:import|require)\(\s*["'`]node:/, name)
      assert.notMatch(code, /\bdangerouslySetInnerHTML\s*:\s*\{/, name)
    }
  })
})
