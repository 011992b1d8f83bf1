/**
 * A webview of an editor. The page may not reach the network there: the extension holds the
 * WebSocket, and what goes over it is posted from one to the other.
 */
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import { type FromEditor, type FromPage, readFromEditor, saveOf } from "../../WebviewMessage.ts"
import type { Host } from "./Host.ts"
import { startThreads } from "./WebviewThreads.ts"

/** What an editor gives a webview. */
interface Editor {
  readonly postMessage: (message: FromPage) => void
  readonly getState: () => unknown
  readonly setState: (state: unknown) => void
}

const listeners = new Set<(message: FromEditor) => void>()
let socketsMade = 0

/** As much of a WebSocket as the protocol's client uses. */
class PostedSocket extends EventTarget {
  readyState: number = WebSocket.CONNECTING
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

  send(data: string | Uint8Array): void {
    if (this.readyState !== WebSocket.OPEN) return
    const text = typeof data === "string" ? data : new TextDecoder().decode(data)
    this.editor.postMessage({ type: "socket.send", id: this.id, data: text })
  }

  close(code = 1000): void {
    if (this.readyState === WebSocket.CLOSED) return
    this.editor.postMessage({ type: "socket.close", id: this.id })
    this.ended(code)
  }

  private readonly receive = (message: FromEditor): void => {
    if (message.type === "link" || message.id !== this.id) return
    if (message.type === "socket.open") {
      this.readyState = WebSocket.OPEN
      this.protocol = message.protocol
      this.dispatchEvent(new Event("open"))
    } else if (message.type === "socket.message") {
      this.dispatchEvent(new MessageEvent("message", { data: message.data }))
    } else this.ended(message.code)
  }

  private ended(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return
    this.readyState = WebSocket.CLOSED
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
  const keep = (key: string, value: string): void =>
    editor.setState({ ...textsIn(editor.getState()), [key]: value })
  let link = document.body.dataset["link"] ?? ""
  startThreads()
  // The editor hands it back when it restores the webview.
  keep("target", document.body.dataset["target"] ?? "")
  // An editor's webview gets messages from its extension alone: a frame of it has another window.
  addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const message = readFromEditor(data)
    if (message === undefined) return
    for (const listener of listeners) listener(message)
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
    write: keep,
    copy: async (text) => editor.postMessage({ type: "copy", text }),
    save: (name, _type, content) => editor.postMessage(saveOf(name, content)),
    link: () => link,
    setLink: (next) => {
      if (next === link) return
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
