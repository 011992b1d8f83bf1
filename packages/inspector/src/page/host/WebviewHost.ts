/**
 * A webview of an editor. The page may not reach the network there: the extension holds the
 * WebSocket, and what goes over it is posted from one to the other.
 */
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import type { Host } from "./Host.ts"

/** What an editor gives a webview. */
interface Editor {
  readonly postMessage: (message: unknown) => void
  readonly getState: () => unknown
  readonly setState: (state: unknown) => void
}

/** What the extension posts; `docs/inspector.md` has all of it. */
type FromEditor =
  | { readonly type: "socket.open"; readonly id: number; readonly protocol: string }
  | { readonly type: "socket.message"; readonly id: number; readonly data: string }
  | { readonly type: "socket.close"; readonly id: number; readonly code: number }
  | { readonly type: "link"; readonly link: string }

const listeners = new Set<(message: FromEditor) => void>()
let socketsMade = 0

/** As much of a WebSocket as the protocol's client uses. */
class PostedSocket extends EventTarget {
  readyState = 0
  protocol = ""
  binaryType = "arraybuffer"
  private readonly editor: Editor
  private readonly id: number

  constructor(editor: Editor) {
    super()
    this.editor = editor
    socketsMade += 1
    this.id = socketsMade
    listeners.add(this.receive)
    editor.postMessage({ type: "socket.open", id: this.id })
  }

  send(data: string): void {
    this.editor.postMessage({ type: "socket.send", id: this.id, data })
  }

  close(code = 1000): void {
    this.editor.postMessage({ type: "socket.close", id: this.id, code })
    this.ended(code)
  }

  private readonly receive = (message: FromEditor): void => {
    if (!("id" in message) || message.id !== this.id) return
    if (message.type === "socket.open") {
      this.readyState = 1
      this.protocol = message.protocol
      this.dispatchEvent(new Event("open"))
    } else if (message.type === "socket.message") {
      this.dispatchEvent(new MessageEvent("message", { data: message.data }))
    } else this.ended(message.code)
  }

  private ended(code: number): void {
    if (this.readyState === 3) return
    this.readyState = 3
    listeners.delete(this.receive)
    this.dispatchEvent(new CloseEvent("close", { code }))
  }
}

const textsIn = (state: unknown): Record<string, string> =>
  typeof state === "object" && state !== null
    ? Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value === "string"))
    : {}

export const webviewHost = (): Host => {
  // The editor puts this function into its webviews, and it may be called once.
  const editor = (globalThis as unknown as { acquireVsCodeApi: () => Editor }).acquireVsCodeApi()
  let link = document.body.dataset["link"] ?? ""
  // An editor's webview gets messages from its extension alone: a frame of it has another window.
  addEventListener("message", ({ data }: MessageEvent<FromEditor>) => {
    for (const listener of listeners) listener(data)
  })
  return {
    kind: "webview",
    url: "ws://extension.invalid/monitor",
    // The extension knows it.
    token: "",
    useToken: () => undefined,
    sockets: Layer.succeed(
      Socket.WebSocketConstructor,
      // It has the parts of the interface that are used, and says so above.
      () => new PostedSocket(editor) as unknown as WebSocket,
    ),
    read: (key) => textsIn(editor.getState())[key],
    write: (key, value) => editor.setState({ ...textsIn(editor.getState()), [key]: value }),
    copy: async (text) => editor.postMessage({ type: "copy", text }),
    save: (name, type, content) => editor.postMessage({ type: "save", name, mime: type, content }),
    link: () => link,
    setLink: (next) => {
      link = next
      editor.postMessage({ type: "link", link })
    },
    onLink: (open) => {
      const listener = (message: FromEditor) => {
        if (message.type === "link") open(message.link)
      }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
