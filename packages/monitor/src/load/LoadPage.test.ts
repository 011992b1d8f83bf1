import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Chromium } from "../testing/Chromium.ts"
import { escaped, linearTicks, logarithmicTicks } from "./LineChart.ts"
import { LoadMeter } from "./LoadMeter.ts"
import { loadPage, microsText } from "./LoadPage.ts"
import { parse } from "./LoadProfile.ts"
import type { LoadReport } from "./LoadReport.ts"
import { LoadSchedule } from "./LoadSchedule.ts"

const hostile = `</title><script>document.title="taken"</script>&"'`

/** A minute that warms up for ten seconds and stalls for two, at 35 s. */
const report = (): LoadReport => {
  const { segments } = Result.getOrThrow(parse("constant:500@60s"))
  const warmup = Result.getOrThrow(parse("ramp:0..500@10s")).segments
  const profile = { warmup, segments }
  const schedule = new LoadSchedule(profile)
  const meter = new LoadMeter(schedule)
  for (let index = 0; index < schedule.total; index++) {
    const at = schedule.startOf(index)
    const wait = 1 + (index % 97) / 20 + (index % 1499 === 0 ? 40 : 0)
    const resumes = at > 35_000 && at < 37_000 ? 37_000 + (at - 35_000) / 8 : at
    meter.started(index, index + 1, Math.max(at + (index % 13) / 12, resumes))
    meter.done(index, index + 1, Math.max(at, resumes) + wait)
  }
  return {
    format: "countersign-load-1",
    startedAt: "2026-11-22T02:30:00.000Z",
    machine: {
      processor: hostile,
      cores: 2,
      memoryBytes: 24 * 2 ** 30,
      kernel: "Linux 6.1",
      node: "v26.10.0",
    },
    profile,
    isStopped: false,
    subject: {
      kind: "engine",
      until: "durable",
      eventBytes: 400,
      accepted: 32_500,
      recorded: 32_500,
      lost: 0,
      refused: 3,
      systemRecords: 4,
      entries: 32_504,
      verdict: "verified",
    },
    rate: {
      intended: 30_000,
      sent: 30_000,
      reached: 30_000,
      failed: 0,
      seconds: 60,
      intendedPerSecond: 500,
      achievedPerSecond: 499.9,
      deviation: -0.0002,
      tolerance: 0.01,
      isReached: true,
    },
    ...meter.quantiles(),
    distribution: meter.distribution(),
    intervals: meter.intervals(70_000),
    stalls: meter.stalls(),
    checks: [
      { name: "counts are conserved", isKept: true, detail: "all of them" },
      { name: "the trail is verified", isKept: false, detail: hostile },
    ],
  }
}

let browser: Chromium
let scratch = ""
beforeAll(async () => {
  scratch = fs.mkdtempSync(path.join(tmpdir(), "countersign-page-test-"))
  browser = await Chromium.open()
  const file = path.join(scratch, "load.html")
  fs.writeFileSync(file, loadPage(report()))
  await browser.go(pathToFileURL(file).href)
})
afterAll(async () => {
  await browser.close()
  fs.rmSync(scratch, { recursive: true, force: true })
})

