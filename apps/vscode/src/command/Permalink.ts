/** Links into the inspector that the editor itself opens. They hold no secret. */
import type * as vscode from "vscode"
import type { Target } from "../monitor/Target.ts"
import type { Session } from "../Session.ts"

const linkMax = 16_384

/** On its way an address is decoded once or twice; letters, digits, `-` and `_` come through both. */
const packed = (text: string): string => Buffer.from(text).toString("base64url")
const unpacked = (text: string | null): string | undefined =>
  text === null || text.length > 2 * linkMax
    ? undefined
    : Buffer.from(text, "base64url").toString("utf8")

/** Such as `vscode://countersign.countersign-inspector/open?trail=…&view=…`. */
export const permalink = (
  { context, editor, trails }: Session,
  target: Target,
  view: string,
): string => {
  const query = new URLSearchParams(
    target._tag === "Address"
      ? { address: packed(target.url), view: packed(view) }
      : {
          trail: packed(
            trails.list().find(({ directory }) => directory === target.directory)?.name ??
              target.directory,
          ),
          view: packed(view),
        },
  )
  return editor.Uri.from({
    scheme: editor.env.uriScheme,
    authority: context.extension.id,
    path: "/open",
    query: query.toString(),
  }).toString(true)
}

/** A link comes from anywhere: it shows a trail of this workspace, or what is looked at already. */
const targetFor = async (
  { target, trails }: Session,
  query: URLSearchParams,
): Promise<Target | undefined> => {
  const current = target()
  if (current?._tag === "Address" && unpacked(query.get("address")) === current.url) return current
  const name = unpacked(query.get("trail"))
  if (name === undefined) return undefined
  await trails.refresh()
  const found = trails.list().find((trail) => trail.name === name)
  return found === undefined ? undefined : { _tag: "Trail", directory: found.directory }
}

export const permalinkHandler = (session: Session): vscode.UriHandler => ({
  handleUri: async (uri) => {
    const query = new URLSearchParams(uri.query)
    const view = unpacked(query.get("view")) ?? ""
    const target = await targetFor(session, query)
    if (target === undefined || uri.path !== "/open" || view.length > linkMax) {
      void session.editor.window.showWarningMessage(
        "That link names no trail of this workspace and no engine that is connected",
      )
      return
    }
    session.lookAt(target)
    await session.panels.open(target, view)
  },
})
