/** Hashing in a thread, or, where none may be started, in the page between its other work. */
import type { BundlePiece } from "@countersign/monitor/protocol/TrailProof"
import type { FromThread, ToThread } from "./HashMessages.ts"
// oxlint-disable-next-line import/default -- the build makes it the address of the thread
import threadAddress from "./HashThread.ts?worker&url"
import {
  type ExpectedRoot,
  type HashedBundles,
  type HashedTrail,
  TrailHasher,
} from "./TrailHasher.ts"

export interface Hashing {
  readonly add: (pieces: ReadonlyArray<BundlePiece>) => Promise<HashedBundles>
  readonly finish: (root: Uint8Array) => Promise<HashedTrail>
  readonly end: () => void
}

interface AddressPolicy {
  readonly createScriptURL: (address: string) => string
}

/** As much of trusted types as is used; not every browser has them. */
interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ) => AddressPolicy
}

/** Lets the one address through that the build has put here. */
const asIs: AddressPolicy = {
  createScriptURL: (address) => {
    if (address !== threadAddress) throw new TypeError("this is no thread of the page")
    return address
  },
}

let policy: AddressPolicy | undefined

const trustedAddress = (): string => {
  // Declared by browsers that have trusted types, and by no library here.
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  policy ??= trustedTypes?.createPolicy("countersign-hashing", asIs) ?? asIs
  return policy.createScriptURL(threadAddress)
}

const inThread = (size: number, expected: ReadonlyArray<ExpectedRoot>): Hashing => {
  const thread = new Worker(trustedAddress(), { type: "module" })
  const waiting: Array<{
    readonly resolve: (message: FromThread) => void
    readonly reject: (error: Error) => void
  }> = []
  let isLost = false
  const lost = (): void => {
    isLost = true
    for (const { reject } of waiting.splice(0)) reject(new Error("the hashing thread has ended"))
  }
  thread.addEventListener("message", ({ data }: MessageEvent<FromThread>) =>
    waiting.shift()?.resolve(data),
  )
  thread.addEventListener("error", lost)
  thread.addEventListener("messageerror", lost)
  const send = (message: ToThread): void => thread.postMessage(message)
  const ask = (message: ToThread): Promise<FromThread> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      send(message)
      // It may have ended before it was asked anything.
      if (isLost) lost()
    })
  send({ _tag: "Start", size, expected })
  return {
    add: async (pieces) => {
      const answer = await ask({ _tag: "Pieces", pieces })
      if (answer._tag !== "Hashed") throw new Error("the hashing thread is out of step")
      return answer.hashed
    },
    finish: async (root) => {
      const answer = await ask({ _tag: "Finish", root })
      if (answer._tag !== "Finished") throw new Error("the hashing thread is out of step")
      return answer.trail
    },
    end: () => {
      thread.terminate()
      lost()
    },
  }
}

const inPage = (size: number, expected: ReadonlyArray<ExpectedRoot>): Hashing => {
  const hasher = new TrailHasher(size, expected)
  const breath = () => new Promise((resolve) => setTimeout(resolve, 0))
  return {
    add: async (pieces) => {
      await breath()
      return hasher.add(pieces)
    },
    finish: (root) => Promise.resolve(hasher.finish(root)),
    end: () => undefined,
  }
}

export const startHashing = (size: number, expected: ReadonlyArray<ExpectedRoot>): Hashing => {
  try {
    return inThread(size, expected)
  } catch {
    return inPage(size, expected)
  }
}
