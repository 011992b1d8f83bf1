/** Connects to a running engine: one that has said where it listens, or one at an address. */
import { addressProblem, type Target } from "../monitor/Target.ts"
import { secretKey, type Session } from "../Session.ts"
import { pickedTrail } from "./Choosing.ts"

const announced = "An engine of this workspace"
const elsewhere = "An engine at an address"

const typedAddress = async ({ context, editor }: Session): Promise<Target | undefined> => {
  const typed = await editor.window.showInputBox({
    title: "Where does its monitor listen?",
    placeHolder: "ws://127.0.0.1:4100/monitor",
    ignoreFocusOut: true,
    validateInput: (text) => addressProblem(text.trim()),
  })
  if (typed === undefined) return undefined
  const url = typed.trim()
  if (addressProblem(url) !== undefined) return undefined
  const token = await editor.window.showInputBox({
    title: "Its token",
    prompt: "It is kept in the editor's store of secrets, and nowhere else",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[\w-]{32,}$/.test(text.trim()) ? undefined : "A token has 32 letters and digits or more",
  })
  if (token === undefined) return undefined
  await context.secrets.store(secretKey(url), token.trim())
  return { _tag: "Address", url }
}

export const connectEngine = async (session: Session): Promise<void> => {
  const { editor } = session
  if (!editor.workspace.isTrusted) {
    void editor.window.showWarningMessage(
      "This workspace is not trusted: its trails can be looked at, and no engine is connected to",
    )
    return
  }
  const way = await editor.window.showQuickPick([announced, elsewhere], {
    title: "Connect to a running engine",
  })
  if (way === undefined) return
  const target =
    way === announced
      ? await pickedTrail(session, "Which trail's engine?")
      : await typedAddress(session)
  if (target === undefined) return
  session.lookAt(target)
  if ((await session.monitors.running(target)) === undefined) {
    void editor.window.showWarningMessage(
      "No engine answers there yet; it is asked again and again",
    )
  }
}

/** Ends looking, and forgets the token of an address. */
export const disconnectEngine = async ({ context, lookAt, target }: Session): Promise<void> => {
  const current = target()
  if (current?._tag === "Address") await context.secrets.delete(secretKey(current.url))
  lookAt(undefined)
}
