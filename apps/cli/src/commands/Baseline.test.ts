import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { run } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-baseline-"))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

/** Prints a figure near `around`, another one each time, as a program that measures itself does. */
const program = (around: number): ReadonlyArray<string> => {
  const file = `program-${around}.sh`
  const text = `echo working\necho "{\\"p99\\": $((${around} * 100 + $$ % 100)), \\"rate\\": ${around}}"\n`
  writeFileSync(path.join(cwd, file), text)
  return ["/bin/sh", file]
}
const baseline = (...args: ReadonlyArray<string>) => run(["baseline", ...args], { cwd })
const metric = ["--metric", "p99:lower:µs"]
const stored = (name: string): unknown => JSON.parse(readFileSync(path.join(cwd, name), "utf8"))

describe("baseline record and check", () => {
  it("stores sessions of runs, and finds a program as it was, or worse", async () => {
    for (const session of [1, 2]) {
      const recorded = await baseline("record", "b.json", ...metric, "--", ...program(500))
      assert.strictEqual(recorded.code, 0, recorded.stderr)
      assert.include(recorded.stdout, `session ${session} of b.json`)
    }
    const file = stored("b.json") as { sessions: ReadonlyArray<{ values: { p99: [] } }> }
    assert.deepStrictEqual(
      file.sessions.map(({ values }) => values.p99.length),
      [10, 10],
    )
    const same = await baseline("check", "b.json", ...metric, "--", ...program(500))
    assert.strictEqual(same.code, 0, same.stderr)
    assert.match(same.stdout, /unchanged +p99 /)
    const worse = await baseline("check", "b.json", ...metric, "--json", "--", ...program(700))
    assert.strictEqual(worse.code, 1, worse.stderr)
    const [found] = (JSON.parse(worse.stdout) as { metrics: ReadonlyArray<object> }).metrics
    assert.deepInclude(found, { metric: "p99", unit: "µs", verdict: "regressed" })
    const few = await baseline("check", "b.json", ...metric, "--runs", "3", "--", ...program(500))
    assert.strictEqual(few.code, 2, "three runs decide nothing")
  })

  it("takes the figures of reports, and compares two baselines", async () => {
    for (const [name, p99] of [
      ["old", 100],
      ["new", 200],
    ] as const) {
      const files = [1, 2, 3, 4, 5].map((number) => {
        const file = `${name}-${number}.json`
        const load = { format: "countersign-load-1", latency: { p99: p99 + number } }
        writeFileSync(path.join(cwd, file), JSON.stringify(load))
        return file
      })
      const from = files.flatMap((file) => ["--from", file])
      const recorded = await baseline("record", `${name}.json`, ...from)
      assert.strictEqual(recorded.code, 0, recorded.stderr)
    }
    const { code, stdout } = await baseline("compare", "old.json", "new.json")
    assert.strictEqual(code, 1, "worse, as check says it")
    assert.match(stdout, /regressed +latency\.p99 +103 +203 +µs +97\.\d % worse/)
    assert.strictEqual((await baseline("compare", "new.json", "old.json")).code, 0)
    const turned = JSON.stringify(stored("new.json")).replace('"lower"', '"higher"')
    writeFileSync(path.join(cwd, "turned.json"), turned)
    const refused = await baseline("compare", "old.json", "turned.json")
    assert.strictEqual(refused.code, 64)
    assert.match(refused.stderr, /higher is better for latency\.p99 here, and lower in the file/)
  })

  const files = (name: string, document: object): ReadonlyArray<string> =>
    [1, 2, 3, 4, 5].flatMap((number) => {
      const file = `${name}-${number}.json`
      writeFileSync(path.join(cwd, file), JSON.stringify(document))
      return ["--from", file]
    })

  it("fails when a stored metric is gone, and names it, unless that is allowed", async () => {
    const both = ["--metric", "a:lower", "--metric", "b:lower"]
    const recorded = await baseline("record", "two.json", ...both, ...files("two", { a: 1, b: 2 }))
    assert.strictEqual(recorded.code, 0, recorded.stderr)
    const check = ["check", "two.json", "--metric", "a", ...files("two", { a: 1, b: 2 })]
    const gone = await baseline(...check)
    assert.strictEqual(gone.code, 1, gone.stderr)
    assert.match(gone.stdout, /unchanged +a /)
    assert.match(gone.stdout, /missing +b is stored and was not measured \(--allow-missing/)
    const document = await baseline(...check, "--json")
    assert.deepInclude(JSON.parse(document.stdout) as object, { missing: ["b"] })
    const allowed = await baseline(...check, "--allow-missing")
    assert.strictEqual(allowed.code, 0, allowed.stderr)
    assert.match(allowed.stdout, /missing +b is stored/)
    await baseline("record", "one.json", "--metric", "a:lower", ...files("two", { a: 1 }))
    assert.strictEqual((await baseline("compare", "two.json", "one.json")).code, 1)
  })

  it("asks which way is better where nothing says it, and keeps to the answer", async () => {
    const unknown = await baseline("record", "way.json", "--metric", "a", ...files("way", { a: 2 }))
    assert.strictEqual(unknown.code, 64)
    assert.match(unknown.stderr, /less of a is better, or more: give a:lower or a:higher/)
    const half = files("half", { a: 1 })
    await baseline("record", "way.json", "--metric", "a:higher", ...files("way", { a: 2 }))
    const check = (pick: string) => baseline("check", "way.json", "--metric", pick, ...half)
    assert.strictEqual((await check("a")).code, 1, "as it was recorded")
    const lower = await check("a:lower")
    assert.strictEqual(lower.code, 0, "what is asked for now has the last word")
    assert.match(lower.stdout, /improved/)
  })

  it("takes a line of a benchmark for what it measured, not for what its goal is on", async () => {
    const document = (value: number) => ({
      lines: [
        {
          name: "monitor-attached",
          ours: { value, unit: "/s" },
          judged: 1.5,
          goal: { direction: "atMost", least: 2, unit: "%" },
        },
      ],
    })
    await baseline("record", "bench.json", ...files("bench", document(1000)))
    const slower = await baseline("check", "bench.json", ...files("bench", document(500)))
    assert.strictEqual(slower.code, 1, slower.stderr)
    assert.match(slower.stdout, /regressed +monitor-attached +1,000 +500 +\/s +100\.0 % worse/)
    const nothing = await baseline("check", "bench.json", ...files("bench", document(0)))
    assert.strictEqual(nothing.code, 1, nothing.stderr)
    assert.match(nothing.stdout, /infinitely worse/)
  })

  it("writes nothing that it could not read again", async () => {
    const endless = path.join(cwd, "endless.json")
    writeFileSync(endless, '{"a": 1e999}')
    const record = ["record", "endless-b.json", "--metric", "a:lower", "--from", endless]
    const refused = await baseline(...record)
    assert.strictEqual(refused.code, 64, refused.stderr)
    assert.match(refused.stderr, /AUD-6121: endless-b\.json is no baseline: it could not be read/)
    assert.isFalse(existsSync(path.join(cwd, "endless-b.json")))
  })

  it("refuses the file of another machine, one that is none, and both or neither of its sources", async () => {
    const other = stored("b.json") as { machine: object }
    const file = { ...other, machine: { ...other.machine, cores: 4096 } }
    writeFileSync(path.join(cwd, "other.json"), JSON.stringify(file))
    const another = await baseline("check", "other.json", ...metric, "--", ...program(500))
    assert.strictEqual(another.code, 2)
    assert.match(another.stderr, /AUD-6122: other\.json is of another machine \(cores: 4096, now/)
    const none = await baseline("check", "old-1.json", ...metric, "--", ...program(500))
    assert.strictEqual(none.code, 64)
    assert.match(none.stderr, /AUD-6121/)
    assert.strictEqual((await baseline("record", "c.json")).code, 64)
  })

  it("says which command failed, or printed no figure", async () => {
    const failed = await baseline("record", "c.json", "--", "/bin/sh", "-c", "exit 3")
    assert.strictEqual(failed.code, 4)
    assert.match(failed.stderr, /AUD-6123: \/bin\/sh -c exit 3: it ended with exit code 3/)
    const silent = await baseline("record", "c.json", ...metric, "--", "/bin/true")
    assert.match(silent.stderr, /no JSON with a number at p99/)
  })
})

describe("baseline pair", () => {
  it("finds a regression in turns, and nothing between a program and itself", async () => {
    const base = ["--base", program(500).join(" ")]
    const worse = await baseline("pair", ...base, ...metric, "--", ...program(600))
    assert.strictEqual(worse.code, 1, worse.stderr)
    assert.match(worse.stdout, /regressed +p99 .* in 12 pairs/)
    const same = await baseline("pair", ...base, ...metric, "--", ...program(500))
    assert.strictEqual(same.code, 0, same.stderr)
    assert.match(same.stdout, /unchanged +p99 /)
    const better = await baseline("pair", ...base, "--metric", "rate:higher", "--", ...program(600))
    assert.match(better.stdout, /improved +rate +500 +600/)
  })

  it("runs both by the shell, each argument as it is given", async () => {
    const metric = ["--metric", "x:lower"]
    // With no PATH only the shell has an echo.
    const alike = await run(
      ["baseline", "pair", "--base", `echo '{"x": 5}'`, ...metric, "--", "echo", '{"x": 5}'],
      { cwd, env: { PATH: "/nowhere" } },
    )
    assert.strictEqual(alike.code, 0, alike.stderr)
    assert.match(alike.stdout, /unchanged +x /)
    const odd = ["/bin/sh", "-c", `test "$1" = "it's \\$HOME; *" && echo '{"x": 5}'`, "sh"]
    const words = [...odd, "it's $HOME; *"]
    const exact = await baseline("pair", "--base", `echo '{"x": 5}'`, ...metric, "--", ...words)
    assert.strictEqual(exact.code, 0, exact.stderr)
  })

  it("says whether a budget can be kept", async () => {
    const base = ["--base", program(500).join(" "), ...metric]
    const ask = (budget: string) =>
      baseline("pair", ...base, "--budget", budget, "--", ...program(550))
    const enough = await ask("0.2")
    assert.strictEqual(enough.code, 0, enough.stderr)
    assert.match(enough.stdout, /reachable {2}p99: with auditing it is (?:9|10)\.\d % worse/)
    assert.strictEqual((await ask("0.05")).code, 1)
  })
})

describe("baseline simulate", () => {
  it("prints the error rates, the same for the same seed", async () => {
    const { code, stdout } = await baseline("simulate", "--comparisons", "400")
    assert.strictEqual(code, 0, stdout)
    assert.match(stdout, /autocorrelated +\d+ of 400/)
    assert.strictEqual((await baseline("simulate", "--comparisons", "400")).stdout, stdout)
  })
})
