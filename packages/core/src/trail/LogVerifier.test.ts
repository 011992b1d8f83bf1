import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Audit } from "../Audit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { event } from "../testing/AuditFixture.ts"
import { checkLog } from "./LogVerifier.ts"
import { verify } from "./Verifier.ts"

let fixture: AuditFixture.AuditFixture
let copy = ""
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-log-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
  copy = path.join(parent, "copy")
})
afterEach(() => fs.rmSync(path.dirname(copy), { recursive: true, force: true }))

/** Copies the trail of a writer at work: `signed` events under a checkpoint, `open` ones behind it. */
const copyAtWork = (signed: number, open: number) =>
  fixture.withAudit(
    Effect.gen(function* () {
      const audit = yield* Audit
      for (let index = 0; index < signed; index += 1) audit.recordUnsafe(event)
      yield* audit.publish
      for (let index = 0; index < open; index += 1) audit.recordUnsafe(event)
      yield* audit.flush
      fs.cpSync(fixture.directory, copy, { recursive: true })
      fs.copyFileSync(`${fixture.directory}.vkey`, `${copy}.vkey`)
    }),
    { checkpoint: { intervalMillis: 3_600_000 } },
  )
const report = Effect.suspend(() =>
  Effect.provide(verify(copy, { log: checkLog(copy) }), NodeDisk.layer),
)
const segment = (): string =>
  path.join(copy, "wal", fs.readdirSync(path.join(copy, "wal"))[0] ?? "")

describe("LogVerifier", () => {
  it.live("finds nothing in the log of a writer at work, and says what is not signed yet", () =>
    Effect.gen(function* () {
      yield* copyAtWork(20, 3)
      const found = yield* report
      assert.strictEqual(found.verdict, "verified")
      assert.isTrue(found.notChecked.some((sentence) => sentence.startsWith("3 entries")))
    }),
  )

  it.live("finds each altered byte of frames whose entries are signed", () =>
    Effect.gen(function* () {
      yield* copyAtWork(1, 0)
      const bytes = fs.readFileSync(segment())
      for (let at = 0; at < bytes.length; at += 1) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ 0x10
        fs.writeFileSync(segment(), altered)
        const found = yield* report
        assert.strictEqual(found.verdict, "tampered", `byte ${at}`)
        if (found.verdict === "tampered") assert.strictEqual(found.firstBad.kind, "log")
      }
    }),
  )

  it.live("takes a tail that was never acknowledged for what it is", () =>
    Effect.gen(function* () {
      yield* copyAtWork(5, 0)
      fs.appendFileSync(segment(), Buffer.alloc(100, 7))
      assert.strictEqual((yield* report).verdict, "verified")
    }),
  )

  it.live("has nothing to say where there is no log", () =>
    Effect.gen(function* () {
      yield* copyAtWork(5, 0)
      fs.rmSync(path.join(copy, "wal"), { recursive: true })
      assert.strictEqual((yield* report).verdict, "verified")
    }),
  )
})
