import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { verify } from "@countersign/core/trail/Verifier"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

let parent = ""
let made: ReturnType<typeof start>
let day = ""

const start = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(
    process.execPath,
    ["--conditions=@countersign/source", path.join(import.meta.dirname, "main.ts"), ...args],
    { cwd: parent, encoding: "utf8", env: { ...process.env, ...env } },
  )

beforeAll(() => {
  parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "countersign-mainframe-test-")))
  day = path.join(parent, "day")
  made = start(["--records", "3000", "--seed", "7", "--directory", day])
})
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }))

const tables = ["accounts.parquet", "card-payments.parquet", "transfers.parquet"]

const sha256 = (file: string): string =>
  createHash("sha256").update(fs.readFileSync(file)).digest("hex")

/** The day in EBCDIC, as texts are found in it. */
const letters = (text: string): Buffer =>
  Buffer.from(
    Array.from(text, (each) => {
      const code = each.charCodeAt(0)
      return code >= 0x30 && code <= 0x39 ? 0xf0 + code - 0x30 : 0xc1 + code - 0x41
    }),
  )

let copies = 0

/** Changes one byte of a copy, and has it looked at. */
const tampered = (file: string, change: (bytes: Buffer) => number) => {
  const copy = path.join(parent, `copy-${copies++}`)
  fs.cpSync(day, copy, { recursive: true })
  const bytes = fs.readFileSync(path.join(copy, file))
  const at = change(bytes)
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
  fs.writeFileSync(path.join(copy, file), bytes)
  const { status, stderr, stdout } = start(["--check", copy])
  assert.strictEqual(stderr, "")
  assert.strictEqual(status, 1, stdout)
  return stdout
}

