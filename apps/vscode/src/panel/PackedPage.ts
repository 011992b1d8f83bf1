/**
 * The built page as one file: packed together its parts are a quarter smaller than packed one by
 * one, as they would be in the extension's own archive.
 */
import { createHash } from "node:crypto"
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib"
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"

/** Units: bytes. */
const unpackedMax = 32 * 1024 * 1024
const lengthBytes = 4
const namePattern = /^(?:[\w-][\w.-]*\/)?[\w-][\w.-]*$/
/** Written last, so a folder that has it is whole. */
const lastName = "index.html"

/** The length of a list of names and lengths, the list, and the files one after the other. */
export const packPage = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const list = Array.from(files, ([name, bytes]) => [name, bytes.length])
  const head = Buffer.from(JSON.stringify(list))
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE(head.length)
  const whole = Buffer.concat([length, head, ...files.values()])
  return brotliCompressSync(whole, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
    },
  })
}

const isFile = (entry: unknown): entry is readonly [string, number] =>
  Array.isArray(entry) &&
  typeof entry[0] === "string" &&
  namePattern.test(entry[0]) &&
  Number.isSafeInteger(entry[1]) &&
  Number(entry[1]) >= 0

/** Throws where it is not what `packPage` makes. */
export const unpackPage = (packed: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const whole = brotliDecompressSync(packed, { maxOutputLength: unpackedMax })
  const headEnd = lengthBytes + whole.readUInt32BE(0)
  const list: unknown = JSON.parse(whole.toString("utf8", lengthBytes, headEnd))
  if (!Array.isArray(list) || !list.every(isFile)) throw new Error("the page's list is none")
  let at = headEnd
  const files = list.map(([name, length]) => {
    at += length
    return [name, whole.subarray(at - length, at)] as const
  })
  if (at !== whole.length) throw new Error("the page has other files than its list")
  return new Map(files)
}

const exists = async ({ workspace }: Editor, file: vscode.Uri): Promise<boolean> => {
  try {
    await workspace.fs.stat(file)
    return true
  } catch {
    return false
  }
}

/** Pages of older versions of the extension. */
const forgetOthers = async (editor: Editor, pages: vscode.Uri, current: string): Promise<void> => {
  const { Uri, workspace } = editor
  const there = await workspace.fs.readDirectory(pages)
  const others = there.filter(([name]) => name !== current)
  await Promise.all(
    others.map(([name]) => workspace.fs.delete(Uri.joinPath(pages, name), { recursive: true })),
  )
}

/** The folder of the page: beside the extension, or unpacked where the editor lets it keep files. */
export const pageFolder = async (
  editor: Editor,
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
): Promise<vscode.Uri> => {
  const { Uri, workspace } = editor
  const packed = Uri.joinPath(extensionUri, "page.br")
  if (!(await exists(editor, packed))) return Uri.joinPath(extensionUri, "page")
  const bytes = await workspace.fs.readFile(packed)
  const name = createHash("sha256").update(bytes).digest("hex").slice(0, 16)
  const pages = Uri.joinPath(globalStorageUri, "pages")
  const folder = Uri.joinPath(pages, name)
  if (await exists(editor, Uri.joinPath(folder, lastName))) return folder
  const files = Array.from(unpackPage(bytes))
  const isLast = ([file]: readonly [string, Uint8Array]): boolean => file === lastName
  for (const [file, content] of [...files.filter((one) => !isLast(one)), ...files.filter(isLast)]) {
    await workspace.fs.writeFile(Uri.joinPath(folder, file), content)
  }
  await forgetOthers(editor, pages, name).catch(() => undefined)
  return folder
}
