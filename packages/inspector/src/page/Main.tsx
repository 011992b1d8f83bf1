import "@vscode/codicons/dist/codicon.css"
import "dockview-react/dist/styles/dockview.css"
import "./theme/Base.css"
import "./theme/Forced.css"
import { createRoot } from "react-dom/client"
import { makeConnection } from "./connection/Connection.ts"
import { findHost } from "./host/Host.ts"
import { startTheme } from "./theme/Theme.ts"
import { Application } from "./shell/Application.tsx"
import { startTimeZone } from "./shell/TimeFormat.ts"

const host = findHost()
startTheme(host)
startTimeZone(host)
const connection = makeConnection(host)
const root = document.getElementById("root")
if (root !== null) createRoot(root).render(<Application connection={connection} host={host} />)
