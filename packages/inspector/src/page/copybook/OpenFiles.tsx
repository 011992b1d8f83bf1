/** The button that lets somebody open files of this machine; they go nowhere but into the page. */
import { useRef } from "react"
import { Icon } from "../shell/Icon.tsx"

export const OpenFiles = ({ open }: { readonly open: (files: ReadonlyArray<File>) => void }) => {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        <Icon name="folder-opened" /> Open files…
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Copybooks and data files"
        onChange={({ currentTarget }) => {
          const chosen = [...(currentTarget.files ?? [])]
          // The same file can be chosen again.
          currentTarget.value = ""
          open(chosen)
        }}
      />
    </>
  )
}
