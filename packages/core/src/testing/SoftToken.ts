/**
 * A PKCS#11 token in software, SoftHSM, in a directory of the test's own.
 *
 * @since 0.1.0
 */
import { execFileSync } from "node:child_process"
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"

const places: ReadonlyArray<string> = [
  "/usr/lib/softhsm/libsofthsm2.so",
  `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/softhsm/libsofthsm2.so`,
  "/usr/lib64/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/lib64/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
]

/**
 * SoftHSM's library. Throws, and says what to install, where there is none.
 *
 * @category running
 * @since 0.1.0
 */
export const softModule = (): string => {
  const named = process.env["SOFTHSM2_MODULE"]
  const found = [...(named === undefined ? [] : [named]), ...places].find((file) =>
    fs.existsSync(file),
  )
  if (found !== undefined) return found
  throw new Error(
    "SoftHSM is needed for this test: apt-get install -y softhsm2 (or name its library in SOFTHSM2_MODULE)",
  )
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SoftToken {
  readonly module: string
  /** The token's label. */
  readonly token: string
  readonly pin: string
  /** Where SoftHSM keeps the token. */
  readonly files: string
  /** Puts a private key, and its public key, into the token. */
  readonly putKey: (label: string, key: KeyObject) => void
}

const tools = { token: "softhsm2-util" }
const pin = "1234"
const token = "audit"

// The module itself reads the variable, in this process.
const nameConfiguration = (file: string | undefined): void => {
  if (file === undefined) delete process.env["SOFTHSM2_CONF"]
  else process.env["SOFTHSM2_CONF"] = file
}

/**
 * A token of this process, gone with the scope. One at a time: SoftHSM reads where its tokens
 * are from the environment.
 *
 * @category constructors
 * @since 0.1.0
 */
export const softToken: Effect.Effect<SoftToken, never, Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const module = softModule()
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-token-"))
    const files = path.join(directory, "tokens")
    fs.mkdirSync(files)
    const configuration = path.join(directory, "softhsm2.conf")
    fs.writeFileSync(
      configuration,
      `directories.tokendir = ${files}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    )
    nameConfiguration(configuration)
    const tool = (...args: ReadonlyArray<string>): void => {
      execFileSync(tools.token, args, { stdio: ["ignore", "ignore", "pipe"] })
    }
    tool("--init-token", "--free", "--label", token, "--pin", pin, "--so-pin", "5678")
    let keys = 0
    const made: SoftToken & { readonly directory: string } = {
      module,
      token,
      pin,
      files,
      directory,
      putKey: (label, key) => {
        keys += 1
        const file = path.join(directory, `${keys}.pem`)
        fs.writeFileSync(file, key.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 })
        const id = String(keys).padStart(2, "0")
        tool("--import", file, "--token", token, "--label", label, "--id", id, "--pin", pin)
        fs.rmSync(file)
      },
    }
    return made
  }),
  ({ directory }) =>
    Effect.sync(() => {
      nameConfiguration(undefined)
      fs.rmSync(directory, { recursive: true, force: true })
    }),
)

/**
 * A key of the kind that signs trails.
 *
 * @category constructors
 * @since 0.1.0
 */
export const newKey = (): KeyObject => generateKeyPairSync("ed25519").privateKey
