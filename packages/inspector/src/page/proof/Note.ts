/** Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), read and verified in the page. */
import { ed25519 } from "@noble/curves/ed25519.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { fromBase64, fromText, isSame, toBase64 } from "./Bytes.ts"
import { hashBytes } from "./Tree.ts"

export interface NoteKey {
  readonly name: string
  /** From 0 to 2^32 - 1. */
  readonly keyId: number
  /** 32 bytes, as in RFC 8032. */
  readonly publicKey: Uint8Array
}

export interface NoteSignature {
  readonly name: string
  readonly keyId: number
  readonly bytes: Uint8Array
}

export interface Note {
  /** Ends in a newline. */
  readonly text: string
  readonly signatures: ReadonlyArray<NoteSignature>
}

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  readonly extensions: ReadonlyArray<string>
}

/** What can't be read, and why. */
export interface Unreadable {
  readonly problem: string
}

const noteLengthMax = 256 * 1024
const signaturesMax = 64
const publicKeyBytes = 32
const signatureType = 1

const isName = (name: string): boolean => name !== "" && !/[\s\u0085+]/u.test(name)

const wordOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)

const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const keyIdOf = (name: string, publicKey: Uint8Array): number =>
  wordOf(sha256(joined(fromText(`${name}\n`), Uint8Array.of(signatureType), publicKey)))

/** A key for people: its origin and eight hexadecimal digits. */
export const nameOfKey = ({ keyId, name }: Pick<NoteKey, "keyId" | "name">): string =>
  `${name}+${keyId.toString(16).padStart(8, "0")}`

export const formatKey = (key: NoteKey): string =>
  `${nameOfKey(key)}+${toBase64(joined(Uint8Array.of(signatureType), key.publicKey))}`

export const isSameKey = (left: NoteKey, right: NoteKey): boolean =>
  left.name === right.name && isSame(left.publicKey, right.publicKey)

/** Reads `name+hash+key`. */
export const parseKey = (text: string): NoteKey | Unreadable => {
  const [name = "", id = "", ...rest] = text.trim().split("+")
  const bytes = fromBase64(rest.join("+"))
  if (!isName(name) || !/^[0-9a-f]{8}$/.test(id) || bytes === undefined)
    return { problem: "the key has not the form name+hash+key" }
  if (bytes[0] !== signatureType || bytes.length !== 1 + publicKeyBytes)
    return { problem: "the key is of another kind than Ed25519, which is all that is checked here" }
  const publicKey = bytes.slice(1)
  const keyId = keyIdOf(name, publicKey)
  return keyId === Number.parseInt(id, 16)
    ? { name, keyId, publicKey }
    : { problem: "the key's hash is not that of its name and key" }
}

const parseSignature = (line: string): NoteSignature | undefined => {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ")
  const bytes = fromBase64(encoded)
  if (dash !== "—" || rest.length > 0 || !isName(name) || bytes === undefined) return undefined
  return bytes.length > 4 ? { name, keyId: wordOf(bytes), bytes: bytes.slice(4) } : undefined
}

/** Reads a signed note; nothing of it is believed before {@link judgeSignature}. */
export const parseNote = (whole: string): Note | Unreadable => {
  if (whole.length > noteLengthMax) return { problem: "the note is longer than one may be" }
  if (!whole.isWellFormed()) return { problem: "the note is not UTF-8" }
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) {
    return { problem: "the note holds control characters" }
  }
  const gap = whole.lastIndexOf("\n\n")
  if (gap < 0 || !whole.endsWith("\n")) {
    return { problem: "the note has no empty line before its signatures, or is cut" }
  }
  const lines = whole
    .slice(gap + 2)
    .split("\n")
    .slice(0, -1)
  if (lines.length === 0) return { problem: "the note has no signature" }
  if (lines.length > signaturesMax) {
    return { problem: `the note has more than ${signaturesMax} signatures` }
  }
  const signatures = lines.map(parseSignature).filter((line) => line !== undefined)
  return signatures.length === lines.length
    ? { text: whole.slice(0, gap + 1), signatures }
    : { problem: "the note has a malformed signature line" }
}

/** Reads a checkpoint's text, and refuses every other way to write the same. */
export const parseCheckpoint = (text: string): Checkpoint | Unreadable => {
  const lines = text.split("\n")
  if (lines.pop() !== "") return { problem: "the checkpoint's last line is cut" }
  const [origin, sizeText, rootText, ...extensions] = lines
  if (origin === undefined || sizeText === undefined || rootText === undefined) {
    return { problem: "the checkpoint has not origin, size and root" }
  }
  if (lines.includes("")) return { problem: "the checkpoint has an empty line" }
  const size = Number(sizeText)
  if (!/^(?:0|[1-9]\d*)$/.test(sizeText) || !Number.isSafeInteger(size)) {
    return { problem: "the checkpoint's size is none" }
  }
  const root = fromBase64(rootText)
  return root?.length === hashBytes
    ? { origin, size, root, extensions }
    : { problem: "the checkpoint's root is no hash" }
}

export const isUnreadable = (value: object): value is Unreadable => "problem" in value

const isSigned = (text: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array): boolean => {
  try {
    // As RFC 8032 has it, so that no signature has a second form.
    return ed25519.verify(bytes, text, publicKey, { zip215: false })
  } catch {
    return false
  }
}

/**
 * What a key makes of a note: `absent` where it has no signature by it, `invalid` where one of its
 * signatures is not over this text.
 */
export const judgeSignature = (note: Note, key: NoteKey): "valid" | "invalid" | "absent" => {
  const own = note.signatures.filter(({ keyId, name }) => keyId === key.keyId && name === key.name)
  if (own.length === 0) return "absent"
  const text = fromText(note.text)
  return own.every(({ bytes }) => isSigned(text, bytes, key.publicKey)) ? "valid" : "invalid"
}