describe("the page of a load, in a browser", () => {
  it("asks for nothing, runs nothing, and breaks none of its own policy", async () => {
    assert.deepStrictEqual(
      browser.requests.filter((url) => !url.endsWith("/load.html") && url !== "about:blank"),
      [],
    )
    assert.deepStrictEqual(browser.complaints, [])
    assert.strictEqual(await browser.evaluate("document.title"), "Load report: not sound")
    assert.strictEqual(await browser.evaluate("document.scripts.length"), 0)
    assert.include(String(await browser.evaluate("document.body.innerText")), hostile)
  })

  it("would be refused a script or a style that is not its own", async () => {
    const add = `const script = document.createElement("script"); script.textContent = "document.title='taken'"; document.head.append(script); document.title`
    assert.strictEqual(await browser.evaluate(add), "Load report: not sound")
    const styled = `const style = document.createElement("style"); style.textContent = "body{opacity:0.5}"; document.head.append(style); getComputedStyle(document.body).opacity`
    assert.strictEqual(await browser.evaluate(styled), "1")
  })

  it("has each chart named, described, and beside it the same numbers as a table", async () => {
    const charts = await browser.evaluate(
      `[...document.querySelectorAll("figure")].map((figure) => ({
        name: figure.querySelector("svg title").textContent,
        text: figure.querySelector("svg desc").textContent.length > 20,
        role: figure.querySelector("svg").getAttribute("role"),
        lines: figure.querySelectorAll("path.l").length,
        heads: figure.querySelectorAll("thead th").length,
        rows: figure.querySelectorAll("tbody tr").length > 20,
      }))`,
    )
    const rest = { text: true, role: "img", rows: true }
    assert.deepStrictEqual(charts, [
      { name: "Starts a second", lines: 2, heads: 3, ...rest },
      { name: "Latency over time", lines: 5, heads: 6, ...rest },
      { name: "Latency by percentile", lines: 1, heads: 2, ...rest },
      { name: "How late starts were made", lines: 1, heads: 2, ...rest },
    ])
  })

  it("draws every line within its chart, and the stall as a peak where it was", async () => {
    const boxes = await browser.evaluate(
      `[...document.querySelectorAll("path.l")].map((path) => {
        const { height, width, x, y } = path.getBBox()
        return width > 500 && x >= 76 && x + width <= 857 && y >= 13.9 && y + height <= 294.1
      })`,
    )
    assert.deepStrictEqual(
      boxes,
      Array.from({ length: 9 }, () => true),
    )
    // The highest point of the last line of the second chart is the longest wait.
    const peak = await browser.evaluate(
      `(() => {
        const path = [...document.querySelectorAll("figure")[1].querySelectorAll("path.l")].at(-1)
        const points = Array.from({ length: 2000 }, (_, at) => path.getPointAtLength(path.getTotalLength() * at / 1999))
        return points.reduce((best, point) => (point.y < best.y ? point : best)).x
      })()`,
    )
    // 780 wide from 76 on, for 0.5 to 69.5 s and ticks from 0 to 70: the second from 35 on.
    assert.closeTo(Number(peak), 76 + (780 * 35.5) / 70, 3)
    assert.match(
      String(await browser.evaluate("document.body.innerText")),
      /35(\.\d+)? s\s+2(\.\d+)? s/,
    )
  })

  it("puts no label over another, and fits a narrow screen", async () => {
    const overlaps = await browser.evaluate(
      `[...document.querySelectorAll("svg")].map((svg) => {
        const boxes = [...svg.querySelectorAll("text")].map((text) => text.getBBox())
        return boxes.filter((one, index) => boxes.some((other, at) => at > index &&
          one.x < other.x + other.width && other.x < one.x + one.width &&
          one.y + 2 < other.y + other.height && other.y + 2 < one.y + one.height)).length
      })`,
    )
    assert.deepStrictEqual(overlaps, [0, 0, 0, 0])
    await browser.picture(380, "light")
    assert.strictEqual(
      await browser.evaluate("document.documentElement.scrollWidth <= innerWidth"),
      true,
    )
  })

  it("can be read in light and in dark", async () => {
    const contrast = `(() => {
      const channel = (part) => { const value = part / 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4 }
      const light = (colour) => { const [r, g, b] = colour.match(/\\d+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b) }
      const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      const back = light(getComputedStyle(document.body).backgroundColor)
      const text = [...document.querySelectorAll("h1, .soft, .good, .bad, dd")].map((one) => ratio(light(getComputedStyle(one).color), back))
      const drawn = [...document.querySelectorAll("svg text, path.l")].map((one) => { const style = getComputedStyle(one); return ratio(light(style.fill === "none" ? style.stroke : style.fill), back) })
      return Math.min(...text, ...drawn)
    })()`
    const pictures = []
    for (const scheme of ["light", "dark"] as const) {
      pictures.push(await browser.picture(1100, scheme))
      assert.isAtLeast(Number(await browser.evaluate(contrast)), 4.5, scheme)
    }
    const keep = process.env["COUNTERSIGN_PICTURES"]
    if (keep !== undefined) {
      for (const [index, picture] of pictures.entries()) {
        fs.writeFileSync(path.join(keep, `load-${index}.png`), picture)
      }
    }
    assert.notDeepEqual(pictures[0], pictures[1])
  })
})

describe("the page of a load of which some failed", () => {
  const whole = report()
  const failing = loadPage({
    ...whole,
    latency: { ...whole.latency, p99: 10_000_000 },
    reachedLatency: { count: 29_000, mean: 5, p50: 4000, p95: 5, p99: 6000, p999: 7, max: 8000 },
    rate: { ...whole.rate, reached: 29_000, failed: 1000, deviation: 0.05, isReached: false },
  })

  it("says how many, and how long the others waited", () => {
    assert.include(failing, "<dt>p99</dt><dd>10 s</dd>")
    assert.include(
      failing,
      "1,000 of 30,000 failed; each counts with the wait that it had. Those that did not fail waited for p50 4 ms, p99 6 ms, at most 8 ms.",
    )
    assert.notInclude(loadPage(whole), "failed; each counts")
  })

  it("says how near the rate was, and how near it had to be", () => {
    assert.include(failing, "The rate was not reached: +5 %.")
    const tolerant = loadPage({ ...whole, rate: { ...whole.rate, tolerance: 0.075 } })
    assert.include(tolerant, "The rate was reached within 7.5 %.")
  })
})

describe("the parts of a chart", () => {
  it("have round ticks around all values", () => {
    assert.deepStrictEqual(linearTicks(10_300), [0, 5000, 10_000, 15_000])
    assert.lengthOf(linearTicks(1), 6)
    assert.deepStrictEqual(logarithmicTicks(3, 40_000), [1, 10, 100, 1000, 10_000, 100_000])
    assert.deepStrictEqual(logarithmicTicks(150, 900), [100, 200, 500, 1000])
    assert.deepStrictEqual(logarithmicTicks(1, 1), [1, 2, 5, 10])
  })

  it("say microseconds as people do, and no text but what it is", () => {
    assert.deepStrictEqual([0, 999, 1500, 123_456, 61_000_000].map(microsText), [
      "0 µs",
      "999 µs",
      "1.5 ms",
      "123 ms",
      "61 s",
    ])
    assert.strictEqual(escaped(`<a b="c">&'`), "&#60;a b=&#34;c&#34;&#62;&#38;&#39;")
  })
})
