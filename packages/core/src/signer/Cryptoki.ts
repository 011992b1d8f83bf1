/**
 * A loaded PKCS#11 module: calls into the shared library that came with a token.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import {
  functionIndex,
  type FunctionName,
  functionOffset,
  initializeArguments,
  returned,
  returnName,
} from "./CryptokiValue.ts"
import { Pkcs11ModuleUnusable } from "./Pkcs11Error.ts"

/**
 * What a function takes. A number is a `CK_ULONG` or, for a flag, a byte.
 *
 * @category models
 * @since 0.1.0
 */
export type CallArgument = bigint | number | Uint8Array | null

/**
 * A module. Calls run in the threads of libuv, off the event loop.
 *
 * Those are four, unless `UV_THREADPOOL_SIZE` says otherwise, and file calls and compression use
 * them too: a slow token has one of them for as long as it takes, a token that never answers has
 * it for good.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cryptoki {
  /** Calls a function, and gives what it returns. All memory that it uses must be in `keep`. */
  readonly call: (
    name: FunctionName,
    args: ReadonlyArray<CallArgument>,
    keep?: ReadonlyArray<Uint8Array>,
  ) => Promise<number>
  /** Where bytes lie in memory. They stay there for as long as they live. */
  readonly addressOf: (bytes: Uint8Array) => bigint
}

/** As much of koffi as is used here; its own types are `any`. */
interface Native {
  readonly load: (
    path: string,
    options: { readonly deep: boolean },
  ) => {
    readonly func: (
      name: string,
      result: string,
      args: Array<string>,
    ) => (...args: ReadonlyArray<unknown>) => unknown
  }
  readonly address: (bytes: Uint8Array) => bigint
  readonly proto: (result: string, args: Array<string>) => NativePrototype
  readonly decode: {
    (pointer: bigint, type: "uint64_t"): number | bigint
    (pointer: bigint, type: NativePrototype): NativeFunction
  }
}

interface NativePrototype {
  readonly proto?: unknown
}

interface NativeFunction {
  readonly async: (...args: ReadonlyArray<unknown>) => void
}

const pointer = "void *"
const signatures: Readonly<Record<FunctionName, ReadonlyArray<string>>> = {
  C_Initialize: [pointer],
  C_Finalize: [pointer],
  C_GetSlotList: ["uint8_t", pointer, pointer],
  C_GetTokenInfo: ["ulong", pointer],
  C_OpenSession: ["ulong", "ulong", pointer, pointer, pointer],
  C_CloseSession: ["ulong"],
  C_Login: ["ulong", "ulong", pointer, "ulong"],
  C_GetAttributeValue: ["ulong", "ulong", pointer, "ulong"],
  C_FindObjectsInit: ["ulong", pointer, "ulong"],
  C_FindObjects: ["ulong", pointer, "ulong", pointer],
  C_FindObjectsFinal: ["ulong"],
  C_SignInit: ["ulong", pointer, "ulong"],
  C_Sign: ["ulong", pointer, "ulong", pointer, pointer],
}

// The keys of a record that this file's neighbour defines.
const names = Object.keys(functionIndex) as ReadonlyArray<FunctionName>

const isSupported =
  (process.platform === "linux" || process.platform === "darwin") &&
  (process.arch === "x64" || process.arch === "arm64")

const loadNative = async (): Promise<unknown> => (await import("koffi")).default

// A library is loaded once a process, whoever asks: unloading one that has threads is not safe.
const loaded = new Map<string, Cryptoki>()
// One library has one list of functions, under whatever names it is loaded.
const listed = new Map<bigint, Cryptoki>()
// koffi unloads a library once nothing refers to it, and the addresses of its functions do not.
const pinned: Array<unknown> = []

