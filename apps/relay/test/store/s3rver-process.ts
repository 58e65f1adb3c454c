/** `node s3rver-process.ts FOLDER`: s3rver on a free port, which it prints, with a bucket "uploads". */
import S3rver from "s3rver";

const [, , directory = ""] = process.argv;
const s3rver = new S3rver({
  directory,
  address: "127.0.0.1",
  port: 0,
  silent: true,
  vhostBuckets: false,
  configureBuckets: [{ name: "uploads" }],
});
const { port } = await s3rver.run();
console.log(`listening: ${port}`);
