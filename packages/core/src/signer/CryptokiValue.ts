/**
 * PKCS#11's numbers and structures, as bytes for 64-bit Linux and macOS.
 *
 * - Source: OASIS PKCS #11 Specification 3.0: `CK_FUNCTION_LIST`, `CK_TOKEN_INFO`,
 *   `CK_ATTRIBUTE`, `CK_MECHANISM`, `CKM_EDDSA`; RFC 8410 for the curve's name.
 *
 * @since 0.1.0
 */

/** `CK_ULONG`, and a pointer. Units: bytes. */
const word = 8

/**
 * The functions that are called, with their places in `CK_FUNCTION_LIST` behind its version.
 *
 * @category constants
 * @since 0.1.0
 */
export const functionIndex = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetSlotList: 4,
  C_GetTokenInfo: 6,
  C_OpenSession: 12,
  C_CloseSession: 13,
  C_Login: 18,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
  C_SignInit: 42,
  C_Sign: 43,
} as const

/**
 * @category models
 * @since 0.1.0
 */
export type FunctionName = keyof typeof functionIndex

/**
 * Where a function's pointer is in the list. Units: bytes.
 *
 * @category encoding
 * @since 0.1.0
 */
export const functionOffset = (name: FunctionName): number => word + functionIndex[name] * word

/**
 * What a function returns.
 *
 * @category constants
 * @since 0.1.0
 */
export const returned = {
  ok: 0x00,
  attributeTypeInvalid: 0x12,
  pinIncorrect: 0xa0,
  pinInvalid: 0xa1,
  pinLengthRange: 0xa2,
  pinExpired: 0xa3,
  pinLocked: 0xa4,
  alreadyLoggedIn: 0x100,
  alreadyInitialized: 0x191,
} as const

const returnNames: ReadonlyMap<number, string> = new Map([
  [0x02, "CKR_HOST_MEMORY"],
  [0x05, "CKR_GENERAL_ERROR"],
  [0x06, "CKR_FUNCTION_FAILED"],
  [0x07, "CKR_ARGUMENTS_BAD"],
  [0x12, "CKR_ATTRIBUTE_TYPE_INVALID"],
  [0x30, "CKR_DEVICE_ERROR"],
  [0x31, "CKR_DEVICE_MEMORY"],
  [0x32, "CKR_DEVICE_REMOVED"],
  [0x54, "CKR_FUNCTION_NOT_SUPPORTED"],
  [0x60, "CKR_KEY_HANDLE_INVALID"],
  [0x63, "CKR_KEY_TYPE_INCONSISTENT"],
  [0x68, "CKR_KEY_FUNCTION_NOT_PERMITTED"],
  [0x70, "CKR_MECHANISM_INVALID"],
  [0x82, "CKR_OBJECT_HANDLE_INVALID"],
  [0x90, "CKR_OPERATION_ACTIVE"],
  [0xa0, "CKR_PIN_INCORRECT"],
  [0xa1, "CKR_PIN_INVALID"],
  [0xa2, "CKR_PIN_LEN_RANGE"],
  [0xa3, "CKR_PIN_EXPIRED"],
  [0xa4, "CKR_PIN_LOCKED"],
  [0xb0, "CKR_SESSION_CLOSED"],
  [0xb1, "CKR_SESSION_COUNT"],
  [0xb3, "CKR_SESSION_HANDLE_INVALID"],
  [0xe0, "CKR_TOKEN_NOT_PRESENT"],
  [0xe1, "CKR_TOKEN_NOT_RECOGNIZED"],
  [0x101, "CKR_USER_NOT_LOGGED_IN"],
  [0x102, "CKR_USER_PIN_NOT_INITIALIZED"],
  [0x190, "CKR_CRYPTOKI_NOT_INITIALIZED"],
])

/**
 * The name of a returned value, or its number.
 *
 * @category encoding
 * @since 0.1.0
 */
export const returnName = (value: number): string =>
  returnNames.get(value) ?? `CKR 0x${value.toString(16)}`

/**
 * Arguments that mean something.
 *
 * @category constants
 * @since 0.1.0
 */
export const argument = {
  /** `CKF_SERIAL_SESSION`, which every session needs. */
  serialSession: 0x4n,
  /** `CKU_USER`. */
  user: 1n,
  /** `CKM_EDDSA`. */
  eddsa: 0x1057n,
  /** `CKF_OS_LOCKING_OK`: calls come from several threads. */
  osLocking: 0x2n,
} as const

/**
 * Kinds of attributes.
 *
 * @category constants
 * @since 0.1.0
 */
export const attributeType = {
  class: 0x0n,
  label: 0x3n,
  keyType: 0x100n,
  id: 0x102n,
  ecPoint: 0x181n,
} as const