const bind = (native: Native, path: string): Cryptoki => {
  // Node exports the OpenSSL inside it; a module must keep to the one that it was built with.
  const library = native.load(path, { deep: process.platform === "linux" })
  const get = library.func("C_GetFunctionList", "ulong", [pointer])
  pinned.push(library, get)
  const out = Buffer.alloc(8)
  const result = Number(get(out))
  if (result !== returned.ok) throw new Error(`C_GetFunctionList: ${returnName(result)}`)
  const list = out.readBigUInt64LE()
  const known = listed.get(list)
  if (known !== undefined) return known
  const functions = new Map(
    names.map((name) => {
      // A number where it fits into one, a bigint beyond.
      const address = BigInt(native.decode(list + BigInt(functionOffset(name)), "uint64_t"))
      if (address === 0n) throw new Error(`it has no ${name}`)
      return [name, native.decode(address, native.proto("ulong", [...signatures[name]]))] as const
    }),
  )
  const module: Cryptoki = {
    addressOf: (bytes) => native.address(bytes),
    call: (name, args, keep = []) =>
      new Promise((resolve, reject) => {
        // The closure holds the memory until the call is over.
        const held = [...args, ...keep]
        functions.get(name)?.async(...args, (error: Error | null, value: unknown) => {
          held.length = 0
          if (error === null) resolve(Number(value))
          else reject(error)
        })
      }),
  }
  listed.set(list, module)
  return module
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/**
 * Loads a module, or gives the one that was loaded before.
 *
 * - Errors: `Pkcs11ModuleUnusable` where the library or koffi, which calls it, is not there.
 *
 * @param path the shared library. Whatever lies there is run: it must be the right one.
 * @param importNative for tests
 * @category constructors
 * @since 0.1.0
 */
export const load = (
  path: string,
  importNative: () => Promise<unknown> = loadNative,
): Effect.Effect<Cryptoki, Pkcs11ModuleUnusable> => {
  const unusable = (detail: string) => new Pkcs11ModuleUnusable({ module: path, detail })
  return Effect.gen(function* () {
    const known = loaded.get(path)
    if (known !== undefined) return known
    if (!isSupported) {
      return yield* unusable(`is not supported on ${process.platform} ${process.arch}`)
    }
    const native = yield* Effect.tryPromise({
      try: importNative,
      catch: (cause) =>
        unusable(
          `the package koffi calls it, and can't be loaded (${textOf(cause)}): npm install koffi`,
        ),
    })
    return yield* Effect.try({
      try: () => {
        // What koffi exports; the interface names the part that is used.
        const module = bind(native as Native, path)
        loaded.set(path, module)
        return module
      },
      catch: (cause) => unusable(`can't be loaded: ${textOf(cause)}`),
    })
  })
}

/** What this process does with a module just now, whichever signer does it. */
interface Use {
  users: number
  /** What another part of the program has initialised is not ours to finalise. */
  isOurs: boolean
  /** Calls that the module has not answered, those included that nobody waits for any more. */
  openCalls: number
  /** Settles when the last `C_Initialize` or `C_Finalize` so far is answered. */
  turn: Promise<unknown>
}

const uses = new WeakMap<Cryptoki, Use>()

const useOf = (module: Cryptoki): Use => {
  const known = uses.get(module)
  if (known !== undefined) return known
  const made: Use = { users: 0, isOurs: false, openCalls: 0, turn: Promise.resolve() }
  uses.set(module, made)
  return made
}

/**
 * Calls a function, and counts the call as open until the module has answered.
 *
 * @category running
 * @since 0.1.0
 */
export const call = async (
  module: Cryptoki,
  ...args: Parameters<Cryptoki["call"]>
): Promise<number> => {
  const use = useOf(module)
  use.openCalls += 1
  try {
    return await module.call(...args)
  } finally {
    use.openCalls -= 1
  }
}

/** One after the other: PKCS#11 leaves open what comes of `C_Initialize` beside `C_Finalize`. */
const inTurn = <A>(use: Use, run: () => Promise<A>): Promise<A> => {
  const answer = use.turn.then(run)
  use.turn = answer.catch(() => undefined)
  return answer
}

/**
 * Initialises the module, where nobody has.
 *
 * @returns what the call returned: 0 or a fault
 * @category running
 * @since 0.1.0
 */
export const initialize = (module: Cryptoki): Promise<number> => {
  const use = useOf(module)
  return inTurn(use, async () => {
    const value = await call(module, "C_Initialize", [initializeArguments()])
    if (value === returned.ok) use.isOurs = true
    return value === returned.alreadyInitialized ? returned.ok : value
  })
}

const finalize = (module: Cryptoki): Promise<void> => {
  const use = useOf(module)
  return inTurn(use, async () => {
    // Under a call that runs it is undefined. The next user finds the module initialised.
    if (use.users > 0 || !use.isOurs || use.openCalls > 0) return
    use.isOurs = false
    // An error here tells only of what is over anyway.
    await call(module, "C_Finalize", [null]).catch(() => undefined)
  })
}

const finalizeMillis = 5000

const release = (module: Cryptoki, waitMillis: number): Promise<void> => {
  useOf(module).users -= 1
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, waitMillis)
  return Promise.race([finalize(module), timeout]).finally(() => clearTimeout(timer))
}

/**
 * Uses a module for as long as the scope lasts. With the last use in this process it is finalised,
 * unless a call into it was never answered.
 *
 * @param waitMillis longest wait for that. Default 5 seconds.
 * @category running
 * @since 0.1.0
 */
export const use = (
  module: Cryptoki,
  waitMillis: number = finalizeMillis,
): Effect.Effect<Cryptoki, never, Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      useOf(module).users += 1
      return module
    }),
    () => Effect.promise(() => release(module, waitMillis)),
  )
