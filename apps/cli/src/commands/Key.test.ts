import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(tmpdir(), "countersign-key-"))
})
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }))

const record = async (trail: string) => {
  const { code, stderr } = await run(["record", "--trail", trail], { cwd, input: eventLines(300) })
  assert.strictEqual(code, 0, stderr)
}

const keyOf = (trail: string): string =>
  fs.readFileSync(path.join(cwd, `${trail}.vkey`), "utf8").trim()

const verify = (trail: string, ...flags: ReadonlyArray<string>) =>
  run(["verify", trail, ...flags], { cwd })

describe("key rotate", () => {
  it("changes the key of a trail, which is then verified from the key before", async () => {
    await record("changed")
    const [before, secret] = [keyOf("changed"), fs.readFileSync(path.join(cwd, "changed.key"))]
    const rotated = await run(["key", "rotate", "changed", "--json"], { cwd })
    assert.strictEqual(rotated.code, 0, rotated.stderr)
    assert.notInclude(rotated.stdout, "remove")
    const { after, number, size } = JSON.parse(rotated.stdout)
    assert.strictEqual(number, 1)
    assert.strictEqual(after, keyOf("changed"))
    assert.notStrictEqual(after, before)
    assert.notDeepEqual(fs.readFileSync(path.join(cwd, "changed.key")), secret)
    assert.isTrue(fs.existsSync(path.join(cwd, "changed", "rotations", String(size))))

    await record("changed")
    for (const key of [before, after]) {
      const { code, stdout } = await verify("changed", "--key", key)
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, /rotations +1 change of the key, signed by both/)
      assert.include(stdout, "the key in force after 1 change of it")
    }
    const doctor = await run(["doctor", "changed"], { cwd })
    assert.notInclude(doctor.stdout, "rotations", "the doctor knows the directory")
  })

  it("takes the new key from a file, and refuses what can't follow", async () => {
    await record("given")
    const first = fs.readFileSync(path.join(cwd, "given.key"), "utf8")
    const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })
    fs.writeFileSync(path.join(cwd, "next.pem"), pem)
    const taken = await run(["key", "rotate", "given", "--new-key", "next.pem"], { cwd })
    assert.strictEqual(taken.code, 0, taken.stderr)
    assert.include(taken.stdout, "remove next.pem: it still holds the key that signs now")
    assert.match(taken.stdout, /^✓ changed {2}key number 2 signs from size \d+ on\n/)
    assert.strictEqual(fs.readFileSync(path.join(cwd, "given.key"), "utf8"), pem)

    fs.writeFileSync(path.join(cwd, "first.pem"), first)
    for (const [file, code, text] of [
      ["first.pem", 64, "has signed this trail before"],
      ["next.pem", 64, "has signed this trail before"],
      ["nothing.pem", 64, "can't be read"],
      ["given.vkey", 4, "is no private key"],
    ] as const) {
      const refused = await run(["key", "rotate", "given", "--new-key", file], { cwd })
      assert.strictEqual(refused.code, code, refused.stderr)
      assert.include(refused.stderr, text)
    }
    assert.strictEqual(fs.readFileSync(path.join(cwd, "given.key"), "utf8"), pem)
    assert.strictEqual((await verify("given")).code, 0)
  })

  it("leaves a trail alone that another process writes, and makes none", async () => {
    const writer = start(["record", "--trail", "busy"], { cwd })
    const ended = new Promise((resolve) => writer.once("close", resolve))
    writer.stdin.write([...eventLines(100)].join(""))
    while (!fs.existsSync(path.join(cwd, "busy.vkey")) && writer.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const before = keyOf("busy")
    const refused = await run(["key", "rotate", "busy"], { cwd })
    assert.strictEqual(refused.code, 4)
    assert.match(refused.stderr, /^countersign: AUD-3\d{3}: /)
    writer.stdin.end()
    await ended
    assert.strictEqual(keyOf("busy"), before)
    assert.isFalse(fs.existsSync(path.join(cwd, "busy", "rotations")))

    const nowhere = await run(["key", "rotate", "nowhere"], { cwd })
    assert.strictEqual(nowhere.code, 4)
    fs.renameSync(path.join(cwd, "busy.key"), path.join(cwd, "elsewhere.key"))
    const keyless = await run(["key", "rotate", "busy"], { cwd })
    assert.strictEqual(keyless.code, 64)
    assert.include(keyless.stderr, "give the configuration that says where")
    for (const name of ["nowhere", "nowhere.key", "busy.key"]) {
      assert.isFalse(fs.existsSync(path.join(cwd, name)), name)
    }
  })
})

