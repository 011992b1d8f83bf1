/**
 * A session with a token: found, logged in, with one key at hand.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Cryptoki from "./Cryptoki.ts"
import {
  argument,
  type Attribute,
  attributes,
  attributeType,
  ed25519PointOf,
  mechanism,
  objectClass,
  parseTokenInfo,
  returned,
  returnName,
  type TokenInfo,
  tokenInfoBytes,
  ulong,
  writtenLength,
} from "./CryptokiValue.ts"
import { PinRefused, TokenKeyUnfit, TokenNotFound, type TokenSessionLost } from "./Pkcs11Error.ts"
import * as PinTries from "./PinTries.ts"
import type { TokenCaller } from "./TokenCaller.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TokenSession {
  /** The raw public key. Shape: 32 bytes. */
  readonly publicKey: Uint8Array
  /** What the token says is its signature. Shape: 64 bytes. Whether it is, is not looked at. */
  readonly sign: (bytes: Uint8Array) => Effect.Effect<Uint8Array, TokenSessionLost>
  readonly close: Effect.Effect<void>
}

const slotsMax = 1024
const attributeBytesMax = 1024
const signatureBytes = 64

/** The slot whose token has the label, if a PIN may be tried on it. */
const findSlot = Effect.fnUntraced(function* (caller: TokenCaller) {
  const { token } = caller
  const count = ulong(BigInt(slotsMax))
  const slots = Buffer.alloc(slotsMax * 8)
  // Without the array first: that is when a module looks for tokens that came and went.
  yield* caller.ok("C_GetSlotList", [1, null, ulong(0n)])
  yield* caller.ok("C_GetSlotList", [1, slots, count])
  const found: Array<TokenInfo & { readonly slot: bigint }> = []
  const others: Array<string> = []
  for (let index = 0; index < Number(count.readBigUInt64LE()); index += 1) {
    const slot = slots.readBigUInt64LE(index * 8)
    const bytes = Buffer.alloc(tokenInfoBytes)
    // A token that can't be asked is not the one.
    if ((yield* caller.value("C_GetTokenInfo", [slot, bytes])) !== returned.ok) continue
    const info = parseTokenInfo(bytes)
    if (!info.isInitialized) continue
    if (info.label === token) found.push({ ...info, slot })
    else others.push(`"${info.label}"`)
  }
  const [first, ...more] = found
  if (first === undefined) {
    const there =
      others.length === 0 ? "there is none" : `there is ${others.slice(0, 8).join(", ")}`
    return yield* new TokenNotFound({ token, detail: `is not in any slot; ${there}` })
  }
  if (more.length > 0) {
    const detail = `${found.length} tokens have this label; give them different ones`
    return yield* new TokenNotFound({ token, detail })
  }
  if (first.pinTrouble !== undefined) {
    return yield* new PinRefused({ token, detail: first.pinTrouble })
  }
  return first
})

/** What tells a token from others: another one may have its label. */
const identityOf = ({ label, serial }: TokenInfo): string => `${label}\0${serial}`

const login = Effect.fnUntraced(function* (
  caller: TokenCaller,
  session: bigint,
  identity: string,
  pin: Redacted.Redacted,
) {
  const { module, token } = caller
  const refuseKnown = Effect.gen(function* () {
    const stop = PinTries.stopOf(module, identity)
    if (stop?._tag === "refused") return yield* new PinRefused({ token, detail: stop.detail })
    if (stop?._tag === "unanswered") {
      const detail = "an earlier one is not answered yet, and until then no PIN is tried"
      return yield* caller.lost("C_Login", detail)
    }
  })
  yield* refuseKnown
  const value = yield* caller.alone("C_Login", () =>
    PinTries.tryPin(module, identity, async () => {
      const bytes = Buffer.from(Redacted.value(pin))
      const args = [session, argument.user, bytes, BigInt(bytes.length)]
      try {
        return await Cryptoki.call(module, "C_Login", args)
      } finally {
        // Not before: the module reads them for as long as the call runs.
        bytes.fill(0)
      }
    }),
  )
  yield* refuseKnown
  if (value !== returned.ok && value !== returned.alreadyLoggedIn) {
    return yield* caller.lost("C_Login", returnName(value))
  }
})

const keysMax = 4

