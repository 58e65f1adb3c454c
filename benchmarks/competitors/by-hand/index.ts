import type { Competitor } from "../../src/competitor.ts";
import { call } from "./call.ts";
import { file } from "./file.ts";
import { tcp, tls } from "./send.ts";
import { broadcast } from "./websocket.ts";

/**
 * The limit of Node's public API: what one writes by hand for a single destination, with no contract, no
 * layers and no errors to tell apart. Its ways have the names of ours.
 */
export const competitor: Competitor = {
  ways: {
    call,
    tcp,
    tls,
    file,
    broadcast,
    import: { "an empty module": "../competitors/by-hand/empty.js" },
  },
};
