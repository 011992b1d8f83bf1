import { once } from "node:events"
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { LoadReport } from "@countersign/monitor/load/LoadReport"
import { LoadProgressLine } from "../load/LoadProgressLine.ts"
import { run, start } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(tmpdir(), "countersign-bench-test-"))
})
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }))

const bench = (...args: ReadonlyArray<string>) =>
  run(["bench", "--directory", cwd, ...args], { cwd })
// It is what the command prints; the library's own test holds it to its schema.
const reportIn = (stdout: string) => JSON.parse(stdout) as LoadReport

describe("bench", () => {
  it("loads an engine of its own, says what every wait was, and leaves nothing behind", async () => {
    const html = path.join(cwd, "load.html")
    const load = ["--rate", "1000", "--ramp", "500ms", "--duration", "1s"]
    const args = [...load, "--rate-tolerance", "100", "--html", html]
    const { code, stderr, stdout } = await bench(...args)
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /✓ rate {2}[\d,]+\/s of 1,000\/s/)
    assert.match(stdout, /intended start → durable {3}p50 \S+ (?:µs|ms|s) {2}p95/)
    assert.match(stdout, /✓ every event that was sent is durable {2}1250 sent/)
    assert.match(stdout, /✓ counts are conserved/)
    assert.match(stdout, /✓ the trail is verified/)
    assert.match(stdout, /ramp:0\.\.1000@500ms to warm up, then constant:1000@1s/)
    assert.match(fs.readFileSync(html, "utf8"), /Load report: sound/)
    assert.deepStrictEqual(fs.readdirSync(cwd), ["load.html"])
  })

  it("takes a profile, and prints the report as JSON", async () => {
    const profile = "step:200..600/2@1s,burst:100..1000/500ms/100ms@1s"
    const args = ["--json", "--profile", profile, "--until", "published"]
    const { code, stdout } = await bench(...args, "--rate-tolerance", "100")
    assert.strictEqual(code, 0)
    const report = reportIn(stdout)
    assert.deepInclude(report.rate, { intended: 680, sent: 680, reached: 680 })
    assert.lengthOf(report.profile.segments, 2)
    assert.deepInclude(report.subject, { until: "published", verdict: "verified" })
  })

  it("ends at a signal with a report of what was, and the trail verified", async () => {
    const child = start(
      ["bench", "--json", "--directory", cwd, "--rate", "500", "--duration", "10m"],
      { cwd },
    )
    const [stdout, ended] = [text(child.stdout), once(child, "close")]
    await once(child.stderr, "data")
    // It says where it works and then begins; until the first start there is nothing to report.
    const scratch = fs.readdirSync(cwd).find((name) => name.startsWith("countersign-bench-"))
    const log = path.join(cwd, scratch ?? "", "trail")
    while (!fs.existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill("SIGINT")
    await ended
    assert.strictEqual(child.exitCode, 130)
    const report = reportIn(await stdout)
    assert.isTrue(report.isStopped)
    assert.isAbove(report.rate.sent, 0)
    assert.isTrue(report.checks.every(({ isKept }) => isKept))
    assert.isFalse(fs.readdirSync(cwd).some((name) => name.startsWith("countersign-bench-")))
  })

  it("loads a server of this machine, with headers from a file", async () => {
    const server = http.createServer((request, response) => {
      response.writeHead(request.headers["x-key"] === "hush" ? 200 : 401).end()
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const headers = path.join(cwd, "headers.json")
    fs.writeFileSync(headers, '{"x-key":"hush"}')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const load = ["--rate", "50", "--duration", "500ms", "--rate-tolerance", "100"]
    const args = ["bench", "--url", url, ...load]
    const good = await run([...args, "--headers", headers], { cwd })
    const bad = await run(args, { cwd })
    server.close()
    fs.rmSync(headers)
    assert.strictEqual(good.code, 0, good.stderr)
    assert.match(good.stdout, /answers {3}200 × 25/)
    assert.notInclude(good.stdout + good.stderr, "hush")
    assert.strictEqual(bad.code, 1)
    assert.match(bad.stdout, /401 × 25[^]*✗ not so: every answer has a status below 400/)
  })

  it("ends with a code of its own where the rate was not reached, within what is tolerated", async () => {
    const server = http.createServer(
      (_request, response) => void setTimeout(() => response.end(), 100),
    )
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    // One connection takes ten a second at most.
    const load = ["--connections", "1", "--rate", "40", "--duration", "500ms"]
    const missed = await run(["bench", "--url", url, ...load], { cwd })
    const tolerated = await run(["bench", "--url", url, ...load, "--rate-tolerance", "99"], { cwd })
    server.close()
    assert.strictEqual(missed.code, 2, missed.stderr)
    assert.match(missed.stdout, /✗ rate not reached {2}\d+\/s of 40\/s[^]*answers {3}200 × 20/)
    assert.strictEqual(tolerated.code, 0, tolerated.stderr)
  })

  it("says how long those waited that never got an answer, and how long the others", async () => {
    let asked = 0
    const server = http.createServer((_request, response) => {
      asked += 1
      if (asked % 5 !== 0) response.end()
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const load = ["--rate", "20", "--duration", "500ms", "--timeout", "700ms"]
    const { code, stdout } = await run(["bench", "--json", "--url", url, ...load], { cwd })
    const said = await run(["bench", "--url", url, ...load], { cwd })
    server.closeAllConnections()
    server.close()
    assert.strictEqual(code, 1)
    const { latency, rate, reachedLatency, subject } = reportIn(stdout)
    assert.deepInclude(rate, { sent: 10, reached: 8, failed: 2 })
    assert.deepInclude(subject, { errors: { timeout: 2 } })
    assert.strictEqual(latency.count, 10)
    assert.isAtLeast(latency.max, 700_000)
    assert.strictEqual(reachedLatency.count, 8)
    assert.match(said.stdout, /without the 2 that failed {3}p50 /)
  })

  it("refuses what it can't do before it does anything", async () => {
    const refusals = [
      [["--profile", "wave:1@1s"], /AUD-6401: the load "wave:1@1s" is none of/],
      [["--profile", "constant:1@1s", "--rate", "5"], /--profile: has rates of its own/],
      [["--duration", "soon"], /--duration: "soon" is no time/],
      [["--url", "http://example.org/"], /AUD-6402: .*example\.org: it is another machine/],
      [["--url", "http://127.0.0.1:1/", "--headers", "absent"], /--headers: ENOENT/],
      [["--html", "absent/page.html"], /--html: ENOENT/],
      [["--rate", "1000000", "--duration", "24h"], /needs about \d+\.\d GB there/],
    ] as const
    for (const [args, message] of refusals) {
      const { code, stderr } = await bench(...args)
      assert.strictEqual(code, 64, stderr)
      assert.match(stderr, message)
    }
    assert.deepStrictEqual(fs.readdirSync(cwd), ["load.html"])
  })
})

describe("how a load stands", () => {
  const latency = { count: 1, mean: 1, p50: 900, p95: 1, p99: 4200, p999: 1, max: 1 }
  const last = {
    fromSeconds: 10,
    seconds: 1,
    isWarmup: false,
    intended: 100,
    sent: 99,
    failed: 0,
    latency,
    lagMax: 5,
  }
  const progress = (elapsedSeconds: number) => ({
    elapsedSeconds,
    intended: 1200,
    sent: 1190,
    reached: 1100,
    failed: 0,
    last,
  })

  it("is one line that changes on a terminal, cut to its width", () => {
    const said: Array<string> = []
    const screen = { isTTY: true, columns: 60, write: (line: string) => said.push(line) }
    const line = new LoadProgressLine(screen, 70)
    line.update(progress(12.3))
    line.clear()
    assert.deepStrictEqual(said, [
      "\r\u001b[2K12 s of 70 s  1,190 sent  99/s  p50 900 µs  p99 4.2 ms  10…",
      "\r\u001b[2K",
    ])
  })

  it("is a line each ten seconds elsewhere", () => {
    const said: Array<string> = []
    const line = new LoadProgressLine({ isTTY: false, write: (one) => said.push(one) }, 70)
    for (let second = 1; second <= 25; second++) line.update(progress(second))
    line.clear()
    assert.lengthOf(said, 2)
    assert.match(said[0] ?? "", /^10 s of 70 s .* 10 late {2}90 on their way\n$/)
  })
})
