/**
 * Threads in a webview. Its files have another origin than its document, and a thread may only be
 * started from a document's own: the extension brings the text of those files with the document.
 */
/** Units: milliseconds. A thread has its text by then. */
const loadMillis = 60_000

const threadsIn = (element: HTMLElement | null): ReadonlyMap<string, string> => {
  try {
    const texts: unknown = JSON.parse(element?.textContent ?? "{}")
    return new Map(
      typeof texts === "object" && texts !== null
        ? Object.entries(texts).filter(
            (entry): entry is [string, string] => typeof entry[1] === "string",
          )
        : [],
    )
  } catch {
    return new Map()
  }
}

/** Puts a constructor in the place of `Worker` that knows these files by their names. */
export const startThreads = (): void => {
  const texts = threadsIn(document.getElementById("threads"))
  const Original = globalThis.Worker
  globalThis.Worker = class extends Original {
    constructor(address: string | URL, options?: WorkerOptions) {
      const text = texts.get(String(address).split("/").at(-1) ?? "")
      if (text === undefined) {
        super(address, options)
        return
      }
      const own = URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
      super(own, options)
      setTimeout(() => URL.revokeObjectURL(own), loadMillis)
    }
  }
}
