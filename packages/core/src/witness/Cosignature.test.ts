import { generateKeyPairSync, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as SignedNote from "../trail/SignedNote.ts"
import {
  cosignatureOf,
  formatWitnessKey,
  messageOf,
  parseWitnessKey,
  verifyCosignature,
} from "./Cosignature.ts"

// A checkpoint of the public staging log Arche 2025h1, as four public witnesses have cosigned it.
const published = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`
const publishedKeys = [
  "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
  "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
  "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
  "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
const absentKey = "rgdd.se/poc-witness+db03732e+BCjJKlo6BU0xfIb8LutqerIFTWIXEA0L5n3tW3QyPFgG"
const logKey =
  "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"

const noteOf = (text: string) => Result.getOrThrow(SignedNote.parse(Buffer.from(text)))
const keyOf = (text: string) => Result.getOrThrow(parseWitnessKey(text))

describe("Cosignature", () => {
  it("verifies what public witnesses have cosigned, beside the log's own signature", () => {
    for (const text of publishedKeys) {
      assert.deepStrictEqual(
        verifyCosignature(noteOf(published), keyOf(text)),
        { verdict: "valid", timeSeconds: 1_779_573_024 },
        text,
      )
    }
    const log = Result.getOrThrow(SignedNote.parseVerifierKey(logKey))
    assert.strictEqual(SignedNote.verify(noteOf(published), log), "valid")
    assert.deepStrictEqual(verifyCosignature(noteOf(published), keyOf(absentKey)), {
      verdict: "absent",
    })
  })

  it("frames the specification's example", () => {
    const line =
      "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    const signature = SignedNote.parseSignature(line)
    assert.strictEqual(signature?.bytes.length, 72)
    assert.strictEqual(Buffer.from(signature?.bytes ?? []).readBigUInt64BE(), 1_679_315_147n)
    const text =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert.strictEqual(
      messageOf(text, 1_679_315_147).toString(),
      `cosignature/v1\ntime 1679315147\n${text}`,
    )
  })

  it("finds another size, another root, another time and another witness's signature", () => {
    const line = (name: string) =>
      published.split("\n").find((each) => each.startsWith(`— ${name} `)) ?? ""
    const remora = line("remora.n621.de")
    const blob = Buffer.from(remora.split(" ")[2] ?? "", "base64")
    blob[11] = (blob[11] ?? 0) ^ 1
    const later = `— remora.n621.de ${blob.toString("base64")}`
    const stranger = `— remora.n621.de ${line("witness.stagemole.eu").split(" ")[2]}`
    const changed = [
      published.replace("1432088532", "1432088533"),
      published.replace("U7WM", "V7WM"),
      published.replace("4Ro=\n", "4Ro=\nmore\n"),
      published.replace(remora, later),
      published.replace(remora, `${remora}\n${later}`),
    ]
    for (const text of changed) {
      assert.notStrictEqual(text, published)
      assert.deepStrictEqual(verifyCosignature(noteOf(text), keyOf(publishedKeys[2] ?? "")), {
        verdict: "invalid",
      })
    }
    // Under its own key id it is another key's signature, and says nothing of this one.
    assert.deepStrictEqual(
      verifyCosignature(noteOf(published.replace(remora, stranger)), keyOf(publishedKeys[2] ?? "")),
      { verdict: "absent" },
    )
  })

  it("takes no witness's key for a log's, nor a log's for a witness's", () => {
    assert.isTrue(Result.isFailure(parseWitnessKey(logKey)))
    for (const text of publishedKeys) {
      assert.isTrue(Result.isFailure(SignedNote.parseVerifierKey(text)))
      const { name, publicKey } = keyOf(text)
      assert.strictEqual(formatWitnessKey(name, publicKey), text)
    }
  })

  it("is valid as made, and not as a note's plain signature", () => {
    const { privateKey } = generateKeyPairSync("ed25519")
    const publicKey = SignedNote.publicKeyOf(privateKey)
    const key = keyOf(formatWitnessKey("witness.example/w1", publicKey))
    const text = "example.org/log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    const made = (timeSeconds: number, message: Buffer) =>
      cosignatureOf(key.name, publicKey, timeSeconds, sign(null, message, privateKey))
    const verdict = (...signatures: ReadonlyArray<SignedNote.NoteSignature>) =>
      verifyCosignature({ text, signatures }, key)
    assert.deepStrictEqual(verdict(made(7, messageOf(text, 7)), made(9, messageOf(text, 9))), {
      verdict: "valid",
      timeSeconds: 9,
    })
    assert.deepStrictEqual(verdict(made(7, Buffer.from(text))), { verdict: "invalid" })
    const short = { ...made(7, messageOf(text, 7)), bytes: new Uint8Array(64) }
    assert.deepStrictEqual(verdict(short), { verdict: "invalid" })
    const far = Buffer.concat([Buffer.alloc(8, 0xff), Buffer.alloc(64)])
    assert.deepStrictEqual(verdict({ ...short, bytes: far }), { verdict: "invalid" })
  })
})
