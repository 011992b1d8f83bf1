/**
 * Colours by the names of VS Code's own custom properties: an editor's webview brings its values,
 * and a browser gets these.
 */
export type ThemeName = "dark" | "light" | "contrast"

export const themeNames: ReadonlyArray<ThemeName> = ["dark", "light", "contrast"]

/** What the style sheets may use; each name has a value in each theme. */
export interface Tokens {
  readonly foreground: string
  readonly descriptionForeground: string
  readonly disabledForeground: string
  readonly errorForeground: string
  readonly focusBorder: string
  readonly contrastBorder: string
  readonly "editor-background": string
  readonly "editor-foreground": string
  readonly "editor-selectionBackground": string
  readonly "editor-findMatchHighlightBackground": string
  readonly "editorLineNumber-foreground": string
  readonly "editorWidget-background": string
  readonly "editorWidget-border": string
  readonly "editorGroupHeader-tabsBackground": string
  readonly "tab-activeBackground": string
  readonly "tab-activeForeground": string
  readonly "tab-inactiveBackground": string
  readonly "tab-inactiveForeground": string
  readonly "activityBar-background": string
  readonly "activityBar-foreground": string
  readonly "activityBar-inactiveForeground": string
  readonly "activityBarBadge-background": string
  readonly "activityBarBadge-foreground": string
  readonly "sideBar-background": string
  readonly "sideBar-foreground": string
  readonly "sideBarSectionHeader-background": string
  readonly "panel-background": string
  readonly "panel-border": string
  readonly "statusBar-background": string
  readonly "statusBar-foreground": string
  readonly "statusBarItem-errorBackground": string
  readonly "statusBarItem-errorForeground": string
  readonly "statusBarItem-warningBackground": string
  readonly "statusBarItem-warningForeground": string
  readonly "list-activeSelectionBackground": string
  readonly "list-activeSelectionForeground": string
  readonly "list-hoverBackground": string
  readonly "list-hoverForeground": string
  readonly "input-background": string
  readonly "input-foreground": string
  readonly "input-border": string
  readonly "input-placeholderForeground": string
  readonly "button-background": string
  readonly "button-foreground": string
  readonly "button-secondaryBackground": string
  readonly "button-secondaryForeground": string
  readonly "badge-background": string
  readonly "badge-foreground": string
  readonly "textLink-foreground": string
  readonly "testing-iconPassed": string
  readonly "charts-blue": string
  readonly "charts-green": string
  readonly "charts-orange": string
  readonly "charts-purple": string
  readonly "charts-red": string
  readonly "charts-yellow": string
  readonly "debugTokenExpression-string": string
  readonly "editorWarning-foreground": string
  readonly "widget-shadow": string
}

const dark: Tokens = {
  foreground: "#cccccc",
  descriptionForeground: "#a8a8a8",
  disabledForeground: "#9a9a9a",
  errorForeground: "#f88070",
  focusBorder: "#2f9cf4",
  contrastBorder: "transparent",
  "editor-background": "#1e1e1e",
  "editor-foreground": "#d4d4d4",
  "editor-selectionBackground": "#264f78",
  "editor-findMatchHighlightBackground": "#5a3d17",
  "editorLineNumber-foreground": "#9a9a9a",
  "editorWidget-background": "#252526",
  "editorWidget-border": "#6b6b6b",
  "editorGroupHeader-tabsBackground": "#252526",
  "tab-activeBackground": "#1e1e1e",
  "tab-activeForeground": "#ffffff",
  "tab-inactiveBackground": "#2d2d2d",
  "tab-inactiveForeground": "#b8b8b8",
  "activityBar-background": "#333333",
  "activityBar-foreground": "#ffffff",
  "activityBar-inactiveForeground": "#b4b4b4",
  "activityBarBadge-background": "#0060b0",
  "activityBarBadge-foreground": "#ffffff",
  "sideBar-background": "#252526",
  "sideBar-foreground": "#cccccc",
  "sideBarSectionHeader-background": "#333334",
  "panel-background": "#1e1e1e",
  "panel-border": "#5a5a5a",
  "statusBar-background": "#0060b0",
  "statusBar-foreground": "#ffffff",
  "statusBarItem-errorBackground": "#9d1c12",
  "statusBarItem-errorForeground": "#ffffff",
  "statusBarItem-warningBackground": "#6b4a00",
  "statusBarItem-warningForeground": "#ffffff",
  "list-activeSelectionBackground": "#04395e",
  "list-activeSelectionForeground": "#ffffff",
  "list-hoverBackground": "#2f3134",
  "list-hoverForeground": "#dddddd",
  "input-background": "#3c3c3c",
  "input-foreground": "#dddddd",
  "input-border": "#8a8a8a",
  "input-placeholderForeground": "#b0b0b0",
  "button-background": "#0060b0",
  "button-foreground": "#ffffff",
  "button-secondaryBackground": "#3a3d41",
  "button-secondaryForeground": "#ffffff",
  "badge-background": "#4d4d4d",
  "badge-foreground": "#ffffff",
  "textLink-foreground": "#5fb0ff",
  "testing-iconPassed": "#73c991",
  "charts-blue": "#5fb0ff",
  "charts-green": "#89d185",
  "charts-orange": "#e9a26b",
  "charts-purple": "#c9a0e8",
  "charts-red": "#f88070",
  "charts-yellow": "#dcc25a",
  "debugTokenExpression-string": "#e9a26b",
  "editorWarning-foreground": "#dcb33c",
  "widget-shadow": "rgba(0, 0, 0, 0.5)",
}