describe("npm run mainframe", () => {
  it("is one command, which leaves nothing behind", () => {
    const temporary = path.join(parent, "temporary")
    fs.mkdirSync(temporary)
    const { status, stderr, stdout } = spawnSync(
      "npm",
      ["run", "--silent", "mainframe", "--", "--records", "60"],
      {
        cwd: path.join(import.meta.dirname, "../../.."),
        encoding: "utf8",
        env: { ...process.env, TMPDIR: temporary },
      },
    )
    assert.strictEqual(status, 0, stderr)
    assert.include(stdout, "60 records")
    assert.include(stdout, "verified")
    assert.deepStrictEqual(
      fs.readdirSync(temporary).filter((name) => name.startsWith("countersign")),
      [],
    )
  })

  it("decodes a day, and accounts for each of its records", () => {
    assert.strictEqual(made.status, 0, made.stdout + made.stderr)
    assert.strictEqual(made.stderr, "")
    const rows = [...made.stdout.matchAll(/parquet +([\d,]+) rows/g)]
    const counts = rows.map(([, count = ""]) => Number(count.replaceAll(",", "")))
    assert.lengthOf(counts, tables.length)
    // All but the header, the trailer and the one that is rejected.
    assert.strictEqual(
      counts.reduce((one, other) => one + other),
      2997,
    )
    assert.match(made.stdout, /holds .* equal$/m)
    assert.match(made.stdout, /amounts .* is in what was rejected$/m)
    assert.notInclude(made.stdout, "does not reconcile")
  })

  it("shows the bad record with its code, its place and its bytes", () => {
    const bytes = fs.readFileSync(path.join(day, "day.dat"))
    const [, from = ""] = /bytes from byte ([\d,]+) of the file/.exec(made.stdout) ?? []
    const at = Number(from.replaceAll(",", ""))
    const amount = bytes.subarray(at + 23, at + 29)
    assert.strictEqual(amount[3], 0x5c)
    const shown = amount.toString("hex").toUpperCase()
    assert.match(
      made.stdout,
      new RegExp(`CPY-4003: TRANSACTION-RECORD\\.POSTING\\.AMOUNT: .*X'${shown}'`),
    )
    assert.match(made.stdout, new RegExp(`AMOUNT +23 {2}${shown} {2}←`))
    assert.match(made.stdout, /byte 26 is X'5C' and would be X'\d\d'/)
  })

  it("shows neither card numbers nor those of accounts, in any alphabet", () => {
    assert.notMatch(made.stdout, /9999\d{12}|(?:F9){4}(?:F\d){12}|DE\d{10}|C4C5(?:F\d){10}/)
    assert.match(made.stdout, /NUMBER +5 {2}not shown: account number/)
  })

  it("says of each sensitive column from which bytes it is", () => {
    assert.match(
      made.stdout,
      /CARD-NUMBER +bytes 36 to 51 +→ card-payments\.parquet +CARDHOLDER +card number/,
    )
    assert.match(made.stdout, /HOLDER-NAME +bytes 13 to 42 +→ accounts\.parquet +PII/)
  })

  it.live("leaves a trail that verifies, and that has the SHA-256 of each file", () =>
    Effect.gen(function* () {
      const report = yield* verify(path.join(day, "trail"))
      assert.strictEqual(report.verdict, "verified")
      for (const file of ["day.dat", ...tables]) {
        assert.include(made.stdout, `${sha256(path.join(day, file))}  ${file}`)
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it("gives the same bytes for the same seed and any number of threads", () => {
    const digests = (args: ReadonlyArray<string>) => {
      const directory = path.join(parent, args.join(""))
      const { status, stdout } = start([...args, "--records", "3000", "--directory", directory])
      assert.strictEqual(status, 0, stdout)
      return ["day.dat", ...tables].map((file) => sha256(path.join(directory, file)))
    }
    const first = ["day.dat", ...tables].map((file) => sha256(path.join(day, file)))
    assert.deepStrictEqual(digests(["--seed", "7", "--workers", "3"]), first)
    assert.notStrictEqual(digests(["--seed", "8"])[0], first[0])
  })
})

describe("npm run mainframe -- --check", () => {
  it("finds nothing wrong with what was not touched, wherever it lies", () => {
    const moved = path.join(parent, "moved")
    fs.cpSync(day, moved, { recursive: true })
    const { status, stdout } = start(["--check", moved])
    assert.strictEqual(status, 0, stdout)
    assert.notInclude(stdout, "Wrong")
  })

  it("finds a total of the trailer that was changed", () => {
    const text = tampered("day.dat", (bytes) => bytes.length - 2)
    assert.match(text, /the fees do not reconcile/)
    assert.match(text, /day\.dat is not the file that the trail speaks of/)
  })

  it("finds an amount that was changed to another", () => {
    // The last transaction lies before the trailer and its record descriptor word.
    const text = tampered("day.dat", (bytes) => bytes.length - 47 - 4 - 74 + 26)
    assert.match(text, /the amounts do not reconcile/)
    assert.match(text, /day\.dat is not the file that the trail speaks of/)
  })

  it("finds a letter of a name, of which no total speaks", () => {
    const text = tampered("day.dat", (bytes) => bytes.indexOf(letters("DE0000000001")) + 12)
    assert.notInclude(text, "do not reconcile")
    assert.match(text, /Wrong +day\.dat is not the file that the trail speaks of/)
  })

  it.each(tables)("finds a byte of %s that was changed", (file) => {
    const text = tampered(file, (bytes) => Math.floor(bytes.length / 3))
    assert.include(text, `${file} is not the file that the trail speaks of`)
  })

  it("finds a byte of the trail that was changed", () => {
    const bundle = fs
      .readdirSync(path.join(day, "trail"), { recursive: true, encoding: "utf8" })
      .find(
        (name) => name.includes("entries") && fs.statSync(path.join(day, "trail", name)).isFile(),
      )
    const text = tampered(path.join("trail", bundle ?? ""), (bytes) => Math.floor(bytes.length / 2))
    assert.match(text, /the trail is tampered/)
  })

  it("says where a file was cut, in words", () => {
    const copy = path.join(parent, "cut")
    fs.cpSync(day, copy, { recursive: true })
    fs.truncateSync(path.join(copy, "day.dat"), 100_000)
    const { status, stderr } = start(["--check", copy])
    assert.strictEqual(status, 1)
    assert.match(stderr, /CPY-3001: .*day\.dat|day\.dat.*CPY-3001/s)
    assert.notInclude(stderr, "    at ")
  })

  it("says what is missing", () => {
    const { status, stderr } = start(["--check", parent])
    assert.strictEqual(status, 1)
    assert.include(stderr, "it has no day.dat, accounts.parquet")
  })
})

describe("its flags", () => {
  it.each([
    [["--records", "9"], "--records is 9, and takes a whole number from 10"],
    [["--workers", "many"], "--workers is many"],
    [["--no-such-flag"], "--no-such-flag"],
  ])("%j is refused in words", (args, words) => {
    const { status, stderr, stdout } = start(args)
    assert.strictEqual(status, 1)
    assert.strictEqual(stdout, "")
    assert.include(stderr, words)
    assert.notInclude(stderr, "    at ")
  })

  it("takes no directory that holds something", () => {
    const { status, stderr } = start(["--directory", day])
    assert.strictEqual(status, 1)
    assert.include(stderr, "is not empty")
    assert.isTrue(fs.existsSync(path.join(day, "day.dat")))
  })
})
