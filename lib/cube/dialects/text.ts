/**
 * Returns a text that is to stand between quotes, as it is.
 *
 * @throws {TypeError} if it holds a NUL character, at which some engines would end it
 */
export function checked(text: string): string {
  if (text.includes("\0")) throw new TypeError(`invalid name; holds a NUL character: ${JSON.stringify(text)}`);
  return text;
}

/** Whether times of a zone are UTC all year. */
export function isUtc(timezone: string): boolean {
  return timezone === "UTC" || timezone === "Etc/UTC";
}
