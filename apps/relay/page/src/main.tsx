/** The page of a relay: what moves through it now, and who waits for whom. */
import { render } from "preact";
import { App } from "./app.tsx";
import { Live } from "./live/live.ts";
import { RelayApi } from "./live/relay-api.ts";
import { loadToken } from "./live/token.ts";
import { Uploads } from "./upload/uploads.ts";
import "./style/index.css";

const api = new RelayApi(loadToken());
const live = new Live(api);
void live.start();

const root = document.getElementById("page");
if (root !== null) render(<App live={live} uploads={new Uploads(api)} api={api} />, root);
