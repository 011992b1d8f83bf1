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
  const functions = new Map(
    names.map((name) => {
      // A number where it fits into one, a bigint beyond.
      const address = BigInt(native.decode(list + BigInt(functionOffset(name)), "uint64_t"))
      if (address === 0n) throw new Error(`it has no ${name}`)
      return [name, native.decode(address, native.proto("ulong", [...signatures[name]]))] as const
    }),
  )
  return {
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

const users = new WeakMap<Cryptoki, number>()
// What another part of the program has initialised is not ours to finalise.
const initialized = new WeakSet<Cryptoki>()

/**
 * Initialises the module, where nobody has.
 *
 * @returns what the call returned: 0 or a fault
 * @category running
 * @since 0.1.0
 */
export const initialize = async (module: Cryptoki): Promise<number> => {
  const value = await module.call("C_Initialize", [initializeArguments()])
  if (value === returned.ok) initialized.add(module)
  return value === returned.alreadyInitialized ? returned.ok : value
}

/**
 * Uses a module for as long as the scope lasts. With the last use in this process it is finalised.
 *
 * @category running
 * @since 0.1.0
 */
export const use = (module: Cryptoki): Effect.Effect<Cryptoki, never, Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      users.set(module, (users.get(module) ?? 0) + 1)
      return module
    }),
    () =>
      Effect.promise(async () => {
        const left = (users.get(module) ?? 1) - 1
        users.set(module, left)
        if (left > 0 || !initialized.delete(module)) return
        // An error here tells only of what is over anyway.
        await module.call("C_Finalize", [null]).catch(() => undefined)
      }),
  )