describe("key trust", () => {
  const trustOf = async (trail: string, ...flags: ReadonlyArray<string>) => {
    const printed = await run(["key", "trust", trail, ...flags], { cwd })
    assert.strictEqual(printed.code, 0, printed.stderr)
    const file = `${trail}.trust.json`
    fs.writeFileSync(path.join(cwd, file), printed.stdout)
    return { file, ...printed }
  }

  it("prints the keys with their sizes, and verify takes them", async () => {
    await record("trusted")
    const first = keyOf("trusted")
    const alone = await trustOf("trusted")
    assert.include(alone.stderr, "rests on the key beside the trail")
    const plain = { version: 1, origin: "countersign.local/trusted" }
    assert.deepStrictEqual(JSON.parse(alone.stdout), {
      ...plain,
      keys: [{ verifierKey: first, from: 0 }],
    })
    assert.strictEqual((await verify("trusted", "--trust", alone.file)).code, 0)

    const { stdout } = await run(["key", "rotate", "trusted", "--json"], { cwd })
    const { after, size } = JSON.parse(stdout)
    const note = fs.readFileSync(path.join(cwd, "trusted", "rotations", String(size)), "utf8")
    const [, , root] = note.split("\n")
    const both = await trustOf("trusted", "--key", first)
    assert.strictEqual(both.stderr, "")
    assert.deepStrictEqual(JSON.parse(both.stdout), {
      ...plain,
      keys: [
        { verifierKey: first, from: 0, to: size, root },
        { verifierKey: after, from: size },
      ],
    })
    const verified = await verify("trusted", "--trust", both.file)
    assert.strictEqual(verified.code, 0, verified.stdout)
    assert.include(verified.stdout, "the trust file you gave, which lists 2 keys")
    assert.notInclude(verified.stdout, "not pinned")
  })

  it("prints none of a trail that is not what was signed", async () => {
    await record("spoilt")
    const tile = path.join(cwd, "spoilt", "tile", "0", "000")
    const bytes = fs.readFileSync(tile)
    bytes[5] = (bytes[5] ?? 0) ^ 1
    fs.writeFileSync(tile, bytes)
    const { code, stderr, stdout } = await run(["key", "trust", "spoilt"], { cwd })
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.include(stderr, "the trail is tampered, so its keys are nothing to trust")
  })

  it("names a key that was revoked, and a trail that was put back behind the file", async () => {
    await record("revoked")
    fs.cpSync(path.join(cwd, "revoked"), path.join(cwd, "earlier"), { recursive: true })
    assert.strictEqual((await run(["key", "rotate", "revoked"], { cwd })).code, 0)
    const { file, stdout } = await trustOf("revoked")
    const rollback = await verify("earlier", "--trust", file)
    assert.strictEqual(rollback.code, 1)
    assert.include(rollback.stdout, "it was put back")

    await record("revoked")
    const trust = JSON.parse(stdout)
    trust.keys[1].revoked = { at: trust.keys[1].from, reason: "a lost backup" }
    fs.writeFileSync(path.join(cwd, file), JSON.stringify(trust))
    const revoked = await verify("revoked", "--trust", file)
    assert.strictEqual(revoked.code, 1)
    assert.match(revoked.stdout, /was revoked at size \d+ \(a lost backup\)/)
  })

  it("exits 64 for a file that is none, and for a key and a file at once", async () => {
    await record("both")
    for (const content of ["{}", '{"version":2,"origin":"x","keys":[]}', "nonsense"]) {
      fs.writeFileSync(path.join(cwd, "none.json"), content)
      const { code, stderr } = await verify("both", "--trust", "none.json")
      assert.strictEqual(code, 64, content)
      assert.match(stderr, /^countersign: AUD-3702: /)
    }
    const missing = await verify("both", "--trust", "missing.json")
    assert.strictEqual(missing.code, 64)
    const twice = await verify("both", "--trust", "none.json", "--key", "both.vkey")
    assert.strictEqual(twice.code, 64)
    assert.include(twice.stderr, "either it or --key")
  })
})
