/**
 * What the page in an editor's webview and the extension beside it post to each other. Both check
 * what they get: neither is more than a sender of messages to the other.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const KiB = 1024
const MiB = 1024 * KiB

const socketId = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
)
const closeCode = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4999 }))
/** As long as the page's own links may be. */
const Link = Schema.String.check(Schema.isMaxLength(16 * KiB))

/**
 * Largest file that the page hands to the editor to be saved. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const savedBytesMax: number = 64 * MiB

const Bytes = Schema.Uint8Array.check(
  Schema.makeFilter((bytes: Uint8Array) => bytes.length <= savedBytesMax),
)

/**
 * From the page. A monitor takes messages of at most 64 KiB.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FromPage = Schema.Union([
  Schema.Struct({ type: Schema.tag("socket.open"), id: socketId }),
  Schema.Struct({
    type: Schema.tag("socket.send"),
    id: socketId,
    data: Schema.String.check(Schema.isMaxLength(64 * KiB)),
  }),
  Schema.Struct({ type: Schema.tag("socket.close"), id: socketId }),
  Schema.Struct({
    type: Schema.tag("copy"),
    text: Schema.String.check(Schema.isMaxLength(4 * MiB)),
  }),
  Schema.Struct({
    type: Schema.tag("save"),
    name: Schema.String.check(Schema.isMaxLength(256)),
    content: Schema.Union([Schema.String.check(Schema.isMaxLength(savedBytesMax)), Bytes]),
  }),
  /** The tab that is shown has this permalink. */
  Schema.Struct({ type: Schema.tag("link"), link: Link }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type FromPage = typeof FromPage.Type

/**
 * What asks the editor to save a file.
 *
 * - Throws where it is larger than what the extension takes, which would say nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const saveOf = (
  name: string,
  content: string | Uint8Array,
): Extract<FromPage, { readonly type: "save" }> => {
  if (content.length > savedBytesMax) {
    throw new Error(`an editor saves at most ${savedBytesMax / MiB} MiB at once: choose less`)
  }
  return { type: "save", name, content }
}

/**
 * From the extension. Nothing here holds the token.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FromEditor = Schema.Union([
  Schema.Struct({
    type: Schema.tag("socket.open"),
    id: socketId,
    protocol: Schema.String.check(Schema.isMaxLength(256)),
  }),
  Schema.Struct({
    type: Schema.tag("socket.message"),
    id: socketId,
    data: Schema.String.check(Schema.isMaxLength(64 * MiB)),
  }),
  Schema.Struct({ type: Schema.tag("socket.close"), id: socketId, code: closeCode }),
  /** Show what this permalink names. */
  Schema.Struct({ type: Schema.tag("link"), link: Link }),
])

/**
 * @category models
 * @since 0.1.0
 */
export type FromEditor = typeof FromEditor.Type

/**
 * `undefined`: it is none, and whoever got it does nothing.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readFromPage = (message: unknown): FromPage | undefined =>
  Option.getOrUndefined(Schema.decodeUnknownOption(FromPage)(message))

/**
 * `undefined`: it is none, and whoever got it does nothing.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readFromEditor = (message: unknown): FromEditor | undefined =>
  Option.getOrUndefined(Schema.decodeUnknownOption(FromEditor)(message))
