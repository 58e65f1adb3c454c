import { describe, expect, it } from "vitest";
import { environmentProxy, type Environment } from "../../src/connect/node/environment-proxy.ts";

const HOST = "ws://a.example/";
const P = "http://p:1/";

/** As it is for a program that is to use proxies. */
const on = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://s:1" };

const proxyOf = (url: string, environment: Environment): string | undefined =>
  environmentProxy(new URL(url), environment)?.href;

describe("the proxy of the environment", () => {
  it.each<[Environment, string | undefined]>([
    [{ HTTP_PROXY: "http://p:1" }, undefined],
    [{ ...on, NODE_USE_ENV_PROXY: "0" }, undefined],
    [{ ...on, NODE_USE_ENV_PROXY: "" }, undefined],
    [{ NODE_OPTIONS: "--use-env-proxy", HTTP_PROXY: "http://p:1" }, P],
    [{ NODE_OPTIONS: "--no-warnings --use-env-proxy --inspect", HTTP_PROXY: "http://p:1" }, P],
    [{ NODE_OPTIONS: "--use-env-proxy=x", HTTP_PROXY: "http://p:1" }, undefined],
    [{ NODE_OPTIONS: "x--use-env-proxy", HTTP_PROXY: "http://p:1" }, undefined],
    [on, P],
  ])("counts only where Node's own clients take it: %j", (environment, proxy) => {
    expect(proxyOf(HOST, environment)).toBe(proxy);
  });

  it.each([
    ["ws://a.example/", P],
    ["http://a.example/", P],
    ["wss://a.example/", "http://s:1/"],
    ["https://a.example/", "http://s:1/"],
  ])("is one for %s: %s", (url, proxy) => {
    expect(proxyOf(url, on)).toBe(proxy);
    expect(proxyOf(url, { ...on, http_proxy: "http://q:1", https_proxy: "http://q:1" })).toBe(
      "http://q:1/",
    );
    expect(proxyOf(url, { NODE_USE_ENV_PROXY: "1" })).toBeUndefined();
  });

  it.each([
    ["p:1", P],
    ["", undefined],
    ["socks5://p:1", undefined],
    ["https://p:1", undefined],
    ["http://[", undefined],
  ])("named %j is %s", (HTTP_PROXY, proxy) => {
    expect(proxyOf(HOST, { ...on, HTTP_PROXY })).toBe(proxy);
  });
});

it("takes a variable that is set, and empty, for one that is not", () => {
  const empty = { http_proxy: "", https_proxy: "", no_proxy: "" };
  expect(proxyOf(HOST, { ...on, ...empty })).toBe(P);
  expect(proxyOf("wss://a.example/", { ...on, ...empty })).toBe("http://s:1/");
  expect(proxyOf(HOST, { ...on, ...empty, NO_PROXY: "a.example" })).toBeUndefined();
});

describe("the exceptions of the environment", () => {
  it.each([
    ["*", undefined],
    ["a.example", undefined],
    ["A.EXAMPLE", undefined],
    ["b.example, a.example", undefined],
    ["b.example a.example", undefined],
    ["b.example,*", undefined],
    [".example", undefined],
    ["*.example", undefined],
    ["a.example:80", undefined],
    [".example:80", undefined],
    ["*.example:80", undefined],
    ["", P],
    [" , ", P],
    ["example", P],
    ["b.example", P],
    ["a.example.com", P],
    ["*.b.example", P],
    [".b.example", P],
    ["a.example:81", P],
    ["a.example:443", P],
    ["*.a.example", P],
    [".a.example", undefined],
    [".a.example:80", undefined],
    [".a.example:81", P],
    [".xample", P],
    ["ample", P],
  ])("%j: %s", (NO_PROXY, proxy) => {
    expect(proxyOf(HOST, { ...on, NO_PROXY })).toBe(proxy);
    // In lower case it goes first.
    const no_proxy = NO_PROXY;
    if (no_proxy !== "") expect(proxyOf(HOST, { ...on, NO_PROXY: "*", no_proxy })).toBe(proxy);
  });

  it.each([
    ["::1", undefined],
    ["[::1]", undefined],
    ["[::1]:80", undefined],
    ["[::1]:81", P],
    ["::2", P],
    ["[::2]", P],
    [":", P],
  ])("can be an address of IPv6: %j: %s", (NO_PROXY, proxy) => {
    expect(proxyOf("ws://[::1]/", { ...on, NO_PROXY })).toBe(proxy);
  });

  it.each(["FE80::A", "fe80::a", "[FE80::A]:80"])(
    "can be an address of IPv6 in any case: %s",
    (NO_PROXY) => {
      expect(proxyOf("ws://[fe80::A]/", { ...on, NO_PROXY })).toBeUndefined();
    },
  );

  it("mean the port of the scheme, where none is named", () => {
    expect(proxyOf("wss://a.example/", { ...on, NO_PROXY: "a.example:443" })).toBeUndefined();
    expect(proxyOf("wss://a.example/", { ...on, NO_PROXY: "a.example:80" })).toBe("http://s:1/");
    expect(proxyOf("wss://a.example:81/", { ...on, NO_PROXY: "a.example:443" })).toBe(
      "http://s:1/",
    );
    expect(proxyOf("ws://a.example:81/", { ...on, NO_PROXY: "a.example:81" })).toBeUndefined();
    expect(proxyOf("ws://a.example:81/", { ...on, NO_PROXY: "a.example" })).toBeUndefined();
  });
});
