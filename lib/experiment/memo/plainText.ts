/**
 * Returns text without what a reader does not see and a program obeys: control characters but tab and line feed, and the
 * marks that turn the direction of the text around them. A carriage return is a line feed.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
