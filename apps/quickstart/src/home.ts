/** The directory that the quickstart writes to: everything in it is its own. */
import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

/** Where things lie. */
export interface Home {
  readonly trail: string
  readonly tampered: string
  readonly proof: string
}

// Says that what lies beside it may be deleted.
const marker = "made-by-quickstart"

/** Why the directory can't be used, in words for a person. */
export class HomeUnfit extends Error {
  override readonly name = "HomeUnfit"
}

/** Makes the directory, empty but for a new signing key. Throws {@link HomeUnfit}. */
export const openHome = (directory: string): Home => {
  try {
    fs.mkdirSync(directory, { recursive: true })
    const isForeign =
      fs.readdirSync(directory).length > 0 && !fs.existsSync(path.join(directory, marker))
    if (isForeign) {
      throw new HomeUnfit(
        `${directory} holds files that are not the quickstart's. It starts afresh each time, so give it a directory of its own: npm start -- --home DIRECTORY`,
      )
    }
    for (const name of fs.readdirSync(directory)) {
      if (name !== marker) fs.rmSync(path.join(directory, name), { recursive: true, force: true })
    }
    fs.writeFileSync(path.join(directory, marker), "")
    const trail = path.join(directory, "history")
    const { privateKey } = generateKeyPairSync("ed25519")
    fs.writeFileSync(`${trail}.key`, privateKey.export({ format: "pem", type: "pkcs8" }), {
      mode: 0o600,
    })
    return {
      trail,
      tampered: path.join(directory, "tampered"),
      proof: path.join(directory, "proof.tlog"),
    }
  } catch (cause) {
    if (cause instanceof HomeUnfit || !(cause instanceof Error)) throw cause
    throw new HomeUnfit(
      `The quickstart needs a directory that it can write to, and ${directory} is none (${cause.message}). Give it another: npm start -- --home DIRECTORY`,
      { cause },
    )
  }
}

/** Copies the trail and its public key, not the one that signs. */
export const copyTrail = ({ tampered, trail }: Home): void => {
  fs.cpSync(trail, tampered, { recursive: true })
  fs.copyFileSync(`${trail}.vkey`, `${tampered}.vkey`)
}

/** What a directory holds. Units: bytes. */
export const measure = (directory: string): { readonly files: number; readonly bytes: number } => {
  let bytes = 0
  let files = 0
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    files += 1
    bytes += fs.statSync(path.join(entry.parentPath, entry.name)).size
  }
  return { files, bytes }
}
