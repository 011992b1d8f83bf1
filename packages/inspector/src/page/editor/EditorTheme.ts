/** The editor's colours, by the same custom properties as everything else. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import type { Extension } from "@codemirror/state"
import { EditorView, highlightSpecialChars } from "@codemirror/view"
import { tags } from "@lezer/highlight"
import { escaped, hostile } from "../text/HostileText.ts"

const token = (name: string): string => `var(--vscode-${name})`

const look = EditorView.theme({
  "&": {
    color: token("editor-foreground"),
    backgroundColor: token("editor-background"),
    fontSize: "12px",
    height: "100%",
  },
  "&.cm-focused": { outline: `2px solid ${token("focusBorder")}`, outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: token("editor-foreground") },
  ".cm-cursor": { borderLeftColor: token("editor-foreground") },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: `${token("editor-selectionBackground")} !important`,
  },
  ".cm-gutters": {
    color: token("editorLineNumber-foreground"),
    backgroundColor: token("editor-background"),
    borderRight: `1px solid ${token("panel-border")}`,
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-activeLineGutter": { color: token("editor-foreground"), fontWeight: "600" },
  ".cm-foldPlaceholder": {
    color: token("badge-foreground"),
    backgroundColor: token("badge-background"),
    border: "none",
    padding: "0 6px",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: `1px solid ${token("focusBorder")}`,
  },
  ".cm-searchMatch": { backgroundColor: token("editor-findMatchHighlightBackground") },
  ".cm-searchMatch-selected": { outline: `1px solid ${token("focusBorder")}` },
  ".cm-specialChar": {
    color: token("errorForeground"),
    border: `1px solid ${token("errorForeground")}`,
    borderRadius: "2px",
    padding: "0 2px",
  },
  ".cm-panels, .cm-tooltip": {
    color: token("foreground"),
    backgroundColor: token("editorWidget-background"),
    border: `1px solid ${token("editorWidget-border")}`,
  },
  ".cm-panel input, .cm-panel button, .cm-textfield, .cm-button": {
    color: token("input-foreground"),
    backgroundColor: token("input-background"),
    backgroundImage: "none",
    border: `1px solid ${token("input-border")}`,
    fontSize: "12px",
    minHeight: "24px",
  },
  ".cm-panel.cm-search [name=close]": {
    color: token("foreground"),
    minWidth: "24px",
    minHeight: "24px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: token("list-activeSelectionForeground"),
    backgroundColor: token("list-activeSelectionBackground"),
  },
  ".cm-diagnostic-error": { borderLeft: `4px solid ${token("errorForeground")}` },
  ".cm-diagnostic-warning": { borderLeft: `4px solid ${token("editorWarning-foreground")}` },
  ".cm-changedText": {
    background: "none",
    textDecoration: `underline 2px ${token("charts-orange")}`,
    fontWeight: "600",
  },
  ".cm-deletedText": { textDecoration: `line-through 2px ${token("errorForeground")}` },
  ".cm-changedLine": { backgroundColor: token("list-hoverBackground") },
  ".cm-collapsedLines": {
    color: token("foreground"),
    background: token("sideBarSectionHeader-background"),
  },
})

const words = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: token("charts-blue") },
  { tag: [tags.string, tags.content], color: token("debugTokenExpression-string") },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: token("charts-green") },
  { tag: [tags.keyword, tags.typeName, tags.labelName], color: token("charts-purple") },
  { tag: tags.comment, color: token("descriptionForeground"), fontStyle: "italic" },
  { tag: tags.invalid, color: token("errorForeground") },
])

/** What could not be seen, as its number; what is copied is the character itself. */
const marked = highlightSpecialChars({
  specialChars: hostile,
  render: (code) => {
    const mark = document.createElement("span")
    mark.className = "cm-specialChar"
    mark.textContent = escaped(String.fromCodePoint(code))
    return mark
  },
})

export const editorTheme: Extension = [look, syntaxHighlighting(words), marked]
