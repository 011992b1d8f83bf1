/** A field whose text counts when it is done: on Enter, or when it is left. */
import { type InputHTMLAttributes, useEffect, useId, useRef } from "react"

export interface WrittenInputProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  "defaultValue" | "onChange" | "value"
> {
  readonly value: string
  /** On Enter, whether it differs or not. */
  readonly onEnter: (text: string) => void
  /** It was left with another text; by itself nothing becomes of that. */
  readonly onLeave?: (text: string) => void
}

/** The same element for as long as it lives: one made anew would take the focus from who types. */
export const WrittenInput = ({ onEnter, onLeave, value, ...rest }: WrittenInputProps) => {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (input.current !== null) input.current.value = value
  }, [value])
  return (
    <input
      {...rest}
      ref={input}
      defaultValue={value}
      onBlur={({ currentTarget }) => {
        if (currentTarget.value !== value) onLeave?.(currentTarget.value)
      }}
      onKeyDown={({ currentTarget, key }) => {
        if (key === "Enter") onEnter(currentTarget.value)
      }}
    />
  )
}

export const Written = ({
  hint,
  label,
  list,
  onChange,
  size,
  value,
}: {
  readonly label: string
  readonly value: string
  readonly hint: string
  readonly size: number
  readonly list?: ReadonlyArray<readonly [string, string]>
  readonly onChange: (value: string) => void
}) => {
  const id = useId()
  return (
    <label className="control">
      <span>{label}</span>
      <WrittenInput
        value={value}
        placeholder={hint}
        size={size}
        list={list === undefined ? undefined : id}
        spellCheck={false}
        onLeave={onChange}
        onEnter={onChange}
      />
      {list === undefined ? null : (
        <datalist id={id}>
          {list.map(([form, meaning]) => (
            <option key={form} value={form}>
              {meaning}
            </option>
          ))}
        </datalist>
      )}
    </label>
  )
}
