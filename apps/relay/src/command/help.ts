export const HELP = `Usage: npm start -- [mode] [options]

npm start                     Starts relays on free ports of this machine, sends real data to them through
                              seven compositions of layered writers, and the same by Node's own streams, checks
                              what arrived, and stays up, with a page and commands for other terminals
  --once                      ends after the table, with status 0 if every digest agrees, 1 if not; so it does
                              if this is not a terminal
  --serve                     stays up even if this is not a terminal
  --megabytes N               how much each composition sends, 1 to 64 (default: 16)

npm start -- uploads          The relay for real: stores uploads until SIGTERM
  --config FILE               its configuration, JSON; apps/relay/README.md has the keys
  --KEY VALUE                 a key of the configuration: --store data --listen.http 8080 --limits.maxBytes 1000000

npm start -- logs FILE        A log server over TLS: lines that are acknowledged are on the disk, in zstd files
  --port N --host H           where it listens (default: a free port of this machine)
  --cert FILE --key FILE      its certificate (default: made on the spot, and printed)
  --max-bytes N               a new file begins at this size (default: 50000000)

npm start -- proxy HOST:PORT  A TCP proxy that keeps half-closed connections and passes resets on
  --port N --host H           where it listens (default: a free port of this machine)

Status: 0 when it has done what it should, also after SIGINT or SIGTERM; 1 if it failed; 2 if the options make no sense.
A second signal does not wait for those who are under way.
`;