const light: Tokens = {
  foreground: "#3b3b3b",
  descriptionForeground: "#5c5c5c",
  disabledForeground: "#636363",
  errorForeground: "#b01011",
  focusBorder: "#0067c0",
  contrastBorder: "transparent",
  "editor-background": "#ffffff",
  "editor-foreground": "#1f1f1f",
  "editor-selectionBackground": "#add6ff",
  "editor-findMatchHighlightBackground": "#ffe0b8",
  "editorLineNumber-foreground": "#5f6b76",
  "editorWidget-background": "#f8f8f8",
  "editorWidget-border": "#8c8c8c",
  "editorGroupHeader-tabsBackground": "#f3f3f3",
  "tab-activeBackground": "#ffffff",
  "tab-activeForeground": "#1f1f1f",
  "tab-inactiveBackground": "#ececec",
  "tab-inactiveForeground": "#565656",
  "activityBar-background": "#f0f0f0",
  "activityBar-foreground": "#1f1f1f",
  "activityBar-inactiveForeground": "#5a5a5a",
  "activityBarBadge-background": "#005fb8",
  "activityBarBadge-foreground": "#ffffff",
  "sideBar-background": "#f8f8f8",
  "sideBar-foreground": "#3b3b3b",
  "sideBarSectionHeader-background": "#ececec",
  "panel-background": "#ffffff",
  "panel-border": "#8c8c8c",
  "statusBar-background": "#005fb8",
  "statusBar-foreground": "#ffffff",
  "statusBarItem-errorBackground": "#b01011",
  "statusBarItem-errorForeground": "#ffffff",
  "statusBarItem-warningBackground": "#7a4f00",
  "statusBarItem-warningForeground": "#ffffff",
  "list-activeSelectionBackground": "#005fb8",
  "list-activeSelectionForeground": "#ffffff",
  "list-hoverBackground": "#e8e8e8",
  "list-hoverForeground": "#1f1f1f",
  "input-background": "#ffffff",
  "input-foreground": "#3b3b3b",
  "input-border": "#767676",
  "input-placeholderForeground": "#676767",
  "button-background": "#005fb8",
  "button-foreground": "#ffffff",
  "button-secondaryBackground": "#e0e0e0",
  "button-secondaryForeground": "#1f1f1f",
  "badge-background": "#c4c4c4",
  "badge-foreground": "#1f1f1f",
  "textLink-foreground": "#005fb8",
  "testing-iconPassed": "#16702f",
  "charts-blue": "#005fb8",
  "charts-green": "#1f7a2e",
  "charts-orange": "#a04f00",
  "charts-purple": "#652d90",
  "charts-red": "#b01011",
  "charts-yellow": "#705c00",
  "debugTokenExpression-string": "#a04f00",
  "editorWarning-foreground": "#7a5600",
  "widget-shadow": "rgba(0, 0, 0, 0.25)",
}

const contrast: Tokens = {
  ...dark,
  foreground: "#ffffff",
  descriptionForeground: "#ffffff",
  disabledForeground: "#c0c0c0",
  errorForeground: "#ff9c8f",
  focusBorder: "#f38518",
  contrastBorder: "#6fc3df",
  "editor-background": "#000000",
  "editor-foreground": "#ffffff",
  "editor-selectionBackground": "#0f4a85",
  "editor-findMatchHighlightBackground": "#4d3a00",
  "editorLineNumber-foreground": "#ffffff",
  "editorWidget-background": "#0c141f",
  "editorWidget-border": "#6fc3df",
  "editorGroupHeader-tabsBackground": "#000000",
  "tab-activeBackground": "#000000",
  "tab-activeForeground": "#ffffff",
  "tab-inactiveBackground": "#000000",
  "tab-inactiveForeground": "#ffffff",
  "activityBar-background": "#000000",
  "activityBar-foreground": "#ffffff",
  "activityBar-inactiveForeground": "#ffffff",
  "activityBarBadge-background": "#ffffff",
  "activityBarBadge-foreground": "#000000",
  "sideBar-background": "#000000",
  "sideBar-foreground": "#ffffff",
  "sideBarSectionHeader-background": "#000000",
  "panel-background": "#000000",
  "panel-border": "#6fc3df",
  "statusBar-background": "#000000",
  "statusBar-foreground": "#ffffff",
  "statusBarItem-errorBackground": "#7d0600",
  "statusBarItem-warningBackground": "#5c4000",
  "list-activeSelectionBackground": "#0f4a85",
  "list-activeSelectionForeground": "#ffffff",
  "list-hoverBackground": "#2a2a2a",
  "list-hoverForeground": "#ffffff",
  "input-background": "#000000",
  "input-foreground": "#ffffff",
  "input-border": "#6fc3df",
  "input-placeholderForeground": "#d0d0d0",
  "button-background": "#0f4a85",
  "button-secondaryBackground": "#2a2a2a",
  "badge-background": "#ffffff",
  "badge-foreground": "#000000",
  "textLink-foreground": "#6fc3ff",
  "testing-iconPassed": "#7ee29b",
  "charts-blue": "#6fc3ff",
  "charts-green": "#9fe69b",
  "charts-orange": "#ffb27a",
  "charts-purple": "#ddb8ff",
  "charts-red": "#ff9c8f",
  "charts-yellow": "#ffe066",
  "debugTokenExpression-string": "#ffb27a",
  "editorWarning-foreground": "#ffd35c",
}

export const themes: Readonly<Record<ThemeName, Tokens>> = { dark, light, contrast }

export const propertyOf = (token: string): string => `--vscode-${token}`