const findObjects = Effect.fnUntraced(function* (
  caller: TokenCaller,
  session: bigint,
  list: ReadonlyArray<Attribute>,
) {
  const template = attributes(list, caller.module.addressOf)
  const handles = Buffer.alloc(keysMax * 8)
  const count = ulong(0n)
  yield* caller.ok(
    "C_FindObjectsInit",
    [session, template.bytes, BigInt(list.length)],
    template.pointsTo,
  )
  yield* caller.ok("C_FindObjects", [session, handles, BigInt(keysMax), count])
  yield* caller.ok("C_FindObjectsFinal", [session])
  return Array.from({ length: Number(count.readBigUInt64LE()) }, (_, index) =>
    handles.readBigUInt64LE(index * 8),
  )
})

/** An attribute's bytes, or `undefined` where the object has none. */
const attributeOf = Effect.fnUntraced(function* (
  caller: TokenCaller,
  session: bigint,
  object: bigint,
  type: bigint,
) {
  const value = new Uint8Array(attributeBytesMax)
  const template = attributes([{ type, value }], caller.module.addressOf)
  const result = yield* caller.value(
    "C_GetAttributeValue",
    [session, object, template.bytes, 1n],
    template.pointsTo,
  )
  if (result === returned.attributeTypeInvalid) return undefined
  if (result !== returned.ok) return yield* caller.lost("C_GetAttributeValue", returnName(result))
  const length = writtenLength(template)
  return length === undefined || length === 0 ? undefined : value.slice(0, length)
})

/** The private key with the label, and the point of the public key that belongs to it. */
const findKey = Effect.fnUntraced(function* (caller: TokenCaller, session: bigint, key: string) {
  const unfit = (detail: string) => new TokenKeyUnfit({ token: caller.token, key, detail })
  const label = { type: attributeType.label, value: Buffer.from(key) }
  const ofClass = (value: bigint) => ({ type: attributeType.class, value: ulong(value) })
  const privateKeys = yield* findObjects(caller, session, [ofClass(objectClass.privateKey), label])
  const [handle, ...more] = privateKeys
  if (handle === undefined) return yield* unfit("there is no private key with this label")
  if (more.length > 0) return yield* unfit("several private keys have this label")
  const id = yield* attributeOf(caller, session, handle, attributeType.id)
  const publicKeys = yield* findObjects(caller, session, [
    ofClass(objectClass.publicKey),
    label,
    ...(id === undefined ? [] : [{ type: attributeType.id, value: id }]),
  ])
  // Some tokens keep the point with the private key.
  for (const object of [...publicKeys, handle]) {
    const keyType = yield* attributeOf(caller, session, object, attributeType.keyType)
    const point = yield* attributeOf(caller, session, object, attributeType.ecPoint)
    if (keyType === undefined) continue
    const publicKey = ed25519PointOf(keyType, point ?? new Uint8Array())
    if (typeof publicKey !== "string") return { handle, publicKey }
    if (point !== undefined || object !== handle) return yield* unfit(publicKey)
  }
  return yield* unfit("its public key is not in the token; put it there under the same label")
})

/**
 * Finds the token, logs in and finds the key. A PIN is tried once, and none after one that was
 * refused in this process.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (
  caller: TokenCaller,
  key: string,
  pin: Redacted.Redacted,
) {
  yield* caller.initialize
  const found = yield* findSlot(caller)
  const out = ulong(0n)
  yield* caller.ok("C_OpenSession", [found.slot, argument.serialSession, null, null, out])
  const session = out.readBigUInt64LE()
  const close = Effect.ignore(caller.value("C_CloseSession", [session]))
  const { handle, publicKey } = yield* login(caller, session, identityOf(found), pin).pipe(
    Effect.andThen(findKey(caller, session, key)),
    Effect.onError(() => close),
  )
  const sign = Effect.fnUntraced(function* (bytes: Uint8Array) {
    const signature = new Uint8Array(signatureBytes)
    const length = ulong(BigInt(signatureBytes))
    yield* caller.ok("C_SignInit", [session, mechanism(argument.eddsa), handle])
    yield* caller.ok("C_Sign", [session, bytes, BigInt(bytes.length), signature, length])
    const written = length.readBigUInt64LE()
    if (written !== BigInt(signatureBytes)) {
      return yield* caller.lost("C_Sign", `a signature of ${written} bytes, not ${signatureBytes}`)
    }
    return signature
  })
  const opened: TokenSession = { publicKey, sign, close }
  return opened
})
