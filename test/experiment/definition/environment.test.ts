import {describe, expect, it} from "vitest";
import {fillEnvironment, passwordOf, redact} from "../../../lib/experiment/definition/environment.ts";

describe("fillEnvironment(value, environment)", () => {
  it("replaces references in all texts, lists and maps, and leaves the value as it is", () => {
    const value = Object.freeze({a: ["x-${A}-${B}"], b: {c: 1, d: null}});
    const filled = fillEnvironment(value, {A: "1", B: "two"});
    expect(filled.value).toEqual({a: ["x-1-two"], b: {c: 1, d: null}});
    expect(filled.secrets).toEqual([
      {name: "A", value: "1"},
      {name: "B", value: "two"}
    ]);
    expect(value.a).toEqual(["x-${A}-${B}"]);
  });

  it("lists what is missing with its place, and leaves its text", () => {
    const {value, missing} = fillEnvironment({a: ["${NOPE}"]}, {});
    expect(value).toEqual({a: ["${NOPE}"]});
    expect(missing).toEqual([{path: ["a", 0], name: "NOPE"}]);
  });

  it("does not take what Object.prototype has for a variable", () => {
    expect(fillEnvironment("${constructor}", {}).missing).toHaveLength(1);
  });

  it("takes $${NAME} for the text ${NAME}", () => {
    expect(fillEnvironment("$${A} ${A}", {A: "1"}).value).toBe("${A} 1");
  });

  it.each(["${A-B}", "${}", "${A:-b}", "${A"])("does not take %s for a reference", (text) => {
    expect(fillEnvironment(text, {A: "1"}).invalid).toEqual([{path: [], text}]);
  });

  it("does not read values again", () => {
    expect(fillEnvironment("${A}", {A: "${B}", B: "x"}).value).toBe("${B}");
  });
});

describe("redact(text, secrets)", () => {
  const secrets = [
    {name: "URL", value: "postgres://u:p%23ssword@h/d"},
    {name: "URL", value: "p#ssword"},
    {name: null, value: 'quo"ted'}
  ];

  it("takes out the longest first, and names what was there", () => {
    expect(redact("connect postgres://u:p%23ssword@h/d failed", secrets)).toBe("connect ${URL} failed");
  });

  it("knows URL-encoded and JSON-escaped forms", () => {
    expect(redact("p#ssword p%23ssword", secrets)).toBe("${URL} ${URL}");
    expect(redact(JSON.stringify({a: 'quo"ted'}), secrets)).toBe('{"a":"***"}');
  });

  it("leaves values of fewer than four letters", () => {
    expect(redact("port 54", [{name: "PORT", value: "54"}])).toBe("port 54");
  });

  it("returns text without secrets as it is", () => {
    expect(redact("a.b", [])).toBe("a.b");
    expect(redact("aXbcd", [{name: "A", value: "a.bcd"}])).toBe("aXbcd");
  });
});

describe("passwordOf(url)", () => {
  it("knows one that holds an @, and one among the options", () => {
    expect(passwordOf("postgres://u:p@ss:w%40rd@h/d").map(({value}) => value)).toEqual(["p@ss:w%40rd", "p@ss:w@rd"]);
    const url = "https://h:8443/d?user=u&password=a%2Bb+c&sslpassword=k3y";
    expect(passwordOf(url).map(({value}) => value)).toEqual(["a%2Bb+c", "a+b+c", "a+b c", "k3y"]);
    expect(redact("denied: a+b c", passwordOf(url))).toBe("denied: ***");
  });

  it("returns the password as written and decoded", () => {
    expect(passwordOf("https://u:a%20b@h/", "X").map(({value}) => value)).toEqual(["a%20b", "a b"]);
    expect(passwordOf("https://u:100%@h/").map(({value}) => value)).toEqual(["100%"]);
  });

  it.each(["https://h/path", "https://u@h/", "not a url", "https://u:@h/", "https://h:80/a@b"])(
    "finds none in %s",
    (url) => {
      expect(passwordOf(url)).toEqual([]);
    }
  );
});
