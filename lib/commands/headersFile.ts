/** Whether search engines may list the site: results of experiments are for their readers, unless it is said otherwise. */
export type Robots = "noindex" | "index";

/** The choices for `--robots`. */
export const robotsChoices: readonly Robots[] = ["noindex", "index"];

/** What the Content-Security-Policy allows apart from scripts. */
export const policy = [
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'self'",
  "form-action 'self'"
] as const;

/**
 * Returns the headers that a host should send, in the form of `_headers`, which Netlify and Cloudflare Pages read and
 * which tells everybody else what to set. The policy is as strict as one line for all pages can be: it cannot name the
 * inline scripts of each page, so it leaves these to the `<meta>` of the page, which allows its own by hash and nothing
 * more (a browser asks both). What only a header can say is here: who may frame a page.
 *
 * Folders whose files carry a hash of their content may be cached for good; all else is asked for again. Nothing says
 * `public`, so that no shared cache keeps what is behind a password.
 */
export function headersFile({base = "/", robots = "noindex"}: {base?: string; robots?: Robots} = {}): string {
  const root = `/${base.replace(/^\/+|\/+$/g, "")}`.replace(/\/$/, "");
  const rules: [path: string, headers: string[]][] = [
    [
      "/*",
      [
        `Content-Security-Policy: ${headerPolicy}`,
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: same-origin",
        ...(robots === "noindex" ? ["X-Robots-Tag: noindex"] : [])
      ]
    ],
    ...["_file", "_import", "_node", "_observablehq"].map((folder): [string, string[]] => [
      `/${folder}/*`,
      ["Cache-Control: max-age=31536000, immutable"]
    ]),
    ...["readouts", "api"].map((folder): [string, string[]] => [`/${folder}/*`, ["Cache-Control: no-cache"]])
  ];
  return rules
    .map(([path, headers]) => [`${root}${path}`, ...headers.map((line) => `  ${line}`), ""].join("\n"))
    .join("");
}

/** The policy as a header for every page. */
export const headerPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  ...policy,
  "frame-ancestors 'self'"
].join("; ");

/** Returns robots.txt. Not to be listed is said in each page, which a robot must therefore be let read. */
export function robotsText(robots: Robots): string {
  const why = robots === "noindex" ? "# Every page says noindex; a robot that may not read it would not know.\n" : "";
  return `${why}User-agent: *\nAllow: /\n`;
}
