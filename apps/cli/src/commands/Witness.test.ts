import { createInterface } from "node:readline"
import { once } from "node:events"
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

let cwd = ""
let stop = async (): Promise<void> => undefined

/** Serves a witness, and gives the line that it prints for a policy. */
const serve = async (...flags: ReadonlyArray<string>): Promise<string> => {
  const args = ["witness", "serve", "--listen", "127.0.0.1:0", "--log", "trail.vkey", ...flags]
  const child = start(args, { cwd })
  stop = async () => {
    child.kill("SIGTERM")
    if (child.exitCode === null) await once(child, "close")
  }
  const [line = ""] = (await once(createInterface(child.stdout), "line")) as Array<string>
  return line
}

const at = (name: string): string => path.join(cwd, name)
const record = (count: number) =>
  run(["record", "--trail", "trail"], {
    cwd,
    input: eventLines(count),
    env: { COUNTERSIGN_WITNESS_POLICY: at("policy") },
  })
const verify = async (trail: string, ...flags: ReadonlyArray<string>) => {
  const ended = await run(["verify", trail, "--json", "--policy", "policy", ...flags], { cwd })
  const report: unknown = ended.stdout === "" ? {} : JSON.parse(ended.stdout)
  return { ...ended, report: report as Readonly<Record<string, unknown>> }
}

beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-witness-"))
  const first = await run(["record", "--trail", "trail"], { cwd, input: eventLines(10) })
  assert.strictEqual(first.code, 0, first.stderr)
  const line = await serve("--key", "w.key", "--state", "seen", "--name", "w.example/w1")
  writeFileSync(
    at("policy"),
    `log ${readFileSync(at("trail.vkey"), "utf8").trim()}\n${line}\nquorum w1\n`,
  )
  const second = await record(600)
  assert.strictEqual(second.code, 0, second.stderr)
  cpSync(at("trail"), at("yesterday"), { recursive: true })
  const third = await record(300)
  assert.strictEqual(third.code, 0, third.stderr)
})
afterAll(async () => {
  await stop()
  rmSync(cwd, { recursive: true, force: true })
})

describe("witness", () => {
  it("prints the verifier key of the key that it made, which nobody else may read", async () => {
    const { code, stdout } = await run(
      ["witness", "key", "--key", "w.key", "--name", "w.example/w1"],
      { cwd },
    )
    assert.strictEqual(code, 0)
    assert.match(stdout, /^w\.example\/w1\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}\n$/)
    assert.include(readFileSync(at("policy"), "utf8"), `witness w1 ${stdout.trim()} http://127.`)
    assert.strictEqual(statSync(at("w.key")).mode & 0o777, 0o600)
    const fresh = await run(["witness", "key", "--key", "fresh.key", "--json"], { cwd })
    assert.deepInclude(JSON.parse(fresh.stdout), { name: "countersign.local/witness", isNew: true })
  })

  it("cosigns for engines that run elsewhere, and verify demands it", async () => {
    const { code, report, stderr } = await verify("trail")
    assert.strictEqual(code, 0, stderr + JSON.stringify(report))
    assert.include(report, { verdict: "verified", isKeyPinned: true })
    assert.deepInclude(report["witnesses"], { isMet: true, by: ["w1"], beyond: 0 })
    const text = await run(["verify", "trail", "--policy", "policy", "--ask-witnesses"], { cwd })
    assert.strictEqual(text.code, 0, text.stdout)
    assert.match(text.stdout, /cosigned by +w1 at 2/)
    assert.match(text.stdout, /w1 says +it has seen this and no more/)
  })

  it("passes a whole directory put back to yesterday, unless the witness is asked", async () => {
    const offline = await verify("yesterday")
    assert.strictEqual(offline.code, 0)
    assert.include(JSON.stringify(offline.report["notChecked"]), "were not asked")
    const asked = await verify("yesterday", "--ask-witnesses")
    assert.strictEqual(asked.code, 1)
    assert.include(JSON.stringify(asked.report["firstBad"]), "it was rolled back")
  })

  it("prints no escape that a policy or a witness brings", async () => {
    const policy = readFileSync(at("policy"), "utf8").replaceAll("w1 ", "w\u009b1m ")
    writeFileSync(at("escaping"), policy.replace("quorum w1", "quorum w\u009b1m"))
    const ended = await Promise.all(
      ["trail", "yesterday"].map((trail) =>
        run(["verify", trail, "--policy", "escaping", "--ask-witnesses"], { cwd }),
      ),
    )
    for (const { stdout } of ended) {
      assert.include(stdout, "w\\u009b1m says")
      assert.notInclude(stdout, "\u009b")
    }
    cpSync(at("trail"), at("uncosigned"), { recursive: true })
    rmSync(at("uncosigned/checkpoint.cosigned"))
    const { stdout } = await run(["verify", "uncosigned", "--policy", "escaping"], { cwd })
    assert.include(stdout, "w\\u009b1m has not cosigned it")
    assert.notInclude(stdout, "\u009b")
  })

  it("exits 3 without the quorum, and 64 for a policy that can't be meant", async () => {
    cpSync(at("trail"), at("bare"), { recursive: true })
    rmSync(at("bare/checkpoint.cosigned"))
    const bare = await verify("bare")
    assert.strictEqual(bare.code, 3)
    assert.include(String(bare.report["reason"]), "w1 has not cosigned it")
    const policy = readFileSync(at("policy"), "utf8")
    const texts = [`${policy}unless w1\n`, policy.replace("quorum w1", "quorum none"), ""]
    const wrong = await Promise.all(
      texts.map((text, index) => {
        writeFileSync(at(`wrong-${index}`), text)
        return run(["verify", "trail", "--policy", `wrong-${index}`], { cwd })
      }),
    )
    for (const { stderr } of wrong) assert.match(stderr, /^countersign: AUD-3605: /)
    const others = await Promise.all([
      run(["verify", "trail", "--policy", "absent"], { cwd }),
      run(["verify", "trail", "--ask-witnesses"], { cwd }),
    ])
    const codes = [...wrong, ...others].map(({ code }) => code)
    assert.deepStrictEqual(codes, [64, 64, 64, 4, 64])
  })

  it("refuses an address, a name and a log that are none, and a second witness over one state", async () => {
    const serving = (...flags: ReadonlyArray<string>) =>
      run(["witness", "serve", "--key", "w.key", "--state", "seen", ...flags], { cwd })
    const right = ["--log", "trail.vkey", "--listen", "127.0.0.1:0"]
    const ended = await Promise.all([
      serving(...right, "--name", "a b"),
      serving("--log", "trail.vkey", "--listen", "127.0.0.1"),
      serving("--log", "policy", "--listen", "127.0.0.1:0"),
      serving("--listen", "127.0.0.1:0"),
      serving(...right),
    ])
    assert.deepStrictEqual(
      ended.map(({ code }) => code),
      [64, 64, 64, 64, 4],
    )
  })
})
