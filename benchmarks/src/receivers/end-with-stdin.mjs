/** Ends this process when its standard input ends: with the one that started it, however that ends. */
export function endWithStdin(before = () => {}) {
  process.stdin.resume().on("end", () => {
    before();
    process.exit();
  });
}