/**
 * `CKO_PUBLIC_KEY` and `CKO_PRIVATE_KEY`.
 *
 * @category constants
 * @since 0.1.0
 */
export const objectClass = { publicKey: 2n, privateKey: 3n } as const

/** `CKK_EC_EDWARDS`. */
const edwardsKey = 0x40n

/**
 * A `CK_ULONG`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const ulong = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(word)
  bytes.writeBigUInt64LE(value)
  return bytes
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Attribute {
  readonly type: bigint
  readonly value: Uint8Array
}

/**
 * Bytes that C will read or write, with all the memory that they point to. It must be kept
 * alive until the call has returned.
 *
 * @category models
 * @since 0.1.0
 */
export interface Structure {
  readonly bytes: Buffer
  readonly pointsTo: ReadonlyArray<Uint8Array>
}

/**
 * An array of `CK_ATTRIBUTE`.
 *
 * @param addressOf where bytes lie in memory
 * @category encoding
 * @since 0.1.0
 */
export const attributes = (
  list: ReadonlyArray<Attribute>,
  addressOf: (bytes: Uint8Array) => bigint,
): Structure => ({
  bytes: Buffer.concat(
    list.flatMap(({ type, value }) => [
      ulong(type),
      ulong(addressOf(value)),
      ulong(BigInt(value.length)),
    ]),
  ),
  pointsTo: list.map(({ value }) => value),
})

/**
 * How many bytes C has written for the only attribute asked for; `undefined` for none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const writtenLength = (attribute: Structure): number | undefined => {
  const length = attribute.bytes.readBigUInt64LE(2 * word)
  const room = attribute.pointsTo[0]?.length ?? 0
  // CK_UNAVAILABLE_INFORMATION is the largest number there is.
  return length > BigInt(room) ? undefined : Number(length)
}

/**
 * A `CK_MECHANISM` without a parameter.
 *
 * @category encoding
 * @since 0.1.0
 */
export const mechanism = (type: bigint): Buffer =>
  Buffer.concat([ulong(type), ulong(0n), ulong(0n)])

/**
 * `CK_C_INITIALIZE_ARGS` that asks the module to lock with the system's own locks.
 *
 * @category encoding
 * @since 0.1.0
 */
export const initializeArguments = (): Buffer => {
  const bytes = Buffer.alloc(6 * word)
  bytes.writeBigUInt64LE(argument.osLocking, 4 * word)
  return bytes
}

/**
 * Size of `CK_TOKEN_INFO`. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const tokenInfoBytes = 208

/**
 * @category models
 * @since 0.1.0
 */
export interface TokenInfo {
  readonly label: string
  /** Its maker's number for it. */
  readonly serial: string
  readonly isInitialized: boolean
  /** Why no PIN must be tried; `undefined`: one may be. */
  readonly pinTrouble: string | undefined
}

const serialOffset = 80
const flagsOffset = 96
const labelBytes = 32
const flag = { initialized: 0x400n, finalTry: 0x20000n, locked: 0x40000n } as const

/**
 * @category decoding
 * @since 0.1.0
 */
export const parseTokenInfo = (bytes: Buffer): TokenInfo => {
  const flags = bytes.readBigUInt64LE(flagsOffset)
  return {
    // Padded with spaces; some modules end it with a zero byte as well.
    label: bytes.toString("utf8", 0, labelBytes).replace(/[ \0]+$/, ""),
    serial: bytes.toString("utf8", serialOffset, flagsOffset).replace(/[ \0]+$/, ""),
    isInitialized: (flags & flag.initialized) !== 0n,
    pinTrouble:
      (flags & flag.locked) !== 0n
        ? "its PIN is locked; unlock it as its security officer"
        : (flags & flag.finalTry) !== 0n
          ? "one more wrong PIN would lock it, so none is tried; log in once by hand with the right one (pkcs11-tool --login)"
          : undefined,
  }
}

const publicKeyBytes = 32
const octetString = 0x04

/**
 * The raw public key in `CKA_EC_POINT`, of a key of the type in `CKA_KEY_TYPE`, or why it is none.
 *
 * Version 2.40 wraps the point into a DER octet string, 3.0 lets a token give it bare.
 *
 * @category decoding
 * @since 0.1.0
 */
export const ed25519PointOf = (keyType: Uint8Array, point: Uint8Array): Uint8Array | string => {
  const type = Buffer.from(keyType)
  if (type.length !== word || type.readBigUInt64LE() !== edwardsKey) {
    return "is no Ed25519 key; make one (pkcs11-tool --keypairgen --key-type EC:edwards25519)"
  }
  if (point.length === publicKeyBytes) return point
  if (
    point.length === publicKeyBytes + 2 &&
    point[0] === octetString &&
    point[1] === publicKeyBytes
  ) {
    return point.slice(2)
  }
  return `is no Ed25519 key: its point has ${point.length} bytes`
}
