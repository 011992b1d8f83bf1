/**
 * Chromium without a window, driven over its own debugging protocol, for tests of pages.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
const startMillisMax = 40_000

/** A message of the protocol, as far as it is looked at. */
interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

interface Waiting {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void
  readonly reject: (cause: Error) => void
}

/** The address that the browser prints once it listens. */
const addressOf = async (child: ChildProcess): Promise<string> => {
  if (child.stderr === null) throw new Error("chromium has no stderr")
  const lines = createInterface({ input: child.stderr })
  const timer = setTimeout(() => lines.close(), startMillisMax)
  const said: Array<string> = []
  try {
    for await (const line of lines) {
      said.push(line)
      const [, address] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? []
      if (address !== undefined) return address
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Error(`chromium did not start: ${said.join("\n")}`)
}

/**
 * One page of a browser of its own.
 *
 * @category models
 * @since 0.1.0
 */
export class Chromium {
  /** What the page has asked for, its own address first. */
  readonly requests: Array<string> = []
  /** Exceptions and what the console says of errors, breaches of its content policy among them. */
  readonly complaints: Array<string> = []
  private readonly child: ChildProcess
  private readonly socket: WebSocket
  private readonly profile: string
  private readonly waiting = new Map<number, Waiting>()
  private readonly listeners = new Map<string, () => void>()
  private session: string | undefined
  private last = 0

  private constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.child = child
    this.socket = socket
    this.profile = profile
    socket.addEventListener("message", ({ data }) => {
      // The browser's messages have this form; whatever else they hold is not looked at.
      this.receive(JSON.parse(String(data)) as Message)
    })
  }

  /** Rejects where there is no browser, and says what to install. */
  static async open(): Promise<Chromium> {
    const program = places.find((place) => existsSync(place))
    if (program === undefined) {
      throw new Error("this test needs Chromium: apt-get install -y chromium")
    }
    const profile = mkdtempSync(join(tmpdir(), "countersign-chromium-"))
    const child = spawn(
      program,
      [
        "--headless=new",
        // Tests run as root in containers, where its own sandbox can't be set up.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    )
    const socket = new WebSocket(await addressOf(child))
    child.stderr?.resume()
    await once(socket, "open")
    const browser = new Chromium(child, socket, profile)
    const { targetId } = await browser.call("Target.createTarget", { url: "about:blank" })
    const attached = await browser.call("Target.attachToTarget", { targetId, flatten: true })
    browser.session = String(attached["sessionId"])
    for (const domain of ["Page", "Network", "Runtime", "Log"]) {
      await browser.call(`${domain}.enable`)
    }
    return browser
  }

  /** Opens an address, and waits until all of it is loaded. */
  async go(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.listeners.set("Page.loadEventFired", resolve)
    })
    await this.call("Page.navigate", { url })
    await loaded
  }

  /** Evaluates JavaScript in the page; what it gives goes through JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const { exceptionDetails, result } = await this.call("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return typeof result === "object" && result !== null && "value" in result
      ? result.value
      : undefined
  }

  /** What the page looks like, all of it, as PNG. */
  async picture(width: number, scheme: "dark" | "light"): Promise<Uint8Array> {
    const features = [{ name: "prefers-color-scheme", value: scheme }]
    await this.call("Emulation.setEmulatedMedia", { features })
    await this.call("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    })
    const { data } = await this.call("Page.captureScreenshot", { captureBeyondViewport: true })
    return Buffer.from(String(data), "base64")
  }

  /** Ends the browser, and deletes what it kept. */
  async close(): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, "exit") : undefined
    this.socket.close()
    this.child.kill("SIGKILL")
    await ended
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  private call(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    this.last += 1
    const id = this.last
    const { session } = this
    const message = { id, method, params, ...(session === undefined ? {} : { sessionId: session }) }
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.socket.send(JSON.stringify(message))
    })
  }

  private receive({ error, id, method, params, result }: Message): void {
    if (id !== undefined) {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (error === undefined) waiting?.resolve(result ?? {})
      else waiting?.reject(new Error(error.message))
      return
    }
    if (method === undefined) return
    if (method === "Network.requestWillBeSent") {
      const { request } = params ?? {}
      if (typeof request === "object" && request !== null && "url" in request) {
        this.requests.push(String(request.url))
      }
    }
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      this.complaints.push(JSON.stringify(params))
    }
    this.listeners.get(method)?.()
  }
}
